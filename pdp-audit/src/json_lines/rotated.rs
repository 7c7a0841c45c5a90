//! Names of files that are full.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The name of a full file: that of the current one, a stamp, and a number among those of the same
/// stamp, as in `audit.jsonl.20261126T093000Z-000001`. Names sort as the files follow each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rotated {
    stamp: String,
    number: u64,
}

/// The letters of a stamp; `0` stands for any digit.
const STAMP: &[u8] = b"00000000T000000Z";

impl Rotated {
    /// The full files of the file `current` among `names`, from the oldest to the newest.
    pub(super) fn among(names: &[OsString], current: &OsStr) -> Vec<Self> {
        let mut found: Vec<_> = names.iter().filter_map(|name| Self::read(name, current)).collect();
        found.sort_unstable();
        found
    }

    /// The name that comes after `newest`, at the time `now` in RFC 3339 and UTC. Where the clock
    /// went back the stamp stays where it was, and the number counts.
    pub(super) fn next(newest: Option<&Rotated>, now: &str) -> Self {
        let whole_seconds = now.split(['.', 'Z']).next().unwrap_or_default();
        let stamp = whole_seconds.replace(['-', ':'], "") + "Z";
        match newest {
            Some(newest) if newest.stamp >= stamp => {
                Rotated { stamp: newest.stamp.clone(), number: newest.number + 1 }
            }
            _ => Rotated { stamp, number: 1 },
        }
    }

    pub(super) fn name(&self, current: &OsStr) -> OsString {
        let mut name = current.to_owned();
        name.push(format!(".{}-{:06}", self.stamp, self.number));
        name
    }

    fn read(name: &OsStr, current: &OsStr) -> Option<Self> {
        let rest = name.as_bytes().strip_prefix(current.as_bytes())?.strip_prefix(b".")?;
        let (stamp, number) = std::str::from_utf8(rest).ok()?.split_once('-')?;
        let is_like = |(byte, like): (u8, &u8)| match like {
            b'0' => byte.is_ascii_digit(),
            _ => byte == *like,
        };
        let is_stamp = stamp.len() == STAMP.len() && stamp.bytes().zip(STAMP).all(is_like);
        let is_number = number.len() >= 6 && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = (is_stamp && is_number).then(|| number.parse().ok())??;
        Some(Rotated { stamp: stamp.to_owned(), number })
    }
}
