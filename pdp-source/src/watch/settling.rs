//! When what is new in a policy set is finished.
//!
//! What is new is loaded when all of the set has stayed as it is for a while. A writer that never
//! ends, such as one that touches a file again and again, would keep every other change away for
//! ever. So after some patience each file is judged by itself: it is finished if *it* has stayed as
//! it is for the same while, or if it holds exactly what runs of it already, however often it is
//! touched. A file that is half written is neither. And a file whose content changes without end
//! never is: whether one of its states is whole, only a lock can say.

use std::collections::HashMap;
use std::time::Instant;

use super::WatchSettings;
use crate::content::Stamp;
use crate::file_digest::FileDigests;
use crate::look::Look;
use crate::material::Material;

/// Watches looks go by.
#[derive(Debug)]
pub(super) struct Settling {
    settings: WatchSettings,
    /// When the first look was to come.
    begun: Instant,
    pending: Option<Pending>,
    /// The state of each file, and since when it has been seen in it. Files that are gone stay for
    /// a while, without a state.
    files: HashMap<String, (Option<Stamp>, Instant)>,
}

/// A look that has not been read yet.
#[derive(Debug)]
struct Pending {
    look: Look,
    /// Since when it has looked so.
    since: Instant,
    /// Since when it has been waited for.
    waiting: Option<Instant>,
}

/// What a look asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing is new.
    Idle,
    /// Something is, and may be unfinished.
    Wait,
    /// What is new is finished.
    Load,
    /// It has been waited for long enough: each file is judged by itself.
    Insist,
}

impl Settling {
    pub(super) fn new(settings: WatchSettings, now: Instant) -> Self {
        Settling { settings, begun: now, pending: None, files: HashMap::new() }
    }

    /// What to do about a look; `was_read` says that it is not new.
    pub(super) fn see(&mut self, look: &Look, was_read: bool, now: Instant) -> Step {
        self.track(look, now);
        if was_read {
            self.pending = None;
            return Step::Idle;
        }
        let pending = self.pending.get_or_insert_with(|| Pending {
            look: look.clone(),
            since: now,
            waiting: None,
        });
        if pending.look != *look {
            (pending.look, pending.since) = (look.clone(), now);
        }
        let waiting = *pending.waiting.get_or_insert(now);
        if now - pending.since >= self.settings.settle {
            Step::Load
        } else if now - waiting >= self.settings.patience {
            Step::Insist
        } else {
            Step::Wait
        }
    }

    /// Lets the patience begin anew with the next look.
    pub(super) fn begin_anew(&mut self) {
        if let Some(pending) = &mut self.pending {
            pending.waiting = None;
        }
    }

    /// Whether everything in which a set differs from what runs is finished. `now` is the time of
    /// the last look.
    pub(super) fn vouches(&self, material: &Material, running: &FileDigests, now: Instant) -> bool {
        let read = material.content.digests();
        let is_finished = |name: &str, digest| {
            let stamp = material.look.files.get(name).copied();
            running.get(name) == Some(digest) || self.rests(name, stamp, now)
        };
        let mut gone = running.keys().filter(|name| !read.contains_key(*name));
        material.is_sealed
            || read.iter().all(|(name, digest)| is_finished(name, digest))
                && gone.all(|name| self.rests(name, None, now))
    }

    /// Whether a file has been in this state, or away, for long enough.
    fn rests(&self, name: &str, stamp: Option<Stamp>, now: Instant) -> bool {
        let since = match self.files.get(name) {
            Some((seen, since)) => (*seen == stamp).then_some(*since),
            None => stamp.is_none().then_some(self.begun),
        };
        since.is_some_and(|since| now - since >= self.settings.settle)
    }

    /// Notes since when each file has been in its state.
    fn track(&mut self, look: &Look, now: Instant) {
        let settle = self.settings.settle;
        self.files.retain(|name, (seen, since)| {
            if seen.is_some() && !look.files.contains_key(name) {
                (*seen, *since) = (None, now);
            }
            seen.is_some() || now - *since < settle
        });
        for (name, stamp) in &look.files {
            match self.files.get_mut(name) {
                Some((seen, _)) if *seen == Some(*stamp) => {}
                Some(known) => *known = (Some(*stamp), now),
                None => drop(self.files.insert(name.clone(), (Some(*stamp), now))),
            }
        }
    }
}

#[cfg(test)]
mod tests;
