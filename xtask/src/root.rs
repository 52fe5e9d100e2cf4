//! Where things are: the checkout, the build folder, the folder of downloaded parts.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::run::cargo;

/// The top folder of the checkout that this command was built from.
///
/// # Errors
/// When the checkout was moved after the build.
pub fn root() -> anyhow::Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let top = here
        .parent()
        .context("xtask lies at the top of a file system")?;
    if !top.join("Cargo.toml").is_file() {
        bail!(
            "The project is no longer at {}. Run the command again from where it is now.",
            top.display()
        );
    }
    Ok(top.to_path_buf())
}

/// Cargo's build folder, wherever the settings of this computer put it.
///
/// # Errors
/// When `cargo metadata` cannot be run or read.
pub fn target_dir() -> anyhow::Result<PathBuf> {
    let text = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--offline",
    ])
    .output()?;
    let metadata: serde_json::Value =
        serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let dir = metadata["target_directory"]
        .as_str()
        .context("cargo metadata names no target directory")?;
    Ok(PathBuf::from(dir))
}

/// Where servers and tools for the tests are kept between runs: `BEDSIDE_PARTS`, or `.parts` in the checkout.
///
/// # Errors
/// When the folder cannot be made.
pub fn parts_dir() -> anyhow::Result<PathBuf> {
    let dir = match std::env::var_os("BEDSIDE_PARTS") {
        Some(dir) => PathBuf::from(dir),
        None => root()?.join(".parts"),
    };
    std::fs::create_dir_all(&dir)
        .with_context(|| format!("cannot make the folder {}", dir.display()))?;
    Ok(dir)
}

/// A short name for some content, to tell one lock file from the next (64-bit FNV-1a; not for security).
pub fn short_hash(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::short_hash;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(short_hash(b""), "cbf29ce484222325");
        assert_eq!(short_hash(b"a"), "af63dc4c8601ec8c");
    }
}
