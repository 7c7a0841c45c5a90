//! What trials found.

use std::fmt::Display;

/// Counts the criteria that were missed.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    missed: usize,
}

impl Findings {
    /// Says whether a criterion was held, and by which figures.
    pub(crate) fn judge(&mut self, criterion: &str, is_held: bool, figures: impl Display) {
        let word = if is_held { "held  " } else { "MISSED" };
        println!("  {word} {criterion}: {figures}");
        self.missed += usize::from(!is_held);
    }

    /// How many were missed.
    pub(crate) fn missed(&self) -> usize {
        self.missed
    }
}
