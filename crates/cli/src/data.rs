//! The data folder: database, key, anchors of the record, and the lock that keeps a second server out.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bedside_core::content::hex;
use bedside_core::world::World;
use bedside_store::{Store, Vault};

/// Where the data lies.
#[derive(Debug, Clone, clap::Args)]
pub struct DataArgs {
    /// The folder for the database, the key and the record's anchors.
    #[arg(
        long,
        value_name = "DIR",
        env = "BEDSIDE_DATA",
        default_value = "./bedside-data"
    )]
    pub data: PathBuf,
    /// A PostgreSQL database instead of the SQLite file in the folder: postgres://user:password@host/name.
    #[arg(
        long,
        value_name = "URL",
        env = "BEDSIDE_DATABASE",
        hide_env_values = true
    )]
    pub database: Option<String>,
}

/// An open data folder.
pub struct Data {
    pub store: Store,
    /// A name for this installation's worker that stays the same over restarts.
    pub name: String,
    _lock: Option<File>,
}

impl DataArgs {
    /// Opens the folder for a server, making it at the first run; refuses when another server has it open.
    pub async fn open_alone(&self, world: &World) -> anyhow::Result<Data> {
        make_private(&self.data)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.data.join("lock"))?;
        if lock.try_lock().is_err() {
            bail!(
                "Bedside is running on {} already. Stop it first, or choose another folder with --data.",
                self.data.display()
            );
        }
        self.open_with(world, Some(lock)).await
    }

    /// Opens an existing folder beside a running server.
    pub async fn open_beside(&self, world: &World) -> anyhow::Result<Data> {
        if !self.data.join("key").is_file() {
            bail!(
                "There is no Bedside data in {}. Name the folder with --data.",
                self.data.display()
            );
        }
        self.open_with(world, None).await
    }

    async fn open_with(&self, world: &World, lock: Option<File>) -> anyhow::Result<Data> {
        let key = key(&self.data.join("key"), world)?;
        let vault = Vault::new(&key, world.clone());
        let anchors = self.data.join("record-anchors.jsonl");
        let store = match &self.database {
            Some(url) => Store::open_postgres(url, anchors, vault).await?,
            None => Store::open_sqlite(self.data.join("bedside.sqlite"), anchors, vault).await?,
        };
        let name = format!(
            "server {}",
            bedside_core::content::sha256_hex(&key)
                .get(..12)
                .unwrap_or_default()
        );
        Ok(Data {
            store,
            name,
            _lock: lock,
        })
    }
}

fn make_private(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn key(path: &Path, world: &World) -> anyhow::Result<[u8; 32]> {
    if let Ok(text) = fs::read_to_string(path) {
        return parse_key(&text).with_context(|| {
            format!(
                "{} is damaged; put the file back from your backup",
                path.display()
            )
        });
    }
    let key: [u8; 32] = world.bytes();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    writeln!(file, "{}", hex(&key))?;
    file.sync_all()?;
    Ok(key)
}

fn parse_key(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (n, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(n * 2..n * 2 + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let (world, _) = bedside_core::world::testing::still_world("2026-03-02T10:42:00Z");
        let path = folder.path().join("key");
        let first = key(&path, &world).unwrap();
        assert_eq!(key(&path, &world).unwrap(), first);
        fs::write(&path, "short").unwrap();
        assert!(key(&path, &world).is_err());
    }
}
