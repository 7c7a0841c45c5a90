//! Random expressions, held against the crate `cel` and against cel-go.

mod answer;
mod classes;
mod compare;
mod crate_cel;
mod go;
mod ours;
mod report;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "pdp-opinions [--expressions N] [--seed S] [--go PATH|none] [--shown N]";

/// What the command was asked for.
pub(crate) struct Arguments {
    pub(crate) expressions: u64,
    pub(crate) seed: u64,
    /// The program around cel-go.
    pub(crate) go: Option<PathBuf>,
    /// How many unexplained differences are printed.
    pub(crate) shown: usize,
}

fn main() -> ExitCode {
    let Some(arguments) = arguments(std::env::args().skip(1)) else {
        eprintln!("usage: {USAGE}");
        return ExitCode::from(2);
    };
    crate_cel::silence_panics();
    match run::run(&arguments) {
        Ok(report) => {
            report.print(&arguments);
            ExitCode::from(u8::from(report.has_unexplained()))
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn arguments(mut words: impl Iterator<Item = String>) -> Option<Arguments> {
    let mut arguments = Arguments { expressions: 100_000, seed: 1, go: None, shown: 20 };
    while let Some(word) = words.next() {
        let value = words.next()?;
        match word.as_str() {
            "--expressions" => arguments.expressions = value.parse().ok()?,
            "--seed" => arguments.seed = value.parse().ok()?,
            "--go" => arguments.go = (value != "none").then(|| value.into()),
            "--shown" => arguments.shown = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(arguments)
}
