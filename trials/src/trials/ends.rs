//! SIGHUP and SIGTERM at once.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use pdp_trials::{Chance, ends};

use crate::findings::Findings;

const ROUNDS: usize = 500;

pub(crate) fn run(program: &Path, _: Duration, findings: &mut Findings) -> Result<()> {
    let ends = ends(program, ROUNDS, &mut Chance::new(1))?;
    let figures = format!("{} of {} otherwise", ends.failed, ends.rounds);
    findings.judge("it ends with 0", ends.failed == 0, figures);
    let figures = format!("{} answers without one, {} broken lines", ends.missing, ends.broken);
    let is_whole = ends.missing == 0 && ends.broken == 0;
    findings.judge("what was answered has its record, a whole line", is_whole, figures);
    let is_good = ends.from_copy > 0 && ends.other_copy == 0;
    let figures = format!("{} of {} another one", ends.other_copy, ends.from_copy);
    findings.judge("the last good copy is that of a version", is_good, figures);
    Ok(())
}
