//! `cargo xtask licences`: whether everything that comes in from outside is allowed by deny.toml.
//!
//! `cargo deny` looks closer (at the licence texts themselves) and runs too where it is installed; this check needs no
//! further tool, so that no run goes without one.

use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::root::root;
use crate::run::cargo;

#[derive(Deserialize)]
struct Policy {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Banned>,
}

#[derive(Deserialize)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

/// The registry that every package comes from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Fails with every package that is not allowed.
///
/// # Errors
/// When there is one, or cargo cannot be asked.
pub fn run() -> anyhow::Result<()> {
    let text = cargo(&["metadata", "--format-version", "1", "--locked"]).output()?;
    let (count, wrong) = check(&root()?, &text)?;
    if wrong.is_empty() {
        println!("licences: {count} packages, all allowed by deny.toml.");
        return Ok(());
    }
    bail!("{}", wrong.join("\n"))
}

fn check(root: &Path, metadata: &str) -> anyhow::Result<(usize, Vec<String>)> {
    let policy =
        std::fs::read_to_string(root.join("deny.toml")).context("deny.toml cannot be read")?;
    let policy: Policy = toml::from_str(&policy).context("deny.toml is not as expected")?;
    let metadata: Metadata =
        serde_json::from_str(metadata).context("cargo metadata is not as expected")?;
    let mut wrong = Vec::new();
    for Package {
        name,
        version,
        license,
        source,
    } in &metadata.packages
    {
        if policy.bans.deny.iter().any(|banned| banned.name == *name) {
            wrong.push(format!("{name} {version} is banned by deny.toml."));
        }
        if source.as_deref().is_some_and(|source| source != REGISTRY) {
            wrong.push(format!(
                "{name} {version} does not come from the crates.io registry."
            ));
        }
        match license {
            None => wrong.push(format!("{name} {version} names no licence.")),
            Some(terms) if !is_allowed(terms, &policy.licenses.allow)? => {
                wrong.push(format!(
                    "{name} {version} is under {terms}, which deny.toml does not allow."
                ));
            }
            Some(_) => {}
        }
    }
    Ok((metadata.packages.len(), wrong))
}

/// Whether a licence expression can be met with allowed licences alone: `OR` lets us choose, `AND` asks for both.
fn is_allowed(terms: &str, allow: &[String]) -> anyhow::Result<bool> {
    // Old packages write a slash where they mean "or".
    let spaced = terms
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut place = 0;
    let allowed = any_of(&words, &mut place, allow);
    if place != words.len() {
        bail!("the licence expression \"{terms}\" cannot be read");
    }
    Ok(allowed)
}

fn any_of(words: &[&str], place: &mut usize, allow: &[String]) -> bool {
    let mut allowed = all_of(words, place, allow);
    while words.get(*place) == Some(&"OR") {
        *place += 1;
        // Both sides must be read, whatever the first one gave.
        allowed |= all_of(words, place, allow);
    }
    allowed
}

fn all_of(words: &[&str], place: &mut usize, allow: &[String]) -> bool {
    let mut allowed = one(words, place, allow);
    while words.get(*place) == Some(&"AND") {
        *place += 1;
        allowed &= one(words, place, allow);
    }
    allowed
}

fn one(words: &[&str], place: &mut usize, allow: &[String]) -> bool {
    let Some(word) = words.get(*place) else {
        return false;
    };
    *place += 1;
    if *word == "(" {
        let allowed = any_of(words, place, allow);
        if words.get(*place) == Some(&")") {
            *place += 1;
        }
        return allowed;
    }
    let mut name = (*word).to_owned();
    if words.get(*place) == Some(&"WITH") {
        let exception = words.get(*place + 1).copied().unwrap_or_default();
        name = format!("{name} WITH {exception}");
        *place = (*place + 2).min(words.len());
    }
    allow.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::{check, is_allowed};

    fn allowed(terms: &str) -> bool {
        let allow =
            ["MIT", "Apache-2.0", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
        is_allowed(terms, &allow).unwrap()
    }

    #[test]
    fn a_choice_needs_one_and_a_sum_needs_all() {
        assert!(allowed("MIT"));
        assert!(allowed("GPL-3.0 OR MIT"));
        assert!(allowed("MIT/GPL-3.0"));
        assert!(!allowed("GPL-3.0"));
        assert!(!allowed("MIT AND GPL-3.0"));
        assert!(allowed("Apache-2.0 AND ISC"));
        assert!(allowed("(GPL-3.0 OR MIT) AND ISC"));
        assert!(!allowed("(MIT AND GPL-3.0) OR LGPL-3.0"));
        assert!(allowed("GPL-3.0 OR Apache-2.0 WITH LLVM-exception"));
        assert!(!allowed("ISC WITH LLVM-exception"));
    }

    #[test]
    fn nonsense_is_an_error() {
        assert!(is_allowed("MIT MIT", &["MIT".to_owned()]).is_err());
        assert!(!allowed(""));
    }

    #[test]
    fn licence_ban_and_source_are_each_named() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(
            dir.path().join("deny.toml"),
            "[licenses]\nallow = ['MIT']\n[bans]\ndeny = [{ crate = 'openssl' }]\n",
        )
        .unwrap();
        let registry = super::REGISTRY;
        let text = serde_json::json!({ "packages": [
            { "name": "ours", "version": "0.1.0", "license": "MIT", "source": null },
            { "name": "openssl", "version": "1.0.0", "license": "MIT", "source": registry },
            { "name": "fork", "version": "1.0.0", "license": "MIT", "source": "git+https://example.org/fork" },
            { "name": "bare", "version": "1.0.0", "license": null, "source": registry },
            { "name": "closed", "version": "1.0.0", "license": "GPL-3.0", "source": registry },
        ]});
        let (count, wrong) = check(dir.path(), &text.to_string()).unwrap();
        assert_eq!(count, 5);
        assert_eq!(
            wrong,
            [
                "openssl 1.0.0 is banned by deny.toml.",
                "fork 1.0.0 does not come from the crates.io registry.",
                "bare 1.0.0 names no licence.",
                "closed 1.0.0 is under GPL-3.0, which deny.toml does not allow.",
            ]
        );
    }
}
