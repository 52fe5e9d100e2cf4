//! `cargo xtask check`: what can be said about the project without building it.

use anyhow::bail;

use crate::root::root;
use crate::{arrows, docs, migrations, rules};

/// Arrows, generated pages, migrations and rule files; everything that is wrong is said, not only the first.
///
/// # Errors
/// When something is wrong.
pub fn run() -> anyhow::Result<()> {
    let root = root()?;
    let mut wrong = Vec::new();
    if let Err(error) = arrows::run() {
        wrong.push(format!("{error:#}"));
    }
    let rule_files = rules::read(&root)?;
    let about_rules = rules::wrong(&rule_files);
    if about_rules.is_empty() {
        println!(
            "rules: {} files, each with its source and examples.",
            rule_files.len()
        );
    }
    wrong.extend(about_rules);
    let about_migrations = migrations::wrong(&root)?;
    if about_migrations.is_empty() {
        println!(
            "migrations: {}, the same on both databases.",
            migrations::size(&root)?
        );
    }
    wrong.extend(about_migrations);
    let stale = docs::stale(&root)?;
    if stale.is_empty() {
        println!("generated pages: fresh.");
    }
    wrong.extend(stale);
    if wrong.is_empty() {
        Ok(())
    } else {
        bail!("{}", wrong.join("\n"))
    }
}
