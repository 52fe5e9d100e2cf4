//! A copy of a SQLite database while it is in use. PostgreSQL has tools of its own for this.

use std::path::Path;

use bedside_core::Refusal;

use crate::{Error, Store};

impl Store {
    /// Writes a copy, as of this moment, to a file that must not be there yet; readers and writers go on meanwhile. Under
    /// its own name the file is whole and on the disk: until then it is called `.part`. The anchor file is not in it.
    ///
    /// # Errors
    /// A refusal when the file is there or the database is PostgreSQL; [`Error::Full`]; when the store fails.
    pub async fn backup_to(&self, path: &Path) -> Result<(), Error> {
        let Some(pool) = self.sqlite() else {
            return Err(Refusal::conflict(
                "backup_elsewhere",
                "This is a PostgreSQL database. Back it up with pg_dump.",
            )
            .into());
        };
        if tokio::fs::try_exists(path).await.map_err(failed)? {
            return Err(Refusal::conflict(
                "backup_there",
                "There is a file of this name already. Choose another.",
            )
            .into());
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = Path::new(&part);
        // Left by a backup that was cut off.
        if tokio::fs::try_exists(part).await.map_err(failed)? {
            tokio::fs::remove_file(part).await.map_err(failed)?;
        }
        let copied = async {
            sqlx::query("VACUUM INTO $1")
                .bind(part.to_string_lossy().into_owned())
                .execute(pool)
                .await?;
            let file = tokio::fs::File::open(part).await.map_err(failed)?;
            file.sync_all().await.map_err(failed)?;
            tokio::fs::rename(part, path).await.map_err(failed)?;
            // The new name is on the disk only once the folder is.
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            let folder = tokio::fs::File::open(folder.unwrap_or(Path::new(".")))
                .await
                .map_err(failed)?;
            folder.sync_all().await.map_err(failed)
        }
        .await;
        if copied.is_err() {
            // What is left of it helps nobody; if it cannot be removed, the next backup tries again.
            tokio::fs::remove_file(part).await.ok();
        }
        copied
    }
}

fn failed(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Error::Full,
        _ => Error::Database(sqlx::Error::Io(error)),
    }
}
