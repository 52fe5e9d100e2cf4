//! `cargo xtask ci`: what `.ci/run` runs, as one command.

use std::process::ExitCode;

/// Every test, with nothing left out.
///
/// # Errors
/// As `cargo xtask test`.
pub fn run() -> anyhow::Result<ExitCode> {
    crate::test::run(&[])
}
