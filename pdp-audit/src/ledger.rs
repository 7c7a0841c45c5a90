//! Counters that add up.

use std::sync::{Arc, Mutex};

use crate::lock::lock;

/// Counts the answers that need a record, and what became of their records.
///
/// A clone counts in the same ledger. One ledger belongs to one sink: two sinks that shared it
/// would count each answer twice.
///
/// The counters stand behind one lock and not in an atomic each: three atomics that are read one
/// after the other may add up and still be a state that never was.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    settled: Arc<Mutex<Settled>>,
}

/// What a [`Ledger`] held at one moment: `decided = recorded + in_flight + lost`.
///
/// All numbers count from the start of the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Answers that need a record and were brought to the sink: decisions, and requests that were
    /// refused. A refusal is no decision, but has a record like one.
    pub decided: u64,
    /// Answers whose record is as safe as it was to be: written and synced where the answer waited
    /// for it, written where it did not.
    pub recorded: u64,
    /// Answers whose record waits or is being written.
    pub in_flight: u64,
    /// Answers without a record: it could not be written, or found no place in the queue.
    pub lost: u64,
    /// Answers that were given without waiting any longer, since their records were not safe before
    /// the deadline. What becomes of such a record is counted above, like that of any other: it is
    /// in flight until it is written or lost.
    pub late: u64,
}

impl Ledger {
    /// A ledger that has counted nothing.
    pub fn new() -> Self {
        Ledger::default()
    }

    /// What is counted at this moment.
    pub fn counts(&self) -> Counts {
        let Settled { decided, recorded, lost, late } = *lock(&self.settled);
        Counts { decided, recorded, in_flight: decided - recorded - lost, lost, late }
    }

    /// An answer came. It is in flight until it is counted as recorded or lost.
    pub(crate) fn decided(&self) {
        lock(&self.settled).decided += 1;
    }

    /// `answers` that were in flight are recorded.
    pub(crate) fn recorded(&self, answers: u64) {
        lock(&self.settled).recorded += answers;
    }

    /// `answers` that were in flight have no record.
    pub(crate) fn lost(&self, answers: u64) {
        lock(&self.settled).lost += answers;
    }

    /// An answer waits no longer for its record.
    pub(crate) fn late(&self) {
        lock(&self.settled).late += 1;
    }
}

#[derive(Debug, Default)]
struct Settled {
    decided: u64,
    recorded: u64,
    lost: u64,
    late: u64,
}
