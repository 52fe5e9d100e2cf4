//! The one place that knows that there are two databases.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bedside_core::audit::Anchor;
use jiff::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{
    ConnectOptions, Connection, PgPool, Postgres, Row as _, Sqlite, SqlitePool, Transaction,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::anchors::Anchors;
use crate::{Error, Vault, migrate};

/// One writes, the others read.
pub(crate) const SQLITE_CONNECTIONS: u32 = 8;

/// The longest wait for the turn to write to SQLite.
const TURN: Duration = Duration::from_secs(10);

/// An open database.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    anchors: Anchors,
    vault: Arc<Vault>,
    /// Whose turn it is to write to SQLite.
    turn: Arc<Mutex<()>>,
}

#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One unit of work: all of it is committed, or none.
pub struct Tx {
    inner: Inner,
    anchors: Anchors,
    pub(crate) vault: Arc<Vault>,
    /// Ends of chains that this unit of work moved; written outside the database after the commit.
    pub(crate) moved: Vec<Anchor>,
    /// Given back when the unit of work is over.
    _turn: Option<OwnedMutexGuard<()>>,
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A statement: one text, or two where the databases must differ.
#[derive(Clone, Copy)]
pub(crate) struct Sql {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self {
            sqlite: text,
            postgres: text,
        }
    }
}

/// A reading that keeps others from changing the rows until the commit. On SQLite the whole transaction does. No keys
/// change here, so foreign keys may go on pointing at the row: a plain `FOR UPDATE` would make those who insert such a
/// key wait, and with the lock on the record's end the two would wait for each other.
macro_rules! locked {
    ($sql:literal) => {
        $crate::db::Sql {
            sqlite: $sql,
            postgres: concat!($sql, " FOR NO KEY UPDATE"),
        }
    };
}
pub(crate) use locked;

/// A value bound to `$n`.
#[derive(Debug, Clone)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! arg_from {
    ($($type:ty => |$value:ident| $arg:expr;)*) => {$(
        impl From<$type> for Arg {
            fn from($value: $type) -> Self {
                $arg
            }
        }
    )*};
}

arg_from! {
    i64 => |v| Self::Int(Some(v));
    Option<i64> => |v| Self::Int(v);
    bool => |v| Self::Int(Some(i64::from(v)));
    u32 => |v| Self::Int(Some(i64::from(v)));
    u64 => |v| Self::Int(Some(i64::try_from(v).unwrap_or(i64::MAX)));
    Timestamp => |v| Self::Int(Some(v.as_microsecond()));
    Option<Timestamp> => |v| Self::Int(v.map(Timestamp::as_microsecond));
    &str => |v| Self::Text(Some(storable(v.to_owned())));
    String => |v| Self::Text(Some(storable(v)));
    &String => |v| Self::Text(Some(storable(v.clone())));
    Option<String> => |v| Self::Text(v.map(storable));
    Vec<u8> => |v| Self::Bytes(Some(v));
    Option<Vec<u8>> => |v| Self::Bytes(v);
}

/// PostgreSQL keeps no NUL in a text and SQLite does; both are to keep the same, so it becomes U+FFFD, as in HTML.
fn storable(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}")
    } else {
        text
    }
}

macro_rules! arg_from_id {
    ($($id:ident)*) => {$(
        impl From<bedside_core::$id> for Arg {
            fn from(id: bedside_core::$id) -> Self {
                Self::Text(Some(id.to_string()))
            }
        }
        impl From<Option<bedside_core::$id>> for Arg {
            fn from(id: Option<bedside_core::$id>) -> Self {
                Self::Text(id.map(|id| id.to_string()))
            }
        }
    )*};
}

arg_from_id! { PracticeId PersonId MemberId InvitationId ChannelId PostId RevisionId OpinionId DeliveryId JobId MailId }

/// The values of `$1`, `$2`, ...
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Arg::from($value)),*] };
}
pub(crate) use args;

/// One row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! getter {
    ($name:ident, $type:ty) => {
        pub fn $name(&self, column: &'static str) -> Result<$type, Error> {
            match self {
                Self::Sqlite(row) => row.try_get(column),
                Self::Postgres(row) => row.try_get(column),
            }
            .map_err(|_| Error::Unreadable(column))
        }
    };
}

impl Row {
    getter!(int, i64);
    getter!(opt_int, Option<i64>);
    getter!(text, String);
    getter!(opt_text, Option<String>);
    getter!(bytes, Vec<u8>);
    getter!(opt_bytes, Option<Vec<u8>>);

    pub fn flag(&self, column: &'static str) -> Result<bool, Error> {
        self.int(column).map(|value| value != 0)
    }

    pub fn count(&self, column: &'static str) -> Result<u32, Error> {
        u32::try_from(self.int(column)?).map_err(|_| Error::Unreadable(column))
    }

    pub fn time(&self, column: &'static str) -> Result<Timestamp, Error> {
        Timestamp::from_microsecond(self.int(column)?).map_err(|_| Error::Unreadable(column))
    }

    pub fn opt_time(&self, column: &'static str) -> Result<Option<Timestamp>, Error> {
        self.opt_int(column)?
            .map(|micros| {
                Timestamp::from_microsecond(micros).map_err(|_| Error::Unreadable(column))
            })
            .transpose()
    }

    /// An id, a role, a state: whatever is kept as text that this version must know.
    pub fn parse<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, Error> {
        self.text(column)?
            .parse()
            .map_err(|_| Error::Unreadable(column))
    }

    pub fn opt_parse<T: std::str::FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, Error> {
        self.opt_text(column)?
            .map(|text| text.parse().map_err(|_| Error::Unreadable(column)))
            .transpose()
    }

    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        serde_json::from_str(&self.text(column)?).map_err(|_| Error::Unreadable(column))
    }
}

/// JSON for a column; the types that are kept so cannot fail to serialise.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

macro_rules! bind_all {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for arg in $args {
            query = match arg {
                Arg::Int(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
                Arg::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Store {
    /// Opens (and creates) a SQLite file and brings its tables up to date. `anchors` is the file outside the database
    /// that keeps the ends of the record.
    ///
    /// # Errors
    /// [`Error::Open`] with what to do.
    pub async fn open_sqlite(file: PathBuf, anchors: PathBuf, vault: Vault) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new()
            .max_connections(SQLITE_CONNECTIONS)
            .acquire_timeout(Duration::from_secs(10))
            .after_release(|connection, _| {
                Box::pin(async move {
                    // On a full disk SQLite rolls back by itself, and the driver goes on counting a transaction: what
                    // reads on such a connection would see one old moment for ever, and what writes would fail.
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options)
            .await
            .map_err(|error| Error::Open(format!("{} ({error})", file.display())))?;
        Self::ready(Pool::Sqlite(pool), Anchors::at(anchors), vault).await
    }

    /// Opens a PostgreSQL database by its URL and brings its tables up to date.
    ///
    /// # Errors
    /// [`Error::Open`]; the message never holds the password.
    pub async fn open_postgres(url: &str, anchors: PathBuf, vault: Vault) -> Result<Self, Error> {
        // The driver itself takes any scheme.
        let options: PgConnectOptions = Some(url)
            .filter(|url| url.starts_with("postgres://") || url.starts_with("postgresql://"))
            .and_then(|url| url.parse().ok())
            .ok_or_else(|| {
                Error::Open(
                    "the PostgreSQL address must look like postgres://user:password@host/name"
                        .into(),
                )
            })?;
        let host = options.get_host().to_owned();
        // As on SQLite, nobody waits for another writer without end, and one that hangs does not hold its locks for ever.
        let options = options.options([
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "60s"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.disable_statement_logging())
            .await
            .map_err(|_| {
                Error::Open(format!(
                    "PostgreSQL at {host} did not answer or did not let us in"
                ))
            })?;
        Self::ready(Pool::Postgres(pool), Anchors::at(anchors), vault).await
    }

    async fn ready(pool: Pool, anchors: Anchors, vault: Vault) -> Result<Self, Error> {
        let store = Self {
            pool,
            anchors,
            vault: Arc::new(vault),
            turn: Arc::default(),
        };
        migrate::run(&store).await?;
        Ok(store)
    }

    /// "SQLite" or "PostgreSQL", for people.
    #[must_use]
    pub fn database(&self) -> &'static str {
        match self.pool {
            Pool::Sqlite(_) => "SQLite",
            Pool::Postgres(_) => "PostgreSQL",
        }
    }

    /// A unit of work that writes.
    ///
    /// # Errors
    /// [`Error::Busy`] when another writer does not finish in time.
    pub async fn write(&self) -> Result<Tx, Error> {
        Ok(match &self.pool {
            Pool::Sqlite(pool) => {
                // SQLite lets one write and has the others sleep and try again, in no order and for longer and longer:
                // under load someone would wait in vain while the database rests. A queue is fair and does not sleep.
                let turn = tokio::time::timeout(TURN, self.turn.clone().lock_owned())
                    .await
                    .map_err(|_| Error::Busy)?;
                // A deferred transaction that turns into a writer fails at once when another writes, whatever the timeout.
                let inner = Inner::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?);
                self.tx(inner, Some(turn))
            }
            Pool::Postgres(pool) => self.tx(Inner::Postgres(begun(pool, "BEGIN").await?), None),
        })
    }

    /// A unit of work that only reads, all of it at the same moment.
    ///
    /// # Errors
    /// [`Error::Busy`] when no connection is free in time.
    pub async fn read(&self) -> Result<Tx, Error> {
        let inner = match &self.pool {
            Pool::Sqlite(pool) => Inner::Sqlite(pool.begin().await?),
            Pool::Postgres(pool) => Inner::Postgres(
                begun(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
            ),
        };
        Ok(self.tx(inner, None))
    }

    fn tx(&self, inner: Inner, turn: Option<OwnedMutexGuard<()>>) -> Tx {
        Tx {
            inner,
            anchors: self.anchors.clone(),
            vault: self.vault.clone(),
            moved: Vec::new(),
            _turn: turn,
        }
    }

    pub(crate) fn sqlite(&self) -> Option<&SqlitePool> {
        match &self.pool {
            Pool::Sqlite(pool) => Some(pool),
            Pool::Postgres(_) => None,
        }
    }

    pub(crate) fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    /// Ends all connections; what was committed is safe without it.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// A beginning that is given up half-way, as when a browser hangs up, would leave the connection inside a transaction of
/// which the driver knows nothing: the next to use it would read an old moment and could not write. So it is always seen
/// through, by a task of its own.
async fn begun(
    pool: &PgPool,
    statement: &'static str,
) -> Result<Transaction<'static, Postgres>, Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    Ok(begun.await.map_err(|_| Error::Busy)??)
}

impl Tx {
    /// Makes the unit of work true, then anchors the record outside the database.
    ///
    /// # Errors
    /// When it could not be made true: then nothing of it is.
    pub async fn commit(self) -> Result<(), Error> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        self.anchors.write(&self.moved);
        Ok(())
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    pub(crate) async fn all(
        &mut self,
        sql: impl Into<Sql>,
        args: Vec<Arg>,
    ) -> Result<Vec<Row>, Error> {
        let sql = sql.into();
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bind_all!(sql.sqlite, args)
                .fetch_all(&mut **tx)
                .await?
                .into_iter()
                .map(Row::Sqlite)
                .collect(),
            Inner::Postgres(tx) => bind_all!(sql.postgres, args)
                .fetch_all(&mut **tx)
                .await?
                .into_iter()
                .map(Row::Postgres)
                .collect(),
        })
    }

    pub(crate) async fn one(
        &mut self,
        sql: impl Into<Sql>,
        args: Vec<Arg>,
    ) -> Result<Option<Row>, Error> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// How many rows were changed.
    pub(crate) async fn run(&mut self, sql: impl Into<Sql>, args: Vec<Arg>) -> Result<u64, Error> {
        let sql = sql.into();
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bind_all!(sql.sqlite, args)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Inner::Postgres(tx) => bind_all!(sql.postgres, args)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }

    /// Several statements without values: migrations.
    pub(crate) async fn script(&mut self, sql: Sql) -> Result<(), Error> {
        match &mut self.inner {
            Inner::Sqlite(tx) => sqlx::raw_sql(sql.sqlite)
                .execute(&mut **tx)
                .await
                .map(|_| ())?,
            Inner::Postgres(tx) => sqlx::raw_sql(sql.postgres)
                .execute(&mut **tx)
                .await
                .map(|_| ())?,
        }
        Ok(())
    }
}
