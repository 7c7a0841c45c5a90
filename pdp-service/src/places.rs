//! How many questions a door works on at once.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Refusal, RefusalKind};

/// Places to work on questions, so many and no more.
#[derive(Debug)]
pub struct Places {
    free: Semaphore,
    max: usize,
}

impl Places {
    /// So many places.
    pub fn new(max: usize) -> Self {
        Places { free: Semaphore::new(max), max }
    }

    /// A place, free again when it is dropped.
    ///
    /// # Errors
    ///
    /// [`Refusal`] of the kind `overloaded` where none is free: nobody waits.
    pub fn take(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.free.try_acquire().map_err(|_| {
            let message = format!("{} requests are worked on already", self.max);
            Refusal::new(RefusalKind::Overloaded, message)
        })
    }
}
