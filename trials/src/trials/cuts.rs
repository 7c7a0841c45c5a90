//! A file of the policies that is cut off again and again.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use pdp_trials::{Chance, CutSet, Cuts, Replacement, Server};

use crate::findings::Findings;

pub(crate) fn run(program: &Path, time: Duration, findings: &mut Findings) -> Result<()> {
    let set = CutSet::new()?;
    let (whole, mut chance) = (BTreeSet::from([set.digest()?]), Chance::new(1));
    let accepted: BTreeSet<String> = set.accepted().map(str::to_owned).collect();
    let server = Server::start(program, &set.arguments())?;
    let cuts = set.cut(&server, Replacement::Zeros, time, &mut chance)?;
    judge(findings, "zeros", &cuts, &whole);

    let cuts = set.cut(&server, Replacement::Beginning, time, &mut chance)?;
    judge(findings, "beginnings", &cuts, &accepted);
    let mut refused = 0;
    for digest in cuts.digests.intersection(&accepted) {
        refused += usize::from(!set.check(program, digest)?);
    }
    let figures = format!("{refused} of {} are not", cuts.digests.len());
    findings.judge("beginnings: each digest is one of `pdp check`", refused == 0, figures);
    drop(server);

    set.lock()?;
    let server = Server::start(program, &set.arguments())?;
    let cuts = set.cut(&server, Replacement::Beginning, time, &mut chance)?;
    judge(findings, "beginnings under a lock", &cuts, &whole);
    Ok(())
}

fn judge(findings: &mut Findings, name: &str, cuts: &Cuts, wanted: &BTreeSet<String>) {
    findings.judge(
        &format!("{name}: only digests of what loads"),
        cuts.digests.is_subset(wanted),
        format!("{} digests of {}; {} cuts", cuts.digests.len(), wanted.len(), cuts.replaced),
    );
    let is_answered = cuts.loaded.figures.failed == 0 && cuts.loaded.figures.answered() > 0;
    findings.judge(&format!("{name}: all are answered"), is_answered, &cuts.loaded.figures);
    let figures = format!("after {:.1?}", cuts.mended);
    findings.judge(&format!("{name}: the whole set runs after it"), cuts.mended.is_some(), figures);
}
