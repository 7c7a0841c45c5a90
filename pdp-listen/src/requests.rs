//! What is open on one connection, and since when.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Version;
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
    /// How many requests, and parts of answers, are open: they are not all sent.
    open: usize,
    /// Whether requests come one after the other. Then the head of the next one is all that may
    /// come, and has a time of its own.
    one_by_one: bool,
    /// Whether the connection may idle any more.
    may_idle: bool,
    /// Until when it may have nothing open.
    idle_end: Instant,
    /// Until when parts of answers must be taken, by their numbers: those of later ones are later.
    answer_ends: Vec<(u64, Instant)>,
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
            one_by_one: false,
            may_idle: false,
            idle_end: deadline,
            answer_ends: Vec::new(),
            parts: 0,
        };
        Requests(Arc::new(Shared { limits: limits.clone(), state: Mutex::new(state) }))
    }

    /// A request came by this version of HTTP.
    pub(crate) fn begin(&self, version: Version) -> Open {
        let mut state = self.state();
        state.open += 1;
        state.one_by_one = version < Version::HTTP_2;
        state.may_idle = !state.one_by_one;
        Open { requests: self.clone() }
    }

    /// What is to become of the connection now.
    pub(crate) fn judge(&self, now: Instant) -> Verdict {
        let Limits { answer_timeout, idle_timeout, head_timeout, .. } = self.0.limits;
        let mut state = self.state();
        let answer_end = state.answer_ends.first().map(|(_, end)| *end);
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
        let next = now + answer_timeout.min(idle_timeout).min(head_timeout);
        let ends = [answer_end, is_idle.then_some(state.idle_end)];
        Verdict::Goes(ends.into_iter().flatten().fold(next, Instant::min))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something that was open is over.
    fn end(&self, state: &mut State) {
        state.open -= 1;
        if state.open == 0 {
            let Limits { idle_timeout, head_timeout, .. } = self.0.limits;
            let patience =
                if state.one_by_one { idle_timeout.min(head_timeout) } else { idle_timeout };
            state.idle_end = Instant::now() + patience;
        }
    }
}

/// A request whose answer is not all made; over when it is dropped.
pub(crate) struct Open {
    requests: Requests,
}

impl Open {
    /// A part of its answer.
    pub(crate) fn part(&self) -> Untaken {
        let requests = self.requests.clone();
        let mut state = requests.state();
        state.open += 1;
        state.parts += 1;
        let number = state.parts;
        let end = Instant::now() + requests.0.limits.answer_timeout;
        state.answer_ends.push((number, end));
        drop(state);
        Untaken { requests, number }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.requests.end(&mut self.requests.state());
    }
}

/// A part of an answer that the other end has yet to take; taken, or given up, when it is dropped.
pub(crate) struct Untaken {
    requests: Requests,
    number: u64,
}

impl Drop for Untaken {
    fn drop(&mut self) {
        let mut state = self.requests.state();
        let place = state.answer_ends.binary_search_by_key(&self.number, |(number, _)| *number);
        if let Ok(place) = place {
            state.answer_ends.remove(place);
        }
        self.requests.end(&mut state);
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
        drop(requests.begin(Version::HTTP_2));
        let Verdict::Goes(next) = requests.judge(now) else { panic!("it goes on") };
        assert_eq!(next, now + SECOND);
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
        let open = requests.begin(Version::HTTP_2);
        assert_eq!(requests.judge(now + 60 * SECOND), Verdict::Goes(now + 61 * SECOND));
        let part = open.part();
        let (_, end) = *requests.state().answer_ends.first().expect("an end");
        assert_eq!(requests.judge(now), Verdict::Goes(now + SECOND));
        assert_eq!(requests.judge(end), Verdict::Late);
        drop(part);
        assert_eq!(requests.judge(end), Verdict::Goes(end + SECOND));
        drop(open);
        assert!(requests.state().idle_end >= now + 5 * SECOND);
    }

    #[test]
    fn a_part_outlives_the_answer_it_is_of() {
        let now = Instant::now();
        let requests = requests(now);
        let open = requests.begin(Version::HTTP_2);
        let (first, second) = (open.part(), open.part());
        drop(open);
        drop(first);
        assert_eq!(requests.state().open, 1);
        let (number, _) = *requests.state().answer_ends.first().expect("an end");
        assert_eq!(number, 2);
        drop(second);
        assert_eq!(requests.state().open, 0);
        assert!(requests.state().answer_ends.is_empty());
    }

    #[test]
    fn the_next_head_of_requests_one_by_one_has_its_time() {
        let now = Instant::now();
        let requests = requests(now);
        drop(requests.begin(Version::HTTP_11));
        let end = requests.state().idle_end;
        assert!(end >= now + SECOND && end < now + 2 * SECOND);
        assert_eq!(requests.judge(now), Verdict::Goes(now + SECOND));
        assert_eq!(requests.judge(end), Verdict::Late);
    }
}
