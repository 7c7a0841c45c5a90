use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use pdp_audit::{JsonLines, Ledger, Mode, Settings, SinkError};

use crate::support::{NAME, Place, child, given, messages, put, settings, until};

#[test]
fn a_file_is_made_for_its_owner_alone() {
    let place = Place::new(Mode::Strict);
    let _sink = place.open().unwrap();
    assert_eq!(place.path().metadata().unwrap().permissions().mode() & 0o7777, 0o600);
}

#[test]
fn a_restart_goes_on_in_the_same_file() {
    let place = Place::new(Mode::Strict);
    for message in ["first", "second"] {
        put(&place.open().unwrap(), message).unwrap();
    }
    assert_eq!(messages(place.path()), ["first", "second"]);
}

#[test]
fn a_second_sink_is_refused() {
    let place = Place::new(Mode::Strict);
    let sink = place.open().unwrap();
    let error = place.open().unwrap_err();
    let told = format!("`{}` is written by another process or sink", place.path().display());
    assert_eq!(error.to_string(), told);
    // By whatever way it comes.
    let folder = tempfile::tempdir().unwrap();
    symlink(place.folder.path(), folder.path().join("link")).unwrap();
    let path = folder.path().join("link").join(NAME);
    let open = || JsonLines::open(settings(&path, Mode::Strict), Ledger::new());
    assert!(matches!(open(), Err(SinkError::Locked { .. })));
    sink.close().unwrap();
    open().unwrap();
}

#[test]
fn another_process_is_refused() {
    if let Some(path) = given() {
        let opened = JsonLines::open(Settings::new(path, Mode::Strict), Ledger::new());
        assert!(matches!(opened, Err(SinkError::Locked { .. })));
        return;
    }
    let place = Place::new(Mode::Strict);
    let _sink = place.open().unwrap();
    let child = child("files::another_process_is_refused", place.path()).output().unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
}

#[test]
fn what_is_no_file_of_records_is_refused() {
    let place = Place::new(Mode::Strict);
    let fault = |name: &str| {
        let opened = JsonLines::open(settings(&place.beside(name), Mode::Strict), Ledger::new());
        opened.unwrap_err()
    };
    fs::create_dir(place.beside("folder")).unwrap();
    symlink("elsewhere", place.beside("link")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(place.beside("socket")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(place.beside("pipe")).status();
    assert!(pipe.unwrap().success());
    for name in ["folder", "link", "socket", "pipe"] {
        assert!(matches!(fault(name), SinkError::NotAFile { .. }), "{name}: {}", fault(name));
    }
    fs::write(place.beside("passwd"), "root:x:0:0:root").unwrap();
    assert!(matches!(fault("passwd"), SinkError::NotRecords { .. }));
    assert_eq!(fs::read_to_string(place.beside("passwd")).unwrap(), "root:x:0:0:root");
    assert!(matches!(fault("missing/audit.jsonl"), SinkError::Disk { .. }));
    assert!(matches!(fault(".."), SinkError::NoFileName { .. }));
}

#[test]
fn reopened_the_next_line_goes_into_a_new_file() {
    for mode in [Mode::Strict, Mode::BestEffort] {
        let place = Place::new(mode);
        let sink = place.open().unwrap();
        put(&sink, "before").unwrap();
        until(|| place.counts().1 == 1);
        let away = place.beside("away");
        fs::rename(place.path(), &away).unwrap();
        // Whoever renames a file tells later: until then its lines are no less safe.
        put(&sink, "between").unwrap();
        until(|| place.counts().1 == 2);
        sink.reopen();
        put(&sink, "after").unwrap();
        sink.close().unwrap();
        assert_eq!(messages(&away), ["before", "between"]);
        assert_eq!(messages(place.path()), ["after"]);
        assert_eq!(sink.status().faults, 0);
    }
}

#[test]
fn a_file_that_cannot_be_reopened_fails_records_until_it_can() {
    let place = Place::new(Mode::Strict);
    let sink = place.open().unwrap();
    fs::rename(place.path(), place.beside("away")).unwrap();
    fs::create_dir(place.path()).unwrap();
    sink.reopen();
    put(&sink, "nowhere").unwrap_err();
    assert!(sink.status().failing);
    fs::remove_dir(place.path()).unwrap();
    put(&sink, "somewhere").unwrap();
    assert!(!sink.status().failing);
    assert_eq!(messages(place.path()), ["somewhere"]);
    assert_eq!(place.counts(), (2, 1, 0, 1));
}

#[test]
fn a_deleted_file_is_made_anew() {
    let place = Place::new(Mode::Strict);
    let sink = place.open().unwrap();
    put(&sink, "before").unwrap();
    fs::remove_file(place.path()).unwrap();
    put(&sink, "after").unwrap();
    assert_eq!(messages(place.path()), ["after"]);
    assert!(matches!(sink.status().last_fault, Some(SinkError::Deleted { .. })));
}

#[test]
fn a_file_that_was_copied_and_emptied_goes_on_and_is_reported() {
    let place = Place::new(Mode::Strict);
    let sink = place.open().unwrap();
    put(&sink, "before").unwrap();
    let inode = place.path().metadata().unwrap().ino();
    OpenOptions::new().write(true).truncate(true).open(place.path()).unwrap();
    put(&sink, "after").unwrap();
    assert_eq!(messages(place.path()), ["after"]);
    assert_eq!(place.path().metadata().unwrap().ino(), inode);
    assert!(matches!(sink.status().last_fault, Some(SinkError::Changed { found_bytes: 0, .. })));
}

#[test]
fn no_line_is_glued_to_what_others_wrote() {
    let place = Place::new(Mode::Strict);
    let sink = place.open().unwrap();
    put(&sink, "before").unwrap();
    OpenOptions::new().append(true).open(place.path()).unwrap().write_all(b"{\"half").unwrap();
    put(&sink, "after").unwrap();
    assert_eq!(messages(place.path()), ["after"]);
    assert!(matches!(sink.status().last_fault, Some(SinkError::Changed { .. })));
    assert_eq!(place.full().len(), 1);
}

#[test]
fn a_closed_sink_takes_nothing_and_keeps_what_it_took() {
    for mode in [Mode::Strict, Mode::BestEffort] {
        let place = Place::new(mode);
        let sink = place.open().unwrap();
        (0..100).for_each(|number| put(&sink, &number.to_string()).unwrap());
        sink.close().unwrap();
        assert_eq!(place.stored().len(), 100);
        let error = put(&sink, "late").unwrap_err();
        let source = std::error::Error::source(&error).unwrap();
        assert!(matches!(source.downcast_ref(), Some(SinkError::Closed)));
        sink.close().unwrap();
        assert_eq!(place.counts(), (101, 100, 0, 1));
    }
}

#[test]
fn a_dropped_sink_writes_what_is_queued() {
    let place = Place::new(Mode::BestEffort);
    let sink = place.open().unwrap();
    (0..1_000).for_each(|number| put(&sink, &number.to_string()).unwrap());
    drop(sink);
    assert_eq!(place.stored().len(), 1_000);
    assert_eq!(place.counts(), (1_000, 1_000, 0, 0));
}

#[test]
fn a_closed_file_is_free_at_once_also_while_processes_are_started() {
    let place = Place::new(Mode::BestEffort);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                assert!(std::process::Command::new("true").status().unwrap().success());
            }
        });
        let opened: Result<Vec<()>, _> = (0..300).map(|_| place.open()?.close()).collect();
        done.store(true, Ordering::Relaxed);
        opened.unwrap();
    });
}
