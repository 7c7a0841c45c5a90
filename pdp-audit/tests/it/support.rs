use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pdp_audit::{Counts, JsonLines, Ledger, Mode, Settings, SinkError};
use pdp_core::{AuditError, AuditEvent, AuditRecord, AuditSink, Timestamp};
use pollster::block_on;
use tempfile::TempDir;

pub const NAME: &str = "audit.jsonl";

/// A folder for a trail, and the settings of it.
pub struct Place {
    pub folder: TempDir,
    pub settings: Settings,
    pub ledger: Ledger,
}

impl Place {
    pub fn new(mode: Mode) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(&folder.path().join(NAME), mode);
        Place { folder, settings, ledger: Ledger::new() }
    }

    pub fn open(&self) -> Result<JsonLines, SinkError> {
        JsonLines::open(self.settings.clone(), self.ledger.clone())
    }

    pub fn path(&self) -> &Path {
        &self.settings.path
    }

    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The names of the full files, sorted.
    pub fn full(&self) -> Vec<OsString> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name());
        let is_full = |name: &OsString| name.to_str().unwrap().starts_with("audit.jsonl.2");
        let mut names: Vec<_> = names.filter(is_full).collect();
        names.sort();
        names
    }

    /// The messages of all records, those in full files first.
    pub fn stored(&self) -> Vec<String> {
        let full = self.full();
        let paths = full.iter().map(|name| self.folder.path().join(name));
        let paths = paths.chain(self.path().exists().then(|| self.path().to_owned()));
        paths.flat_map(|path| messages(&path)).collect()
    }

    pub fn counts(&self) -> (u64, u64, u64, u64) {
        let Counts { decided, recorded, in_flight, lost, .. } = self.ledger.counts();
        (decided, recorded, in_flight, lost)
    }
}

/// Settings without a deadline: how long a sync takes is no question of these tests.
pub fn settings(path: &Path, mode: Mode) -> Settings {
    Settings { deadline: Duration::MAX, ..Settings::new(path, mode) }
}

/// The messages of the records in a file, which holds nothing but whole lines.
pub fn messages(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "a torn line in {}", path.display());
    let message = |line| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        value["error"]["message"].as_str().unwrap().to_owned()
    };
    text.lines().map(message).collect()
}

pub fn record(message: &str) -> AuditRecord<'_> {
    let event = AuditEvent::Refused { kind: "test", field: None, message };
    let time = Timestamp::from_unix(1_795_000_000, 0).unwrap();
    AuditRecord { time, event, passage: None }
}

pub fn put(sink: &JsonLines, message: &str) -> Result<(), AuditError> {
    block_on(sink.record(&record(message)))
}

/// Waits for `wanted`, which another thread is about to make true.
pub fn until(wanted: impl Fn() -> bool) {
    while !wanted() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// This binary once more, as another process that runs the one test `test` with `path`.
pub fn child(test: &str, path: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(CHILD, path);
    command
}

/// The path that was given to this process by [`child`]; `None` in the first process.
pub fn given() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

const CHILD: &str = "PDP_AUDIT_TEST_PATH";
