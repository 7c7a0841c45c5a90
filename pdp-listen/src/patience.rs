//! How long the other end may take to take what it is sent.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Sleep, sleep};

/// The patience with one connection: so long it waits for a write to be taken whole. Who takes a
/// byte now and then makes no progress.
#[derive(Debug)]
pub(crate) struct Patience {
    time: Duration,
    /// When it ends, while something waits.
    end: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    pub(crate) fn new(time: Duration) -> Self {
        Patience { time, end: None }
    }

    /// A write was tried, and is done or waits.
    ///
    /// # Errors
    ///
    /// `TimedOut` where it waits too long.
    pub(crate) fn judge(&mut self, context: &mut Context<'_>, is_done: bool) -> io::Result<()> {
        if is_done {
            self.end = None;
            return Ok(());
        }
        let end = self.end.get_or_insert_with(|| Box::pin(sleep(self.time)));
        if end.as_mut().poll(context).is_pending() {
            return Ok(());
        }
        Err(io::Error::new(ErrorKind::TimedOut, "the other end does not take what it is sent"))
    }
}
