//! Calls that are taken back.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use pdp_trials::{Server, cancel, memory_bytes};

use super::MEBIBYTE;
use crate::findings::Findings;

pub(crate) fn run(program: &Path, time: Duration, findings: &mut Findings) -> Result<()> {
    // One file, so that its records can be counted.
    let server = Server::start(program, &["--audit-rotate-bytes", "0"])?;
    // What the first calls take stays for the others.
    let first = cancel(server.address, 8, time / 4);
    let before = memory_bytes(server.id()).context("no figures of memory")?;
    let calls = cancel(server.address, 8, time);
    let after = memory_bytes(server.id()).context("no figures of memory")?;
    let grown = after.saturating_sub(before) / MEBIBYTE;
    findings.judge("at most 16 MiB more", grown <= 16, format!("{grown} MiB after {calls:?}"));
    findings.judge("nothing fails", first.failed + calls.failed == 0, format!("{calls:?}"));
    let counted = |name: &str| server.metric(&format!("pdp_audit_{name}"));
    let (decided, lost, open) =
        (counted("decided_total")?, counted("lost_total")?, counted("in_flight")?);
    let recorded = server.recorded()?;
    let answered = first.answered + calls.answered;
    findings.judge(
        "a record for each evaluated call",
        u64::try_from(recorded)? == decided && lost + open == 0 && recorded >= answered,
        format!("{decided} evaluated, {recorded} recorded, {lost} lost, {answered} answered"),
    );
    Ok(())
}
