//! Reads the rule packs, checks them, and writes them down as tables that are compiled in.
//!
//! What must stay true: a rule that passes here needs no check at run time, and the same files give the same tables.

#![expect(
    clippy::print_stdout,
    reason = "a build script speaks to cargo on its standard output"
)]

mod emit;
mod form;
mod intern;

#[path = "../src/norm/fold.rs"]
mod fold;
#[path = "../src/names.rs"]
mod names;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use form::{RuleFile, SignalFile};

type Problem = String;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/norm/fold.rs");
    println!("cargo::rerun-if-changed=src/names.rs");
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            for line in problem.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Problem> {
    let here =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let packs = here.join("../../rules");
    println!("cargo::rerun-if-changed={}", packs.display());

    let mut lists = BTreeMap::new();
    for path in files(&packs.join("lists"), "txt")? {
        lists.insert(
            stem(&path),
            list(&fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?),
        );
    }

    let medicines = here.join("data/medicines.tsv");
    println!("cargo::rerun-if-changed={}", medicines.display());
    for (name, terms) in medicine_lists(&fs::read_to_string(&medicines).unwrap_or_default()) {
        if lists.insert(name.clone(), terms).is_some() {
            return Err(format!(
                "data/medicines.tsv: there is a list @{name} in rules/lists too"
            ));
        }
    }

    let mut signals: BTreeMap<String, SignalFile> = BTreeMap::new();
    for path in files(&packs.join("signals"), "toml")? {
        let signal: SignalFile = parse(&path)?;
        if signal.name != stem(&path) || names::CodeSignal::from_name(&signal.name).is_some() {
            return Err(format!(
                "{}: the name must be the file's and not that of a built-in signal",
                path.display()
            ));
        }
        if signal.about.trim().is_empty() {
            return Err(format!("{}: `about` is missing", path.display()));
        }
        signals.insert(signal.name.clone(), signal);
    }

    let mut rules: BTreeMap<String, RuleFile> = BTreeMap::new();
    let mut problems = Vec::new();
    for control in [
        "advertising",
        "advice",
        "boundaries",
        "conduct",
        "confidentiality",
        "quality",
    ] {
        for path in files(&packs.join(control), "toml")? {
            match read_rule(&path) {
                Ok(rule) => {
                    if let Some(other) = rules.insert(rule.id.clone(), rule) {
                        problems.push(format!(
                            "{}: its id {} is used twice",
                            path.display(),
                            other.id
                        ));
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems.join("\n"));
    }

    let mut interner = intern::Interner::new(lists, &signals);
    let text = emit::pack(&rules, &signals, &mut interner)?;
    let target = out.join("pack.rs");
    fs::write(&target, text).map_err(|e| format!("{}: {e}", target.display()))
}

fn read_rule(path: &Path) -> Result<RuleFile, Problem> {
    let rule: RuleFile = parse(path)?;
    if rule.id != stem(path) {
        return Err(format!(
            "{}: the id {:?} is not the file's name",
            path.display(),
            rule.id
        ));
    }
    rule.check()
        .map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(rule)
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Problem> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}

/// Files of one folder with one ending, sorted; a folder that is not there is empty.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Problem> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(|e| format!("{}: {e}", folder.display()))?
            .path();
        if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|s| s.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The medicines by the list that they belong to (fifth column); the first column is the word.
fn medicine_lists(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let mut columns = line.split('\t');
        if let (Some(term), Some(list)) = (columns.next(), columns.nth(3))
            && !term.trim().is_empty()
            && !list.trim().is_empty()
            && term != "term"
        {
            lists
                .entry(list.trim().to_owned())
                .or_default()
                .push(term.trim().to_owned());
        }
    }
    lists
}

/// The entries of a list file.
fn list(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .map(str::to_owned)
        .collect()
}
