//! Each flood with its criterion.

mod cancels;
mod crowd;
mod drains;
mod frames;
mod overload;
mod slow;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::findings::Findings;

/// Floods a server of this program for so long.
pub(crate) type Trial = fn(&Path, Duration, &mut Findings) -> Result<()>;

pub(crate) const TRIALS: &[(&str, Trial)] = &[
    ("slow", slow::run),
    ("crowd", crowd::run),
    ("frames", frames::run),
    ("cancels", cancels::run),
    ("drains", drains::run),
    ("overload", overload::run),
];

const MEBIBYTE: u64 = 1024 * 1024;
