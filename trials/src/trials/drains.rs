//! The end under load.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use pdp_trials::{Server, round};

use crate::findings::Findings;

const ROUNDS: usize = 100;

pub(crate) fn run(program: &Path, _: Duration, findings: &mut Findings) -> Result<()> {
    let (mut under_way, mut lost, mut unrecorded) = (0, 0, 0);
    let mut longest = Duration::ZERO;
    for _ in 0..ROUNDS {
        let mut server = Server::start(program, &[])?;
        let outcome = round(server.address, 16, Duration::from_millis(300), || {
            let status = server.terminate()?;
            ensure!(status.success(), "{status}");
            Ok(())
        })?;
        under_way += outcome.under_way;
        lost += outcome.lost;
        unrecorded += usize::try_from(outcome.answered)?.saturating_sub(server.recorded()?);
        longest = longest.max(outcome.duration);
    }
    let figures = format!("{under_way} were under way in {ROUNDS} rounds, {lost} lost");
    findings.judge("what was sent before the end is answered", lost == 0, figures);
    let figures = format!("{unrecorded} answers without one");
    findings.judge("what was answered has its record", unrecorded == 0, figures);
    let is_quick = longest <= Duration::from_secs(10);
    findings.judge("it ends with 0 within 10 s", is_quick, format!("the longest {longest:.1?}"));
    Ok(())
}
