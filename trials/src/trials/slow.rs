//! Connections that send one byte a second.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use pdp_trials::{GoodCallers, Part, Server, crawl};

use crate::findings::Findings;

const SLOW: usize = 2_000;
/// Two seconds are left to connect and for the cut itself.
const LIMITS: [&str; 4] = ["--limits-head-seconds", "8", "--limits-body-seconds", "8"];

pub(crate) fn run(program: &Path, time: Duration, findings: &mut Findings) -> Result<()> {
    for part in [Part::Head, Part::Body] {
        // More slow bodies than places.
        let server = Server::start(program, &LIMITS)?;
        let good = GoodCallers::begin(server.address, 4);
        let slow = crawl(server.address, part, SLOW, time)?;
        let good = good.end();
        let is_served = good.failed * 1_000 <= good.answered();
        findings.judge(&format!("{part:?}: 99.9 % of good callers"), is_served, &good);
        let is_quick = good.percentile(99) <= Duration::from_millis(50);
        findings.judge(&format!("{part:?}: p99 at most 50 ms"), is_quick, &good);
        let most = slow.cut.iter().max().copied().unwrap_or_default();
        findings.judge(
            &format!("{part:?}: slow ones cut within 10 s"),
            slow.left == 0 && most <= Duration::from_secs(10),
            format!("{} cut, the last after {most:.1?}; {} left", slow.cut.len(), slow.left),
        );
    }
    Ok(())
}
