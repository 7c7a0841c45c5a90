//! What a keeper tells.

use std::io;

use pdp_core::PolicyVersion;

use super::{LastGoodError, ReloadError};

/// What happened, for logs and metrics.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// The set on disk runs.
    Reloaded(Reloaded),
    /// The set on disk does not run, what ran before still does.
    Failed(&'e ReloadError),
    /// What runs could not be kept as the last good copy.
    NotKept(&'e LastGoodError),
    /// The system tells of no changes, or not of all: they are found by polling.
    NotNotified(&'e io::Error),
}

/// What a reload came to. The version is that of what runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reloaded {
    /// Policies were compiled and run from this revision on.
    Loaded(PolicyVersion),
    /// The files hold what runs already. Nothing was compiled, and there is no new revision.
    Unchanged(PolicyVersion),
}
