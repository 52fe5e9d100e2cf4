//! Everything that the tests need and a fresh computer lacks.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::fetch::npm_ci;
use crate::plan::{Part, Plan};
use crate::root::root;
use crate::run::program;
use crate::servers::{bluesky, mail};
use crate::tools;

/// What was found or installed.
pub struct Gathered {
    pub bluesky: Option<bluesky::Installed>,
    pub mail: Option<mail::Installed>,
    pub chromium: Option<Chromium>,
}

/// A browser that starts.
pub struct Chromium {
    pub program: PathBuf,
    pub version: String,
}

/// Where logs, screenshots and counts of the last run lie.
///
/// # Errors
/// When the folder cannot be made.
pub fn results_dir() -> anyhow::Result<PathBuf> {
    let dir = root()?.join("test-results");
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    Ok(dir)
}

/// Looks whether everything is there or can be had, before minutes go into a build.
///
/// # Errors
/// With the one line that installs what is missing.
pub fn look(plan: &Plan) -> anyhow::Result<()> {
    if plan.needs_front() || plan.needs_network() {
        tools::npm()?;
    }
    let missing = missing_packages(plan);
    if !missing.is_empty() {
        tools::may_install(&missing)
    } else {
        Ok(())
    }
}

/// Installs all of it. Runs beside the build.
///
/// # Errors
/// When something cannot be had.
pub fn all(plan: &Plan) -> anyhow::Result<Gathered> {
    let missing = missing_packages(plan);
    if !missing.is_empty() {
        eprintln!("   (installing {})", missing.join(" "));
        tools::apt_install(&missing)?;
    }
    let mut gathered = Gathered {
        bluesky: None,
        mail: None,
        chromium: None,
    };
    if plan.has(Part::Browser) {
        npm_ci(&root()?.join("e2e"))?;
        let program = chromium()?;
        let version = tools::first_line(&program, &["--version"]).unwrap_or_default();
        let version = version
            .split(" built on")
            .next()
            .unwrap_or_default()
            .to_owned();
        gathered.chromium = Some(Chromium { program, version });
    }
    if plan.needs_network() {
        gathered.mail = Some(mail::install()?);
        gathered.bluesky = Some(bluesky::install()?);
    }
    Ok(gathered)
}

/// Debian packages for what is not there.
fn missing_packages(plan: &Plan) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if plan.needs_postgres() && tools::postgres_bin().is_none() {
        missing.push("postgresql");
    }
    if plan.has(Part::Browser) && tools::chromium().is_none() && !is_ubuntu() {
        missing.extend(["chromium", "fonts-dejavu-core"]);
    }
    // The spelling check and the servers from npm and PyPI come by way of Python.
    if plan.needs_network() || plan.has(Part::Style) {
        let python = tools::find("python3");
        let has_venv = |python| {
            program(python)
                .args(&["-c", "import ensurepip"])
                .quiet()
                .is_ok()
        };
        if !python.is_some_and(has_venv) {
            missing.extend(["python3", "python3-venv"]);
        }
    }
    if plan.needs_network() {
        // The Bluesky server's database addon is compiled when it is installed.
        if tools::find("c++").is_none() && tools::find("g++").is_none() {
            missing.push("g++");
        }
        if tools::find("make").is_none() {
            missing.push("make");
        }
    }
    missing
}

/// Ubuntu's package of this name holds no browser but a pointer to a snap, which a server often cannot install.
fn is_ubuntu() -> bool {
    std::fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=ubuntu"))
}

fn chromium() -> anyhow::Result<PathBuf> {
    const BY_HAND: &str = "The browser stories need Chromium. Install Google Chrome or Chromium, or name one: BEDSIDE_CHROMIUM=/path/to/it";
    if let Some(found) = tools::chromium() {
        return Ok(found);
    }
    let node = tools::need(
        "node",
        "to run the browser stories",
        "sudo apt-get install -y nodejs npm",
    )?;
    let with_deps: &[&str] = if tools::is_root() {
        &["--with-deps"]
    } else {
        &[]
    };
    program(node)
        .args(&["node_modules/playwright-core/cli.js", "install", "chromium"])
        .args(with_deps)
        .dir(&root()?.join("e2e"))
        .quiet()
        .context(BY_HAND)?;
    tools::chromium().context(BY_HAND)
}
