//! Spares a decision point that does not answer, and its callers the wait.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// When a client stops asking, and for how long.
///
/// The breaker is *closed* while all is well. After `failures` calls in a row that failed, it is
/// *open*: for `pause` every call is refused at once. Then one call is let through, the probe, and
/// all others are refused until it has ended: if it got an answer the breaker is closed, if not it
/// is open again.
///
/// Only what says that the decision point is not well counts as a failure
/// ([`ClientError::is_failure`](crate::ClientError::is_failure)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// How many failures in a row open it, from 1.
    pub failures: u32,
    /// How long it stays open.
    pub pause: Duration,
}

impl Default for BreakerSettings {
    /// Five failures, one second.
    fn default() -> Self {
        BreakerSettings { failures: 5, pause: Duration::from_secs(1) }
    }
}

pub(crate) struct Breaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
enum State {
    Closed { failures: u32 },
    Open { since: Instant },
    Probing { since: Instant },
}

/// The right to make one call.
pub(crate) struct Pass<'b> {
    breaker: &'b Breaker,
    is_probe: bool,
}

impl Breaker {
    pub(crate) fn new(settings: BreakerSettings) -> Self {
        Breaker { settings, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// The right to make a call, or how long it is refused still.
    pub(crate) fn pass(&self) -> Result<Pass<'_>, Duration> {
        let mut state = self.state();
        match *state {
            State::Closed { .. } => Ok(Pass { breaker: self, is_probe: false }),
            State::Probing { .. } => Err(Duration::ZERO),
            State::Open { since } => match self.settings.pause.checked_sub(since.elapsed()) {
                Some(left) if !left.is_zero() => Err(left),
                _ => {
                    *state = State::Probing { since };
                    Ok(Pass { breaker: self, is_probe: true })
                }
            },
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A state is one value: no panic leaves half of one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Says how the call went. What was called before the breaker opened and ends after that
    /// changes nothing any more.
    pub(crate) fn settle(self, is_failure: bool) {
        let mut state = self.breaker.state();
        let failures = match *state {
            State::Probing { .. } if self.is_probe => self.breaker.settings.failures,
            State::Closed { failures } => failures.saturating_add(1),
            _ => return,
        };
        *state = if !is_failure {
            State::Closed { failures: 0 }
        } else if failures >= self.breaker.settings.failures {
            State::Open { since: Instant::now() }
        } else {
            State::Closed { failures }
        };
    }
}

/// Nobody waits for the call any more. A probe that did not end says nothing: the next call is one.
impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.breaker.state();
        if let (true, State::Probing { since }) = (self.is_probe, *state) {
            *state = State::Open { since };
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(1);

    fn open() -> Breaker {
        let breaker = Breaker::new(BreakerSettings { failures: 2, pause: PAUSE });
        for _ in 0..2 {
            breaker.pass().expect("closed").settle(true);
        }
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn failures_in_a_row_open_it() {
        let breaker = Breaker::new(BreakerSettings { failures: 2, pause: PAUSE });
        for is_failure in [true, false, true, false, true] {
            breaker.pass().expect("closed").settle(is_failure);
        }
        breaker.pass().expect("one in a row").settle(true);
        assert_eq!(breaker.pass().err(), Some(PAUSE));
        advance(PAUSE / 4).await;
        assert_eq!(breaker.pass().err(), Some(PAUSE * 3 / 4));
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_decides() {
        for is_failure in [true, false] {
            let breaker = open();
            advance(PAUSE).await;
            let probe = breaker.pass().expect("a probe");
            assert_eq!(breaker.pass().err(), Some(Duration::ZERO), "there is one");
            probe.settle(is_failure);
            assert_eq!(breaker.pass().err(), is_failure.then_some(PAUSE));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_nobody_waits_for_leaves_its_place() {
        let breaker = open();
        advance(PAUSE).await;
        drop(breaker.pass().expect("a probe"));
        breaker.pass().expect("the next probe").settle(false);
        assert!(breaker.pass().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn what_began_before_it_opened_changes_nothing() {
        let breaker = Breaker::new(BreakerSettings { failures: 1, pause: PAUSE });
        let (early, other) = (breaker.pass().expect("closed"), breaker.pass().ok());
        breaker.pass().expect("closed").settle(true);
        early.settle(false);
        assert_eq!(breaker.pass().err(), Some(PAUSE));
        advance(PAUSE).await;
        let probe = breaker.pass().expect("a probe");
        other.expect("closed").settle(false);
        assert_eq!(breaker.pass().err(), Some(Duration::ZERO));
        probe.settle(true);
        assert_eq!(breaker.pass().err(), Some(PAUSE));
    }
}
