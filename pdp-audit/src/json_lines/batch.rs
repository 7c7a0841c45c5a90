//! Lines that are written together.

use std::mem;
use std::sync::Arc;

use super::ticket::Ticket;
use crate::{Ledger, SinkError};

/// What is kept of a record beside its line, in bytes, rounded up.
const ENTRY_BYTES: usize = 128;

/// Buffers that grew beyond this, in bytes, are given back after use.
const KEPT_BYTES_MAX: usize = 1 << 20;

/// Lines, each of them ending in the only line break that it has, and who waits for them. What is
/// not settled when a batch is dropped is lost, and whoever waits for it is told.
#[derive(Debug)]
pub(super) struct Batch {
    lines: Vec<u8>,
    /// One a line; `None` where nobody waits.
    tickets: Vec<Option<Arc<Ticket>>>,
    settled_bytes: usize,
    settled: usize,
    ledger: Ledger,
}

impl Batch {
    pub(super) fn new(ledger: Ledger) -> Self {
        Batch { lines: Vec::new(), tickets: Vec::new(), settled_bytes: 0, settled: 0, ledger }
    }

    pub(super) fn push(&mut self, line: &[u8], ticket: Option<Arc<Ticket>>) {
        self.lines.extend_from_slice(line);
        self.tickets.push(ticket);
    }

    /// What `line` takes in a batch, in bytes.
    pub(super) fn bytes_of(line: &[u8]) -> usize {
        line.len() + ENTRY_BYTES
    }

    /// What the batch takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.lines.len() + self.tickets.len() * ENTRY_BYTES
    }

    /// The lines that are not settled.
    pub(super) fn rest(&self) -> &[u8] {
        &self.lines[self.settled_bytes..]
    }

    /// Whether anybody waits for a line that is not settled.
    pub(super) fn is_awaited(&self) -> bool {
        self.tickets[self.settled..].iter().any(Option::is_some)
    }

    /// The first `bytes` of the rest, whole lines, are recorded.
    pub(super) fn recorded(&mut self, bytes: usize) {
        let end = self.settled_bytes + bytes;
        let lines = if end == self.lines.len() {
            self.tickets.len() - self.settled
        } else {
            self.lines[self.settled_bytes..end].split_inclusive(|byte| *byte == b'\n').count()
        };
        self.settled_bytes = end;
        self.ledger.recorded(lines as u64);
        self.settle(lines, &Ok(()));
    }

    /// The rest is lost, because of `error`.
    pub(super) fn fail(&mut self, error: &SinkError) {
        self.settled_bytes = self.lines.len();
        let lines = self.tickets.len() - self.settled;
        self.ledger.lost(lines as u64);
        self.settle(lines, &Err(error.clone()));
    }

    /// Makes a batch whose lines are settled an empty one.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.tickets.clear();
        self.lines.shrink_to(KEPT_BYTES_MAX);
        self.tickets.shrink_to(KEPT_BYTES_MAX / ENTRY_BYTES);
        (self.settled_bytes, self.settled) = (0, 0);
    }

    /// Tells those who wait for the next `lines` the outcome, which is counted: whoever sees it sees
    /// it counted.
    fn settle(&mut self, lines: usize, outcome: &Result<(), SinkError>) {
        let settled = &mut self.tickets[self.settled..self.settled + lines];
        self.settled += lines;
        for ticket in settled.iter_mut().filter_map(mem::take) {
            ticket.settle(outcome.clone(), || ());
        }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.fail(&SinkError::Stopped);
    }
}
