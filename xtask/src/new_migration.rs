//! `cargo xtask new-migration NAME`: two empty files of one name.

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::migrations::{FOLDERS, read};
use crate::root::root;

/// Writes the two files and says where they are.
///
/// # Errors
/// When the name is not usable or a file cannot be written.
pub fn run(args: &[String]) -> anyhow::Result<()> {
    let [name] = args else {
        bail!("Give the migration a name, for example: cargo xtask new-migration add_reminders")
    };
    let root = root()?;
    for file in write(&root, name)? {
        println!("{}", file.strip_prefix(&root).unwrap_or(&file).display());
    }
    println!(
        "Write the same tables and columns in both; then add the queries in crates/store/src and their test."
    );
    Ok(())
}

fn write(root: &Path, name: &str) -> anyhow::Result<Vec<PathBuf>> {
    let usable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(usable) {
        bail!(
            "\"{name}\" is not usable: a migration's name has small letters, digits and underscores only."
        );
    }
    let mut last = 0;
    for folder in FOLDERS {
        for existing in read(&root.join(folder))?.keys() {
            let number = existing
                .split('_')
                .next()
                .and_then(|digits| digits.parse::<u32>().ok());
            last = last.max(number.unwrap_or(0));
            if existing
                .split_once('_')
                .is_some_and(|(_, rest)| rest == format!("{name}.sql"))
            {
                bail!("There is already a migration of that name: {folder}/{existing}");
            }
        }
    }
    let file_name = format!("{:04}_{name}.sql", last + 1);
    let mut written = Vec::new();
    for (folder, database) in FOLDERS.iter().zip(["SQLite", "PostgreSQL"]) {
        let file = root.join(folder).join(&file_name);
        std::fs::create_dir_all(root.join(folder))?;
        let text = format!(
            "-- {} on {database}.\n-- Only add: a released migration is never edited, and older versions may still be running.\n",
            name.replace('_', " ")
        );
        std::fs::write(&file, text)?;
        written.push(file);
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::migrations::wrong;

    #[test]
    fn the_frame_passes_the_check_and_numbers_run_on() {
        let dir = tempfile::tempdir().unwrap();
        let first = write(dir.path(), "people").unwrap();
        assert!(first[0].ends_with("crates/store/migrations/sqlite/0001_people.sql"));
        assert!(first[1].ends_with("crates/store/migrations/postgres/0001_people.sql"));
        assert!(write(dir.path(), "posts").unwrap()[0].ends_with("0002_posts.sql"));
        assert_eq!(wrong(dir.path()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_name_is_used_once_and_has_no_path_in_it() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "people").unwrap();
        assert!(write(dir.path(), "people").is_err());
        assert!(write(dir.path(), "../people").is_err());
        assert!(write(dir.path(), "").is_err());
    }
}
