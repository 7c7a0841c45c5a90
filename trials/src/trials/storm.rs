//! A thousand reasons to reload in a second.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use pdp_trials::{Server, Versions, storm};

use crate::findings::Findings;

const DOCUMENTS: usize = 1_000;
const TRIGGERS: usize = 1_000;

pub(crate) fn run(program: &Path, _: Duration, findings: &mut Findings) -> Result<()> {
    let versions = Versions::new(DOCUMENTS)?;
    let reasons = versions.reasons(TRIGGERS)?;
    let server = Server::start(program, &versions.arguments())?;
    let outcome = storm(&server, &versions, TRIGGERS, Duration::from_secs(1), 500)?;
    let (reloads, failures) = (outcome.reloads, outcome.failures);
    findings.judge(
        "at most half as many compile as there are triggers",
        reloads + failures <= u64::try_from(TRIGGERS / 2)?,
        format!(
            "{reloads} reloads, {failures} failed, after {TRIGGERS}; at most {} threads",
            outcome.threads
        ),
    );
    let settled = outcome.settled;
    findings.judge("the newest runs at the end", settled.is_some(), format!("after {settled:.1?}"));
    let figures = format!("{} were not", outcome.refused);
    findings.judge("who asked is told of success", outcome.refused == 0, figures);
    let wrong = outcome.loaded.wrong(&reasons);
    findings.judge(
        "each answer is that of the digest which it names",
        wrong == 0 && outcome.loaded.figures.failed == 0,
        format!("{wrong} wrong; {}", outcome.loaded.figures),
    );
    Ok(())
}
