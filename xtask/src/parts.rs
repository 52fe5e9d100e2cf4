//! Tools and servers that are downloaded once and then kept, outside of the project's own dependencies.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::root::parts_dir;
use crate::run::program;
use crate::tools;

/// The spelling check, from PyPI, where it lies ready built.
const TYPOS: &str = "typos==1.52.0";

/// A folder that is made once and then kept: `make` fills it, and only a folder that was filled whole is used again.
///
/// # Errors
/// When it cannot be made.
pub fn kept_folder(
    dir: &Path,
    make: impl FnOnce(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let whole = dir.join(".whole");
    if whole.is_file() {
        return Ok(());
    }
    if dir.exists() {
        std::fs::remove_dir_all(dir).with_context(|| format!("cannot clear {}", dir.display()))?;
    }
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    make(dir)?;
    std::fs::write(&whole, "")?;
    Ok(())
}

/// A Python environment with some packages in it, made once for each name.
///
/// # Errors
/// When Python is missing or the packages cannot be had.
pub fn python_env(name: &str, what_for: &str, packages: &[&str]) -> anyhow::Result<PathBuf> {
    const INSTALL: &str = "sudo apt-get install -y python3 python3-venv";
    let dir = parts_dir()?.join(name);
    kept_folder(&dir, |dir| {
        let python = tools::need("python3", what_for, INSTALL)?;
        program(python)
            .args(&["-m", "venv"])
            .args(&[dir.join("venv")])
            .quiet()
            .context(INSTALL)?;
        program(dir.join("venv/bin/python"))
            .args(&["-m", "pip", "install", "-q", "--disable-pip-version-check"])
            .args(packages)
            .quiet()
            .with_context(|| {
                format!(
                    "{} could not be installed, which is needed {what_for}",
                    packages.join(" ")
                )
            })
    })?;
    Ok(dir.join("venv"))
}

/// The spelling check: the one that is installed, or the one that is kept.
///
/// # Errors
/// When it cannot be had.
pub fn typos() -> anyhow::Result<PathBuf> {
    if let Some(found) = tools::find("typos") {
        return Ok(found);
    }
    let env = python_env(&TYPOS.replace("==", "-"), "to check the spelling", &[TYPOS])?;
    Ok(env.join("bin/typos"))
}

#[cfg(test)]
mod tests {
    use super::kept_folder;

    #[test]
    fn half_a_folder_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let kept = dir.path().join("kept");
        assert!(
            kept_folder(&kept, |dir| Ok(std::fs::write(dir.join("half"), "")?)
                .and(anyhow::Result::Err(anyhow::anyhow!("cut"))))
            .is_err()
        );
        kept_folder(&kept, |dir| Ok(std::fs::write(dir.join("full"), "")?)).unwrap();
        assert!(!kept.join("half").exists() && kept.join("full").exists());
        kept_folder(&kept, |_| panic!("it is there already")).unwrap();
    }
}
