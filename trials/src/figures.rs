//! What many waited.

use std::fmt;
use std::time::Duration;

/// How long answers took, and how many there were.
#[derive(Debug, Default)]
pub struct Figures {
    /// All that were answered, sorted.
    durations: Vec<Duration>,
    /// How many were not, or not with a decision.
    pub failed: usize,
}

impl Figures {
    /// Of these durations, and so many failures.
    pub fn new(mut durations: Vec<Duration>, failed: usize) -> Self {
        durations.sort_unstable();
        Figures { durations, failed }
    }

    /// How many were answered.
    pub fn answered(&self) -> usize {
        self.durations.len()
    }

    /// The duration below which `percent` of all lie; zero where there are none.
    pub fn percentile(&self, percent: usize) -> Duration {
        let last = self.durations.len().saturating_sub(1);
        self.durations.get(last * percent / 100).copied().unwrap_or_default()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [middle, high, most] = [50, 99, 100].map(|percent| self.percentile(percent));
        let (answered, failed) = (self.answered(), self.failed);
        write!(
            formatter,
            "{answered} answered, {failed} failed, p50 {middle:.1?}, p99 {high:.1?}, max {most:.1?}"
        )
    }
}
