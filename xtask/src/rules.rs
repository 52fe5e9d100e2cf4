//! The rule files, as far as the project's own commands read them. What the engine makes of them is its own matter.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

/// Each folder of rules and the controls that it serves.
pub const FOLDERS: &[(&str, &[&str])] = &[
    ("confidentiality", &["C2"]),
    ("boundaries", &["C3"]),
    ("advice", &["C4"]),
    ("quality", &["C0", "C5"]),
    ("advertising", &["C6"]),
    ("conduct", &["C1", "C7", "C8"]),
];

/// How many examples of each sort a rule has at least.
const EXAMPLES: usize = 3;

/// A rule file.
#[derive(Debug, Deserialize)]
pub struct Rule {
    pub id: String,
    pub control: String,
    pub name: String,
    pub severity: String,
    pub message: String,
    #[serde(default)]
    pub why: String,
    #[serde(default)]
    pub flags: Vec<toml::Value>,
    #[serde(default)]
    pub allows: Vec<toml::Value>,
    #[serde(default)]
    pub source: Vec<Source>,
}

/// Where a rule comes from.
#[derive(Debug, Deserialize)]
pub struct Source {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub by: String,
    #[serde(default)]
    pub at: String,
    pub read: Option<toml::value::Datetime>,
    #[serde(default = "yes")]
    pub checked: bool,
}

fn yes() -> bool {
    true
}

/// Every rule with its file, by id.
///
/// # Errors
/// When a file cannot be read or is not a rule.
pub fn read(root: &Path) -> anyhow::Result<Vec<(PathBuf, Rule)>> {
    let mut rules = Vec::new();
    for (folder, _) in FOLDERS {
        let dir = root.join("rules").join(folder);
        if !dir.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&dir)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ext| ext == "toml") {
                let text = std::fs::read_to_string(&path)?;
                let rule = toml::from_str(&text)
                    .with_context(|| format!("{} is not a rule", path.display()))?;
                rules.push((path, rule));
            }
        }
    }
    rules.sort_by(|(_, a), (_, b): &(PathBuf, Rule)| a.id.cmp(&b.id));
    Ok(rules)
}

/// One sentence for everything that a rule file lacks.
pub fn wrong(rules: &[(PathBuf, Rule)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for pair in rules.windows(2) {
        if let [(_, a), (_, b)] = pair
            && a.id == b.id
        {
            wrong.push(format!("The rule id {} is used twice.", a.id));
        }
    }
    for (path, rule) in rules {
        let mut say = |words: String| wrong.push(format!("The rule {} {words}", rule.id));
        if path.file_stem().is_none_or(|stem| stem != rule.id.as_str()) {
            say(format!(
                "lies in {}: the file is named after the id.",
                file_name(path)
            ));
        }
        let folder = path.parent().map(file_name).unwrap_or_default();
        let controls = FOLDERS
            .iter()
            .find(|(name, _)| *name == folder)
            .map_or(&[][..], |(_, controls)| controls);
        if !controls.contains(&rule.control.as_str()) {
            say(format!(
                "has the control {}, which does not belong in rules/{folder}.",
                rule.control
            ));
        }
        if !["block", "warn", "advise"].contains(&rule.severity.as_str()) {
            say(format!(
                "has the severity \"{}\"; it is block, warn or advise.",
                rule.severity
            ));
        }
        for (what, text) in [
            ("name", &rule.name),
            ("message", &rule.message),
            ("reason (why)", &rule.why),
        ] {
            if text.trim().is_empty() {
                say(format!("has no {what}."));
            }
        }
        for (what, examples) in [("flags", &rule.flags), ("allows", &rule.allows)] {
            if examples.len() < EXAMPLES {
                say(format!(
                    "has {} {what}; it needs at least {EXAMPLES}.",
                    examples.len()
                ));
            }
        }
        if rule.source.is_empty() {
            say("has no source.".to_owned());
        }
        for source in &rule.source {
            if source.title.trim().is_empty()
                || source.by.trim().is_empty()
                || source.read.is_none()
            {
                say(
                    "has a source without title, publisher (by) or the day it was read.".to_owned(),
                );
            }
        }
    }
    wrong
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Rule, wrong};
    use std::path::PathBuf;

    const GOOD: &str = r#"
        id = "AD-EXAMPLE"
        control = "C6"
        name = "example"
        severity = "warn"
        message = "An example"
        why = "So that there is one."
        flags = ["a", "b", { text = "c", severity = "block" }]
        allows = ["d", "e", "f"]
        [[source]]
        title = "CAP Code"
        by = "CAP"
        at = "1.3"
        read = 2026-11-22
    "#;

    fn rule(text: &str) -> (PathBuf, Rule) {
        (
            PathBuf::from("rules/advertising/AD-EXAMPLE.toml"),
            toml::from_str(text).unwrap(),
        )
    }

    #[test]
    fn a_whole_rule_passes() {
        assert_eq!(wrong(&[rule(GOOD)]), Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_is_named() {
        let bare = "id = 'X'\ncontrol = 'C2'\nname = 'x'\nseverity = 'stop'\nmessage = 'm'";
        let found = wrong(&[rule(bare)]).join("\n");
        for words in [
            "The rule X lies in AD-EXAMPLE.toml",
            "has the control C2, which does not belong in rules/advertising",
            "has the severity \"stop\"",
            "has no reason (why)",
            "has 0 flags",
            "has 0 allows",
            "has no source",
        ] {
            assert!(found.contains(words), "{words} is not in:\n{found}");
        }
    }

    #[test]
    fn an_id_is_used_once() {
        assert!(
            wrong(&[rule(GOOD), rule(GOOD)])
                .contains(&"The rule id AD-EXAMPLE is used twice.".to_owned())
        );
    }
}
