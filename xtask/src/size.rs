//! `cargo xtask size`: how long a clean release build takes and how large the program is.

use std::time::Instant;

use crate::fetch::npm_ci;
use crate::root::{root, target_dir};
use crate::run::cargo;

/// Builds into a folder of its own, so that the everyday build stays warm.
///
/// # Errors
/// When the build fails.
pub fn run() -> anyhow::Result<()> {
    npm_ci(&root()?.join("crates/web/front"))?;
    let dir = target_dir()?.join("size");
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    let dir_text = dir.display().to_string();
    let began = Instant::now();
    cargo(&[
        "build",
        "--release",
        "--locked",
        "-p",
        "bedside",
        "--target-dir",
        &dir_text,
    ])
    .show()?;
    let took = began.elapsed();
    let bytes = std::fs::metadata(dir.join("release/bedside"))?.len();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!(
        "clean release build  {:.0} s on {cores} cores",
        took.as_secs_f64()
    );
    println!("binary               {:.1} MB", to_mb(bytes));
    std::fs::remove_dir_all(&dir)?;
    Ok(())
}

/// Bytes as millions of bytes, for people.
pub fn to_mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
