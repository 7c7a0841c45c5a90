//! Faults that may come by thousands.

use std::time::{Duration, Instant};

/// How long to wait before the next line of the log about the same.
const PERIOD: Duration = Duration::from_secs(1);

/// Counts what goes wrong, so that the log tells of it once a second and not once each time: who
/// can make it go wrong must not be able to fill the disk.
#[derive(Debug, Default)]
pub(crate) struct Complaint {
    told: Option<Instant>,
    untold: u64,
}

impl Complaint {
    /// It happened again; how often since the last line of the log, if it is time for one.
    pub(crate) fn again(&mut self) -> Option<u64> {
        self.untold += 1;
        if self.told.is_some_and(|told| told.elapsed() < PERIOD) {
            return None;
        }
        self.told = Some(Instant::now());
        Some(std::mem::take(&mut self.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_and_further_ones_are_counted() {
        let mut complaint = Complaint::default();
        assert_eq!(complaint.again(), Some(1));
        complaint.told = Some(Instant::now() + PERIOD);
        assert_eq!((complaint.again(), complaint.again()), (None, None));
        complaint.told = Instant::now().checked_sub(PERIOD);
        assert_eq!(complaint.again(), Some(3));
    }
}
