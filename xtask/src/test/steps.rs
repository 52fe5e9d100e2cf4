//! The steps of `cargo xtask test`, in order.

use crate::check;
use crate::docs;
use crate::fetch::npm_ci;
use crate::licences;
use crate::parts;
use crate::plan::{Outcome, Part, Plan, Report};
use crate::root::{root, target_dir};
use crate::run::{cargo, program};
use crate::test::count;
use crate::test::gather::{Gathered, results_dir};
use crate::tools;
use crate::wasm;

fn passed() -> Outcome {
    Outcome::Passed(String::new())
}

/// What needs no server: it runs while the servers are being installed. False when the tests do not build.
///
/// # Errors
/// Only when the person asked to stop.
pub fn before_tests(plan: &Plan, report: &mut Report) -> anyhow::Result<bool> {
    let root = root()?;
    if plan.needs_front() {
        report.step("front-end files", || {
            let new = npm_ci(&root.join("crates/web/front"))?;
            Ok(Outcome::Passed(
                if new { "fetched" } else { "already there" }.to_owned(),
            ))
        })?;
    }
    if plan.has(Part::Style) {
        report.step("format", || {
            cargo(&["fmt", "--all", "--check"])
                .show()
                .map(|()| passed())
        })?;
        report.step("spelling", || {
            let typos = parts::typos()?;
            program(typos).dir(&root).show().map(|()| passed())
        })?;
        report.step("project check", || check::run().map(|()| passed()))?;
        let front = root.join("crates/web/front");
        report.step("front-end types", || {
            program(tools::npm()?)
                .args(&["run", "--silent", "check"])
                .dir(&front)
                .show()
                .map(|()| passed())
        })?;
        report.step("front-end tests", || {
            program(tools::npm()?)
                .args(&["test", "--silent", "--if-present"])
                .dir(&front)
                .show()
                .map(|()| passed())
        })?;
        report.step("lints", || {
            cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])
            .show()
            .map(|()| passed())
        })?;
        report.step("licences and sources", || {
            licences::run()?;
            if tools::find("cargo-deny").is_none() {
                return Ok(Outcome::Passed(
                    "by our own check; cargo-deny, which looks closer, is not installed".to_owned(),
                ));
            }
            cargo(&["deny", "--offline", "check", "licenses", "bans", "sources"]).show()?;
            Ok(Outcome::Passed(
                "by our own check and by cargo-deny".to_owned(),
            ))
        })?;
    }
    if plan.has(Part::Wasm) {
        report.step("browser build", || {
            wasm::run().map(|()| Outcome::Passed("screen, core, screen-wasm".to_owned()))
        })?;
    }
    let packages = plan.packages();
    let mut built = true;
    if !packages.is_empty() {
        built = report.step("build of the tests", || {
            let mut args = if has_nextest() {
                vec!["nextest", "run", "--no-run"]
            } else {
                vec!["test", "--no-run"]
            };
            args.extend(&packages);
            cargo(&args).show().map(|()| passed())
        })?;
    }
    if plan.has(Part::Style) && built {
        report.step("generated pages", || {
            docs::run(&["check".to_owned()]).map(|()| passed())
        })?;
    }
    Ok(built)
}

/// Whether cargo-nextest is there: it runs tests side by side and ends those that hang.
fn has_nextest() -> bool {
    tools::find("cargo-nextest").is_some()
}

/// The tests of the crates and the examples in their documentation.
///
/// # Errors
/// Only when the person asked to stop.
pub fn tests(plan: &Plan, report: &mut Report, env: &[(String, String)]) -> anyhow::Result<()> {
    let packages = plan.packages();
    if !packages.is_empty() {
        let mut counted = count::Counted::default();
        report.step("tests", || {
            let mut args = vec![];
            if has_nextest() {
                args.extend([
                    "nextest",
                    "run",
                    "--no-fail-fast",
                    "--status-level",
                    "pass",
                    "--final-status-level",
                    "fail",
                ]);
            } else {
                // Examples in the documentation are a step of their own.
                args.extend(["test", "--no-fail-fast", "--lib", "--bins", "--tests"]);
            }
            args.extend(&packages);
            let (text, ended) = cargo(&args).envs(env).tee()?;
            counted = count::Counted::read(&text);
            if counted.failed > 0 {
                let words = format!("{} passed, {} failed", counted.passed, counted.failed);
                return Ok(Outcome::Failed(words));
            }
            ended?;
            anyhow::ensure!(counted.passed > 0, "not one test ran");
            Ok(Outcome::Passed(format!("{} tests", counted.passed)))
        })?;
        report.fact("tests by crate", counted.by_crate_in_words());
        report.fact("tests by database", counted.by_database_in_words());
    }
    if plan.has(Part::Doc) {
        report.step("examples in docs", || {
            let (text, ended) = cargo(&["test", "--doc", "--workspace"]).tee()?;
            ended?;
            Ok(Outcome::Passed(format!(
                "{} examples",
                count::Counted::read(&text).passed
            )))
        })?;
    }
    Ok(())
}

/// The stories in the browser.
///
/// # Errors
/// Only when the person asked to stop.
pub fn browser(
    report: &mut Report,
    env: &[(String, String)],
    gathered: &Gathered,
) -> anyhow::Result<()> {
    report.step("browser stories", || {
        cargo(&["build", "-p", "bedside"]).show()?;
        let node = tools::need(
            "node",
            "to run the browser stories",
            "sudo apt-get install -y nodejs npm",
        )?;
        let Some(chromium) = &gathered.chromium else {
            anyhow::bail!("there is no browser")
        };
        let result = results_dir()?.join("browser.json");
        // So that a count of an earlier run is not taken for this one's.
        let _ = std::fs::remove_file(&result);
        program(node)
            .args(&["run.mjs"])
            .dir(&root()?.join("e2e"))
            .envs(env)
            .env("BEDSIDE_BIN", target_dir()?.join("debug/bedside"))
            .env("BEDSIDE_CHROMIUM", &chromium.program)
            .env("BEDSIDE_RESULTS", results_dir()?)
            .show()?;
        let text = std::fs::read_to_string(&result)?;
        let counts: serde_json::Value = serde_json::from_str(&text)?;
        let count = |key: &str| counts[key].as_u64().unwrap_or(0);
        anyhow::ensure!(count("stories") > 0, "not one browser story ran");
        Ok(Outcome::Passed(format!(
            "{} stories, {} steps, {} accessibility checks",
            count("stories"),
            count("steps"),
            count("axe")
        )))
    })?;
    Ok(())
}
