use std::fmt;

use super::Finding;

/// A share of this many steps is worth comparing with what the checker says.
const STEPS_MANY: u64 = 500;

/// What came of many expressions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// How many there were.
    pub drawn: u64,
    /// How many of them the checker accepts.
    pub accepted: u64,
    /// How many of these have no type that is open.
    pub closed: u64,
    /// How many of the accepted ones had a value.
    pub valued: u64,
    /// How many of the accepted ones took many steps.
    pub dear: u64,
    /// The greatest share of what it may take that one of the dear took, in percent.
    pub share_percent_max: u64,
}

impl Tally {
    /// Counts an expression; `None` is one that was not accepted.
    pub fn count(&mut self, finding: Option<&Finding>) {
        self.drawn += 1;
        let Some(finding) = finding else { return };
        self.accepted += 1;
        self.closed += u64::from(finding.is_closed);
        self.valued += u64::from(finding.has_value);
        if finding.steps >= STEPS_MANY {
            self.dear += 1;
            let share = finding.steps.saturating_mul(100) / finding.cost.max(1);
            self.share_percent_max = self.share_percent_max.max(share);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { drawn, accepted, closed, valued, dear, share_percent_max } = self;
        write!(
            formatter,
            "{drawn} expressions, {accepted} accepted, {closed} of them without open types, \
             {valued} with a value, {dear} with {STEPS_MANY} steps or more, up to \
             {share_percent_max} % of what they may take"
        )
    }
}
