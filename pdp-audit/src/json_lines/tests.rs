//! Faults that no real disk gives when it is asked to: real files, behind calls that fail, wait or
//! panic at a chosen moment.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::future::Future;
use std::io;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::pin::pin;
use std::sync::{Condvar, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use pdp_core::{
    Actor, ActorType, AuditError, AuditEvent, AuditRecord, AuditSink, Policies, Recording, Request,
    Resource, Scratch, SourceText, Timestamp,
};
use pollster::block_on;
use rustix::io::Errno;
use tempfile::TempDir;

use super::*;
use crate::{Counts, Operation};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// The call fails and does nothing.
    Fails(Errno),
    /// A write takes half of what it is given; any other call succeeds.
    Short,
    /// A write takes half and fails.
    Torn(Errno),
    Panics,
}

/// How long a sync waits at most to be released.
const HELD_MAX: Duration = Duration::from_mins(1);

/// Which calls go wrong, and what was seen of all calls.
#[derive(Debug, Default)]
struct Plan {
    /// The calls that go wrong, counted from 0.
    faulty: Option<(Range<u64>, Fault)>,
    /// What never works.
    broken: Option<Operation>,
    seen: Mutex<Seen>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Seen {
    calls: u64,
    syncs: u64,
    /// Whether syncs wait.
    held: bool,
    /// How many calls wait.
    waiting: u64,
    /// How long files are after a loss of power, by inode.
    durable_bytes: HashMap<u64, u64>,
    /// Files whose name survives a loss of power, by inode.
    durable_names: HashSet<u64>,
    /// Files of which a sync failed, by inode.
    distrusted: HashSet<u64>,
}

impl Plan {
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        lock(&self.seen)
    }

    fn hold(&self) {
        self.seen().held = true;
    }

    fn release(&self) {
        self.seen().held = false;
        self.changed.notify_all();
    }

    /// Waits until a sync waits.
    fn until_held(&self) {
        let seen = self.seen();
        drop(self.changed.wait_while(seen, |seen| seen.waiting == 0).unwrap());
    }

    /// The fault of the call that is made now, if it goes wrong.
    fn fault(&self) -> Option<Fault> {
        let call = self.seen().calls;
        self.seen().calls += 1;
        let (faulty, fault) = self.faulty.clone()?;
        let fault = faulty.contains(&call).then_some(fault)?;
        assert_ne!(fault, Fault::Panics, "a planned panic");
        Some(fault)
    }

    fn check(&self, operation: Operation) -> io::Result<()> {
        match self.fault() {
            _ if self.broken == Some(operation) => Err(Errno::IO.into()),
            Some(Fault::Fails(errno) | Fault::Torn(errno)) => Err(errno.into()),
            _ => Ok(()),
        }
    }
}

/// The system's disk, but for what is planned. A sync only notes what it would have made safe: the
/// power does not go, and thousands of syncs would take minutes.
struct Planned(Arc<Plan>);

impl Disk for Planned {
    fn open(&self, folder: &File, name: &OsStr) -> io::Result<File> {
        self.0.check(Operation::Open)?;
        System.open(folder, name)
    }

    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<usize> {
        let inode = file.metadata()?.ino();
        assert!(!self.0.seen().distrusted.contains(&inode), "written after a failed sync");
        let half = &bytes[..bytes.len().div_ceil(2)];
        match self.0.fault() {
            None | Some(Fault::Panics) => System.write(file, bytes),
            Some(Fault::Short) => System.write(file, half),
            Some(Fault::Fails(errno)) => Err(errno.into()),
            Some(Fault::Torn(errno)) => {
                System.write(file, half)?;
                Err(errno.into())
            }
        }
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        let mut seen = self.0.seen();
        seen.syncs += 1;
        seen.waiting += 1;
        self.0.changed.notify_all();
        // A test that fails meanwhile must not hang, too: its sink ends with it.
        let held = self.0.changed.wait_timeout_while(seen, HELD_MAX, |seen| seen.held);
        held.unwrap().0.waiting -= 1;
        let stat = file.metadata()?;
        self.0.check(Operation::Sync).inspect_err(|_| {
            self.0.seen().distrusted.insert(stat.ino());
        })?;
        self.0.seen().durable_bytes.insert(stat.ino(), stat.len());
        Ok(())
    }

    fn sync_folder(&self, folder: &File) -> io::Result<()> {
        self.0.check(Operation::Sync)?;
        let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(folder));
        let names = fs::read_dir(path)?.map(|entry| Ok(entry?.metadata()?.ino()));
        let names: HashSet<u64> = names.collect::<io::Result<_>>()?;
        self.0.seen().durable_names = names;
        Ok(())
    }

    fn cut(&self, file: &File, bytes: u64) -> io::Result<()> {
        self.0.check(Operation::Cut)?;
        System.cut(file, bytes)
    }

    fn look(&self, file: &File) -> io::Result<(u64, bool)> {
        self.0.check(Operation::Read)?;
        System.look(file)
    }

    fn rename(&self, folder: &File, from: &OsStr, to: &OsStr) -> io::Result<()> {
        self.0.check(Operation::Rename)?;
        System.rename(folder, from, to)
    }

    fn remove(&self, folder: &File, name: &OsStr) -> io::Result<()> {
        self.0.check(Operation::Remove)?;
        System.remove(folder, name)
    }

    fn names(&self, folder: &File) -> io::Result<Vec<OsString>> {
        self.0.check(Operation::Read)?;
        System.names(folder)
    }
}

struct Stage {
    folder: TempDir,
    plan: Arc<Plan>,
    ledger: Ledger,
    settings: Settings,
}

impl Stage {
    fn new(mode: Mode) -> Self {
        Stage::with(mode, None)
    }

    fn with(mode: Mode, faulty: Option<(Range<u64>, Fault)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::new(folder.path().join("audit.jsonl"), mode);
        // Only the test of the deadline has one.
        let settings = Settings { deadline: Duration::MAX, ..settings };
        let plan = Plan { faulty, ..Plan::default() };
        Stage { plan: Arc::new(plan), folder, ledger: Ledger::new(), settings }
    }

    fn open(&self) -> Result<JsonLines, SinkError> {
        let disk = Planned(Arc::clone(&self.plan));
        JsonLines::start(self.settings.clone(), self.ledger.clone(), disk)
    }
}

fn record(message: &str) -> AuditRecord<'_> {
    let event = AuditEvent::Refused { kind: "test", field: None, message };
    let time = Timestamp::from_unix(1_795_000_000, 0).unwrap();
    AuditRecord { time, event, passage: None }
}

fn poll_once(recording: &mut Recording<'_>) -> Poll<Result<(), AuditError>> {
    pin!(recording).poll(&mut Context::from_waker(Waker::noop()))
}

/// The fault behind an error of a record.
fn fault(outcome: Result<(), AuditError>) -> SinkError {
    let error = outcome.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    source.downcast_ref::<SinkError>().unwrap().clone()
}

/// The records in all files of a folder, by their messages. Only the last line of a file may be
/// torn.
fn stored(folder: &Path) -> Vec<String> {
    let mut stored = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let whole = text.rfind('\n').map_or(0, |last| last + 1);
        stored.extend(text[..whole].lines().map(message));
    }
    stored
}

fn message(line: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    value["error"]["message"].as_str().unwrap().to_owned()
}

fn counts(decided: u64, recorded: u64, in_flight: u64, lost: u64) -> Counts {
    Counts { decided, recorded, in_flight, lost, late: 0 }
}

/// Every call, one after the other, fails once, or several times in succession; then every next
/// one, until none is hit any more.
#[test]
fn a_fault_at_any_call_costs_what_it_hits_and_no_more() {
    let faults = [
        Fault::Fails(Errno::IO),
        Fault::Fails(Errno::NOSPC),
        Fault::Fails(Errno::INTR),
        Fault::Short,
        Fault::Torn(Errno::NOSPC),
        Fault::Torn(Errno::IO),
    ];
    for fault in faults {
        for times in 1..=3 {
            let calls = (0..1_000).find(|first| !fault_at(*first, times, fault)).unwrap();
            assert!(calls > 40, "{calls} calls");
        }
    }
}

/// Writes records while `times` calls from the `first` on go wrong; whether there was such a call.
fn fault_at(first: u64, times: u64, fault: Fault) -> bool {
    let mut stage = Stage::with(Mode::Strict, Some((first..first + times, fault)));
    (stage.settings.rotate_bytes, stage.settings.keep_files) = (250, 100);
    let Ok(sink) = stage.open() else {
        return true;
    };
    let mut acknowledged = Vec::new();
    let mut lost = 0;
    for number in 0..12 {
        if number == 7 {
            sink.reopen();
        }
        let message = format!("number {number}");
        match block_on(sink.record(&record(&message))) {
            Ok(()) => acknowledged.push(message),
            Err(_) => lost += 1,
        }
    }
    let closed = sink.close();
    let stored = stored(stage.folder.path());
    let told = format!("{fault:?} at {first}: {:?}", sink.status());
    for message in &acknowledged {
        assert_eq!(stored.iter().filter(|line| *line == message).count(), 1, "{message}, {told}");
    }
    // Each failed call fails at most one record, and none of them is silent.
    assert!(lost <= times, "{lost} lost, {told}");
    assert!(lost == 0 || sink.status().faults > 0, "{told}");
    assert!(!sink.status().failing || closed.is_err() || lost > 0, "{told}");
    assert_eq!(stage.ledger.counts(), counts(12, 12 - lost, 0, lost), "{told}");
    stage.plan.seen().calls > first
}

#[test]
fn what_is_acknowledged_survives_a_loss_of_power() {
    let mut stage = Stage::new(Mode::Strict);
    stage.settings.rotate_bytes = 400;
    let sink = stage.open().unwrap();
    for number in 0..30 {
        let message = format!("number {number}");
        block_on(sink.record(&record(&message))).unwrap();
        let seen = stage.plan.seen();
        let is_durable = |entry: io::Result<fs::DirEntry>| {
            let path = entry.unwrap().path();
            let inode = path.metadata().unwrap().ino();
            let durable = *seen.durable_bytes.get(&inode).unwrap_or(&0);
            let text = fs::read(path).unwrap();
            let text = String::from_utf8_lossy(&text[..usize::try_from(durable).unwrap()]);
            text.contains(&format!("\"{message}\"")) && seen.durable_names.contains(&inode)
        };
        assert!(fs::read_dir(stage.folder.path()).unwrap().any(is_durable), "{message}");
    }
}

#[test]
fn all_that_wait_share_one_sync() {
    let stage = Stage::new(Mode::Strict);
    let sink = stage.open().unwrap();
    stage.plan.hold();
    let texts: Vec<_> = (0..200).map(|number| number.to_string()).collect();
    let records: Vec<_> = texts.iter().map(|text| record(text)).collect();
    let first = sink.record(&records[0]);
    stage.plan.until_held();
    let rest: Vec<_> = records[1..].iter().map(|record| sink.record(record)).collect();
    assert_eq!(stage.ledger.counts(), counts(200, 0, 200, 0));
    stage.plan.release();
    block_on(first).unwrap();
    rest.into_iter().for_each(|recording| block_on(recording).unwrap());
    assert_eq!(stage.plan.seen().syncs, 2);
    assert_eq!(stage.ledger.counts(), counts(200, 200, 0, 0));
    // In the order in which they came.
    assert_eq!(stored(stage.folder.path()), texts);
}

#[test]
fn a_disk_that_hangs_costs_the_deadline_and_is_counted_once() {
    let mut stage = Stage::new(Mode::Strict);
    stage.settings.deadline = Duration::from_millis(20);
    let sink = stage.open().unwrap();
    stage.plan.hold();
    let (first, second) = (record("first"), record("second"));
    let first = sink.record(&first);
    stage.plan.until_held();
    let second = sink.record(&second);
    assert!(matches!(fault(block_on(second)), SinkError::Late { .. }));
    assert!(matches!(fault(block_on(first)), SinkError::Late { .. }));
    // Their answers were given without them, and what becomes of them is not known yet.
    assert_eq!(stage.ledger.counts(), Counts { late: 2, ..counts(2, 0, 2, 0) });
    stage.plan.release();
    sink.close().unwrap();
    assert_eq!(stored(stage.folder.path()), ["first", "second"]);
    assert_eq!(stage.ledger.counts(), Counts { late: 2, ..counts(2, 2, 0, 0) });
}

#[test]
fn a_late_record_that_cannot_be_written_is_lost_once() {
    // To open lock and file, to look, to look, to write, to sync the folder, and the file.
    let mut stage = Stage::with(Mode::Strict, Some((6..7, Fault::Fails(Errno::IO))));
    stage.settings.deadline = Duration::from_millis(20);
    let sink = stage.open().unwrap();
    stage.plan.hold();
    assert!(matches!(fault(block_on(sink.record(&record("late")))), SinkError::Late { .. }));
    stage.plan.release();
    sink.close().unwrap();
    assert_eq!(stage.ledger.counts(), Counts { late: 1, ..counts(1, 0, 0, 1) });
}

/// Under overload most of what comes is refused, and answers wait for the disk: they must not wait
/// for refusals, too.
#[test]
fn refusals_for_overload_wait_for_nobody_and_nobody_for_them() {
    let stage = Stage::new(Mode::Strict);
    let sink = stage.open().unwrap();
    let mut refused = record("refused");
    refused.event = AuditEvent::Refused { kind: OVERLOADED, field: None, message: "refused" };
    assert!(poll_once(&mut sink.record(&refused)).is_ready());
    assert_eq!(stage.ledger.counts(), counts(1, 0, 1, 0));
    block_on(sink.record(&record("answered"))).unwrap();
    // Both were written together; and a refusal alone is written, too, without a sync.
    assert_eq!(stage.ledger.counts(), counts(2, 2, 0, 0));
    assert_eq!(stage.plan.seen().syncs, 1);
    assert!(poll_once(&mut sink.record(&refused)).is_ready());
    while stage.ledger.counts().recorded < 3 {
        thread::yield_now();
    }
    assert_eq!(stored(stage.folder.path()), ["refused", "answered", "refused"]);
    assert_eq!(stage.plan.seen().syncs, 1);
}

#[test]
fn a_record_whose_future_is_dropped_is_recorded() {
    let stage = Stage::new(Mode::Strict);
    let sink = stage.open().unwrap();
    drop(sink.record(&record("dropped")));
    sink.close().unwrap();
    assert_eq!(stored(stage.folder.path()), ["dropped"]);
    assert_eq!(stage.ledger.counts(), counts(1, 1, 0, 0));
}

#[test]
fn a_panic_fails_all_that_wait_and_all_that_come() {
    for mode in [Mode::Strict, Mode::BestEffort] {
        // From the fourth call on: to open lock and file, to look at it, and to look at it again.
        let stage = Stage::with(mode, Some((3..u64::MAX, Fault::Panics)));
        let sink = stage.open().unwrap();
        for _ in 0..20 {
            let outcome = block_on(sink.record(&record("in vain")));
            assert!(mode == Mode::BestEffort || matches!(fault(outcome), SinkError::Stopped));
        }
        // The panic has happened, or will: what comes after it fails.
        while !sink.status().failing {
            thread::yield_now();
        }
        assert!(matches!(sink.close(), Err(SinkError::Stopped)));
        assert!(matches!(fault(block_on(sink.record(&record("later")))), SinkError::Stopped));
        assert!(sink.status().faults > 0);
        assert_eq!(stage.ledger.counts(), counts(21, 0, 0, 21));
    }
}

#[test]
fn best_effort_has_bounded_memory_and_counts_what_it_loses() {
    let mut stage = Stage::new(Mode::BestEffort);
    stage.settings.queue_bytes_max = 10_000;
    // A file that is full is synced: there the writer hangs.
    stage.settings.rotate_bytes = 1;
    let sink = stage.open().unwrap();
    stage.plan.hold();
    for _ in 0..2 {
        block_on(sink.record(&record("first"))).unwrap();
    }
    stage.plan.until_held();
    for _ in 0..1_000 {
        block_on(sink.record(&record("more"))).unwrap();
        assert!(sink.status().queued_bytes <= 10_000);
    }
    let Counts { decided, recorded, in_flight, lost, .. } = stage.ledger.counts();
    assert_eq!((decided, recorded + in_flight + lost), (1_002, 1_002));
    assert!(lost > 900 && in_flight > 10, "{lost} lost, {in_flight} in flight");
    stage.plan.release();
    sink.close().unwrap();
    assert_eq!(stage.ledger.counts(), counts(1_002, 1_002 - lost, 0, lost));
    assert_eq!(stored(stage.folder.path()).len() as u64, 1_002 - lost);
}

#[test]
fn a_strict_record_without_a_place_fails() {
    let mut stage = Stage::new(Mode::Strict);
    stage.settings.queue_bytes_max = 1_000;
    let sink = stage.open().unwrap();
    stage.plan.hold();
    let (first, second) = (record("first"), record("second"));
    let first = sink.record(&first);
    stage.plan.until_held();
    let _second = sink.record(&second);
    assert!(matches!(fault(block_on(sink.record(&record("third")))), SinkError::QueueFull { .. }));
    stage.plan.release();
    block_on(first).unwrap();
}

/// However many are refused, a decision finds a place.
#[test]
fn refusals_leave_half_of_the_queue_to_decisions() {
    let mut stage = Stage::new(Mode::BestEffort);
    stage.settings.queue_bytes_max = 20_000;
    stage.settings.rotate_bytes = 1;
    let sink = stage.open().unwrap();
    stage.plan.hold();
    for _ in 0..2 {
        block_on(sink.record(&record("first"))).unwrap();
    }
    stage.plan.until_held();
    for _ in 0..1_000 {
        block_on(sink.record(&record("refused"))).unwrap();
        assert!(sink.status().queued_bytes <= 10_000);
    }
    let lost = stage.ledger.counts().lost;
    assert!(lost > 900, "{lost}");
    let text = "{version: 1, types: {door: {actions: [open]}}, rules: []}";
    let policies = Policies::from_sources(&[SourceText { path: "doors.yaml", text }]).unwrap();
    let actor = Actor::new(ActorType::Human, "user:1");
    let request = Request::new(actor, "open", Resource::new("door", "front"));
    let decision = policies.evaluate(&request, &mut Scratch::new());
    let time = Timestamp::from_unix(0, 0).unwrap();
    block_on(sink.record(&policies.audit_record(&request, &decision, time))).unwrap();
    assert_eq!(stage.ledger.counts().lost, lost);
    stage.plan.release();
}

#[test]
fn a_permit_by_bypass_waits_in_either_mode() {
    let text = "
version: 1
types: {door: {actions: [open, close]}}
rules:
  - {id: keys, effect: permit, bypass: true, actions: open}
  - {id: hands, effect: permit, actions: close}
";
    let policies = Policies::from_sources(&[SourceText { path: "doors.yaml", text }]).unwrap();
    let stage = Stage::new(Mode::BestEffort);
    let sink = stage.open().unwrap();
    let mut scratch = Scratch::new();
    let mut decided = |action| {
        let actor = Actor::new(ActorType::Human, "user:1");
        let request = Request::new(actor, action, Resource::new("door", "front"));
        let decision = policies.evaluate(&request, &mut scratch);
        policies.audit_record(&request, &decision, Timestamp::from_unix(0, 0).unwrap())
    };
    let (opened, closed) = (decided("open"), decided("close"));
    stage.plan.hold();
    let mut bypass = sink.record(&opened);
    stage.plan.until_held();
    assert!(poll_once(&mut bypass).is_pending());
    assert!(poll_once(&mut sink.record(&closed)).is_ready());
    stage.plan.release();
    block_on(bypass).unwrap();
    assert_eq!(stage.plan.seen().syncs, 1);
}

#[test]
fn closing_tells_what_could_not_be_synced() {
    // To open lock and file, to look, to look, to write: the next calls are those of the close.
    let stage = Stage::with(Mode::BestEffort, Some((5..9, Fault::Fails(Errno::IO))));
    let sink = stage.open().unwrap();
    block_on(sink.record(&record("unsafe"))).unwrap();
    let Err(SinkError::Disk { operation, cause, .. }) = sink.close() else {
        panic!("closed without an error");
    };
    assert_eq!(operation, Operation::Sync);
    assert_eq!(Errno::from_io_error(&cause), Some(Errno::IO));
}

/// The length of a file that survives a loss of power, if the file does.
fn durable_bytes(stage: &Stage, path: &Path) -> Option<u64> {
    stage.plan.seen().durable_bytes.get(&path.metadata().unwrap().ino()).copied()
}

#[test]
fn what_nobody_waited_for_is_safe_once_the_file_is_reopened_or_closed() {
    let stage = Stage::new(Mode::BestEffort);
    let sink = stage.open().unwrap();
    block_on(sink.record(&record("first"))).unwrap();
    while stage.ledger.counts().recorded == 0 {
        thread::yield_now();
    }
    let (path, away) = (&stage.settings.path, stage.folder.path().join("away"));
    assert_eq!(durable_bytes(&stage, path), None);
    fs::rename(path, &away).unwrap();
    sink.reopen();
    block_on(sink.record(&record("second"))).unwrap();
    sink.close().unwrap();
    for path in [path, &away] {
        assert_eq!(durable_bytes(&stage, path), Some(path.metadata().unwrap().len()));
    }
}

#[test]
fn what_another_process_left_is_synced_too() {
    let stage = Stage::new(Mode::BestEffort);
    fs::write(&stage.settings.path, "{}\n").unwrap();
    stage.open().unwrap().close().unwrap();
    assert_eq!(durable_bytes(&stage, &stage.settings.path), Some(3));
}

#[test]
fn after_a_failed_sync_one_new_file_is_begun() {
    // To open lock and file, to look, to look, to write, to sync the folder, and the file.
    let stage = Stage::with(Mode::Strict, Some((6..7, Fault::Fails(Errno::IO))));
    let sink = stage.open().unwrap();
    assert!(matches!(fault(block_on(sink.record(&record("unsafe")))), SinkError::Disk { .. }));
    for message in ["second", "third"] {
        block_on(sink.record(&record(message))).unwrap();
        sink.reopen();
    }
    sink.close().unwrap();
    // The lock, the file, and the one that is not trusted.
    assert_eq!(fs::read_dir(stage.folder.path()).unwrap().count(), 3);
    let current = fs::read_to_string(&stage.settings.path).unwrap();
    assert_eq!(current.lines().map(message).collect::<Vec<_>>(), ["second", "third"]);
}

#[test]
fn a_full_file_that_cannot_be_renamed_goes_on() {
    for mode in [Mode::Strict, Mode::BestEffort] {
        let mut stage = Stage::new(mode);
        stage.settings.rotate_bytes = 100;
        stage.plan = Arc::new(Plan { broken: Some(Operation::Rename), ..Plan::default() });
        let sink = stage.open().unwrap();
        for number in 0..10 {
            block_on(sink.record(&record(&number.to_string()))).unwrap();
        }
        sink.close().unwrap();
        let status = sink.status();
        assert!(status.faults > 0 && !status.failing);
        assert_eq!(stage.ledger.counts(), counts(10, 10, 0, 0));
        assert_eq!(fs::read_to_string(&stage.settings.path).unwrap().lines().count(), 10);
    }
}

/// A line that could not be cut off stays the last one of its file.
#[test]
fn no_line_is_glued_to_one_that_cannot_be_cut() {
    // To open lock and file, to look, to look, to write.
    let mut stage = Stage::new(Mode::Strict);
    let faulty = Some((4..5, Fault::Torn(Errno::NOSPC)));
    stage.plan = Arc::new(Plan { faulty, broken: Some(Operation::Cut), ..Plan::default() });
    let sink = stage.open().unwrap();
    let torn = fault(block_on(sink.record(&record("torn"))));
    assert!(matches!(torn, SinkError::Disk { operation: Operation::Write, .. }));
    block_on(sink.record(&record("whole"))).unwrap();
    assert_eq!(stored(stage.folder.path()), ["whole"]);
    assert_eq!(fs::read_dir(stage.folder.path()).unwrap().count(), 3);
}
