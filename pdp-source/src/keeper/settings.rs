//! The settings of a keeper.

use std::path::PathBuf;
use std::time::Duration;

use pdp_core::Timestamp;

use super::Event;
use crate::Limits;

/// How a policy set is kept. [`KeeperSettings::new`] gives the least.
pub struct KeeperSettings {
    /// How much may be read.
    pub limits: Limits,
    /// The folder for the last good copy, which must be there; without it none is kept. Whoever
    /// may write to it may write policies.
    pub state_folder: Option<PathBuf>,
    /// How long a set is read again and again that is changed while it is read, before that is an
    /// error: 5 s.
    pub patience: Duration,
    /// The time, for the status.
    pub clock: fn() -> Timestamp,
    /// Called when something has happened, in the thread in which it did and before another reload
    /// can begin: so it must not reload itself.
    pub on_event: Box<dyn Fn(&Event<'_>) + Send + Sync>,
}

impl KeeperSettings {
    /// The limits of the policy language, no last good copy, nobody who listens.
    pub fn new(clock: fn() -> Timestamp) -> Self {
        let (limits, on_event) = (Limits::default(), Box::new(|_: &Event<'_>| {}));
        let patience = Duration::from_secs(5);
        KeeperSettings { limits, state_folder: None, patience, clock, on_event }
    }
}
