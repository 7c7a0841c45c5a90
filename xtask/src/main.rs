//! Holds counted instructions against the committed ones, or commits them: the second half of
//! `instructions.sh`.

use std::io::Read;
use std::process::ExitCode;

use xtask::instructions::{committed, counted, faults, file};

/// From the root, where the script stands: a program that was built for another clone must not write
/// there.
const FILE: &str = "benches/instructions.txt";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [subject, mode, toolchain] = &arguments[..] else { return usage() };
    let outcome = match (subject.as_str(), mode.as_str()) {
        ("instructions", "check") => check(),
        ("instructions", "write") => write(toolchain),
        _ => return usage(),
    };
    match outcome {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: xtask instructions check|write TOOLCHAIN <COUNTS");
    ExitCode::from(2)
}

fn check() -> Result<String, String> {
    let known = std::fs::read_to_string(FILE).map_err(|error| error.to_string())?;
    let counts = counted(&input()?)?;
    let faults = faults(&committed(&known), &counts);
    if faults.is_empty() {
        return Ok(format!("instructions: {} cases as committed, within 5 %", counts.len()));
    }
    Err(format!(
        "{}\nWhere that is meant, `./instructions.sh write` writes the figures anew; commit them.",
        faults.join("\n")
    ))
}

fn write(toolchain: &str) -> Result<String, String> {
    let counts = counted(&input()?)?;
    std::fs::write(FILE, file(toolchain, &counts)).map_err(|error| error.to_string())?;
    Ok(format!("instructions: {} cases written", counts.len()))
}

fn input() -> Result<String, String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text)
}
