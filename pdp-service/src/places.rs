//! How many questions a door works on at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Refusal, RefusalKind};

/// Places to work on questions, so many and no more.
#[derive(Debug)]
pub struct Places {
    taken: AtomicUsize,
    max: usize,
}

/// A place that is taken; free again when it is dropped.
#[derive(Debug)]
pub struct Place<'p>(&'p Places);

impl Places {
    /// So many places.
    pub fn new(max: usize) -> Self {
        Places { taken: AtomicUsize::new(0), max }
    }

    /// A place.
    ///
    /// # Errors
    ///
    /// [`Refusal`] of the kind `overloaded` where none is free: nobody waits.
    pub fn take(&self) -> Result<Place<'_>, Refusal> {
        let free = |taken| (taken < self.max).then_some(taken + 1);
        if self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, free).is_err() {
            let message = format!("{} requests are worked on already", self.max);
            return Err(Refusal::new(RefusalKind::Overloaded, message));
        }
        Ok(Place(self))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_places_and_no_more() {
        let places = Places::new(2);
        let first = places.take().expect("a place");
        let _second = places.take().expect("a place");
        assert_eq!(places.take().expect_err("full").kind, RefusalKind::Overloaded);
        drop(first);
        assert!(places.take().is_ok());
    }
}
