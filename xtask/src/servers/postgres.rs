//! A private PostgreSQL on loopback, in a temporary folder, without any durability: for tests only.

use std::os::unix::fs::chown;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::Signal;
use tempfile::TempDir;

use super::{Server, free_port};
use crate::run::program;
use crate::tools;

/// A running PostgreSQL.
pub struct Postgres {
    // The order matters: the server ends before its folder goes.
    server: Server,
    _folder: TempDir,
    /// Its address, as `BEDSIDE_TEST_POSTGRES` has it.
    pub url: String,
    /// What it calls itself, for example `PostgreSQL 15.14`.
    pub version: String,
}

impl Postgres {
    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// When PostgreSQL is missing or does not start.
    pub fn start(log: &Path) -> anyhow::Result<Self> {
        let bin = tools::postgres_bin().context("PostgreSQL is not installed")?;
        let folder = tempfile::Builder::new()
            .prefix("bedside-postgres-")
            .tempdir()?;
        // PostgreSQL refuses to run as root, so root lends it the user that Debian made for it.
        let user = if tools::is_root() {
            let Some(ids) = tools::user("postgres").or_else(|| tools::user("nobody")) else {
                bail!(
                    "PostgreSQL does not run as root, and there is no user postgres here to run it as."
                );
            };
            chown(folder.path(), Some(ids.0), Some(ids.1))?;
            Some(ids)
        } else {
            None
        };
        let data = folder.path().join("data");
        program(bin.join("initdb"))
            .args(&[
                "-U",
                "app",
                "--auth=trust",
                "--no-sync",
                "--locale=C.UTF-8",
                "-E",
                "UTF8",
                "-D",
            ])
            .args(&[&data])
            .dir(folder.path())
            .user(user)
            .quiet()
            .context("A test database could not be made")?;
        let port = free_port()?;
        let run = program(bin.join("postgres"))
            .args(&["-D"])
            .args(&[&data])
            .args(&[
                "-c",
                "listen_addresses=127.0.0.1",
                "-p",
                &port.to_string(),
                "-k",
            ])
            .args(&[folder.path()])
            .args(&[
                "-c",
                "fsync=off",
                "-c",
                "synchronous_commit=off",
                "-c",
                "full_page_writes=off",
            ])
            .args(&["-c", "max_connections=300", "-c", "log_connections=on"])
            .dir(folder.path())
            .user(user);
        let mut server = Server::start("PostgreSQL", run, log, Signal::QUIT)?;
        let ready = bin.join("pg_isready");
        server.wait(Duration::from_secs(120), |_| {
            let asked = program(&ready).args(&[
                "-q",
                "-h",
                "127.0.0.1",
                "-U",
                "app",
                "-p",
                &port.to_string(),
            ]);
            asked.quiet().ok()
        })?;
        let version = tools::first_line(&bin.join("postgres"), &["--version"]).unwrap_or_default();
        let version = version.replace("postgres (PostgreSQL)", "PostgreSQL");
        let version = version.split(" (").next().unwrap_or_default().to_owned();
        Ok(Self {
            server,
            _folder: folder,
            url: format!("postgres://app@127.0.0.1:{port}/postgres"),
            version,
        })
    }

    /// How many connections were made to it, which tells whether the tests really used it.
    pub fn connections(&self) -> usize {
        self.server
            .log_text()
            .matches("connection authorized")
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::Postgres;

    #[test]
    fn a_private_server_answers_and_goes() {
        if crate::tools::postgres_bin().is_none() {
            eprintln!("skipped: PostgreSQL is not installed");
            assert!(
                std::env::var_os("BEDSIDE_TEST_ALL").is_none(),
                "PostgreSQL is not installed"
            );
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let server = Postgres::start(&dir.path().join("log")).unwrap();
        assert!(
            server.version.starts_with("PostgreSQL 1"),
            "{}",
            server.version
        );
        let folder = server._folder.path().to_path_buf();
        assert!(folder.join("data/postmaster.pid").exists());
        drop(server);
        assert!(!folder.exists());
    }
}
