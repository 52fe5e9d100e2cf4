//! The allowed imports between the crates, checked against what cargo says.
//!
//! The table is the picture of the house: an arrow that is not in it fails the check, whoever adds it.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::run::cargo;

/// Each crate and what it may import of ours.
const TABLE: &[(&str, &[&str])] = &[
    ("screen", &[]),
    ("screen-wasm", &["screen"]),
    ("core", &["screen"]),
    ("store", &["core"]),
    ("connect", &["core"]),
    ("web", &["store", "core", "screen"]),
    ("work", &["store", "connect", "core", "screen"]),
    (
        "cli",
        &["web", "work", "store", "connect", "core", "screen"],
    ),
    ("xtask", &["screen"]),
];

/// Crates without files, clock, network or chance, and the libraries that would bring one in.
const PURE: &[&str] = &["screen", "screen-wasm", "core"];
const OUTSIDE: &[&str] = &[
    "tokio",
    "reqwest",
    "sqlx",
    "lettre",
    "axum",
    "rand",
    "getrandom",
    "tempfile",
    "rustls",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    path: Option<String>,
}

/// Fails with every arrow that is not in the table.
///
/// # Errors
/// When there is such an arrow, or cargo cannot be asked.
pub fn run() -> anyhow::Result<()> {
    let text = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--offline",
    ])
    .output()?;
    let wrong = wrong_arrows(&text)?;
    if wrong.is_empty() {
        println!("arrows: every import between the crates is allowed.");
        return Ok(());
    }
    bail!(
        "{}\nThe list of allowed imports is in xtask/src/arrows.rs.",
        wrong.join("\n")
    )
}

/// One sentence for each arrow that is not allowed.
fn wrong_arrows(metadata: &str) -> anyhow::Result<Vec<String>> {
    let metadata: Metadata =
        serde_json::from_str(metadata).context("cargo metadata is not as expected")?;
    let table: BTreeMap<&str, &[&str]> = TABLE.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let from = short(&package.name);
        let Some(allowed) = table.get(from) else {
            wrong.push(format!(
                "The crate {from} has no row in the table of allowed imports."
            ));
            continue;
        };
        for dependency in &package.dependencies {
            let to = short(&dependency.name);
            // Cargo lets a crate name itself to switch on features for its own tests.
            if dependency.path.is_some() && to != from && !allowed.contains(&to) {
                wrong.push(format!(
                    "{from} -> {to}: {from} may not import {to}{}.",
                    kind_in_words(dependency)
                ));
            }
            let at_run_time = dependency.kind.is_none();
            if at_run_time && PURE.contains(&from) && OUTSIDE.contains(&dependency.name.as_str()) {
                wrong.push(format!(
                    "{from} -> {to}: {from} is pure and may not reach the outside world."
                ));
            }
        }
    }
    Ok(wrong)
}

fn kind_in_words(dependency: &Dependency) -> &'static str {
    match dependency.kind.as_deref() {
        Some("dev") => ", also not for its tests",
        Some("build") => ", also not while it is built",
        _ => "",
    }
}

/// The folder name of one of our packages.
fn short(package: &str) -> &str {
    match package {
        "bedside" => "cli",
        other => other.strip_prefix("bedside-").unwrap_or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::wrong_arrows;

    /// Name, kind, and whether it is one of ours.
    type MadeUp<'a> = (&'a str, Option<&'a str>, bool);

    fn metadata(packages: &[(&str, &[MadeUp])]) -> String {
        let packages: Vec<serde_json::Value> = packages
            .iter()
            .map(|(name, dependencies)| {
                let dependencies: Vec<serde_json::Value> = dependencies
                    .iter()
                    .map(|(name, kind, ours)| {
                        let path = ours.then_some("/made/up");
                        serde_json::json!({ "name": name, "kind": kind, "path": path })
                    })
                    .collect();
                serde_json::json!({ "name": name, "dependencies": dependencies })
            })
            .collect();
        serde_json::json!({ "packages": packages }).to_string()
    }

    #[test]
    fn allowed_arrows_pass() {
        let text = metadata(&[
            (
                "bedside-screen",
                &[("regex", None, false), ("tokio", Some("dev"), false)],
            ),
            ("bedside-core", &[("bedside-screen", None, true)]),
            (
                "bedside",
                &[("bedside-web", None, true), ("bedside-connect", None, true)],
            ),
            ("xtask", &[("bedside-screen", None, true)]),
        ]);
        assert_eq!(wrong_arrows(&text).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_that_runs_back_up_is_named() {
        let text = metadata(&[("bedside-core", &[("bedside-store", None, true)])]);
        assert_eq!(
            wrong_arrows(&text).unwrap(),
            ["core -> store: core may not import store."]
        );
    }

    #[test]
    fn tests_and_build_scripts_keep_to_the_table_too() {
        let text = metadata(&[("bedside-web", &[("bedside-connect", Some("dev"), true)])]);
        assert_eq!(
            wrong_arrows(&text).unwrap(),
            ["web -> connect: web may not import connect, also not for its tests."]
        );
    }

    #[test]
    fn nothing_imports_the_program_itself() {
        let text = metadata(&[("bedside-work", &[("bedside", None, true)])]);
        assert_eq!(
            wrong_arrows(&text).unwrap(),
            ["work -> cli: work may not import cli."]
        );
    }

    #[test]
    fn a_pure_crate_stays_pure() {
        let text = metadata(&[("bedside-core", &[("tokio", None, false)])]);
        assert_eq!(
            wrong_arrows(&text).unwrap(),
            ["core -> tokio: core is pure and may not reach the outside world."]
        );
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        let text = metadata(&[("bedside-extra", &[])]);
        assert_eq!(
            wrong_arrows(&text).unwrap(),
            ["The crate extra has no row in the table of allowed imports."]
        );
    }
}
