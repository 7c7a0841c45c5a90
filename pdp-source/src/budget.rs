//! What a pass may still take in.

use std::path::Path;

use crate::{Limits, SourceError};

/// Counts against the limits of a set.
#[derive(Debug)]
pub(crate) struct Budget<'l> {
    limits: &'l Limits,
    /// Files that are wanted, the faulty ones included.
    pub(crate) files: usize,
    /// Folders, and links whose names say nothing.
    others: usize,
    bytes: u64,
}

impl<'l> Budget<'l> {
    pub(crate) fn new(limits: &'l Limits) -> Self {
        Budget { limits, files: 0, others: 0, bytes: 0 }
    }

    /// Counts a file that is wanted, or something else that has to be looked at.
    pub(crate) fn count(&mut self, is_wanted: bool, path: &Path) -> Result<(), SourceError> {
        let counter = if is_wanted { &mut self.files } else { &mut self.others };
        *counter += 1;
        let files_max = self.limits.files_max;
        if *counter <= files_max {
            return Ok(());
        }
        Err(SourceError::TooManyFiles { path: path.to_owned(), files_max })
    }

    /// Whether a folder may lie so deep.
    pub(crate) fn depth(&self, depth: usize, path: &Path) -> Result<(), SourceError> {
        let depth_max = self.limits.depth_max;
        if depth <= depth_max {
            return Ok(());
        }
        Err(SourceError::TooDeep { path: path.to_owned(), depth_max })
    }

    /// Whether a file may be so long.
    pub(crate) fn file_bytes(&self, bytes: u64, path: &Path) -> Result<(), SourceError> {
        let bytes_max = self.limits.file_bytes_max;
        if bytes <= bytes_max {
            return Ok(());
        }
        Err(SourceError::FileTooLarge { path: path.to_owned(), bytes_max })
    }

    /// Adds the length of a file to that of the set.
    pub(crate) fn set_bytes(&mut self, bytes: u64, path: &Path) -> Result<(), SourceError> {
        let bytes_max = self.limits.set_bytes_max;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes <= bytes_max {
            return Ok(());
        }
        Err(SourceError::SetTooLarge { path: path.to_owned(), bytes_max })
    }
}
