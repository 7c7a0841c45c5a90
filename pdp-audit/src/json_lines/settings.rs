//! What a sink of JSON lines can be told.

use std::path::PathBuf;
use std::time::Duration;

/// How a [`JsonLines`](crate::JsonLines) writes, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The file. Its folder must exist, on a local file system of Linux; files that are full stand
    /// beside it, and so does `<name>.lock`.
    pub path: PathBuf,
    /// What waits for the disk.
    pub mode: Mode,
    /// How long a file may become, in bytes, before the next one is begun; 0: as long as it likes.
    /// A single line that is longer gets a file to itself. By default 256 MiB.
    pub rotate_bytes: u64,
    /// How many full files are kept beside the current one; older ones are removed when a file is
    /// full. 0, the default, keeps all.
    pub keep_files: usize,
    /// How much may wait to be written, in bytes: each line, with 128 beside it for what is known
    /// of it. The memory used is at most about twice that. By default 64 MiB.
    pub queue_bytes_max: usize,
    /// How long an answer may wait for its record. By default 250 ms.
    pub deadline: Duration,
}

/// When the future of a record is ready.
///
/// The record of a permit by bypass waits as in [`Mode::Strict`], whatever the mode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// When the record is written and synced: it survives a loss of power. What cannot be written
    /// before the deadline fails.
    Strict,
    /// At once. Records wait in bounded memory; one that finds no place there is lost, and
    /// counted. What is written is synced when a file is full, reopened or closed: it survives the
    /// end of the process, and a loss of power only after that.
    BestEffort,
}

impl Settings {
    /// Settings for the file at `path`, the rest as by default.
    pub fn new(path: impl Into<PathBuf>, mode: Mode) -> Self {
        Settings {
            path: path.into(),
            mode,
            rotate_bytes: 256 << 20,
            keep_files: 0,
            queue_bytes_max: 64 << 20,
            deadline: Duration::from_millis(250),
        }
    }
}
