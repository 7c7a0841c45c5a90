//! Another version of the policies each second, while questions come at a rate.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use pdp_trials::{Load, Loaded, Server, Versions};

use crate::findings::Findings;

const DOCUMENTS: usize = 1_000;
const CONNECTIONS: u32 = 32;
/// Questions a second.
const RATE: u32 = 5_000;

pub(crate) fn run(program: &Path, time: Duration, findings: &mut Findings) -> Result<()> {
    let versions = Versions::new(DOCUMENTS)?;
    let last = usize::try_from(time.as_secs())?;
    let reasons = versions.reasons(last)?;
    // What a sync costs is no part of it.
    let arguments = [&versions.arguments()[..], &["--audit-mode", "best_effort"]].concat();
    let server = Server::start(program, &arguments)?;
    load_for(&server, Duration::from_secs(5));
    let alone = load_for(&server, (time / 2).min(Duration::from_mins(1)));
    println!("  without reloads: {}", alone.figures);

    let load = Load::begin(server.address, CONNECTIONS, RATE);
    let begun = Instant::now();
    for version in 1..=last {
        let due = Duration::from_secs(u64::try_from(version)?);
        thread::sleep(due.saturating_sub(begun.elapsed()));
        versions.put(version)?;
    }
    thread::sleep(Duration::from_secs(1));
    let loaded = load.end();
    let reloads = server.metric("pdp_reloads_total")?;

    let (wrong, digests) = (alone.wrong(&reasons) + loaded.wrong(&reasons), loaded.seen.len());
    findings.judge(
        "each answer is that of the digest which it names",
        wrong == 0,
        format!("{wrong} wrong, {digests} digests in {reloads} reloads"),
    );
    let is_all =
        reloads * 100 >= u64::try_from(last * 99)? && server.digest()? == versions.digest()?;
    let figures = format!("{reloads} reloads of {last} versions");
    findings.judge("99 % of the versions run, and the last one", is_all, figures);
    findings.judge("none is dropped", loaded.figures.failed == 0, &loaded.figures);
    let (high, high_alone) = (loaded.figures.percentile(99), alone.figures.percentile(99));
    let figures = format!("{high:.1?} of {high_alone:.1?}");
    findings.judge("p99 at most twice that without reloads", high <= 2 * high_alone, figures);
    Ok(())
}

fn load_for(server: &Server, time: Duration) -> Loaded {
    let load = Load::begin(server.address, CONNECTIONS, RATE);
    thread::sleep(time);
    load.end()
}
