//! How much memory bodies take while they come.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Refusal, RefusalKind};

/// Memory for the bodies of a door that have not come whole.
#[derive(Debug)]
pub struct Room {
    taken: AtomicUsize,
    bytes_max: usize,
}

/// What one body takes of it; free again when it is dropped.
#[derive(Debug)]
pub struct Share<'r> {
    room: &'r Room,
    bytes: usize,
}

impl Room {
    /// Room for so many bytes.
    pub fn new(bytes_max: usize) -> Self {
        Room { taken: AtomicUsize::new(0), bytes_max }
    }

    /// A share for one body, of nothing yet.
    pub fn share(&self) -> Share<'_> {
        Share { room: self, bytes: 0 }
    }
}

impl Share<'_> {
    /// So many bytes more have come.
    ///
    /// A body may be as large as what it leaves free. So however many slow ones there are, they
    /// leave as much as the largest of them has, and a small one finds its room.
    ///
    /// # Errors
    ///
    /// [`Refusal`] of the kind `overloaded` where there is no room for them.
    pub fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        let Room { taken, bytes_max } = self.room;
        let grown = self.bytes.saturating_add(bytes);
        let fits = |taken: usize| {
            let taken = taken.checked_add(bytes)?;
            (grown <= bytes_max.checked_sub(taken)?).then_some(taken)
        };
        if taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_err() {
            let message = "too many bodies are coming already";
            return Err(Refusal::new(RefusalKind::Overloaded, message));
        }
        self.bytes = grown;
        Ok(())
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.room.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_may_be_as_large_as_what_it_leaves_free() {
        let room = Room::new(100);
        let mut first = room.share();
        assert!(first.grow(50).is_ok() && first.grow(1).is_err());
        let mut second = room.share();
        assert!(second.grow(20).is_ok() && second.grow(5).is_ok() && second.grow(1).is_err());
        drop(first);
        assert!(second.grow(25).is_ok() && second.grow(1).is_err());
        drop(second);
        assert_eq!(room.taken.into_inner(), 0);
    }

    #[test]
    fn many_large_ones_leave_room_for_a_small_one() {
        let room = Room::new(1_000);
        let mut slow: Vec<_> = (0..9).map(|_| room.share()).collect();
        while slow.iter_mut().filter_map(|share| share.grow(1).ok()).count() > 0 {}
        assert!(room.share().grow(50).is_ok());
    }
}
