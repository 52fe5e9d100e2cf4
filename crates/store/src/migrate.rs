//! Bringing the tables up to date: each script once, in order, in its own transaction. A released script is never
//! edited; its hash is kept and compared.

use bedside_core::content::sha256_hex;

use crate::db::{Sql, args};
use crate::{Error, Store};

macro_rules! scripts {
    ($($name:literal),* $(,)?) => {
        &[$(($name, Sql {
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        })),*]
    };
}

const SCRIPTS: &[(&str, Sql)] = scripts![
    "0001_people",
    "0002_posts",
    "0003_deliveries",
    "0004_jobs",
    "0005_record"
];

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, hash TEXT NOT NULL)";

pub(crate) async fn run(store: &Store) -> Result<(), Error> {
    let mut tx = store.write().await?;
    if tx.is_postgres() {
        // Two servers that start at once take turns, however long a script takes.
        tx.run("SET LOCAL lock_timeout = 0", Vec::new()).await?;
        tx.run("SELECT pg_advisory_xact_lock(7251933)", Vec::new())
            .await?;
    }
    tx.run(TABLE, Vec::new()).await?;
    for (name, sql) in SCRIPTS {
        let text = if tx.is_postgres() {
            sql.postgres
        } else {
            sql.sqlite
        };
        let hash = sha256_hex(text.as_bytes());
        match tx
            .one("SELECT hash FROM migrations WHERE name = $1", args![*name])
            .await?
        {
            Some(row) if row.text("hash")? == hash => {}
            Some(_) => {
                return Err(Error::Open(format!(
                    "its tables were made by another version of the program (script {name} differs). Use that version"
                )));
            }
            None => {
                tx.script(*sql).await?;
                tx.run(
                    "INSERT INTO migrations (name, hash) VALUES ($1, $2)",
                    args![*name, hash],
                )
                .await?;
            }
        }
    }
    let known = tx.all("SELECT name FROM migrations", Vec::new()).await?;
    for row in known {
        let name = row.text("name")?;
        if !SCRIPTS.iter().any(|(script, _)| *script == name) {
            return Err(Error::Open(
                "it was made by a newer version of Bedside. Use that version, or newer".into(),
            ));
        }
    }
    tx.commit().await
}
