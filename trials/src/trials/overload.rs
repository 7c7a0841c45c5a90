//! Five times as many questions as are answered.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use pdp_trials::{Cores, Server, overload};

use crate::findings::Findings;

/// How many questions are worked on at once: few, so that the attack is not what is overloaded.
const PLACES: usize = 4;

pub(crate) fn run(program: &Path, time: Duration, findings: &mut Findings) -> Result<()> {
    // Dozens of threads that ask would take the cores of the server, and answers would be late for
    // that alone. So each has half of them, at the peak as under overload.
    let cores = Cores::split()?;
    let start = || Server::start(program, &["--limits-requests", &PLACES.to_string()]);
    let server = match &cores {
        Some(cores) => cores.apart(start)??,
        None => start()?,
    };
    // As fast as they are answered, by as many as there are places.
    let peak = overload(server.address, PLACES, time / 2, None).accepted;
    let count = u32::try_from(peak.answered())?;
    ensure!(count > 0, "nothing is answered");
    let period = time / 2 / count;
    println!("  {count} in {:.1?}, one each {period:.1?}: {peak}", time / 2);
    let outcome = overload(server.address, 64, time, Some(period / 5));
    let (accepted, refused) = (&outcome.accepted, &outcome.refused);
    let is_early = refused.percentile(99) <= Duration::from_millis(5);
    findings.judge("p99 of refusals at most 5 ms", is_early, refused);
    let is_steady = accepted.failed == 0 && accepted.percentile(99) <= 2 * peak.percentile(99);
    findings.judge("p99 of answers at most twice that at the peak", is_steady, accepted);
    let percent = accepted.answered() * 100 / (2 * peak.answered());
    let figures = format!("{percent} % of the peak");
    findings.judge("at least 80 % of the peak are answered", percent >= 80, figures);
    Ok(())
}
