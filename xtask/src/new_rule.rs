//! `cargo xtask new-rule ID CONTROL`: the frame of a rule file, which works as it stands.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::root::root;
use crate::rules::FOLDERS;

const FRAME: &str = r#"# Replace every text below by your own; rules/README.md explains each line.
id = "@ID@"
control = "@CONTROL@"
name = "@NAME@"                      # reads after "allow ..."
severity = "advise"                  # block: must change | warn: ask someone | advise: worth a look
message = "A short title of what is wrong"
why = "One or two plain sentences: why it matters, to whom."
instead = "What to write instead."

flags = [
  "A sentence with the example phrase in it.",
  "The Example Phrase, in capitals.",
  "An example-phrase with a hyphen.",
]
allows = [
  "A sentence about something else.",
  "An example that is no phrase.",
  "A phrase that is no example.",
]

[[source]]
title = "The text that the rule comes from"
by = "Who publishes it"
at = "clause or paragraph"
read = 2026-01-01                    # the day you read it
checked = false                      # true once you have the text before you

[[match]]
kind = "terms"
terms = ["example phrase"]
"#;

/// Writes the frame and says what to do next.
///
/// # Errors
/// When the id or the control is not usable, or there is such a rule.
pub fn run(args: &[String]) -> anyhow::Result<()> {
    let [id, control] = args else {
        bail!(
            "Give the rule's id and the control that it serves, for example: cargo xtask new-rule AD-EXAMPLE C6"
        )
    };
    let root = root()?;
    let file = write(&root, id, control)?;
    println!("{}", file.strip_prefix(&root).unwrap_or(&file).display());
    println!(
        "Fill it in, then run: cargo test -p bedside-screen --test rules && cargo xtask docs write"
    );
    Ok(())
}

fn write(root: &Path, id: &str, control: &str) -> anyhow::Result<PathBuf> {
    let usable = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if !id.starts_with(|c: char| c.is_ascii_uppercase()) || !id.chars().all(usable) {
        bail!(
            "\"{id}\" is not usable: an id has capital letters, digits and hyphens, for example AD-EXAMPLE."
        );
    }
    let control = control.to_ascii_uppercase();
    let (folder, _) = FOLDERS
        .iter()
        .find(|(_, controls)| controls.contains(&control.as_str()))
        .with_context(|| format!("\"{control}\" is no control; they are C0 to C8."))?;
    for (other, _) in FOLDERS {
        let taken = root.join("rules").join(other).join(format!("{id}.toml"));
        if taken.exists() {
            bail!("There is already a rule of that id: rules/{other}/{id}.toml");
        }
    }
    let dir = root.join("rules").join(folder);
    std::fs::create_dir_all(&dir)?;
    let file = dir.join(format!("{id}.toml"));
    let text = FRAME
        .replace("@ID@", id)
        .replace("@CONTROL@", &control)
        .replace("@NAME@", &id.to_ascii_lowercase());
    std::fs::write(&file, text)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::rules::{read, wrong};

    #[test]
    fn the_frame_passes_the_check_in_every_folder() {
        let dir = tempfile::tempdir().unwrap();
        for (number, control) in ["c0", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"]
            .iter()
            .enumerate()
        {
            write(dir.path(), &format!("NEW-{number}"), control).unwrap();
        }
        let rules = read(dir.path()).unwrap();
        assert_eq!(rules.len(), 9);
        assert_eq!(wrong(&rules), Vec::<String>::new());
    }

    #[test]
    fn an_id_is_new_and_names_no_path() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "AD-NEW", "C6").unwrap();
        assert!(
            write(dir.path(), "AD-NEW", "C2")
                .unwrap_err()
                .to_string()
                .contains("already a rule")
        );
        assert!(write(dir.path(), "../AD", "C6").is_err());
        assert!(write(dir.path(), "ad-new", "C6").is_err());
        assert!(
            write(dir.path(), "AD-OTHER", "C9")
                .unwrap_err()
                .to_string()
                .contains("no control")
        );
    }
}
