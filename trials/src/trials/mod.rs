//! Each trial with its criterion.

mod cancels;
mod crowd;
mod cuts;
mod drains;
mod ends;
mod frames;
mod kills;
mod overload;
mod reload;
mod slow;
mod storm;
mod types;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::findings::Findings;

/// Tries servers of a program, for a time where it has no measure of its own.
pub(crate) struct Trial {
    pub(crate) name: &'static str,
    /// How long, where nothing is said.
    pub(crate) time: Duration,
    pub(crate) run: fn(&Path, Duration, &mut Findings) -> Result<()>,
}

const MINUTE: Duration = Duration::from_mins(1);

pub(crate) const TRIALS: &[Trial] = &[
    Trial { name: "slow", time: MINUTE, run: slow::run },
    Trial { name: "crowd", time: MINUTE, run: crowd::run },
    Trial { name: "frames", time: MINUTE, run: frames::run },
    Trial { name: "cancels", time: MINUTE, run: cancels::run },
    Trial { name: "drains", time: MINUTE, run: drains::run },
    Trial { name: "overload", time: MINUTE, run: overload::run },
    Trial { name: "reload", time: Duration::from_mins(10), run: reload::run },
    Trial { name: "storm", time: MINUTE, run: storm::run },
    Trial { name: "cuts", time: MINUTE, run: cuts::run },
    Trial { name: "kills", time: MINUTE, run: kills::run },
    Trial { name: "types", time: MINUTE, run: types::run },
    Trial { name: "ends", time: MINUTE, run: ends::run },
];

const MEBIBYTE: u64 = 1024 * 1024;
