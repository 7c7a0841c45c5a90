//! What one who waits for a record holds.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use crate::SinkError;
use crate::lock::lock;

/// The outcome of one record, for the one who waits for it.
///
/// Two may settle it, the writer and the deadline: the first counts. That is why this is no channel
/// of some crate, whose sender is one. What became of the record the writer alone counts.
#[derive(Debug, Default)]
pub(super) struct Ticket(Mutex<State>);

#[derive(Debug)]
enum State {
    Waiting(Option<Waker>),
    Settled(Result<(), SinkError>),
}

impl Default for State {
    fn default() -> Self {
        State::Waiting(None)
    }
}

impl Ticket {
    /// Settles the ticket, unless it is settled already. `note` is called before whoever waits can
    /// know: what is counted there is counted when the answer is given.
    pub(super) fn settle(&self, outcome: Result<(), SinkError>, note: impl FnOnce()) {
        let waker = {
            let mut state = lock(&self.0);
            let State::Waiting(waker) = &mut *state else { return };
            let waker = waker.take();
            note();
            *state = State::Settled(outcome);
            waker
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn is_settled(&self) -> bool {
        matches!(*lock(&self.0), State::Settled(_))
    }
}

/// Ready when its ticket is settled.
#[derive(Debug)]
pub(super) struct Wait(pub(super) Arc<Ticket>);

impl Future for Wait {
    type Output = Result<(), SinkError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *lock(&self.0.0) {
            State::Settled(outcome) => Poll::Ready(outcome.clone()),
            State::Waiting(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
