//! Points in time, lengths of time, and time zones.

mod duration;
mod timestamp;
mod zone;

pub use duration::{Duration, DurationError};
pub(crate) use timestamp::Civil;
pub use timestamp::{Timestamp, TimestampError};
pub(crate) use zone::Zone;
