//! `judge`: holds the engine against the oracle for as long as one likes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use judge::harness::TARGETS;
use judge::progress::Progress;
use judge::run::{End, Run};
use judge::worlds::World;
use judge::{Outcome, Scenario, Texts, smaller};

#[derive(Parser)]
#[command(about = "Holds the engine against the oracle")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How many attempts are made at a smaller disagreement.
    #[arg(long, global = true, default_value_t = 20_000)]
    tries: usize,
}

#[derive(Subcommand)]
enum Command {
    /// Random policy sets, change sets and requests.
    Random {
        /// How many pairs of policies and request are compared in all.
        #[arg(long)]
        pairs: u64,
        /// The seed of the first scenario; the next has the next seed.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        #[command(flatten)]
        run: RunArguments,
    },
    /// Small worlds, all of them.
    Worlds {
        /// The number of the first world; goes on where the state says if it is left out.
        #[arg(long)]
        from: Option<u64>,
        /// The number after that of the last world.
        #[arg(long)]
        to: Option<u64>,
        #[command(flatten)]
        run: RunArguments,
    },
    /// Random scenarios, all of them, whatever comes: one line for each that is not agreed upon.
    Survey {
        /// The seed of the first scenario.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// How many scenarios there are.
        #[arg(long)]
        scenarios: u64,
    },
    /// The scenario of one seed.
    One {
        /// The seed.
        #[arg(long)]
        seed: u64,
        /// Whether the scenario is shown.
        #[arg(long)]
        show: bool,
    },
    /// Writes the inputs that fuzz targets begin with, into a folder for each target.
    Seeds {
        /// Where the folders go.
        folder: PathBuf,
    },
}

#[derive(clap::Args)]
struct RunArguments {
    /// Where the state of the run is kept, so that it can go on.
    #[arg(long)]
    state: Option<PathBuf>,
    /// On how many threads it runs.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn main() -> Result<ExitCode> {
    let Arguments { command, tries } = Arguments::parse();
    match command {
        Command::Random { pairs, seed, run } => random(pairs, seed, &run, tries),
        Command::Worlds { from, to, run } => worlds(from, to, &run, tries),
        Command::Survey { seed, scenarios } => Ok(survey(seed, scenarios)),
        Command::One { seed, show } => Ok(one(seed, show, tries)),
        Command::Seeds { folder } => seeds(&folder),
    }
}

fn random(pairs: u64, seed: u64, arguments: &RunArguments, tries: usize) -> Result<ExitCode> {
    let mut run = begun(arguments)?;
    let end = run.random(seed, pairs)?;
    Ok(report(&run, end, tries))
}

fn worlds(
    from: Option<u64>,
    to: Option<u64>,
    arguments: &RunArguments,
    tries: usize,
) -> Result<ExitCode> {
    let mut run = begun(arguments)?;
    run.progress.position = from.unwrap_or(run.progress.position);
    let to = to.unwrap_or(World::count());
    if run.progress.position > to {
        bail!("the run is at {} already", run.progress.position);
    }
    let end = run.worlds(to)?;
    Ok(report(&run, end, tries))
}

fn begun(arguments: &RunArguments) -> Result<Run<'_>> {
    let state = arguments.state.as_deref();
    let progress = state.map_or(Ok(Progress::default()), Progress::load)?;
    Ok(Run { progress, state, threads: arguments.threads })
}

fn report(run: &Run<'_>, end: End, tries: usize) -> ExitCode {
    print!("{}", run.progress);
    match end {
        End::Done => return ExitCode::SUCCESS,
        End::Disagreed(number, disagreement) => {
            println!("disagreement at {number}\n{}", smaller(*disagreement, tries));
        }
        End::Panicked(number, message) => println!("panicked at {number}: {message}"),
    }
    ExitCode::FAILURE
}

fn survey(seed: u64, scenarios: u64) -> ExitCode {
    let (mut disagreements, mut progress) = (0, Progress::default());
    for seed in seed..seed + scenarios {
        progress.worlds += 1;
        match std::panic::catch_unwind(|| Scenario::from_seed(seed).run()) {
            Ok(Outcome::Agreed(answered)) => progress.count(&answered),
            Ok(Outcome::Rejected(why)) => progress.reject(seed, &why),
            Ok(Outcome::Disagreed(disagreement)) => {
                disagreements += 1;
                println!("seed {seed}\n{}", disagreement.difference);
            }
            Err(_) => println!("seed {seed}\npanicked"),
        }
    }
    println!("{disagreements} disagreements\n{progress}");
    ExitCode::from(u8::from(disagreements > 0))
}

fn one(seed: u64, show: bool, tries: usize) -> ExitCode {
    let scenario = Scenario::from_seed(seed);
    if show {
        println!("{scenario}");
    }
    match scenario.run() {
        Outcome::Agreed(answered) => println!("agreed on {} pairs", answered.len()),
        Outcome::Rejected(why) => {
            println!("{}rejected: {why}", Texts::new(&scenario.files));
        }
        Outcome::Disagreed(disagreement) => {
            println!("{}", smaller(*disagreement, tries));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn seeds(folder: &Path) -> Result<ExitCode> {
    for target in TARGETS {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        for (number, seed) in (target.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:03}")), seed)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
