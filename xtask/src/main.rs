//! The project's own commands: `cargo xtask <command>`.
//!
//! Two of them are for everybody (`up`, `test`); the rest serve whoever works on the code. Each has its own file, and
//! each is plain Rust over the ordinary tools, so that a checkout needs nothing but Rust, git and Node to begin.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these commands talk to the person at the terminal"
)]

mod arrows;
mod bench;
mod check;
mod ci;
mod docs;
mod faults;
mod fetch;
mod licences;
mod measure;
mod migrations;
mod new_migration;
mod new_rule;
mod pages;
mod parts;
mod plan;
mod root;
mod rules;
mod run;
mod servers;
mod size;
mod test;
mod tools;
mod up;
mod wasm;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

For everybody
  up [--data DIR] [--port N]       build Bedside and start it; prints its address and, the first time, a one-time code
  test [--only PART[,PART...]]     fetch what the tests need and run them: style, unit, store, connect, app, doc, wasm,
                                   browser (all of them when nothing is named)

For whoever changes the code
  check                            arrows between crates, generated pages, migrations, rule files
  arrows                           only the arrows between crates
  licences                         only the licences and sources of what comes in from outside
  docs write|check                 write the generated pages, or say which are out of date
  new-rule ID CONTROL              write the frame of a rule file, for example: new-rule AD-EXAMPLE C6
  new-migration NAME               write an empty migration for both databases
  fetch                            get the locked front-end files
  wasm                             check the crates that must build for the browser
  measure rulings|posts FILE       how well the rules do on a file of rulings or of posts
  bench [NAME...]                  measure speed and memory, print a table
  faults [--kills N]               kill the server N times (200) while it sends; count what is lost or doubled
  size                             clean release build: how long, how large
  ci                               what .ci/run runs
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let Err(error) = run::watch_for_signals() {
        eprintln!("Ctrl-C cannot be caught here: {error}");
    }
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            if run::interrupted() {
                eprintln!("\nStopped. Everything that was started has been ended.");
                return ExitCode::from(130);
            }
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> anyhow::Result<ExitCode> {
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", args),
    };
    let done = |result: anyhow::Result<()>| result.map(|()| ExitCode::SUCCESS);
    match command {
        "up" => up::run(rest),
        "test" => test::run(rest),
        "check" => done(check::run()),
        "arrows" => done(arrows::run()),
        "docs" => done(docs::run(rest)),
        "licences" => done(licences::run()),
        "new-rule" => done(new_rule::run(rest)),
        "new-migration" => done(new_migration::run(rest)),
        "fetch" => done(fetch::run()),
        "wasm" => done(wasm::run()),
        "measure" => done(measure::run(rest)),
        "bench" => done(bench::run(rest)),
        "faults" => done(faults::run(rest)),
        "size" => done(size::run()),
        "ci" => ci::run(),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => {
            eprintln!("There is no command \"{other}\".\n");
            eprint!("{HELP}");
            Ok(ExitCode::from(2))
        }
    }
}
