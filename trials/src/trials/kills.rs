//! A hundred kills under load.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use pdp_trials::{Chance, kills};

use crate::findings::Findings;

const ROUNDS: usize = 100;

pub(crate) fn run(program: &Path, _: Duration, findings: &mut Findings) -> Result<()> {
    let kills = kills(program, ROUNDS, &mut Chance::new(1))?;
    findings.judge(
        "what was answered has its record",
        kills.missing == 0 && kills.acknowledged > ROUNDS,
        format!(
            "{} of {} without one after {} kills; {} recorded",
            kills.missing, kills.acknowledged, kills.rounds, kills.recorded
        ),
    );
    findings.judge(
        "what is torn is cut off and told",
        kills.broken == 0 && kills.told == kills.torn,
        format!("{} torn, {} told, {} broken lines", kills.torn, kills.told, kills.broken),
    );
    Ok(())
}
