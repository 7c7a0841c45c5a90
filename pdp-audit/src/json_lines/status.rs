//! How a sink fares.

use std::sync::Mutex;

use crate::SinkError;
use crate::lock::lock;

/// How a [`JsonLines`](crate::JsonLines) fares at one moment. What became of records stands in the
/// [`Ledger`](crate::Ledger).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Status {
    /// Whether what was tried last could not be written. Cleared by the next line that can.
    pub failing: bool,
    /// How often something was wrong with the disk, or the writer. One fault may cost many records
    /// or none; a record that found no place or was late is none.
    pub faults: u64,
    /// The last of these faults.
    pub last_fault: Option<SinkError>,
    /// How many bytes of torn last lines were cut off when files were opened. Such a line was
    /// never counted as recorded: the process or the machine died while it was written.
    pub cut_bytes: u64,
    /// What waits and is being written, in the measure of `Settings::queue_bytes_max`.
    pub queued_bytes: usize,
}

/// Where the writer says how it fares.
#[derive(Debug, Default)]
pub(super) struct Report(Mutex<Status>);

impl Report {
    pub(super) fn fault(&self, error: SinkError) {
        let mut status = lock(&self.0);
        status.faults += 1;
        status.last_fault = Some(error);
    }

    pub(super) fn failing(&self, failing: bool) {
        lock(&self.0).failing = failing;
    }

    pub(super) fn cut(&self, bytes: u64) {
        lock(&self.0).cut_bytes += bytes;
    }

    pub(super) fn status(&self, queued_bytes: usize) -> Status {
        Status { queued_bytes, ..lock(&self.0).clone() }
    }
}
