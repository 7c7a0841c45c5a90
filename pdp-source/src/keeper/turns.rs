//! One reload after the other.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Outcome;

/// Lets one reload run at a time. Whoever asks meanwhile shares the next one.
#[derive(Default)]
pub(super) struct Turns {
    state: Mutex<State>,
    over: Condvar,
}

#[derive(Default)]
struct State {
    is_taken: bool,
    /// How many turns have begun.
    begun: u64,
    /// The number of the last turn that came to something, and to what.
    outcome: Option<(u64, Outcome)>,
}

/// A turn that is under way; ends when dropped, also by a panic.
struct Turn<'t> {
    turns: &'t Turns,
    outcome: Option<Outcome>,
}

impl Turns {
    /// The outcome of a turn that begins from now on: of `run`, or of somebody else's.
    pub(super) fn joined(&self, run: impl FnOnce() -> Outcome) -> Outcome {
        let mut state = self.lock();
        let wanted = state.begun + 1;
        while state.is_taken {
            state = self.over.wait(state).unwrap_or_else(PoisonError::into_inner);
            if let Some((number, outcome)) = &state.outcome
                && *number >= wanted
            {
                return outcome.clone();
            }
        }
        let mut turn = self.begin(state);
        turn.outcome.insert(run()).clone()
    }

    /// The outcome of `run`, in a turn that is its own. It may come to nothing; then nobody else is
    /// served by it.
    pub(super) fn alone(&self, run: impl FnOnce() -> Option<Outcome>) -> Option<Outcome> {
        let mut state = self.lock();
        while state.is_taken {
            state = self.over.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let mut turn = self.begin(state);
        turn.outcome = run();
        turn.outcome.clone()
    }

    fn begin(&self, mut state: MutexGuard<'_, State>) -> Turn<'_> {
        state.is_taken = true;
        state.begun += 1;
        Turn { turns: self, outcome: None }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.turns.lock();
        state.is_taken = false;
        if let Some(outcome) = self.outcome.take() {
            state.outcome = Some((state.begun, outcome));
        }
        self.turns.over.notify_all();
    }
}
