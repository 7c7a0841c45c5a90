//! What a service takes from its machine.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use pdp_core::Timestamp;
use uuid::fmt::Hyphenated;

/// Time and randomness. A trait, so that whole doors can be run on a time that is made up.
pub trait Host: Send + Sync {
    /// The present time.
    fn now(&self) -> Timestamp;

    /// How long the host runs, on a clock that never goes back.
    fn elapsed(&self) -> Duration;

    /// Numbers that nobody has had before.
    fn random(&self) -> [u8; 10];
}

/// The machine itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Host for System {
    /// # Panics
    ///
    /// Where the clock stands before 1970 or after 9999.
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
        let seconds = i64::try_from(since.as_secs()).expect("the clock is set");
        Timestamp::from_unix(seconds, since.subsec_nanos()).expect("the clock is set")
    }

    fn elapsed(&self) -> Duration {
        static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGIN.elapsed()
    }

    fn random(&self) -> [u8; 10] {
        rand::random()
    }
}

/// The id of a decision: a UUID of version 7, sorted by time.
#[derive(Clone, Copy)]
pub(crate) struct NewId([u8; Hyphenated::LENGTH]);

impl NewId {
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("ASCII")
    }
}

/// Ids of what is decided at one time. They follow one another, so that for all of a batch the host
/// draws once (RFC 9562, section 6.2, method 2).
pub(crate) struct NewIds {
    milliseconds: u64,
    begin: [u8; 2],
    next: u64,
}

impl NewIds {
    pub(crate) fn new(host: &dyn Host, now: Timestamp) -> Self {
        let seconds = u64::try_from(now.unix_seconds()).unwrap_or_default();
        let milliseconds = seconds * 1_000 + u64::from(now.nanoseconds() / 1_000_000);
        let [first, second, rest @ ..] = host.random();
        NewIds { milliseconds, begin: [first, second], next: u64::from_be_bytes(rest) }
    }

    pub(crate) fn next(&mut self) -> NewId {
        let mut drawn = [0; 10];
        drawn[..2].copy_from_slice(&self.begin);
        drawn[2..].copy_from_slice(&self.next.to_be_bytes());
        self.next = self.next.wrapping_add(1);
        let id = uuid::Builder::from_unix_timestamp_millis(self.milliseconds, &drawn);
        let mut text = [0; Hyphenated::LENGTH];
        id.into_uuid().hyphenated().encode_lower(&mut text);
        NewId(text)
    }
}
