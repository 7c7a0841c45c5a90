//! The settings of a watch.

use std::time::Duration;

/// How a policy set is watched; [`Default`] gives what each says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchSettings {
    /// How long all files and folders of the set must stay as they are before it is loaded:
    /// 250 ms. A writer that pauses for longer within a file is taken for one that has finished.
    pub settle: Duration,
    /// How often the set is looked at although the system told of no change: every 5 s. Changes on
    /// network file systems, of what a link to a file leads to, and of links on the way to the set
    /// are found by this alone.
    pub poll: Duration,
    /// How long to wait for a set that goes on changing: 5 s. Then it is loaded if each file of it
    /// either has stayed as it is for `settle` or holds exactly what runs of it already, or if a
    /// lock says that all is there. Otherwise it is an error, and the wait begins anew.
    pub patience: Duration,
}

impl Default for WatchSettings {
    fn default() -> Self {
        WatchSettings {
            settle: Duration::from_millis(250),
            poll: Duration::from_secs(5),
            patience: Duration::from_secs(5),
        }
    }
}
