//! A real SMTP server on loopback that keeps each message as a file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::Signal;
use tempfile::TempDir;

use super::{Server, free_port};
use crate::parts::python_env;
use crate::root::{root, short_hash};
use crate::run::program;

/// Where the server was installed.
pub struct Installed {
    python: PathBuf,
    /// For the summary.
    pub version: String,
}

/// Installs the server into the folder of parts, once for each list of requirements.
///
/// # Errors
/// When Python is missing or the server cannot be fetched.
pub fn install() -> anyhow::Result<Installed> {
    let list = root()?.join("e2e/smtp/requirements.txt");
    let text =
        std::fs::read_to_string(&list).context("e2e/smtp/requirements.txt cannot be read")?;
    let name = format!("smtp-{}", short_hash(text.as_bytes()));
    let list = list.display().to_string();
    let env = python_env(&name, "to run a mail server for the tests", &["-r", &list])?;
    let pinned = text
        .lines()
        .map(str::trim)
        .find(|line| line.contains("=="))
        .unwrap_or("aiosmtpd");
    Ok(Installed {
        python: env.join("bin/python"),
        version: format!("SMTP server {}", pinned.replace("==", " ")),
    })
}

/// A running mail server.
pub struct Mail {
    _server: Server,
    folder: TempDir,
    /// Its address, as `BEDSIDE_TEST_SMTP` has it.
    pub address: String,
}

impl Mail {
    /// Starts it on a free port with an empty folder.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(installed: &Installed, log: &Path) -> anyhow::Result<Self> {
        let port = free_port()?;
        let folder = tempfile::Builder::new().prefix("bedside-mail-").tempdir()?;
        let run = program(&installed.python)
            .args(&["-u"])
            .args(&[root()?.join("e2e/smtp/sink.py")])
            .args(&["--port", &port.to_string(), "--dir"])
            .args(&[folder.path()]);
        let mut server = Server::start("The mail server", run, log, Signal::TERM)?;
        server.wait(Duration::from_secs(60), |log| {
            log.contains('\n').then_some(())
        })?;
        Ok(Self {
            _server: server,
            folder,
            address: format!("127.0.0.1:{port}"),
        })
    }

    /// Where each message lies as a file, as `BEDSIDE_TEST_SMTP_DIR` has it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// How many messages came in.
    pub fn messages(&self) -> usize {
        let files = std::fs::read_dir(self.folder.path())
            .into_iter()
            .flatten()
            .flatten();
        files
            .filter(|entry| entry.path().extension().is_some_and(|ext| ext == "eml"))
            .count()
    }
}
