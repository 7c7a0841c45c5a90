//! Reading a set that is changed meanwhile.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{SourceError, SourceErrors};

/// How long to let those alone who change a set, before it is read anew.
const PAUSE: Duration = Duration::from_millis(2);

/// What `read` gives; anew, where the set was changed meanwhile, as long as there is patience. A
/// writer that replaces one file after the other is done at some time: how often the set can be read
/// until then depends on its size and says nothing.
pub(super) fn read<T>(
    patience: Duration,
    read: impl Fn() -> Result<T, SourceErrors>,
) -> Result<T, SourceErrors> {
    let begun = Instant::now();
    loop {
        match read() {
            Err(errors) if was_changed(&errors) && begun.elapsed() < patience => sleep(PAUSE),
            outcome => return outcome,
        }
    }
}

/// Whether nothing else was wrong.
fn was_changed(errors: &SourceErrors) -> bool {
    errors.iter().all(|error| matches!(error, SourceError::Changed { .. }))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn changed() -> SourceErrors {
        SourceError::Changed { path: "rules.yaml".into() }.into()
    }

    #[test]
    fn a_set_may_be_changed_for_long() {
        let attempts = Cell::new(0);
        let outcome = read(Duration::MAX, || {
            attempts.set(attempts.get() + 1);
            if attempts.get() == 100 { Ok("at rest") } else { Err(changed()) }
        });
        assert_eq!((outcome.expect("a set"), attempts.get()), ("at rest", 100));
    }

    #[test]
    fn one_that_never_rests_is_an_error_after_so_long() {
        let patience = Duration::from_millis(50);
        let begun = Instant::now();
        assert!(read::<()>(patience, || Err(changed())).is_err());
        assert!(begun.elapsed() >= patience);
    }

    #[test]
    fn what_is_wrong_with_a_set_that_rests_is_told_at_once() {
        let attempts = Cell::new(0);
        let outcome = read::<()>(Duration::MAX, || {
            attempts.set(attempts.get() + 1);
            let wrong = SourceError::Empty { path: "policies".into() };
            SourceErrors::check(vec![SourceError::Changed { path: "a.yaml".into() }, wrong])
        });
        assert!(outcome.is_err());
        assert_eq!(attempts.get(), 1);
    }
}
