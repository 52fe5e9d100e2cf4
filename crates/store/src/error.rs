//! What can go wrong in the store.

use sqlx::sqlite::SqliteError;

/// A failure of the store. The text names no row's content.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Someone else is writing, or the connection was lost: try again.
    #[error("the database is busy or away")]
    Busy,
    /// No room left to write.
    #[error("the disk is full: free some space, then try again; nothing was lost")]
    Full,
    /// A rule of the database itself stood against it (a constraint or a trigger).
    #[error("the database refused: {0}")]
    Constraint(String),
    /// Changed by someone else between reading and writing.
    #[error("changed meanwhile")]
    Stale,
    /// A row that cannot be read: it was written by a newer version, or by hand.
    #[error("the database holds something that this version cannot read in {0}")]
    Unreadable(&'static str),
    /// The decision itself was refused.
    #[error(transparent)]
    Refused(#[from] bedside_core::Refusal),
    #[error("the key file does not fit this database: what was encrypted cannot be read")]
    Key,
    #[error("the database cannot be opened: {0}")]
    Open(String),
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                let known = if database.try_downcast_ref::<SqliteError>().is_some() {
                    sqlite(&code, database.message())
                } else {
                    postgres(&code, database.message())
                };
                known.unwrap_or(Self::Database(error))
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed => Self::Busy,
            _ => Self::Database(error),
        }
    }
}

/// Result codes (sqlite.org/rescode.html): the kind is in the lowest eight bits.
fn sqlite(code: &str, message: &str) -> Option<Error> {
    match code.parse::<u32>().ok()? & 0xff {
        5 | 6 => Some(Error::Busy),
        13 => Some(Error::Full),
        19 => Some(Error::Constraint(message.to_owned())),
        _ => None,
    }
}

/// SQLSTATE (PostgreSQL, appendix A): class 23 constraints, P0001 raised by our triggers; contention, a lost or refused
/// connection and a server that shuts down; 53100 disk full.
fn postgres(code: &str, message: &str) -> Option<Error> {
    match (code, code.get(..2)?) {
        ("53100", _) => Some(Error::Full),
        ("P0001", _) | (_, "23") => Some(Error::Constraint(message.to_owned())),
        ("55P03" | "53300" | "25P03", _) | (_, "08" | "40" | "57") => Some(Error::Busy),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bedside_core::content::sha256_hex;
    use bedside_core::practice::Settings;
    use bedside_core::world::testing::still_world;

    use super::*;
    use crate::{Store, Vault};

    #[test]
    fn codes_of_one_database_are_not_taken_for_the_others() {
        assert!(matches!(postgres("53100", ""), Some(Error::Full)));
        assert!(matches!(postgres("23505", ""), Some(Error::Constraint(_))));
        assert!(matches!(postgres("P0001", ""), Some(Error::Constraint(_))));
        for busy in ["40001", "40P01", "55P03", "57P01", "08006", "53300"] {
            assert!(matches!(postgres(busy, ""), Some(Error::Busy)), "{busy}");
        }
        // Its lowest eight bits are those of SQLITE_BUSY.
        assert!(postgres("22021", "").is_none());
        assert!(matches!(sqlite("517", ""), Some(Error::Busy)));
        assert!(matches!(sqlite("13", ""), Some(Error::Full)));
        assert!(matches!(sqlite("1811", ""), Some(Error::Constraint(_))));
        assert!(sqlite("1", "").is_none());
    }

    /// A limit of pages stands for the disk; it is set on each connection that the store may open.
    #[tokio::test]
    async fn a_full_disk_is_told_and_leaves_the_store_usable() {
        let dir = tempfile::tempdir().unwrap();
        let (world, _) = still_world("2026-03-02T10:42:00Z");
        let store = Store::open_sqlite(
            dir.path().join("bedside.sqlite"),
            dir.path().join("anchors.jsonl"),
            Vault::new(&[7; 32], world.clone()),
        )
        .await
        .unwrap();
        let (practice, now) = (world.id(), world.now());
        let settings = Settings {
            name: "Weir Lane Surgery".into(),
            ..Settings::default()
        };
        let mut tx = store.write().await.unwrap();
        tx.create_practice(practice, &settings, now).await.unwrap();
        tx.commit().await.unwrap();

        let limit = async |pages: &'static str| {
            let mut every = Vec::new();
            for _ in 0..crate::db::SQLITE_CONNECTIONS {
                let mut tx = store.read().await.unwrap();
                tx.all(pages, Vec::new()).await.unwrap();
                every.push(tx);
            }
        };
        limit("PRAGMA max_page_count = 1").await; // Raised by SQLite to what there is.
        let mut picture = crate::Media {
            sha256: String::new(),
            mime: "image/png".into(),
            width: 1,
            height: 1,
            bytes: vec![1; 500_000],
        };
        let keep = async |picture: &crate::Media| {
            let mut tx = store.write().await?;
            tx.set_installation("beside", Some("it")).await?;
            tx.keep_media(practice, picture, now).await?;
            tx.commit().await
        };
        for _ in 0..3 {
            let full = keep(&picture).await;
            assert!(matches!(full, Err(Error::Full)), "{full:?}");
        }
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.practice(practice).await.unwrap().settings, settings);
        assert_eq!(tx.installation("beside").await.unwrap(), None);
        drop(tx);

        limit("PRAGMA max_page_count = 1000000").await;
        // More rounds than connections: each of them is sound.
        for n in 0..20 {
            picture.bytes[0] = n;
            keep(&picture).await.unwrap();
            let mut tx = store.read().await.unwrap();
            let kept = tx
                .media(practice, &sha256_hex(&picture.bytes))
                .await
                .unwrap();
            assert!(kept.is_some(), "{n}");
        }
    }
}
