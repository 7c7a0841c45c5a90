//! What a service takes from its machine.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use pdp_core::Timestamp;
use uuid::Uuid;

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

/// A new id: a UUID of version 7, sorted by time.
pub(crate) fn new_id(host: &dyn Host, now: Timestamp) -> String {
    let seconds = u64::try_from(now.unix_seconds()).unwrap_or_default();
    let milliseconds = seconds * 1_000 + u64::from(now.nanoseconds() / 1_000_000);
    let id = uuid::Builder::from_unix_timestamp_millis(milliseconds, &host.random());
    Uuid::to_string(&id.into_uuid())
}
