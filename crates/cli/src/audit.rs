//! `bedside audit`: checking that the record is as it was written.

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;

use crate::data::DataArgs;
use crate::{serve, system};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checks every entry of every practice's record. Exit status 1 when one was changed, removed or moved.
    Verify(DataArgs),
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Verify(args) = command;
    serve::runtime()?.block_on(verify(&args))
}

async fn verify(args: &DataArgs) -> anyhow::Result<ExitCode> {
    let data = args.open_beside(&system::world()).await?;
    let mut tx = data.store.read().await?;
    let practices = tx.practices().await?;
    drop(tx);
    let mut out = std::io::stdout().lock();
    let mut sound = true;
    for practice in practices {
        let report = data.store.verify_record(practice.id).await?;
        let name = &practice.settings.name;
        match report.fault {
            None => writeln!(
                out,
                "{name}: all {} entries are as they were written.",
                report.sound
            )?,
            Some(fault) => {
                sound = false;
                writeln!(
                    out,
                    "{name}: {fault}. The {} entries before it are as they were written.",
                    report.sound
                )?;
            }
        }
    }
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
