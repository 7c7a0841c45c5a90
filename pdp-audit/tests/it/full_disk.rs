use std::fs;
use std::path::Path;
use std::process::Command;

use pdp_audit::{JsonLines, Ledger, Mode, SinkError};
use pdp_core::{AuditError, AuditSink};
use pollster::block_on;
use tempfile::TempDir;

use crate::support::{NAME, messages, put, record, settings};

/// A file system of one mebibyte in memory, gone when dropped.
struct Small(TempDir);

impl Small {
    /// `None` where this process may not mount.
    fn mounted() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "pdp-audit-test"]).arg(folder.path());
        let is_mounted = mount.output().is_ok_and(|output| output.status.success());
        is_mounted.then_some(Small(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(self.path()).status();
        assert!(unmounted.unwrap().success());
    }
}

fn is_full(outcome: Result<(), AuditError>) -> bool {
    let error = outcome.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    let Some(SinkError::Disk { cause, .. }) = source.downcast_ref() else { return false };
    cause.kind() == std::io::ErrorKind::StorageFull
}

#[test]
fn a_full_disk_fails_records_and_needs_no_restart() {
    let Some(disk) = Small::mounted() else {
        eprintln!("skipped: a_full_disk_fails_records_and_needs_no_restart (needs mount)");
        return;
    };
    let path = disk.path().join(NAME);
    let ledger = Ledger::new();
    let sink = JsonLines::open(settings(&path, Mode::Strict), ledger.clone()).unwrap();
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0; 512 << 10]).unwrap();
    let text = "x".repeat(5_000);

    let mut stored = 0;
    let full = loop {
        match put(&sink, &text) {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(stored > 50 && is_full(Err(full)));
    // While it is full every record fails, none of them tears the file, and each is counted.
    for _ in 0..20 {
        assert!(is_full(put(&sink, &text)));
        assert_eq!(messages(&path).len(), stored);
    }
    assert!(sink.status().failing && sink.status().faults == 21);
    assert_eq!(ledger.counts().lost, 21);

    fs::remove_file(&ballast).unwrap();
    put(&sink, &text).unwrap();
    assert!(!sink.status().failing);
    assert_eq!(messages(&path).len(), stored + 1);
}

#[test]
fn of_records_written_together_those_that_fit_are_recorded() {
    let Some(disk) = Small::mounted() else {
        eprintln!("skipped: of_records_written_together_those_that_fit_are_recorded (needs mount)");
        return;
    };
    let path = disk.path().join(NAME);
    let ledger = Ledger::new();
    let sink = JsonLines::open(settings(&path, Mode::Strict), ledger.clone()).unwrap();
    let texts: Vec<_> = (0..100).map(|number| format!("{number}{}", "x".repeat(20_000))).collect();
    let records: Vec<_> = texts.iter().map(|text| record(text)).collect();
    let waiting: Vec<_> = records.iter().map(|record| sink.record(record)).collect();
    let outcomes: Vec<_> = waiting.into_iter().map(block_on).collect();
    let mut acknowledged = texts.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok());
    assert!(acknowledged.all({
        let stored = messages(&path);
        move |(text, _)| stored.contains(text)
    }));
    let recorded = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!(recorded > 40, "{recorded} recorded");
    assert_eq!(messages(&path).len(), recorded);
    assert_eq!(ledger.counts().recorded, recorded as u64);
    assert_eq!(ledger.counts().lost, 100 - recorded as u64);
}
