//! The two folders of migrations, side by side: same names, same tables, same columns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;

/// The two folders, below the top of the checkout.
pub const FOLDERS: [&str; 2] = [
    "crates/store/migrations/sqlite",
    "crates/store/migrations/postgres",
];

/// One sentence for each way in which the two folders differ or a name is not as it should be.
///
/// # Errors
/// When a file cannot be read.
pub fn wrong(root: &Path) -> anyhow::Result<Vec<String>> {
    let (sqlite, postgres) = (read(&root.join(FOLDERS[0]))?, read(&root.join(FOLDERS[1]))?);
    let mut wrong = Vec::new();
    for (names, others, folder) in [
        (&sqlite, &postgres, "postgres"),
        (&postgres, &sqlite, "sqlite"),
    ] {
        for name in names.keys().filter(|name| !others.contains_key(*name)) {
            wrong.push(format!(
                "The migration {name} is missing in migrations/{folder}."
            ));
        }
    }
    for (place, name) in sqlite.keys().enumerate() {
        let number = place + 1;
        if !name.starts_with(&format!("{number:04}_")) {
            wrong.push(format!("The migration {name} should begin with {number:04}_: numbers run without gap or repeat."));
        }
    }
    let (ours, theirs) = (tables(sqlite.values()), tables(postgres.values()));
    for table in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
        match (ours.get(table), theirs.get(table)) {
            (Some(ours), Some(theirs)) => {
                for column in ours.symmetric_difference(theirs) {
                    let place = if ours.contains(column) {
                        "SQLite"
                    } else {
                        "PostgreSQL"
                    };
                    wrong.push(format!(
                        "The column {table}.{column} is only there on {place}."
                    ));
                }
            }
            (there, _) => {
                let place = if there.is_some() {
                    "SQLite"
                } else {
                    "PostgreSQL"
                };
                wrong.push(format!("The table {table} is only there on {place}."));
            }
        }
    }
    Ok(wrong)
}

/// How much there is to compare, in words.
///
/// # Errors
/// When a file cannot be read.
pub fn size(root: &Path) -> anyhow::Result<String> {
    let files = read(&root.join(FOLDERS[0]))?;
    let tables = tables(files.values());
    let columns: usize = tables.values().map(BTreeSet::len).sum();
    Ok(format!(
        "{} files, {} tables, {columns} columns",
        files.len(),
        tables.len()
    ))
}

/// Name and text of each migration of a folder; nothing when there is no such folder yet.
pub fn read(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    if !folder.is_dir() {
        return Ok(BTreeMap::new());
    }
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ext| ext == "sql") {
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(name, text);
        }
    }
    Ok(files)
}

/// The tables that the migrations make, with their columns.
fn tables<'a>(texts: impl Iterator<Item = &'a String>) -> BTreeMap<String, BTreeSet<String>> {
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for text in texts {
        for statement in statements(text) {
            let words: Vec<String> = statement
                .split_whitespace()
                .map(str::to_ascii_lowercase)
                .collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words.as_slice() {
                ["create", "table", ..] => {
                    let Some((head, body)) = statement.split_once('(') else {
                        continue;
                    };
                    let Some(name) = head.split_whitespace().last() else {
                        continue;
                    };
                    let columns = parts(body).iter().filter_map(|part| column(part)).collect();
                    tables.insert(bare(name), columns);
                }
                [
                    "alter",
                    "table",
                    name,
                    "add",
                    "column",
                    "if",
                    "not",
                    "exists",
                    new,
                    ..,
                ]
                | ["alter", "table", name, "add", "column", new, ..] => {
                    tables.entry(bare(name)).or_default().insert(bare(new));
                }
                ["alter", "table", name, "drop", "column", old, ..] => {
                    tables.entry(bare(name)).or_default().remove(&bare(old));
                }
                ["alter", "table", name, "rename", "to", new, ..] => {
                    if let Some(columns) = tables.remove(&bare(name)) {
                        tables.insert(bare(new), columns);
                    }
                }
                ["drop", "table", name, ..] => {
                    tables.remove(&bare(name));
                }
                _ => {}
            }
        }
    }
    tables
}

/// The statements of a migration, without comments. Bodies of triggers and functions are cut up too; their pieces look
/// like no statement that is read here.
fn statements(text: &str) -> Vec<String> {
    let without_comments: Vec<&str> = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect();
    without_comments
        .join("\n")
        .split(';')
        .map(|statement| statement.trim().to_owned())
        .collect()
}

/// The parts of a table's body, cut at the commas that stand outside brackets.
fn parts(body: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 1_i32);
    for c in body.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if c == ',' && depth == 1 {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
    }
    parts.push(part);
    parts
}

/// The column that a part of a table's body declares, unless it is a constraint.
fn column(part: &str) -> Option<String> {
    let first = bare(part.split_whitespace().next()?);
    let constraint = [
        "constraint",
        "primary",
        "unique",
        "foreign",
        "check",
        "exclude",
    ];
    (!constraint
        .iter()
        .any(|word| first == *word || first.starts_with(&format!("{word}("))))
    .then_some(first)
}

fn bare(name: &str) -> String {
    name.trim_matches(['"', '`', ',', '(', ';'])
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{FOLDERS, size, wrong};
    use std::path::Path;

    fn put(root: &Path, folder: &str, name: &str, text: &str) {
        std::fs::create_dir_all(root.join(folder)).unwrap();
        std::fs::write(root.join(folder).join(name), text).unwrap();
    }

    #[test]
    fn equal_folders_pass() {
        let dir = tempfile::tempdir().unwrap();
        put(
            dir.path(),
            FOLDERS[0],
            "0001_people.sql",
            "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL CHECK (length(name) IN (1, 2)),\n UNIQUE (id, name)) STRICT;",
        );
        put(
            dir.path(),
            FOLDERS[1],
            "0001_people.sql",
            "-- the people, with a comma; and a semicolon\ncreate table if not exists people (id text primary key,\n name text not null);",
        );
        assert_eq!(wrong(dir.path()).unwrap(), Vec::<String>::new());
        assert_eq!(size(dir.path()).unwrap(), "1 files, 1 tables, 2 columns");
    }

    #[test]
    fn no_folder_at_all_is_no_difference() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(wrong(dir.path()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_missing_twin_a_gap_and_a_missing_column_are_named() {
        let dir = tempfile::tempdir().unwrap();
        put(
            dir.path(),
            FOLDERS[0],
            "0001_a.sql",
            "CREATE TABLE a (id TEXT, extra TEXT);",
        );
        put(
            dir.path(),
            FOLDERS[1],
            "0001_a.sql",
            "CREATE TABLE a (id TEXT); CREATE TABLE c (id TEXT);",
        );
        put(
            dir.path(),
            FOLDERS[0],
            "0003_b.sql",
            "ALTER TABLE a ADD COLUMN more TEXT;",
        );
        let found = wrong(dir.path()).unwrap();
        assert_eq!(
            found,
            [
                "The migration 0003_b.sql is missing in migrations/postgres.",
                "The migration 0003_b.sql should begin with 0002_: numbers run without gap or repeat.",
                "The column a.extra is only there on SQLite.",
                "The column a.more is only there on SQLite.",
                "The table c is only there on PostgreSQL.",
            ]
        );
    }
}
