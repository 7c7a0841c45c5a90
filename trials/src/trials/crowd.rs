//! Very many connections, and more than there are files for.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use pdp_trials::{Caller, Crowd, GoodCallers, Server};

use crate::findings::Findings;

/// How long to wait before the next look.
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) fn run(program: &Path, _: Duration, findings: &mut Findings) -> Result<()> {
    let server = Server::start(program, &[])?;
    let known = GoodCallers::begin(server.address, 1);
    // It connects before the crowd does.
    thread::sleep(PAUSE);
    let crowd = Crowd::gather(server.address, 20_000);
    let known = known.end();
    findings.judge("who was there before is answered", known.failed == 0, known);
    judge_end(&server, crowd, findings);

    let server = Server::start(program, &[])?;
    let limits = [format!("--pid={}", server.id()), "--nofile=256".to_owned()];
    ensure!(Command::new("prlimit").args(limits).status()?.success(), "prlimit fails");
    let crowd = Crowd::gather(server.address, 1_000);
    judge_end(&server, crowd, findings);
    Ok(())
}

/// When answers come again after a crowd has gone.
fn judge_end(server: &Server, crowd: Crowd, findings: &mut Findings) {
    let count = crowd.count();
    drop(crowd);
    let begun = Instant::now();
    let patience = Duration::from_secs(30);
    // A connection that the system drops while it is full is tried again after a second.
    let connect = || Caller::connect_within(server.address, PAUSE);
    let asks = || connect().and_then(|mut caller| caller.ask());
    while asks().is_err() && begun.elapsed() < patience {}
    let after = begun.elapsed();
    findings.judge(
        "an answer within 1 s after the crowd",
        after <= Duration::from_secs(1),
        format!("{after:.1?} after {count} connections"),
    );
}
