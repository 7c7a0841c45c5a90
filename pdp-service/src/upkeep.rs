//! Who keeps the policies true to what stands on the disk.

use pdp_core::{PolicyVersion, Timestamp};

/// Reloads policies, and says how that went.
pub trait Upkeep: Send + Sync {
    /// What runs, and how the last reloads went.
    fn status(&self) -> Status;

    /// Loads the policies anew, if they can be loaded; takes as long as that takes.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for people. What ran goes on.
    fn reload(&self) -> Result<Status, String>;
}

/// The state of the policies of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// What runs.
    pub version: PolicyVersion,
    /// Since when these texts run.
    pub loaded_at: Timestamp,
    /// Whether it is the last good copy of a set that could not be loaded when the process began.
    pub is_last_good: bool,
    /// How often a set was loaded, the first time apart.
    pub reloads: u64,
    /// How often that failed.
    pub failures: u64,
    /// What is wrong with the set that stands on the disk; `None` if it is what runs.
    pub last_error: Option<LoadFailure>,
}

/// A set could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadFailure {
    /// When that was found.
    pub time: Timestamp,
    /// What is wrong with it, for people.
    pub message: String,
}
