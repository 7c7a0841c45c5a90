//! What waits for the writer.

use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::ticket::Ticket;
use crate::lock::lock;
use crate::{Ledger, SinkError};

/// How long lines wait that nobody waits for, so that many are written at once, or with the next
/// one that somebody does wait for.
const LEISURE: Duration = Duration::from_millis(10);

/// Takes lines from many and gives them to the writer, all at once.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
    bytes_max: usize,
    ledger: Ledger,
}

#[derive(Debug)]
struct State {
    waiting: Batch,
    /// When what waits is to be written; `None` where nothing does.
    due: Option<Instant>,
    /// What the writer has taken and not yet settled, in bytes.
    taken_bytes: usize,
    reopen: bool,
    /// Why no more lines are taken.
    end: Option<SinkError>,
}

/// How much of a queue a line may fill.
#[derive(Clone, Copy, Debug)]
pub(super) enum Share {
    Whole,
    Half,
}

impl Share {
    fn of(self, bytes: usize) -> usize {
        match self {
            Share::Whole => bytes,
            Share::Half => bytes / 2,
        }
    }
}

/// What the writer is to do beside writing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Errand {
    /// Open the file anew before the next line.
    pub(super) reopen: bool,
    /// Nothing comes after this.
    pub(super) last: bool,
}

impl Queue {
    pub(super) fn new(bytes_max: usize, ledger: Ledger) -> Self {
        let waiting = Batch::new(ledger.clone());
        let state = State { waiting, due: None, taken_bytes: 0, reopen: false, end: None };
        Queue { state: Mutex::new(state), wake: Condvar::new(), bytes_max, ledger }
    }

    /// Queues a line that may fill the queue to this share. The errors are
    /// [`SinkError::QueueFull`] and why no lines are taken any more.
    pub(super) fn push(
        &self,
        line: &[u8],
        ticket: Option<Arc<Ticket>>,
        share: Share,
    ) -> Result<(), SinkError> {
        let mut state = lock(&self.state);
        if let Some(error) = &state.end {
            return Err(error.clone());
        }
        let (bytes, bytes_max) = (Batch::bytes_of(line), share.of(self.bytes_max));
        if state.bytes().saturating_add(bytes) > bytes_max {
            return Err(SinkError::QueueFull { bytes, bytes_max });
        }
        // Before there is half as much as may wait, the writer is to be under way.
        let is_pressing = ticket.is_some() || state.waiting.bytes() + bytes > self.bytes_max / 4;
        let due = Instant::now() + if is_pressing { Duration::ZERO } else { LEISURE };
        state.waiting.push(line, ticket);
        if state.due.is_none_or(|before| due < before) {
            state.due = Some(due);
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Waits for something to do. `batch`, which is empty, becomes what waited.
    pub(super) fn take(&self, batch: &mut Batch) -> Errand {
        let mut state = lock(&self.state);
        state.taken_bytes = 0;
        while !state.reopen && state.end.is_none() {
            let now = Instant::now();
            state = match state.due {
                Some(due) if due <= now => break,
                due => self.wait(state, due.map(|due| due - now)),
            };
        }
        state.due = None;
        mem::swap(&mut state.waiting, batch);
        state.taken_bytes = batch.bytes();
        Errand { reopen: mem::take(&mut state.reopen), last: state.end.is_some() }
    }

    /// Waits until something is said, or for so long.
    fn wait<'q>(
        &self,
        state: MutexGuard<'q, State>,
        time: Option<Duration>,
    ) -> MutexGuard<'q, State> {
        match time {
            Some(time) => {
                let woken = self.wake.wait_timeout(state, time);
                woken.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.wake.wait(state).unwrap_or_else(PoisonError::into_inner),
        }
    }

    pub(super) fn reopen(&self) {
        lock(&self.state).reopen = true;
        self.wake.notify_one();
    }

    /// Takes no more lines; those that wait are written.
    pub(super) fn close(&self) {
        lock(&self.state).end.get_or_insert(SinkError::Closed);
        self.wake.notify_one();
    }

    /// Takes no more lines, and those that wait are lost: nobody is there to write them.
    pub(super) fn stop(&self) {
        let mut state = lock(&self.state);
        state.end = Some(SinkError::Stopped);
        let waiting = mem::replace(&mut state.waiting, Batch::new(self.ledger.clone()));
        drop(state);
        // Whoever waits is told outside the lock: a waker is code of others.
        drop(waiting);
        self.wake.notify_one();
    }

    /// What waits and is being written, in bytes.
    pub(super) fn bytes(&self) -> usize {
        lock(&self.state).bytes()
    }
}

impl State {
    fn bytes(&self) -> usize {
        self.waiting.bytes() + self.taken_bytes
    }
}
