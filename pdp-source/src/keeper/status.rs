//! What a keeper says of itself.

use pdp_core::{PolicyVersion, Timestamp};

/// What runs, and how it came to that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The digest of what runs, and the revision of its facts.
    pub version: PolicyVersion,
    /// Where it was loaded from.
    pub origin: Origin,
    /// When it was loaded.
    pub loaded_at: Timestamp,
    /// Why what stands on disk does not run; nothing as long as it does, as far as is known.
    pub last_error: Option<Failure>,
    /// Why what runs was not kept as the last good copy; nothing where it was, or none is wanted.
    pub not_kept: Option<Failure>,
    /// Reloads that made other policies run. The first loading is no reload.
    pub loaded: u64,
    /// Reloads that found what runs already.
    pub unchanged: u64,
    /// Reloads that failed, and the first loading if it did.
    pub failed: u64,
}

/// Where what runs was loaded from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From the policy set.
    Set,
    /// From the last good copy, since the set could not be loaded when the keeper began.
    LastGood,
}

/// Something that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// Why, a line for each thing that is wrong.
    pub message: String,
}

/// How often reloads came to what.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) loaded: u64,
    pub(super) unchanged: u64,
    pub(super) failed: u64,
}
