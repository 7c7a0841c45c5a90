//! A server that is told to reload and to end at once.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use rustix::process::Signal;

use crate::{Caller, Chance, Records, Server, Versions};

/// What became of it.
#[derive(Debug, Default)]
pub struct Ends {
    /// How often the server was told.
    pub rounds: usize,
    /// How often its exit code was not 0.
    pub failed: usize,
    /// How many decisions were answered, and have no record.
    pub missing: usize,
    /// How many lines of records are not whole.
    pub broken: usize,
    /// How often it began with the last good copy, since the set was faulty.
    pub from_copy: usize,
    /// How often that was another copy than that of a version which was there before.
    pub other_copy: usize,
}

/// Starts a server on the same state folder again and again, asks, puts another version there, and
/// sends SIGHUP and SIGTERM, either of them first and up to 3 ms apart. Before each tenth start the
/// set is broken, so that the copy which the round before left is read.
///
/// # Errors
///
/// Where the server does not start, or its records cannot be read.
pub fn ends(program: &Path, rounds: usize, chance: &mut Chance) -> Result<Ends> {
    let (state, versions) = (tempfile::tempdir()?, Versions::new(100)?);
    let arguments = [&versions.arguments()[..], &["--audit-rotate-bytes", "0"]].concat();
    let mut records = Records::of(state.path());
    let mut ends = Ends { rounds, ..Ends::default() };
    // Of the two versions of the round before, either may be the last one that was loaded.
    let mut good = Vec::new();
    for round in 0..rounds {
        let breaks = round % 10 == 9;
        if breaks {
            versions.break_it()?;
        } else {
            good = vec![versions.digest()?];
        }
        let mut server = Server::start_on(program, state.path(), &arguments)?;
        if breaks {
            let digest = server.digest()?;
            ends.from_copy += 1;
            ends.other_copy += usize::from(!good.contains(&digest));
        }
        let mut caller = Caller::connect(server.address)?;
        let mut ids = Vec::new();
        for document in 0..5 {
            let answer = caller.post("/internal/pdp/evaluate", &Versions::question(document))?;
            ids.extend(answer.text("decision_id").map(str::to_owned));
        }
        versions.put(round + 1)?;
        good.push(versions.digest()?);
        let mut signals = [Signal::HUP, Signal::TERM];
        signals.rotate_left(chance.below(2));
        server.signal(signals[0])?;
        thread::sleep(Duration::from_micros(u64::try_from(chance.below(3_000))?));
        // It may have ended by then, and waits for its status to be read.
        server.signal(signals[1])?;
        ends.failed += usize::from(!server.wait()?.success());
        let new = records.new_ones()?;
        ends.broken += new.broken + usize::from(records.is_torn()?);
        ends.missing += ids.iter().filter(|id| !new.decisions.contains(id)).count();
    }
    Ok(ends)
}
