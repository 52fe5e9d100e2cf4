//! The `bedside` command.

mod audit;
mod check;
mod data;
mod demo;
mod lengths;
mod rules;
mod serve;
mod system;

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
    Serve(serve::Args),
    Worker(serve::WorkerArgs),
    Demo(demo::Args),
    /// The record of who decided what, and when.
    #[command(subcommand)]
    Audit(audit::Command),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Check(args) => check::run(args),
        Command::Lengths(args) => lengths::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Serve(args) => serve::run(&args),
        Command::Worker(args) => serve::run_worker(&args),
        Command::Demo(args) => demo::run(args),
        Command::Audit(command) => audit::run(command),
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
