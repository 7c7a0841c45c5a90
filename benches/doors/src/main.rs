#![doc = include_str!("../README.md")]

mod cerbos;
mod contender;
mod echo;
mod footprint;
mod load;
mod pinned;
mod question;
mod speed;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "The doors of `pdp serve` under load")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The program `pdp`, built with the feature `serve`.
    #[arg(long, global = true, default_value = "target/release/pdp")]
    pdp: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Requests a second, beside bare echoes.
    Speed {
        /// How often each contender is loaded.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// For how many seconds each time.
        #[arg(long, default_value_t = 4)]
        seconds: u64,
        /// The program of Cerbos, to be asked the same question.
        #[arg(long)]
        cerbos: Option<PathBuf>,
    },
    /// Memory when idle, and the time from the start to being ready.
    Footprint {
        /// How often the process is started.
        #[arg(long, default_value_t = 9)]
        rounds: usize,
    },
    /// An echo of axum on a free port, which it prints.
    #[command(hide = true)]
    EchoHttp,
    /// An echo of tonic on a free port, which it prints.
    #[command(hide = true)]
    EchoGrpc,
}

fn main() -> Result<()> {
    let Arguments { command, pdp } = Arguments::parse();
    match command {
        Command::Speed { rounds, seconds, cerbos } => {
            speed::run(&pdp, cerbos.as_deref(), rounds, Duration::from_secs(seconds))
        }
        Command::Footprint { rounds } => footprint::run(&pdp, rounds),
        Command::EchoHttp => echo::http(),
        Command::EchoGrpc => echo::grpc(),
    }
}
