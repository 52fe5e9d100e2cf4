//! What can go wrong in the store.

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
                let message = database.message().to_owned();
                // SQLite: 5 busy, 6 locked, 13 full, 19 constraint (with extended codes in the upper bits).
                // PostgreSQL: class 23 constraints, P0001 raised by our triggers, 40 and 55P03 contention, 53100 disk full.
                match (code.parse::<u32>().map(|code| code & 0xff), code.as_ref()) {
                    (_, "53100") => Self::Full,
                    (_, "P0001") => Self::Constraint(message),
                    (_, code) if code.len() == 5 && code.starts_with("23") => {
                        Self::Constraint(message)
                    }
                    (_, code)
                        if code.len() == 5
                            && (code.starts_with("40")
                                || code == "55P03"
                                || code.starts_with("57P")) =>
                    {
                        Self::Busy
                    }
                    (Ok(5 | 6), _) => Self::Busy,
                    (Ok(13), _) => Self::Full,
                    (Ok(19), _) => Self::Constraint(message),
                    _ => Self::Database(error),
                }
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed => Self::Busy,
            _ => Self::Database(error),
        }
    }
}
