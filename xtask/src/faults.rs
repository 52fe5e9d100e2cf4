//! `cargo xtask faults`: kills the server while it sends, as often as one likes, and counts what is lost and doubled.

use anyhow::{Context as _, bail};

use crate::run::cargo;
use crate::servers::bluesky::{self, Bluesky};

/// Runs `crates/cli/tests/kill.rs` with `--kills N` (200 when nothing is said) against a Bluesky server of its own.
///
/// # Errors
/// When the server cannot be started, or anything was lost or doubled.
pub fn run(args: &[String]) -> anyhow::Result<()> {
    let kills: u32 = match args {
        [] => 200,
        [name, number] if name == "--kills" => number.parse().context("--kills wants a number")?,
        _ => bail!("cargo xtask faults [--kills N]"),
    };
    let folder = tempfile::tempdir()?;
    let server = Bluesky::start(&bluesky::install()?, &folder.path().join("bluesky.log"))?;
    cargo(&[
        "test",
        "-p",
        "bedside",
        "--test",
        "kill",
        "--",
        "--nocapture",
    ])
    .env("BEDSIDE_TEST_KILLS", kills.to_string())
    .env("BEDSIDE_TEST_PDS", &server.url)
    .show()
}
