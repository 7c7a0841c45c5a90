//! A million types of resources.

use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use pdp_trials::{Caller, Server, Versions, memory_bytes};

use super::MEBIBYTE;
use crate::findings::Findings;

const TYPES: usize = 1_000_000;
const BATCH: usize = 100;
const CALLERS: usize = 2;

pub(crate) fn run(program: &Path, _: Duration, findings: &mut Findings) -> Result<()> {
    let versions = Versions::new(100)?;
    let arguments = [&versions.arguments()[..], &["--audit-mode", "off"]].concat();
    let server = Server::start(program, &arguments)?;
    let memory = || memory_bytes(server.id()).context("no figures of memory");
    // What the first ones take stays for the others.
    ask(server.address, 0, TYPES / 2)?;
    let before = memory()?;
    let threads: Vec<_> = (0..CALLERS)
        .map(|number| {
            let (address, count) = (server.address, TYPES / CALLERS);
            thread::spawn(move || ask(address, TYPES + number * count, count))
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| anyhow!("a thread panicked"))??;
    }
    let grown = memory()?.saturating_sub(before) / MEBIBYTE;
    let text = Caller::connect(server.address)?.get("/metrics")?.body;
    let figures = format!("{} bytes after {TYPES} types", text.len());
    findings.judge("`/metrics` has less than 1 MB", text.len() < 1_000_000, figures);
    findings.judge("at most 8 MiB more", grown <= 8, format!("{grown} MiB"));
    Ok(())
}

/// Asks about so many types, each with a number of its own from `first` on.
fn ask(address: SocketAddr, first: usize, count: usize) -> Result<()> {
    let mut caller = Caller::connect(address)?;
    for begin in (first..first + count).step_by(BATCH) {
        let requests: Vec<String> = (begin..begin + BATCH)
            .map(|number| Versions::question(1).replace("door", &format!("type{number}")))
            .collect();
        let body = format!(r#"{{"requests": [{}]}}"#, requests.join(","));
        let answer = caller.post("/internal/pdp/evaluate/batch", &body)?;
        ensure!(answer.status == 200, "{}", answer.body);
    }
    Ok(())
}
