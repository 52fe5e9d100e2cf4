//! The real servers that the tests talk to. Each is started on a free loopback port and ended with its guard.

pub mod bluesky;
pub mod mail;
pub mod postgres;

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::Signal;

use crate::run::{Group, Run, interrupted, last_lines};

/// A running server; it is ended when this value goes.
pub struct Server {
    group: Group,
    name: &'static str,
    log: PathBuf,
}

impl Server {
    /// Starts a server whose output goes to a log file, with the signal that asks it to end.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(name: &'static str, run: Run, log: &Path, ask: Signal) -> anyhow::Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = run.into_command();
        command
            .stdout(file.try_clone()?)
            .stderr(file)
            .stdin(Stdio::null());
        let group = Group::start(&mut command, ask, Duration::from_secs(10))
            .with_context(|| format!("{name} could not be started"))?;
        Ok(Self {
            group,
            name,
            log: log.to_path_buf(),
        })
    }

    /// Waits until `ready` gives something.
    ///
    /// # Errors
    /// When the server ends before that, or `patience` has passed, with the last lines of its log.
    pub fn wait<T>(
        &mut self,
        patience: Duration,
        mut ready: impl FnMut(&str) -> Option<T>,
    ) -> anyhow::Result<T> {
        let began = Instant::now();
        loop {
            if let Some(found) = ready(&self.log_text()) {
                return Ok(found);
            }
            if interrupted() {
                bail!("stopped");
            }
            let ended = self.group.child().try_wait()?;
            if ended.is_some() || began.elapsed() > patience {
                let what = if ended.is_some() {
                    "ended at once"
                } else {
                    "did not become ready"
                };
                bail!(
                    "{} {what}. Its last words:\n{}",
                    self.name,
                    last_lines(&self.log_text(), 20)
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What the server has written so far.
    pub fn log_text(&self) -> String {
        std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }
}

/// A port on loopback that is free now.
///
/// # Errors
/// When there is none.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::Server;
    use crate::run::program;
    use rustix::process::Signal;
    use std::time::Duration;

    #[test]
    fn a_server_that_dies_shows_its_last_words() {
        let dir = tempfile::tempdir().unwrap();
        let run = program("sh").args(&["-c", "echo no room left; exit 1"]);
        let mut server = Server::start(
            "The test server",
            run,
            &dir.path().join("log"),
            Signal::TERM,
        )
        .unwrap();
        let error = server
            .wait(Duration::from_secs(20), |_| None::<()>)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("The test server ended at once") && error.contains("no room left"),
            "{error}"
        );
    }

    #[test]
    fn a_ready_line_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let run = program("sh").args(&["-c", "echo port 9; exec sleep 1000"]);
        let mut server = Server::start(
            "The test server",
            run,
            &dir.path().join("log"),
            Signal::TERM,
        )
        .unwrap();
        let found = server
            .wait(Duration::from_secs(20), |log| {
                log.strip_prefix("port ").map(str::to_owned)
            })
            .unwrap();
        assert_eq!(found, "9\n");
    }
}
