//! `cargo xtask wasm`: the crates that must build for the browser.

use anyhow::Context as _;

use crate::run::{cargo, program};
use crate::tools;

const TARGET: &str = "wasm32-unknown-unknown";

/// Adds the target if it is missing, then checks `screen`, `core` and `screen-wasm` for it.
///
/// # Errors
/// When the target cannot be added or a crate does not build for it.
pub fn run() -> anyhow::Result<()> {
    add_target()?;
    cargo(&[
        "check",
        "--locked",
        "--target",
        TARGET,
        "-p",
        "bedside-screen",
        "-p",
        "bedside-core",
        "-p",
        "bedside-screen-wasm",
    ])
    .show()
}

/// Makes sure that the compiler can build for the browser.
///
/// # Errors
/// When it cannot and rustup is not there to add it, or fails.
pub fn add_target() -> anyhow::Result<()> {
    let rustc = tools::need("rustc", "to build Bedside", "https://rustup.rs")?;
    let lib = tools::first_line(&rustc, &["--print", "target-libdir", "--target", TARGET]);
    if lib.is_some_and(|dir| std::path::Path::new(&dir).is_dir()) {
        return Ok(());
    }
    let rustup = tools::need(
        "rustup",
        "to add the browser target of the compiler",
        "https://rustup.rs",
    )?;
    program(rustup)
        .args(&["target", "add", TARGET])
        .quiet()
        .context("The browser target of the compiler could not be added. This adds it: rustup target add wasm32-unknown-unknown")
}
