//! The front-end files: fetched by lock file, and only when the lock file has changed.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::root::root;
use crate::run::program;
use crate::tools;

/// The file in `node_modules` that tells which lock file it was filled from.
const STAMP: &str = ".bedside-lock";

/// Fetches the files that the web app shows and the binary embeds.
///
/// # Errors
/// When Node is missing or the files cannot be fetched.
pub fn run() -> anyhow::Result<()> {
    let front = root()?.join("crates/web/front");
    if npm_ci(&front)? {
        println!("The front-end files are there.");
    } else {
        println!("The front-end files are already those of the lock file.");
    }
    Ok(())
}

/// Fills `node_modules` of a folder from its lock file. True when there was something to do.
///
/// # Errors
/// When Node is missing, the folder has no lock file, or npm fails.
pub fn npm_ci(dir: &Path) -> anyhow::Result<bool> {
    let lock = dir.join("package-lock.json");
    let wanted =
        std::fs::read(&lock).with_context(|| format!("{} cannot be read", lock.display()))?;
    let stamp = dir.join("node_modules").join(STAMP);
    if is_filled(&stamp, &wanted) {
        return Ok(false);
    }
    let npm = tools::npm()?;
    let fetched = program(npm)
        .args(&[
            "ci",
            "--prefer-offline",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
        ])
        .dir(dir)
        .quiet();
    if let Err(error) = fetched {
        bail!(
            "The files named in {} could not be fetched. {error:#}",
            lock.display()
        );
    }
    std::fs::create_dir_all(dir.join("node_modules"))?;
    std::fs::write(&stamp, &wanted)
        .with_context(|| format!("{} cannot be written", stamp.display()))?;
    Ok(true)
}

fn is_filled(stamp: &Path, wanted: &[u8]) -> bool {
    std::fs::read(stamp).is_ok_and(|had| had == wanted)
}

#[cfg(test)]
mod tests {
    use super::{is_filled, npm_ci};

    #[test]
    fn nothing_is_fetched_while_the_lock_is_the_same() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("package-lock.json"), "{}").unwrap();
        std::fs::create_dir(dir.path().join("node_modules")).unwrap();
        let stamp = dir.path().join("node_modules/.bedside-lock");
        assert!(!is_filled(&stamp, b"{}"));
        std::fs::write(&stamp, "{}").unwrap();
        assert!(!npm_ci(dir.path()).unwrap());
        assert!(!is_filled(&stamp, b"{ }"));
    }

    #[test]
    fn a_folder_without_a_lock_file_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let error = npm_ci(dir.path()).unwrap_err().to_string();
        assert!(error.contains("package-lock.json"), "{error}");
    }
}
