//! A thread that looks at a policy set and reloads it when it has changed.

mod notices;
mod settings;
mod settling;

pub use settings::WatchSettings;

use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crate::Keeper;
use crate::keeper::{Event, Outcome, ReloadError};
use crate::look::Look;
use notices::{Notices, Stop, Woken};
use settling::{Settling, Step};

/// How often a set that changes without end is read before the wait begins anew.
const ATTEMPTS: usize = 3;

/// As many polls pass until a set is tried again that failed for a reason which no file shows.
const RETRY_POLLS: u32 = 6;

/// Watches a policy set as long as it lives. Dropping it waits for a reload that is under way.
#[derive(Debug)]
#[must_use = "the set is watched as long as this is held"]
pub struct Watch {
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Watches the set in a thread of its own and reloads it when it has changed.
    ///
    /// # Errors
    ///
    /// What the system says where there can be no thread.
    pub fn watch(self: &Arc<Self>, settings: WatchSettings) -> io::Result<Watch> {
        let stop = Stop::new()?;
        let (notices, fault) = Notices::new(stop.clone(), self.paths());
        let keeper = Arc::clone(self);
        let watcher = move || {
            let settling = Settling::new(settings.clone(), Instant::now());
            let mut watcher = Watcher { keeper, settings, notices, settling, retry_at: None };
            watcher.report(fault);
            watcher.run();
        };
        let thread = Some(Builder::new().name("pdp-watch".to_owned()).spawn(watcher)?);
        Ok(Watch { stop, thread })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            // A panic was reported where it happened.
            let _ = thread.join();
        }
    }
}

/// What the thread works with.
struct Watcher {
    keeper: Arc<Keeper>,
    settings: WatchSettings,
    notices: Notices,
    settling: Settling,
    /// When a set that failed is tried again, although it looks as it did.
    retry_at: Option<Instant>,
}

impl Watcher {
    fn run(&mut self) {
        loop {
            let look = self.look();
            let now = Instant::now();
            if self.retry_at.is_some_and(|at| at <= now) {
                self.retry_at = None;
                self.keeper.note_read(None);
            }
            let step = self.settling.see(&look, self.keeper.was_read(&look), now);
            match step {
                Step::Idle | Step::Wait => {}
                Step::Load => self.load(&look),
                Step::Insist => self.insist(now),
            }
            let woken = match step {
                Step::Idle => self.notices.wait(self.settings.poll.max(self.tick()), true),
                Step::Wait | Step::Load | Step::Insist => self.notices.wait(self.tick(), false),
            };
            if woken == Woken::Stop {
                return;
            }
        }
    }

    /// Looks at the set, once more where folders are new: they may have changed before the system
    /// was asked to tell of it.
    fn look(&mut self) -> Look {
        let look = self.keeper.look();
        let (has_new, fault) = self.notices.follow(&look);
        self.report(fault);
        if has_new { self.keeper.look() } else { look }
    }

    /// Loads the set as it was seen. If it has changed since, the next look sees that.
    fn load(&mut self, look: &Look) {
        let keeper = Arc::clone(&self.keeper);
        let outcome = keeper.reload_if(|read, _| match read {
            Ok(material) => material.look == *look,
            Err(_) => keeper.look() == *look,
        });
        if let Some(outcome) = outcome {
            keeper.note_read(Some(look.clone()));
            self.note(&outcome);
        }
    }

    /// Loads a set that does not come to rest, if what is new in it has.
    fn insist(&mut self, now: Instant) {
        for _ in 0..ATTEMPTS {
            let settling = &self.settling;
            let outcome = self.keeper.reload_if(|read, running| {
                read.as_ref().is_ok_and(|material| settling.vouches(material, running, now))
            });
            if let Some(outcome) = outcome {
                self.settling.begin_anew();
                return self.note(&outcome);
            }
        }
        let patience = self.settings.patience;
        self.keeper.fail(ReloadError::Restless { patience });
        self.settling.begin_anew();
    }

    fn note(&mut self, outcome: &Outcome) {
        let may_pass = outcome.as_ref().is_err_and(|error| error.may_pass());
        let retry = self.settings.poll.saturating_mul(RETRY_POLLS);
        self.retry_at = may_pass.then(|| Instant::now() + retry);
    }

    /// Tells that notices are missing.
    fn report(&self, fault: Option<io::Error>) {
        if let Some(error) = fault {
            self.keeper.tell(&Event::NotNotified(&error));
        }
    }

    /// How long to wait between two looks at a set that may be settling.
    fn tick(&self) -> Duration {
        (self.settings.settle / 4).max(Duration::from_millis(1))
    }
}

#[cfg(test)]
mod tests;
