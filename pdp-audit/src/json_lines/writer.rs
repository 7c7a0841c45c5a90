//! The thread that writes.

use std::sync::Arc;
use std::thread;

use super::batch::Batch;
use super::disk::Disk;
use super::queue::Queue;
use super::status::Report;
use super::trail::Trail;
use crate::{Ledger, SinkError};

/// Writes what is queued until the queue is closed: all that waits in one write, with one sync.
/// The result is that of the last lines and of the last sync.
pub(super) fn run<D: Disk>(
    mut trail: Trail<D>,
    queue: &Queue,
    ledger: &Ledger,
) -> Result<(), SinkError> {
    let mut batch = Batch::new(ledger.clone());
    loop {
        let errand = queue.take(&mut batch);
        if errand.reopen {
            trail.reopen();
        }
        let written = trail.write(&mut batch);
        batch.clear();
        if errand.last {
            return written.and(trail.close());
        }
    }
}

/// Ends the sink if the thread that holds it panics: whoever waits, and whoever comes, is told.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) queue: Arc<Queue>,
    pub(super) report: Arc<Report>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if thread::panicking() {
            self.report.failing(true);
            self.report.fault(SinkError::Stopped);
            self.queue.stop();
        }
    }
}
