//! A server that is killed while it is asked.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use rustix::process::Signal;

use crate::{Caller, Chance, Records, Server};

/// What became of the answers of a server that was killed.
#[derive(Debug, Default)]
pub struct Kills {
    /// How often it was killed.
    pub rounds: usize,
    /// How many decisions were read by those who asked.
    pub acknowledged: usize,
    /// How many of them have no record.
    pub missing: usize,
    /// How many decisions have a record.
    pub recorded: usize,
    /// How often the last record was torn, by the kill or as the trial tore it.
    pub torn: usize,
    /// How often the next start told of that.
    pub told: usize,
    /// How many lines are no whole record after that start.
    pub broken: usize,
}

/// Kills a server that was asked on 8 connections, each time after up to 300 ms, and starts it again
/// on the same state folder. After each fifth kill half a record is written to the end of the file:
/// a killed process tears few writes, a machine that dies does.
///
/// # Errors
///
/// Where the server does not start, or its records cannot be read.
pub fn kills(program: &Path, rounds: usize, chance: &mut Chance) -> Result<Kills> {
    let state = tempfile::tempdir()?;
    // A deadline that nothing meets by chance: what is answered late is answered all the same.
    let arguments = ["--audit-rotate-bytes", "0", "--audit-deadline-milliseconds", "60000"];
    let mut server = Server::start_on(program, state.path(), &arguments)?;
    let mut records = Records::of(state.path());
    let mut kills = Kills { rounds, ..Kills::default() };
    for round in 0..rounds {
        let address = server.address;
        let threads: Vec<_> = (0..8).map(|_| thread::spawn(move || ask(address))).collect();
        thread::sleep(Duration::from_millis(20 + u64::try_from(chance.below(280))?));
        server.signal(Signal::KILL)?;
        server.wait()?;
        let mut acknowledged = Vec::new();
        for thread in threads {
            acknowledged.extend(thread.join().map_err(|_| anyhow!("a thread panicked"))?);
        }
        if round % 5 == 0 {
            records.tear()?;
        }
        let is_torn = records.is_torn()?;
        server = Server::start_on(program, state.path(), &arguments)?;
        let is_told = server.begin.iter().any(|line| line.contains("the last record was torn"));
        let new = records.new_ones()?;
        let recorded: HashSet<&str> = new.decisions.iter().map(String::as_str).collect();
        let has_record = |id: &&String| recorded.contains(id.as_str());
        kills.missing += acknowledged.len() - acknowledged.iter().filter(has_record).count();
        kills.acknowledged += acknowledged.len();
        kills.recorded += new.decisions.len();
        kills.torn += usize::from(is_torn);
        kills.told += usize::from(is_told);
        kills.broken += new.broken;
    }
    Ok(kills)
}

/// The ids of the decisions that came until the server was gone.
fn ask(address: SocketAddr) -> Vec<String> {
    let mut ids = Vec::new();
    let Ok(mut caller) = Caller::connect(address) else { return ids };
    while let Ok(answer) = caller.ask() {
        if answer.status == 200 {
            ids.extend(answer.text("decision_id").map(str::to_owned));
        }
    }
    ids
}
