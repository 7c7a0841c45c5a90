//! Tries servers that it starts, and says what callers saw and which criteria were missed.

mod findings;
mod trials;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use findings::Findings;
use trials::{TRIALS, Trial};

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().map(PathBuf::from);
    let program = program.context("which program? give the path of `pdp`, built with `serve`")?;
    let (mut chosen, mut time) = (Vec::new(), None);
    while let Some(argument) = arguments.next() {
        if argument == "--seconds" {
            let seconds = arguments.next().context("how many seconds?")?;
            time = Some(Duration::from_secs(seconds.parse().context("no number of seconds")?));
        } else {
            chosen.push(trial(&argument)?);
        }
    }
    if chosen.is_empty() {
        chosen.extend(TRIALS);
    }
    let mut findings = Findings::default();
    for trial in chosen {
        println!("{}", trial.name);
        (trial.run)(&program, time.unwrap_or(trial.time), &mut findings)?;
    }
    Ok(if findings.missed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn trial(name: &str) -> Result<&'static Trial> {
    let Some(trial) = TRIALS.iter().find(|trial| trial.name == name) else {
        bail!("there is no trial `{name}`")
    };
    Ok(trial)
}
