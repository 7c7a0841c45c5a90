//! What is open on one connection, and since when.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::Limits;

/// The requests of one connection.
#[derive(Clone)]
pub(crate) struct Requests(Arc<Shared>);

struct Shared {
    limits: Limits,
    state: Mutex<State>,
}

struct State {
    /// How many are open: their answers are not all sent.
    open: usize,
    /// Whether the connection may idle any more.
    may_idle: bool,
    /// Until when it may have nothing open.
    idle_end: Instant,
    /// Until when parts of answers must be taken, by their numbers.
    answer_ends: HashMap<u64, Instant>,
    /// How many parts there have been.
    parts: u64,
}

/// What is to become of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing: it is to be looked at again then.
    Goes(Instant),
    /// It is asked to end, since nothing is asked on it.
    Idle,
    /// It is cut.
    Late,
}

impl Requests {
    /// Those of a connection on which the first must have come by `deadline`.
    pub(crate) fn new(limits: &Limits, deadline: Instant) -> Self {
        let state = State {
            open: 0,
            may_idle: false,
            idle_end: deadline,
            answer_ends: HashMap::new(),
            parts: 0,
        };
        Requests(Arc::new(Shared { limits: limits.clone(), state: Mutex::new(state) }))
    }

    /// A request came.
    pub(crate) fn begin(&self) -> Open {
        let mut state = self.state();
        state.open += 1;
        state.may_idle = true;
        Open { requests: self.clone() }
    }

    /// What is to become of the connection now.
    pub(crate) fn judge(&self, now: Instant) -> Verdict {
        let Limits { answer_timeout, idle_timeout, head_timeout, .. } = self.0.limits;
        let mut state = self.state();
        let answer_end = state.answer_ends.values().min().copied();
        if answer_end.is_some_and(|end| end <= now) {
            return Verdict::Late;
        }
        let is_idle = state.open == 0;
        if is_idle && state.idle_end <= now {
            if !state.may_idle {
                return Verdict::Late;
            }
            state.may_idle = false;
            state.idle_end = now + head_timeout;
            return Verdict::Idle;
        }
        // What begins from now on ends no earlier than this.
        let next = now + answer_timeout.min(idle_timeout);
        let ends = [answer_end, is_idle.then_some(state.idle_end)];
        Verdict::Goes(ends.into_iter().flatten().fold(next, Instant::min))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request whose answer is not all sent; over when it is dropped.
pub(crate) struct Open {
    requests: Requests,
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut state = self.requests.state();
        state.open -= 1;
        if state.open == 0 {
            state.idle_end = Instant::now() + self.requests.0.limits.idle_timeout;
        }
    }
}

/// A part of an answer that the other end has yet to take; taken, or given up, when it is dropped.
pub(crate) struct Untaken {
    open: Arc<Open>,
    number: u64,
}

impl Untaken {
    pub(crate) fn new(open: Arc<Open>) -> Self {
        let Requests(shared) = &open.requests;
        let end = Instant::now() + shared.limits.answer_timeout;
        let mut state = open.requests.state();
        state.parts += 1;
        let number = state.parts;
        state.answer_ends.insert(number, end);
        drop(state);
        Untaken { open, number }
    }
}

impl Drop for Untaken {
    fn drop(&mut self) {
        self.open.requests.state().answer_ends.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn requests(now: Instant) -> Requests {
        let limits = Limits {
            head_timeout: SECOND,
            answer_timeout: 2 * SECOND,
            idle_timeout: 5 * SECOND,
            ..Limits::default()
        };
        Requests::new(&limits, now + SECOND)
    }

    #[test]
    fn the_first_request_has_its_time() {
        let now = Instant::now();
        let requests = requests(now);
        assert_eq!(requests.judge(now), Verdict::Goes(now + SECOND));
        assert_eq!(requests.judge(now + SECOND), Verdict::Late);
    }

    #[test]
    fn a_connection_that_idles_is_asked_to_end_and_then_cut() {
        let now = Instant::now();
        let requests = requests(now);
        drop(requests.begin());
        let Verdict::Goes(next) = requests.judge(now) else { panic!("it goes on") };
        assert_eq!(next, now + 2 * SECOND);
        let end = requests.state().idle_end;
        assert!(end >= now + 5 * SECOND);
        assert_eq!(requests.judge(end), Verdict::Idle);
        assert_eq!(requests.judge(end), Verdict::Goes(end + SECOND));
        assert_eq!(requests.judge(end + SECOND), Verdict::Late);
    }

    #[test]
    fn an_answer_that_is_not_there_yet_is_waited_for_and_one_that_is_not_taken_is_late() {
        let now = Instant::now();
        let requests = requests(now);
        let open = requests.begin();
        assert_eq!(requests.judge(now + 60 * SECOND), Verdict::Goes(now + 62 * SECOND));
        let part = Untaken::new(Arc::new(open));
        let end = *requests.state().answer_ends.values().next().expect("an end");
        assert_eq!(requests.judge(now), Verdict::Goes(now + 2 * SECOND));
        assert_eq!(requests.judge(end), Verdict::Late);
        let open = Arc::clone(&part.open);
        drop(part);
        assert_eq!(requests.judge(end), Verdict::Goes(end + 2 * SECOND));
        drop(open);
        assert!(requests.state().idle_end >= now + 5 * SECOND);
    }
}
