//! The thread that ends waits which last too long.
//!
//! The writer cannot do it: it may itself hang in a write. A timer of an async runtime could, but
//! would tie the sink to that runtime; a thread serves every executor.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::ticket::Ticket;
use crate::lock::lock;
use crate::{Ledger, SinkError};

#[derive(Debug)]
pub(super) struct Deadlines {
    state: Mutex<State>,
    wake: Condvar,
    deadline: Duration,
    ledger: Ledger,
}

#[derive(Debug, Default)]
struct State {
    /// In the order of their ends, since all have the same time.
    waiting: VecDeque<(Instant, Arc<Ticket>)>,
    /// The thread sleeps until it is woken. Else it wakes by itself before any deadline, and need
    /// not be woken for each record.
    idle: bool,
    ended: bool,
}

impl Deadlines {
    pub(super) fn new(deadline: Duration, ledger: Ledger) -> Self {
        Deadlines { state: Mutex::default(), wake: Condvar::new(), deadline, ledger }
    }

    /// Gives `ticket` its time, from now on.
    pub(super) fn watch(&self, ticket: Arc<Ticket>) {
        let mut state = lock(&self.state);
        // A time beyond what the clock can show never ends.
        let Some(end) = Instant::now().checked_add(self.deadline) else { return };
        // Most are settled long before their time, and in order: they need not be kept for it.
        while state.waiting.pop_front_if(|(_, ticket)| ticket.is_settled()).is_some() {}
        state.waiting.push_back((end, ticket));
        if state.idle {
            state.idle = false;
            self.wake.notify_one();
        }
    }

    /// Ends waits until [`end`](Deadlines::end) is called.
    pub(super) fn run(&self) {
        let mut state = lock(&self.state);
        while !state.ended {
            let now = Instant::now();
            if let Some((_, ticket)) = state.waiting.pop_front_if(|(end, _)| *end <= now) {
                drop(state);
                let late = SinkError::Late { deadline: self.deadline };
                ticket.settle(Err(late), || self.ledger.late());
                state = lock(&self.state);
                continue;
            }
            state = match state.waiting.front() {
                Some((end, _)) => {
                    let left = end.saturating_duration_since(now);
                    let woken = self.wake.wait_timeout(state, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    state.idle = true;
                    self.wake.wait(state).unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }

    pub(super) fn end(&self) {
        lock(&self.state).ended = true;
        self.wake.notify_one();
    }
}
