//! `cargo xtask docs write|check`: the pages that are made from the code and the rule files.
//!
//! Nobody edits them by hand; the check fails while one of them is out of date.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::root::{root, target_dir};
use crate::rules::{self, FOLDERS, Rule, Source};
use crate::run::{cargo, program};

const RULES: &str = "docs/rules.md";
const COMMANDS: &str = "docs/commands.md";

/// Writes the pages, or fails when one of them is not what would be written.
///
/// # Errors
/// When a page is out of date, or cannot be made or written.
pub fn run(args: &[String]) -> anyhow::Result<()> {
    let root = root()?;
    let mode = args.first().map(String::as_str);
    let pages = match mode {
        Some("write" | "check") => [(RULES, rules_page(&root)?), (COMMANDS, commands_page()?)],
        _ => bail!("It is: cargo xtask docs write, or: cargo xtask docs check"),
    };
    let mut wrong = Vec::new();
    for (name, text) in pages {
        let file = root.join(name);
        let fresh = std::fs::read_to_string(&file).is_ok_and(|had| had == text);
        if mode == Some("check") {
            wrong.extend((!fresh).then(|| stale_words(name)));
        } else if !fresh {
            std::fs::create_dir_all(root.join("docs"))?;
            std::fs::write(&file, text).with_context(|| format!("{name} cannot be written"))?;
            println!("{name} written.");
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        bail!("{}", wrong.join("\n"))
    }
}

/// One sentence for each page that is out of date, as far as can be said without building anything.
///
/// # Errors
/// When the rule files cannot be read.
pub fn stale(root: &Path) -> anyhow::Result<Vec<String>> {
    let fresh = std::fs::read_to_string(root.join(RULES))
        .is_ok_and(|had| rules_page(root).is_ok_and(|new| new == had));
    Ok(if fresh {
        Vec::new()
    } else {
        vec![stale_words(RULES)]
    })
}

fn stale_words(name: &str) -> String {
    format!("{name} is out of date: run `cargo xtask docs write`.")
}

/// The table of all rules.
fn rules_page(root: &Path) -> anyhow::Result<String> {
    let rules = rules::read(root)?;
    let mut page = String::from(
        "# The rules\n\n<!-- Made by `cargo xtask docs write` from the files in rules/. Not edited by hand. -->\n\n",
    );
    writeln!(
        page,
        "Bedside looks for {} things in a draft. `bedside rules explain ID` tells more about each, with examples.\n",
        rules.len()
    )?;
    page.push_str(
        "**Must change** stops a post until the words are changed or, where the law allows it, a responsible person lets \
         it pass with a reason. **Ask someone** needs a second person. **Worth a look** is shown to the author. The \
         severity here is where a rule starts; the practice, the channel and what is on file can raise or lower it.\n",
    );
    for (folder, controls) in FOLDERS {
        let mut rows = String::new();
        for (path, rule) in &rules {
            if path.parent().is_some_and(|dir| dir.ends_with(folder)) {
                row(&mut rows, rule)?;
            }
        }
        if !rows.is_empty() {
            writeln!(
                page,
                "\n## {} ({})\n",
                capitalised(folder),
                controls.join(", ")
            )?;
            page.push_str("| id | finds | weight | source |\n|---|---|---|---|\n");
            page.push_str(&rows);
        }
    }
    if rules
        .iter()
        .any(|(_, rule)| rule.source.iter().any(|source| !source.checked))
    {
        page.push_str("\nA source marked \"to be confirmed\" was noted from memory and has yet to be read again in full.\n");
    }
    Ok(page)
}

fn row(rows: &mut String, rule: &Rule) -> std::fmt::Result {
    let weight = match rule.severity.as_str() {
        "block" => "Must change",
        "warn" => "Ask someone",
        _ => "Worth a look",
    };
    let sources: Vec<String> = rule.source.iter().map(source_in_words).collect();
    writeln!(
        rows,
        "| `{}` | {} | {weight} | {} |",
        rule.id,
        cell(&rule.message),
        cell(&sources.join("; "))
    )
}

fn source_in_words(source: &Source) -> String {
    let mut words = format!("{}, {}", source.by, source.title);
    if source.by == source.title || source.title.starts_with(&source.by) {
        words.clone_from(&source.title);
    }
    if !source.at.is_empty() {
        words = format!("{words}, {}", source.at);
    }
    if !source.checked {
        words.push_str(" (to be confirmed)");
    }
    words
}

/// Text that cannot break out of its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// What `bedside help` and the help of each of its commands say.
fn commands_page() -> anyhow::Result<String> {
    cargo(&["build", "--quiet", "--locked", "-p", "bedside"]).show()?;
    let bedside = target_dir()?.join("debug/bedside");
    // The help shows what the settings are in the environment of whoever asks for it.
    let ask = |args: &[&str]| program(&bedside).without("BEDSIDE_").args(args).output();
    let help = ask(&["--help"])?;
    let mut page = String::from(
        "# The commands\n\n<!-- Made by `cargo xtask docs write` from what the program says. Not edited by hand. -->\n\n",
    );
    writeln!(page, "```text\n{}\n```", help.trim_end())?;
    for name in commands_in(&help) {
        let text = ask(&[name.as_str(), "--help"])?;
        writeln!(
            page,
            "\n## bedside {name}\n\n```text\n{}\n```",
            text.trim_end()
        )?;
    }
    Ok(page)
}

/// The names in the list of commands of a help text.
fn commands_in(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| line.trim_end() != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        // Deeper lines continue the description above them.
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{commands_in, rules_page, stale};

    #[test]
    fn the_table_says_what_the_rule_file_says() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("rules/advertising");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            folder.join("AD-EXAMPLE.toml"),
            "id = 'AD-EXAMPLE'\ncontrol = 'C6'\nname = 'x'\nseverity = 'block'\nmessage = 'Says a | b'\n\
             [[source]]\ntitle = 'CAP Code'\nby = 'CAP'\nat = '1.3'\nread = 2026-11-22\nchecked = false\n",
        )
        .unwrap();
        let page = rules_page(dir.path()).unwrap();
        assert!(page.contains("## Advertising (C6)"), "{page}");
        let row = "| `AD-EXAMPLE` | Says a \\| b | Must change | CAP Code, 1.3 (to be confirmed) |";
        assert!(page.contains(row), "{page}");

        assert_eq!(stale(dir.path()).unwrap().len(), 1);
        std::fs::create_dir_all(dir.path().join("docs")).unwrap();
        std::fs::write(dir.path().join("docs/rules.md"), page).unwrap();
        assert!(stale(dir.path()).unwrap().is_empty());
    }

    #[test]
    fn the_commands_are_read_from_the_help() {
        let help = "Usage: bedside <COMMAND>\n\nCommands:\n  check  Reads a text\n         and says\n  serve  Starts\n  help   Print this\n\nOptions:\n  -h";
        assert_eq!(commands_in(help), ["check", "serve"]);
        assert!(commands_in("nothing").is_empty());
    }
}
