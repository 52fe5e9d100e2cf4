//! Bringing the tables up to date, and that both databases have the same ones.

use std::path::Path;

use bedside_core::world::testing::still_world;
use bedside_store::{Error, Store, Vault};

use crate::support::{KEY, Raw, START};

fn said(result: Result<Store, Error>) -> String {
    match result {
        Err(error @ Error::Open(_)) => error.to_string(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was opened"),
    }
}

on_both!(opening_again_is_harmless, |db| {
    let seed = db.practice().await;
    let (one, two) = tokio::join!(db.home.open(KEY), db.home.open(KEY));
    for store in [one.unwrap(), two.unwrap()] {
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.members(seed.id).await.unwrap().len(), 4);
        drop(tx);
        store.close().await;
        assert!(matches!(store.read().await.map(|_| ()), Err(Error::Busy)));
    }
    assert_eq!(db.raw.count("migrations").await, 5);
    let wanted = if db.raw.is_postgres() {
        "PostgreSQL"
    } else {
        "SQLite"
    };
    assert_eq!(db.store.database(), wanted);
});

on_both!(tables_of_another_version_are_refused, |db| {
    db.raw
        .run("UPDATE migrations SET hash = 'edited' WHERE name = '0003_deliveries'")
        .await
        .unwrap();
    let said = said(db.home.open(KEY).await);
    assert!(said.contains("script 0003_deliveries differs"), "{said}");
});

on_both!(a_newer_database_is_refused_and_left_alone, |db| {
    db.raw
        .run("INSERT INTO migrations VALUES ('0099_later', 'x'); DELETE FROM migrations WHERE name = '0005_record'")
        .await
        .unwrap();
    let tables = if db.raw.is_postgres() {
        "DROP TABLE audit_entries; DROP TABLE audit_heads; DROP FUNCTION audit_entries_fixed"
    } else {
        "DROP TABLE audit_entries; DROP TABLE audit_heads"
    };
    db.raw.run(tables).await.unwrap();
    let said = said(db.home.open(KEY).await);
    assert!(said.contains("newer version"), "{said}");
    // The script that was missing was not run either.
    assert_eq!(db.raw.count("migrations").await, 5);
    assert!(db.raw.run("SELECT seq FROM audit_entries").await.is_err());
});

on_both!(a_script_that_fails_leaves_nothing_behind, |db| {
    // The tables are there, but not the note of it: the script cannot run again.
    db.raw
        .run("DELETE FROM migrations WHERE name >= '0004'; DROP TABLE jobs")
        .await
        .unwrap();
    assert!(db.home.open(KEY).await.is_err());
    assert_eq!(db.raw.count("migrations").await, 3);
    assert!(db.raw.run("SELECT id FROM jobs").await.is_err());
});

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("letter.txt");
    std::fs::write(&file, "Dear Sir or Madam, ".repeat(100)).unwrap();
    let vault = || Vault::new(&KEY, still_world(START).0);
    let anchors = dir.path().join("anchors.jsonl");
    said(Store::open_sqlite(file.clone(), anchors.clone(), vault()).await);
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .starts_with("Dear Sir")
    );
    let nowhere = dir.path().join("none").join("bedside.sqlite");
    said(Store::open_sqlite(nowhere, anchors.clone(), vault()).await);
    let told = said(Store::open_postgres("mysql://x", anchors, vault()).await);
    assert!(told.contains("postgres://"), "{told}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_told_without_the_password() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::new(&KEY, still_world(START).0);
    // Port 1 (tcpmux) answers nowhere nowadays.
    let url = "postgres://app:hunter2@127.0.0.1:1/bedside";
    let told = said(Store::open_postgres(url, dir.path().join("a"), vault).await);
    assert!(told.contains("127.0.0.1"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

/// Table, column, kind and whether it may be empty, as either database tells it.
async fn columns(raw: &Raw) -> Vec<String> {
    let sql = match raw {
        Raw::Sqlite(_) => {
            "SELECT m.name || ' ' || c.name || ' ' || c.type || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN '' ELSE ' empty' END \
             FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        Raw::Postgres(_) => {
            "SELECT table_name || ' ' || column_name || ' ' || CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' \
             WHEN 'bytea' THEN 'BLOB' ELSE data_type END || CASE is_nullable WHEN 'YES' THEN ' empty' ELSE '' END \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let mut columns = raw.texts(sql).await;
    columns.sort();
    columns
}

on_both!(
    tables_and_columns_are_the_ones_that_are_written_down,
    |db| {
        let wanted: Vec<&str> = include_str!("columns.txt").lines().collect();
        assert_eq!(columns(&db.raw).await, wanted);
    }
);

/// What a script says apart from the dialect: tables with their keys and checks, and indices.
fn said_by(script: &str) -> String {
    script
        .lines()
        .map(|line| {
            line.replace("BIGINT", "INTEGER")
                .replace("BYTEA", "BLOB")
                .replace(") STRICT;", ");")
        })
        .take_while(|line| !line.contains("TRIGGER") && !line.contains("FUNCTION"))
        .filter(|line| !line.trim_start().starts_with("--") && !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn scripts_are_paired_and_say_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let names = |database: &str| {
        let mut names: Vec<_> = std::fs::read_dir(folder.join(database))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    for name in names("sqlite") {
        let read = |database: &str| {
            said_by(&std::fs::read_to_string(folder.join(database).join(&name)).unwrap())
        };
        assert_eq!(read("sqlite"), read("postgres"), "{}", name.display());
    }
}

/// Every refusal that one database's triggers speak, the other's speak too.
#[test]
fn triggers_refuse_with_the_same_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let words = |database: &str, mark: &str| {
        let mut words = std::collections::BTreeSet::new();
        for entry in std::fs::read_dir(folder.join(database)).unwrap() {
            let script = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for part in script.split(mark).skip(1) {
                words.insert(part.split('\'').next().unwrap().to_owned());
            }
        }
        words
    };
    // These keep SQLite's INSERT OR REPLACE out; PostgreSQL has its unique keys for it.
    let mut sqlite = words("sqlite", "RAISE(ABORT, '");
    assert!(sqlite.remove("there is such a revision already"));
    assert!(sqlite.remove("this text goes to this channel already"));
    assert_eq!(sqlite, words("postgres", "RAISE EXCEPTION '"));
}
