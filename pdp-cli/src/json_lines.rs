//! Audit records as lines of a file.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use pdp_core::{AuditError, AuditRecord, AuditSink, Recording};

/// Appends each record to a file as one line of JSON, in one write.
#[derive(Debug)]
pub(crate) struct JsonLines {
    file: Mutex<File>,
}

impl JsonLines {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file =
            file.with_context(|| format!("cannot open the audit file {}", path.display()))?;
        Ok(JsonLines { file: Mutex::new(file) })
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
