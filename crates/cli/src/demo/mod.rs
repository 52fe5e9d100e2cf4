//! `bedside demo`: a practice with people, channels and posts to play with. Nothing leaves the computer.

mod network;
mod practice;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use crate::data::DataArgs;
use crate::serve::{OutsideArgs, Setting, runtime, serve};
use crate::system;

/// Starts an example practice to play with. Nothing is sent anywhere.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder for the example's data; made at the first run and kept.
    #[arg(long, value_name = "DIR", default_value = "./bedside-demo")]
    data: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let world = system::world();
        let data = DataArgs {
            data: args.data,
            database: None,
        }
        .open_alone(&world)
        .await?;
        let network = Arc::new(network::Pretend::default());
        let password = practice::fill(&data.store, &world, network.clone()).await?;
        let greeting = practice::greeting(&password);
        serve(
            world,
            data,
            network,
            args.listen,
            &OutsideArgs::nothing(),
            Setting::Demo(greeting),
        )
        .await
    })
}
