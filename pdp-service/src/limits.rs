//! What one question may take.

use std::time::Duration;

/// Limits of a door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes a body or a message may have, the body of a change set apart.
    pub body_bytes_max: usize,
    /// How many bytes all bodies may have that have not come whole. One alone has at most half of
    /// them.
    pub bodies_bytes_max: usize,
    /// How long a body may take to come.
    pub body_timeout: Duration,
    /// How many requests there may be in a batch.
    pub batch_max: usize,
    /// How many questions are worked on at once; further ones are refused.
    pub requests_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes_max: 1024 * 1024,
            bodies_bytes_max: 256 * 1024 * 1024,
            body_timeout: Duration::from_secs(10),
            batch_max: 1_000,
            requests_max: 1_000,
        }
    }
}
