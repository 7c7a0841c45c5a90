//! What connections may take.

use std::time::Duration;

/// Limits of the connections of one listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many connections there may be at once; further ones are closed at once.
    pub connections_max: usize,
    /// From a connection to the head of its first request, and for the head of each other one.
    pub head_timeout: Duration,
    /// How many bytes the head of a request may have.
    pub head_bytes_max: u32,
    /// How many requests one HTTP/2 connection may have open at once.
    pub streams_max: u32,
    /// How long the other end may take to take an answer.
    pub answer_timeout: Duration,
    /// How long a connection that was asked on may have no request open; over HTTP/1.1 the head of
    /// the next one must come within `head_timeout`, too.
    pub idle_timeout: Duration,
    /// How long requests that are open may take when the listener stops.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections_max: 5_000,
            head_timeout: Duration::from_secs(10),
            head_bytes_max: 32 * 1024,
            streams_max: 200,
            answer_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(5),
            drain_timeout: Duration::from_secs(8),
        }
    }
}
