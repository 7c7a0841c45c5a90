//! Where records go.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use pdp_audit::{JsonLines, Ledger, Mode};
use pdp_core::AuditSink;

use super::settings::{AuditMode, Settings};

/// The sink of a server, and what it counts.
#[derive(Clone)]
pub(crate) struct Audit {
    pub(crate) lines: Arc<JsonLines>,
    pub(crate) ledger: Ledger,
}

impl Audit {
    /// The sink that the settings name; nothing where nothing is recorded.
    pub(crate) fn open(settings: &Settings) -> Result<Option<Self>> {
        let audit = &settings.audit;
        let mode = match audit.mode {
            AuditMode::Strict => Mode::Strict,
            AuditMode::BestEffort => Mode::BestEffort,
            AuditMode::Off => return Ok(None),
        };
        let path = if audit.file.as_os_str().is_empty() {
            settings.state()?.join("audit.jsonl")
        } else {
            audit.file.clone()
        };
        let lines_settings = pdp_audit::Settings {
            rotate_bytes: audit.rotate_bytes,
            keep_files: audit.keep_files,
            queue_bytes_max: audit.queue_bytes,
            deadline: Duration::from_millis(audit.deadline_milliseconds),
            ..pdp_audit::Settings::new(path, mode)
        };
        let ledger = Ledger::new();
        let lines = JsonLines::open(lines_settings, ledger.clone());
        let lines = Arc::new(lines.context("records cannot be kept")?);
        let cut_bytes = lines.status().cut_bytes;
        if cut_bytes > 0 {
            tracing::warn!(cut_bytes, "the last record was torn, and is cut off");
        }
        Ok(Some(Audit { lines, ledger }))
    }

    pub(crate) fn sink(&self) -> Arc<dyn AuditSink> {
        Arc::clone(&self.lines) as Arc<dyn AuditSink>
    }
}
