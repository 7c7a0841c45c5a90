//! Audit records as lines of a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::diagnostics::shown_path;
use anyhow::{Context, Result};
use pdp_core::{AuditError, AuditRecord, AuditSink, Recording};

/// Records hold what people did: a file that is made is for its owner alone.
const OWNER_ONLY: u32 = 0o600;

/// Appends each record to a file as one line of JSON, in one write.
#[derive(Debug)]
pub(crate) struct JsonLines {
    file: Mutex<File>,
}

impl JsonLines {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file =
            OpenOptions::new().create(true).read(true).append(true).mode(OWNER_ONLY).open(path);
        let file =
            file.with_context(|| format!("cannot open the audit file {}", shown_path(path)))?;
        let sink = JsonLines { file: Mutex::new(file) };
        sink.close_torn_line().with_context(|| format!("cannot append to {}", shown_path(path)))?;
        Ok(sink)
    }

    /// Where the last run was cut off within a line, the line ends there: no record is appended
    /// to a half of another.
    fn close_torn_line(&self) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let is_regular = file.metadata()?.is_file();
        if !is_regular || file.seek(SeekFrom::End(0))? == 0 {
            return Ok(());
        }
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
    }

    fn append(&self, record: &AuditRecord<'_>) -> Result<(), AuditError> {
        let mut line = serde_json::to_vec(record).map_err(AuditError::new)?;
        line.push(b'\n');
        // A panic elsewhere leaves the file as it is: lines are written whole.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&line).map_err(AuditError::new)
    }
}

impl AuditSink for JsonLines {
    fn record<'a>(&'a self, record: &'a AuditRecord<'a>) -> Recording<'a> {
        Box::pin(std::future::ready(self.append(record)))
    }
}
