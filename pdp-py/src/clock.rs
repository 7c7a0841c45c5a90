//! The time of the machine.

use std::time::{SystemTime, UNIX_EPOCH};

use pdp_core::Timestamp;

/// The present time.
///
/// # Panics
///
/// Where the clock stands before 1970 or after 9999: the panic becomes an exception.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
    let seconds = i64::try_from(since.as_secs()).expect("the clock is set");
    Timestamp::from_unix(seconds, since.subsec_nanos()).expect("the clock is set")
}
