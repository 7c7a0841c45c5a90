//! Why a sink cannot be opened, and why a record is not stored.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Something wrong with a sink. What many records wait for fails for all of them, so the error can
/// be cloned.
///
/// The source of an [`AuditError`](pdp_core::AuditError) that a sink of this crate gives is one.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// The path ends in no name, as `/` and `..` do.
    #[error("`{}` names no file", shown(path))]
    NoFileName {
        /// The path.
        path: PathBuf,
    },
    /// A folder, link, pipe, socket or device stands where the file should.
    #[error("`{}` is not a regular file", shown(path))]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file begins with something else than a record. It may be somebody's, and is left alone.
    #[error("`{}` does not hold audit records", shown(path))]
    NotRecords {
        /// The file.
        path: PathBuf,
    },
    /// Another sink, here or in another process, writes this file.
    #[error("`{}` is written by another process or sink", shown(path))]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The system refuses something.
    #[error("cannot {operation} `{}`: {cause}", shown(path))]
    Disk {
        /// What was refused.
        operation: Operation,
        /// The file, or the folder that holds it.
        path: PathBuf,
        /// What the system says. It is part of the message and therefore no `source()`.
        cause: Arc<io::Error>,
    },
    /// Somebody else wrote to the file, or cut it.
    #[error("`{}` had {expected_bytes} bytes and has {found_bytes}", shown(path))]
    Changed {
        /// The file.
        path: PathBuf,
        /// How long the sink left it.
        expected_bytes: u64,
        /// How long it was found.
        found_bytes: u64,
    },
    /// Somebody deleted the file.
    #[error("`{}` was deleted", shown(path))]
    Deleted {
        /// The file.
        path: PathBuf,
    },
    /// A thread could not be started.
    #[error("cannot start a thread for audit records: {cause}")]
    Thread {
        /// What the system says.
        cause: Arc<io::Error>,
    },
    /// The record has no wire form.
    #[error("the record cannot be written as JSON: {cause}")]
    Unwritable {
        /// What the writer of JSON says.
        cause: Arc<serde_json::Error>,
    },
    /// The queue has no place for the record.
    #[error("the queue of {bytes_max} bytes has no place for {bytes} more")]
    QueueFull {
        /// What the record takes in the queue.
        bytes: usize,
        /// What the queue may hold.
        bytes_max: usize,
    },
    /// The record was not safe in time.
    #[error("not stored within {} ms", deadline.as_millis())]
    Late {
        /// The time there was.
        deadline: Duration,
    },
    /// The sink is closed.
    #[error("the audit sink is closed")]
    Closed,
    /// A thread of the sink panicked: a mistake of this crate. Nothing is recorded any more.
    #[error("the audit sink has stopped")]
    Stopped,
}

/// What a sink asks of the system. Shown, it is a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Open or create a file or folder.
    Open,
    /// Lock the file against other writers.
    Lock,
    /// Read the end of a file, its length, or the names in a folder.
    Read,
    /// Write lines.
    Write,
    /// Make what was written safe against a loss of power.
    Sync,
    /// Cut off a part of a line.
    Cut,
    /// Rename a file that is full or not trusted.
    Rename,
    /// Remove an old file.
    Remove,
}

impl SinkError {
    pub(crate) fn disk(operation: Operation, path: &Path, cause: io::Error) -> Self {
        SinkError::Disk { operation, path: path.to_owned(), cause: Arc::new(cause) }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Operation::Open => "open",
            Operation::Lock => "lock",
            Operation::Read => "read",
            Operation::Write => "write",
            Operation::Sync => "sync",
            Operation::Cut => "cut",
            Operation::Rename => "rename",
            Operation::Remove => "remove",
        })
    }
}

/// A path on one line.
fn shown(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}
