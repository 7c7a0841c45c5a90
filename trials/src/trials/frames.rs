//! Floods of HTTP/2 frames.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use pdp_trials::{Flood, Frames, GoodCallers, Server, memory_bytes};

use super::MEBIBYTE;
use crate::findings::Findings;

const ALL: [Frames; 5] =
    [Frames::Reset, Frames::Continuation, Frames::EmptyData, Frames::Settings, Frames::Ping];

/// How long good callers are alone.
const ALONE: Duration = Duration::from_secs(10);

pub(crate) fn run(program: &Path, time: Duration, findings: &mut Findings) -> Result<()> {
    for frames in ALL {
        let server = Server::start(program, &[])?;
        let good = GoodCallers::begin(server.address, 4);
        thread::sleep(ALONE);
        let alone = good.end();
        let before = memory_bytes(server.id()).context("no figures of memory")?;
        let good = GoodCallers::begin(server.address, 4);
        let flood = Flood::begin(server.address, frames, 2);
        thread::sleep(time);
        let after = memory_bytes(server.id()).context("no figures of memory")?;
        let (sent, cut) = flood.end();
        let good = good.end();
        let is_quick = good.failed == 0 && good.percentile(99) <= 10 * alone.percentile(99);
        findings.judge(
            &format!("{frames:?}: p99 at most 10 times that alone"),
            is_quick,
            format!("alone {:.1?}; {good}; {sent} frames, {cut} cut", alone.percentile(99)),
        );
        let grown = after.saturating_sub(before) / MEBIBYTE;
        let criterion = format!("{frames:?}: at most 64 MiB more");
        findings.judge(&criterion, grown <= 64, format!("{grown} MiB"));
    }
    Ok(())
}
