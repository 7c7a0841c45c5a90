//! What may go wrong with every request.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the log is silent of what it has told.
const SILENCE: Duration = Duration::from_secs(10);

/// Counts what goes wrong, so that the log tells of it once in ten seconds and not once for each
/// request: a decision point that is away would fill the disk.
#[derive(Debug, Default)]
pub(crate) struct Complaint(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    told: Option<Instant>,
    untold: u64,
}

impl Complaint {
    /// It happened again; how often since the last line of the log, if it is time for one.
    pub(crate) fn again(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.untold += 1;
        if state.told.is_some_and(|told| told.elapsed() < SILENCE) {
            return None;
        }
        state.told = Some(Instant::now());
        Some(std::mem::take(&mut state.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_and_further_ones_are_counted() {
        let complaint = Complaint::default();
        assert_eq!(complaint.again(), Some(1));
        assert_eq!((complaint.again(), complaint.again()), (None, None));
        complaint.0.lock().expect("no panic").told = Instant::now().checked_sub(SILENCE);
        assert_eq!(complaint.again(), Some(3));
    }
}
