//! The `bedside` command.

mod check;
mod lengths;
mod rules;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keeps a practice's social media from harming a patient, a colleague or the practice.
#[derive(Parser)]
#[command(name = "bedside", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Args),
    Lengths(lengths::Args),
    Rules(rules::Args),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Check(args) => check::run(args),
        Command::Lengths(args) => lengths::run(args),
        Command::Rules(args) => rules::run(args),
    };
    match done {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "bedside: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whoever read our output has gone; that is no failure of ours.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|e| {
        e.downcast_ref::<std::io::Error>()
            .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
