//! How many tests ran, read from what the test runner prints.

use std::collections::BTreeMap;

/// Numbers of tests that passed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub passed: usize,
    pub failed: usize,
    by_crate: BTreeMap<String, usize>,
    sqlite: usize,
    postgres: usize,
}

impl Counted {
    /// Reads the output of `cargo nextest run --status-level pass` or of `cargo test`, without colours.
    pub fn read(text: &str) -> Self {
        let mut counted = Self::default();
        let mut running = String::new();
        // Under nextest each failing program's own closing line is in the output too, and must not count again.
        let by_nextest = text
            .lines()
            .any(|line| line.trim_start().starts_with("Summary ["));
        let closing = if by_nextest {
            "Summary ["
        } else {
            "test result:"
        };
        for line in text.lines() {
            let line = line.trim();
            if let Some(name) = running_crate(line) {
                running = name;
            }
            if let Some((name, test)) = passed_by_nextest(line) {
                counted.add(&name, test);
            } else if let Some(test) = passed_by_cargo(line) {
                counted.add(&running.clone(), test);
            }
            if line.starts_with(closing) {
                counted.failed += failed_in(line);
            }
        }
        counted
    }

    fn add(&mut self, name: &str, test: &str) {
        self.passed += 1;
        *self.by_crate.entry(name.to_owned()).or_default() += 1;
        self.sqlite += usize::from(test.contains("sqlite"));
        self.postgres += usize::from(test.contains("postgres"));
    }

    /// For the summary: each crate with its number.
    pub fn by_crate_in_words(&self) -> String {
        let words: Vec<String> = self
            .by_crate
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        words.join(", ")
    }

    /// For the summary: tests that say in their name on which database they ran; nothing when none does.
    pub fn by_database_in_words(&self) -> String {
        if self.sqlite + self.postgres == 0 {
            return String::new();
        }
        format!(
            "{} on SQLite alone, {} on PostgreSQL alone (by their names)",
            self.sqlite, self.postgres
        )
    }
}

/// The number of failures in a closing line of either runner: `.. 3 passed, 1 failed, ..`, `.. 1 passed; 1 failed; ..`.
fn failed_in(line: &str) -> usize {
    let parts = line.split([',', ';']).map(str::trim);
    parts
        .filter_map(|part| {
            part.strip_suffix(" failed")
                .or_else(|| part.strip_suffix(" timed out"))
        })
        .filter_map(|count| count.parse::<usize>().ok())
        .sum()
}

/// `PASS [   0.005s] ( 1/12) bedside-core::tables draft::an_edit_voids_the_opinion` gives crate and test.
fn passed_by_nextest(line: &str) -> Option<(String, &str)> {
    let rest = line
        .strip_prefix("PASS [")
        .or_else(|| line.strip_prefix("SLOW-PASS ["))?;
    let mut rest = rest.split_once(']')?.1.trim_start();
    if rest.starts_with('(') {
        rest = rest.split_once(')')?.1.trim_start();
    }
    let (binary, test) = rest.split_once(' ')?;
    Some((short(binary.split("::").next().unwrap_or(binary)), test))
}

/// `test draft::an_edit_voids_the_opinion ... ok` gives the test.
fn passed_by_cargo(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("test ")?;
    rest.strip_suffix(" ... ok")
        .filter(|test| !test.starts_with("result:"))
}

/// The crate in `Running unittests src/lib.rs (target/debug/deps/bedside_core-0123456789abcdef)` and in
/// `Doc-tests bedside_core`.
fn running_crate(line: &str) -> Option<String> {
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(short(&name.replace('_', "-")));
    }
    let program = line
        .strip_prefix("Running ")?
        .rsplit_once('(')?
        .1
        .trim_end_matches(')');
    let name = program.rsplit('/').next()?.rsplit_once('-')?.0;
    Some(short(&name.replace('_', "-")))
}

fn short(package: &str) -> String {
    match package {
        "bedside" => "cli".to_owned(),
        other => other.strip_prefix("bedside-").unwrap_or(other).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Counted;

    #[test]
    fn nextest_is_read_with_and_without_its_counter() {
        let text = "\
    Starting 4 tests across 3 binaries
        PASS [   0.005s] (1/4) bedside-core draft::an_edit_voids_the_opinion
        PASS [   0.105s] bedside-store::posts posts::kept_on_sqlite
        PASS [   1.005s] ( 3/4) bedside-store::posts posts::kept_on_postgres
        FAIL [   0.005s] (4/4) bedside check::reads
  stdout ───
    test result: FAILED. 0 passed; 1 failed; 0 ignored
     Summary [   2.345s] 4 tests run: 3 passed, 1 failed, 0 skipped";
        let counted = Counted::read(text);
        assert_eq!((counted.passed, counted.failed), (3, 1));
        assert_eq!(counted.by_crate_in_words(), "core 1, store 2");
        assert_eq!(
            counted.by_database_in_words(),
            "1 on SQLite alone, 1 on PostgreSQL alone (by their names)"
        );
    }

    #[test]
    fn cargo_test_is_read_too() {
        let text = "\
     Running unittests src/lib.rs (target/debug/deps/bedside_core-0123456789abcdef)

running 2 tests
test draft::one ... ok
test draft::two ... FAILED

test result: FAILED. 1 passed; 1 failed; 0 ignored
     Running unittests src/main.rs (target/debug/deps/bedside-0123456789abcdef)
test reads ... ok
   Doc-tests bedside_screen
test crates/screen/src/lib.rs - check (line 3) ... ok";
        let counted = Counted::read(text);
        assert_eq!((counted.passed, counted.failed), (3, 1));
        assert_eq!(counted.by_crate_in_words(), "cli 1, core 1, screen 1");
    }
}
