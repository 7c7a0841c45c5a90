//! Records as JSON lines in a file.
//!
//! A caller makes its line, puts it into the queue and waits for a ticket. One thread, the writer,
//! takes all lines that wait, writes them in one write and syncs once: so the more answers wait,
//! the less a sync costs each. A line that nobody waits for does not wake the writer: it is written
//! with the next one that somebody waits for, or some milliseconds later, so that under overload no
//! answer waits for a write of refusals. Another thread ends the waits that last too long. Neither a runtime
//! nor its timers are needed, and no caller blocks.

mod batch;
mod deadlines;
mod disk;
mod opening;
mod queue;
mod rotated;
mod settings;
mod status;
mod tail;
#[cfg(test)]
mod tests;
mod ticket;
mod trail;
mod writer;

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use pdp_core::{AuditError, AuditEvent, AuditRecord, AuditSink, Effect, OVERLOADED, Recording};

pub use settings::{Mode, Settings};
pub use status::Status;

use crate::lock::lock;
use crate::{Ledger, SinkError};
use deadlines::Deadlines;
use disk::{Disk, System};
use queue::{Queue, Share};
use status::Report;
use ticket::{Ticket, Wait};
use trail::Trail;
use writer::Guard;

/// A sink that writes each record as one line of JSON to the end of a file.
///
/// [`record`](AuditSink::record) makes the line and queues it before it returns, so a record whose
/// future is dropped is written like any other. Its errors have a [`SinkError`] as source.
///
/// Dropping the sink does what [`close`](JsonLines::close) does: it blocks until all that was
/// queued is written and synced. What goes wrong then shows in the ledger only.
#[derive(Debug)]
pub struct JsonLines {
    mode: Mode,
    queue: Arc<Queue>,
    deadlines: Arc<Deadlines>,
    report: Arc<Report>,
    ledger: Ledger,
    threads: Mutex<Threads>,
}

#[derive(Debug)]
enum Threads {
    Running { writer: JoinHandle<Result<(), SinkError>>, deadlines: JoinHandle<()> },
    Ended(Result<(), SinkError>),
}

impl JsonLines {
    /// Opens the file of `settings`, or creates it with mode 0600, and starts two threads. What
    /// becomes of records is counted in `ledger`.
    ///
    /// A torn last line is cut off, as `Status::cut_bytes` then says. The file is locked, by a
    /// lock on `<name>.lock` beside it, until the sink is closed.
    ///
    /// # Errors
    ///
    /// A [`SinkError`] if the file cannot be opened, is no file or not one of records, or is
    /// written by another sink.
    pub fn open(settings: Settings, ledger: Ledger) -> Result<Self, SinkError> {
        Self::start(settings, ledger, System)
    }

    fn start(
        settings: Settings,
        ledger: Ledger,
        disk: impl Disk + 'static,
    ) -> Result<Self, SinkError> {
        let report = Arc::new(Report::default());
        let mode = settings.mode;
        let queue = Arc::new(Queue::new(settings.queue_bytes_max, ledger.clone()));
        let deadlines = Arc::new(Deadlines::new(settings.deadline, ledger.clone()));
        let trail = Trail::open(disk, settings, Arc::clone(&report))?;

        let watch = {
            let (guard, deadlines) = (guard(&queue, &report), Arc::clone(&deadlines));
            spawn("audit-deadlines", move || {
                let _guard = guard;
                deadlines.run();
            })?
        };
        let writer = {
            let (guard, ledger) = (guard(&queue, &report), ledger.clone());
            spawn("audit-writer", move || writer::run(trail, &guard.queue, &ledger))
        };
        let writer = writer.inspect_err(|_| deadlines.end())?;
        let threads = Mutex::new(Threads::Running { writer, deadlines: watch });
        Ok(JsonLines { mode, queue, deadlines, report, ledger, threads })
    }

    /// Lets the next record go into a file that is opened at the path after this call, and so may
    /// records that wait. For programs that rename the file and then tell its writer.
    ///
    /// Returns at once. Where the file cannot be opened, records fail until it can:
    /// [`status`](JsonLines::status) says why.
    pub fn reopen(&self) {
        self.queue.reopen();
    }

    /// Takes no more records, and blocks until all that were taken are written and synced. Further
    /// records, in either mode, fail with [`SinkError::Closed`].
    ///
    /// There is no deadline: it returns when the disk does. A second call gives what the first
    /// gave.
    ///
    /// # Errors
    ///
    /// Why the last records, or the last sync, failed; [`SinkError::Stopped`] if the writer had
    /// panicked.
    pub fn close(&self) -> Result<(), SinkError> {
        self.queue.close();
        let mut threads = lock(&self.threads);
        let running = std::mem::replace(&mut *threads, Threads::Ended(Err(SinkError::Stopped)));
        let outcome = match running {
            Threads::Ended(outcome) => outcome,
            Threads::Running { writer, deadlines } => {
                let written = writer.join().unwrap_or(Err(SinkError::Stopped));
                // Until the writer is done somebody may wait.
                self.deadlines.end();
                let watched = deadlines.join().map_err(|_| SinkError::Stopped);
                written.and(watched)
            }
        };
        *threads = Threads::Ended(outcome.clone());
        outcome
    }

    /// How the sink fares.
    pub fn status(&self) -> Status {
        self.report.status(self.queue.bytes())
    }

    /// Queues the line of `record`; what to wait for, if anything.
    fn take(&self, record: &AuditRecord<'_>) -> Result<Option<Wait>, SinkError> {
        let line = line(record)?;
        let share = share(record);
        if !self.waits(record) {
            return match self.queue.push(&line, None, share) {
                Err(SinkError::QueueFull { .. }) => {
                    self.ledger.lost(1);
                    Ok(None)
                }
                queued => queued.map(|()| None),
            };
        }
        let ticket = Arc::new(Ticket::default());
        self.queue.push(&line, Some(Arc::clone(&ticket)), share)?;
        self.deadlines.watch(Arc::clone(&ticket));
        Ok(Some(Wait(ticket)))
    }

    /// Whether the answer waits until the record is safe.
    fn waits(&self, record: &AuditRecord<'_>) -> bool {
        match &record.event {
            AuditEvent::Decision { decision, .. }
                if decision.bypass && decision.effect == Effect::Permit =>
            {
                true
            }
            AuditEvent::Refused { kind, .. } if *kind == OVERLOADED => false,
            _ => self.mode == Mode::Strict,
        }
    }
}

impl AuditSink for JsonLines {
    fn record<'a>(&'a self, record: &'a AuditRecord<'a>) -> Recording<'a> {
        self.ledger.decided();
        match self.take(record) {
            Ok(None) => Box::pin(ready(Ok(()))),
            Ok(Some(wait)) => Box::pin(async { wait.await.map_err(AuditError::new) }),
            Err(error) => {
                self.ledger.lost(1);
                Box::pin(ready(Err(AuditError::new(error))))
            }
        }
    }
}

impl Drop for JsonLines {
    fn drop(&mut self) {
        // Nobody is there to be told; the ledger knows what is lost.
        let _ = self.close();
    }
}

/// Refusals are cheap to cause, and nobody may wait for their records: half of the queue stays free
/// of them, so that decisions find a place there.
fn share(record: &AuditRecord<'_>) -> Share {
    match record.event {
        AuditEvent::Refused { .. } => Share::Half,
        _ => Share::Whole,
    }
}

fn guard(queue: &Arc<Queue>, report: &Arc<Report>) -> Guard {
    Guard { queue: Arc::clone(queue), report: Arc::clone(report) }
}

fn spawn<T: Send + 'static>(
    name: &str,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, SinkError> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.map_err(|cause| SinkError::Thread { cause: Arc::new(cause) })
}

/// The line of a record. JSON escapes line breaks, so its last letter is the only one.
fn line(record: &AuditRecord<'_>) -> Result<Vec<u8>, SinkError> {
    let mut line = Vec::with_capacity(1024);
    serde_json::to_writer(&mut line, record)
        .map_err(|cause| SinkError::Unwritable { cause: Arc::new(cause) })?;
    line.push(b'\n');
    Ok(line)
}
