//! What `cargo xtask test` was asked to run, what that needs, and what came of it.

use std::time::{Duration, Instant};

use anyhow::bail;

use crate::run::interrupted;

/// A part of the tests that can be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Format, project check, lints, front-end types, licences.
    Style,
    /// The pure crates and these commands.
    Unit,
    /// The store, on both databases.
    Store,
    /// The outside world: Bluesky and mail.
    Connect,
    /// Background work, web app and command line, over everything below them.
    App,
    /// Examples in the documentation of the code.
    Doc,
    /// The crates that build for the browser.
    Wasm,
    /// Stories in a real browser.
    Browser,
}

/// All parts with their names, in the order in which they run.
pub const PARTS: &[(Part, &str)] = &[
    (Part::Style, "style"),
    (Part::Unit, "unit"),
    (Part::Store, "store"),
    (Part::Connect, "connect"),
    (Part::App, "app"),
    (Part::Doc, "doc"),
    (Part::Wasm, "wasm"),
    (Part::Browser, "browser"),
];

/// The wish of the person: which parts.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan {
    parts: Vec<Part>,
}

impl Plan {
    /// Reads `--only PART[,PART...]`; nothing means everything.
    ///
    /// # Errors
    /// When a part or an argument is not known.
    pub fn read(args: &[String]) -> anyhow::Result<Self> {
        let names: Vec<&str> = PARTS.iter().map(|(_, name)| *name).collect();
        let mut parts = Vec::new();
        let mut args = args.iter().map(String::as_str);
        while let Some(arg) = args.next() {
            let list = match arg.strip_prefix("--only=") {
                Some(list) => list,
                None if arg == "--only" => args.next().unwrap_or_default(),
                None => bail!(
                    "\"{arg}\" is not known here. It is: cargo xtask test [--only {}]",
                    names.join(",")
                ),
            };
            for name in list.split(',') {
                let Some((part, _)) = PARTS.iter().find(|(_, known)| *known == name) else {
                    bail!(
                        "There is no part \"{name}\" of the tests. The parts are: {}.",
                        names.join(", ")
                    );
                };
                parts.push(*part);
            }
        }
        if parts.is_empty() {
            parts = PARTS.iter().map(|(part, _)| *part).collect();
        }
        Ok(Self { parts })
    }

    /// Whether a part runs.
    pub fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// Whether any of these parts runs.
    pub fn any(&self, parts: &[Part]) -> bool {
        parts.iter().any(|part| self.has(*part))
    }

    /// Whether everything runs.
    pub fn is_everything(&self) -> bool {
        PARTS.iter().all(|(part, _)| self.has(*part))
    }

    /// The packages whose tests run, as cargo's arguments; empty when none do.
    pub fn packages(&self) -> Vec<&'static str> {
        const CRATES: &[Part] = &[Part::Unit, Part::Store, Part::Connect, Part::App];
        if CRATES.iter().all(|part| self.has(*part)) {
            return vec!["--workspace"];
        }
        let of = |part| match part {
            Part::Unit => &["-p", "bedside-screen", "-p", "bedside-core", "-p", "xtask"][..],
            Part::Store => &["-p", "bedside-store"][..],
            Part::Connect => &["-p", "bedside-connect"][..],
            Part::App => &["-p", "bedside-work", "-p", "bedside-web", "-p", "bedside"][..],
            Part::Style | Part::Doc | Part::Wasm | Part::Browser => &[],
        };
        CRATES
            .iter()
            .filter(|part| self.has(**part))
            .flat_map(|part| of(*part))
            .copied()
            .collect()
    }

    /// Whether a PostgreSQL must run.
    pub fn needs_postgres(&self) -> bool {
        self.any(&[Part::Store, Part::App])
    }

    /// Whether the Bluesky server and the mail server must run.
    pub fn needs_network(&self) -> bool {
        self.any(&[Part::Connect, Part::App, Part::Browser])
    }

    /// Whether the web app is built, for which its front-end files must be there.
    pub fn needs_front(&self) -> bool {
        self.any(&[Part::Style, Part::App, Part::Doc, Part::Browser])
            || self.packages() == ["--workspace"]
    }
}

/// How a step ended.
pub enum Outcome {
    Passed(String),
    Failed(String),
}

struct Step {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

/// What ran, how long it took, and what it ran on.
#[derive(Default)]
pub struct Report {
    steps: Vec<Step>,
    facts: Vec<(&'static str, String)>,
}

impl Report {
    /// Runs a step, unless the person asked to stop.
    ///
    /// # Errors
    /// Only when the person asked to stop; a failing step is kept for the summary.
    pub fn step(
        &mut self,
        name: &'static str,
        run: impl FnOnce() -> anyhow::Result<Outcome>,
    ) -> anyhow::Result<bool> {
        eprintln!("\n== {name}");
        let began = Instant::now();
        let outcome = run();
        if interrupted() {
            bail!("stopped");
        }
        let outcome = outcome.unwrap_or_else(|error| {
            eprintln!("{error:#}");
            Outcome::Failed(
                format!("{error}")
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            )
        });
        let good = !matches!(outcome, Outcome::Failed(_));
        self.steps.push(Step {
            name,
            took: began.elapsed(),
            outcome,
        });
        Ok(good)
    }

    /// Notes something for the summary, unless there is nothing to say.
    pub fn fact(&mut self, name: &'static str, words: impl Into<String>) {
        let words = words.into();
        if !words.is_empty() {
            self.facts.push((name, words));
        }
    }

    /// Whether nothing failed.
    pub fn is_good(&self) -> bool {
        !self
            .steps
            .iter()
            .any(|step| matches!(step.outcome, Outcome::Failed(_)))
    }

    /// The closing lines.
    pub fn summary(&self, took: Duration) -> String {
        let mut lines = vec![String::new(), "Summary".to_owned()];
        for step in &self.steps {
            let (word, note) = match &step.outcome {
                Outcome::Passed(note) => ("ok", note),
                Outcome::Failed(why) => ("FAILED", why),
            };
            // The whole of it stands above, where it happened.
            let note: String = note.chars().take(100).collect();
            let line = format!(
                "  {:<22} {word:<8} {:>6.1} s  {note}",
                step.name,
                step.took.as_secs_f64()
            );
            lines.push(line.trim_end().to_owned());
        }
        lines.extend(
            self.facts
                .iter()
                .map(|(name, words)| format!("  {name:<22} {words}")),
        );
        let failed = self
            .steps
            .iter()
            .filter(|step| matches!(step.outcome, Outcome::Failed(_)))
            .count();
        let minutes = took.as_secs() / 60;
        let seconds = took.as_secs() % 60;
        let words = match failed {
            0 => "Everything passed".to_owned(),
            1 => "One step failed".to_owned(),
            more => format!("{more} steps failed"),
        };
        lines.push(format!("{words}, in {minutes} min {seconds} s."));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Part, Plan, Report};
    use std::time::Duration;

    fn plan(args: &[&str]) -> anyhow::Result<Plan> {
        Plan::read(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn nothing_named_is_everything() {
        let plan = plan(&[]).unwrap();
        assert!(plan.is_everything());
        assert_eq!(plan.packages(), ["--workspace"]);
        assert!(plan.needs_postgres() && plan.needs_network() && plan.needs_front());
    }

    #[test]
    fn a_part_brings_only_what_it_needs() {
        let unit = plan(&["--only", "unit"]).unwrap();
        assert!(!unit.needs_postgres() && !unit.needs_network() && !unit.needs_front());
        assert!(!unit.packages().contains(&"bedside-store"));
        let two = plan(&["--only=store,browser"]).unwrap();
        assert!(two.has(Part::Store) && two.has(Part::Browser) && !two.has(Part::Style));
        assert!(two.needs_postgres() && two.needs_network());
        assert_eq!(two.packages(), ["-p", "bedside-store"]);
    }

    #[test]
    fn an_unknown_part_is_told_with_the_known_ones() {
        let error = plan(&["--only", "stroe"]).unwrap_err().to_string();
        assert!(
            error.contains("\"stroe\"") && error.contains("style, unit, store"),
            "{error}"
        );
        assert!(plan(&["store"]).is_err());
    }

    #[test]
    fn one_failure_is_in_the_summary_and_the_rest_still_runs() {
        let mut report = Report::default();
        report
            .step("first", || anyhow::bail!("it broke\nin detail"))
            .unwrap();
        report
            .step("second", || Ok(Outcome::Passed("3 tests".to_owned())))
            .unwrap();
        report.fact("browser", "Chromium 1");
        assert!(!report.is_good());
        let text = report.summary(Duration::from_secs(61));
        for words in [
            "first                  FAILED",
            "it broke",
            "3 tests",
            "Chromium 1",
            "One step failed, in 1 min 1 s.",
        ] {
            assert!(text.contains(words), "{words} is not in:\n{text}");
        }
        assert!(!text.contains("in detail"));
    }
}
