//! Finding the programs that the commands need, and getting them where that is allowed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::run::program;

/// Looks a program up in `PATH`.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// Looks a program up, or says how to install it.
///
/// # Errors
/// When it is not there; the text is for a person and ends with the line that installs it.
pub fn need(name: &str, what_for: &str, install: &str) -> anyhow::Result<PathBuf> {
    let Some(found) = find(name) else {
        bail!(
            "{name} is not installed. It is needed {what_for}. This installs it:\n\n    {install}\n"
        );
    };
    Ok(found)
}

/// npm, with Node beside it.
///
/// # Errors
/// When one of them is missing or Node is too old.
pub fn npm() -> anyhow::Result<PathBuf> {
    const INSTALL: &str = "sudo apt-get install -y nodejs npm";
    let node = need(
        "node",
        "to fetch the front-end files and to run the browser stories",
        INSTALL,
    )?;
    let version = first_line(&node, &["--version"]).context("node does not say its version")?;
    if major(&version).is_some_and(|major| major < 18) {
        bail!(
            "Node {version} is too old: version 18 or later is needed. https://nodejs.org has it for every system."
        );
    }
    need("npm", "to fetch the front-end files", INSTALL)
}

/// The first line that a program prints, without its newline.
pub fn first_line(program_file: &Path, args: &[&str]) -> Option<String> {
    let text = program(program_file).args(args).output().ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}

/// The first whole number in a version such as `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    let digits: String = version
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// The newest PostgreSQL on this computer: the folder of its programs.
pub fn postgres_bin() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .map(|entry| {
            (
                major(&entry.file_name().to_string_lossy()).unwrap_or(0),
                entry.path().join("bin"),
            )
        })
        .filter(|(_, bin)| is_program(&bin.join("initdb")) && is_program(&bin.join("postgres")))
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin).or_else(|| {
        let initdb = find("initdb")?;
        initdb
            .parent()
            .filter(|bin| is_program(&bin.join("postgres")))
            .map(Path::to_path_buf)
    })
}

/// A Chromium that starts: `BEDSIDE_CHROMIUM`, then the usual names, then one that Playwright fetched.
pub fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("BEDSIDE_CHROMIUM").map(PathBuf::from);
    let usual = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let snap = PathBuf::from("/snap/bin/chromium");
    named
        .into_iter()
        .chain(usual.iter().filter_map(|name| find(name)))
        .chain(Some(snap))
        .chain(fetched_by_playwright())
        // Ubuntu has a file of this name that only says how to install the browser, so ask each for its version.
        .find(|file| is_program(file) && first_line(file, &["--version"]).is_some())
}

fn fetched_by_playwright() -> Vec<PathBuf> {
    let Some(home) = std::env::var_os("HOME") else {
        return Vec::new();
    };
    let Ok(entries) = std::fs::read_dir(Path::new(&home).join(".cache/ms-playwright")) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("chromium-"))
        .flat_map(|entry| {
            ["chrome-linux64/chrome", "chrome-linux/chrome"].map(|tail| entry.path().join(tail))
        })
        .collect();
    found.sort();
    found.reverse();
    found
}

/// Whether this is the superuser.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The ids of a user of this computer.
pub fn user(name: &str) -> Option<(u32, u32)> {
    let id = find("id")?;
    let uid = first_line(&id, &["-u", name])?.parse().ok()?;
    let gid = first_line(&id, &["-g", name])?.parse().ok()?;
    Some((uid, gid))
}

/// How this person may install packages.
enum Installer {
    Root(PathBuf),
    Sudo(PathBuf, PathBuf),
}

fn installer(packages: &[&str]) -> anyhow::Result<Installer> {
    let names = packages.join(" ");
    let Some(apt) = find("apt-get") else {
        bail!(
            "The tests need these packages, and this system has no apt-get: {names}. Install them in its own way."
        );
    };
    if is_root() {
        return Ok(Installer::Root(apt));
    }
    match find("sudo") {
        Some(sudo) if program(&sudo).args(&["-n", "true"]).quiet().is_ok() => {
            Ok(Installer::Sudo(sudo, apt))
        }
        _ => bail!(
            "The tests need packages that an administrator must install. {}",
            by_hand(packages)
        ),
    }
}

fn by_hand(packages: &[&str]) -> String {
    let names = packages.join(" ");
    format!(
        "This line installs them:\n\n    sudo apt-get install -y --no-install-recommends {names}\n"
    )
}

/// Whether packages could be installed: as root, or with a sudo that asks nothing.
///
/// # Errors
/// When not; the text then holds the one line that installs them.
pub fn may_install(packages: &[&str]) -> anyhow::Result<()> {
    installer(packages).map(|_| ())
}

/// Installs Debian packages.
///
/// # Errors
/// When that is not allowed or fails; the text then holds the one line that installs them.
pub fn apt_install(packages: &[&str]) -> anyhow::Result<()> {
    let installer = installer(packages)?;
    let apt_get = || match &installer {
        Installer::Root(apt) => program(apt).env("DEBIAN_FRONTEND", "noninteractive"),
        Installer::Sudo(sudo, apt) => program(sudo)
            .args(&["-n", "env", "DEBIAN_FRONTEND=noninteractive"])
            .args(&[apt]),
    };
    let install = || {
        apt_get()
            .args(&["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages)
            .quiet()
    };
    // Asking the package servers takes longer than most installations, so it is done only when the lists are stale.
    if install().is_ok() {
        return Ok(());
    }
    apt_get()
        .args(&["update", "-qq"])
        .quiet()
        .with_context(|| by_hand(packages))?;
    install().with_context(|| by_hand(packages))
}

#[cfg(test)]
mod tests {
    use super::{find, major, need};

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("15"), Some(15));
        assert_eq!(major("none"), None);
    }

    #[test]
    fn a_missing_program_is_named_with_its_line() {
        let error = need(
            "no-such-program",
            "for this test",
            "sudo apt-get install -y it",
        )
        .unwrap_err()
        .to_string();
        assert!(
            error.contains("no-such-program is not installed"),
            "{error}"
        );
        assert!(error.contains("    sudo apt-get install -y it"), "{error}");
        assert!(find("sh").is_some());
    }
}
