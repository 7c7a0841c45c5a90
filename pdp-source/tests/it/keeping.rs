use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pdp_core::{Policies, SourceText, Statement};
use pdp_source::{
    Event, Keeper, KeeperSettings, LastGoodError, OpenError, Origin, ReloadError, Reloaded,
};
use rustix::fs::{CWD, Mode, mkfifoat};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::support::{digest, doors, folder, now, open, replace, until, write};

/// A folder with the set `doors(rule)` in it.
fn set(rule: &str) -> TempDir {
    let folder = folder();
    write(folder.path(), "a.yaml", doors(rule));
    folder
}

fn holder() -> Statement {
    Statement::relation("door:front", "holder", "user:1".parse().unwrap())
}

#[test]
fn a_reload_makes_new_files_run_and_keeps_what_run_time_said() {
    let set = set("one");
    let (keeper, told) = open(set.path(), None).unwrap();
    keeper.engine().add(holder()).unwrap();
    write(set.path(), "a.yaml", doors("two"));
    let Ok(Reloaded::Loaded(version)) = keeper.reload() else { panic!("{keeper:?}") };
    assert_eq!((version.digest, version.revision), (digest(&doors("two")), 3));
    assert_eq!(keeper.engine().present().version(), version);
    assert_eq!(keeper.engine().present().words().count(), 1);
    // Nothing has changed: nothing is made anew.
    let present = keeper.engine().present();
    write(set.path(), "a.yaml", doors("two"));
    assert_eq!(keeper.reload().unwrap(), Reloaded::Unchanged(version));
    assert!(Arc::ptr_eq(&present, &keeper.engine().present()));
    let status = keeper.status();
    assert_eq!((status.version, status.origin, status.loaded_at), (version, Origin::Set, now()));
    assert_eq!((status.loaded, status.unchanged, status.failed), (1, 1, 0));
    assert_eq!((status.last_error, status.not_kept), (None, None));
    assert_eq!(told.lines(), ["loaded", "unchanged"]);
}

/// Each file is replaced at once, so that the set is good at every moment.
#[test]
fn a_reload_while_files_are_replaced_does_not_fail() {
    let set = set("one");
    let (keeper, _) = open(set.path(), None).unwrap();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for rule in ["two", "three"].into_iter().cycle() {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                replace(set.path(), "a.yaml", &doors(rule));
                thread::sleep(Duration::from_millis(1));
            }
        });
        let begun = Instant::now();
        let goes = || keeper.status().loaded <= 10 && begun.elapsed() < Duration::from_mins(1);
        for _ in (0..).take_while(|round| *round < 300 || goes()) {
            // What fails is counted.
            let _ = keeper.reload();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let status = keeper.status();
    assert!(status.loaded > 10, "{status:?}");
    assert_eq!((status.failed, status.last_error), (0, None));
}

#[test]
fn a_faulty_set_leaves_what_runs() {
    let set = set("one");
    let (keeper, told) = open(set.path(), None).unwrap();
    let version = keeper.status().version;
    let path = set.path().join("a.yaml");
    let half = &doors("two")[..doors("two").len() / 2];
    for (text, why) in [
        ("", "a.yaml"),
        ("{}", "version"),
        ("{version: 1, deny_by_default: false}", "deny_by_default"),
        (half, "a.yaml"),
    ] {
        fs::write(&path, text).unwrap();
        assert!(matches!(*keeper.reload().unwrap_err(), ReloadError::Load(_)), "{text}");
        let status = keeper.status();
        assert_eq!(status.version, version, "{text}");
        let failure = status.last_error.unwrap();
        assert!(failure.message.contains(why) && failure.at == now(), "{text}: {failure:?}");
    }
    fs::remove_file(&path).unwrap();
    keeper.reload().unwrap_err();
    assert!(keeper.status().last_error.unwrap().message.starts_with("no policy file"));
    fs::rename(set.path(), set.path().with_extension("away")).unwrap();
    keeper.reload().unwrap_err();
    assert!(keeper.status().last_error.unwrap().message.ends_with("does not exist"));
    fs::rename(set.path().with_extension("away"), set.path()).unwrap();
    assert_eq!((keeper.status().failed, told.count("failed: ")), (6, 6));
    write(set.path(), "a.yaml", doors("one"));
    assert_eq!(keeper.reload().unwrap(), Reloaded::Unchanged(version));
    assert_eq!(keeper.status().last_error, None);
}

#[test]
fn what_run_time_said_must_fit() {
    let set = set("one");
    let (keeper, _) = open(set.path(), None).unwrap();
    keeper.engine().add(holder()).unwrap();
    replace(set.path(), "a.yaml", "{version: 1, types: {door: {actions: [open]}}}");
    assert!(matches!(*keeper.reload().unwrap_err(), ReloadError::Facts(_)));
    assert!(keeper.status().last_error.unwrap().message.contains("run time"));
    keeper.engine().forget(holder()).unwrap();
    assert!(matches!(keeper.reload(), Ok(Reloaded::Loaded(_))));
}

#[test]
fn there_is_no_beginning_without_policies() {
    let (empty, state) = (folder(), folder());
    for state in [None, Some(state.path())] {
        assert!(matches!(open(empty.path(), state), Err(OpenError::Load(_))));
    }
    write(empty.path(), "a.yaml", "{}");
    assert!(matches!(open(empty.path(), Some(state.path())), Err(OpenError::Load(_))));
    assert_eq!(fs::read_dir(state.path()).unwrap().count(), 0);
}

/// The one file in a folder.
fn only_file(folder: &Path) -> PathBuf {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.remove(0).path()
}

#[test]
fn a_restart_over_a_faulty_set_begins_with_the_last_good_copy() {
    let (set, state) = (set("one"), folder());
    let (keeper, _) = open(set.path(), Some(state.path())).unwrap();
    keeper.engine().add(holder()).unwrap();
    write(set.path(), "a.yaml", doors("two"));
    keeper.reload().unwrap();
    write(set.path(), "a.yaml", "{}");
    keeper.reload().unwrap_err();
    drop(keeper);
    let mode = fs::metadata(only_file(state.path())).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let (keeper, told) = open(set.path(), Some(state.path())).unwrap();
    let status = keeper.status();
    assert_eq!((status.version.digest, status.version.revision), (digest(&doors("two")), 1));
    assert_eq!(status.origin, Origin::LastGood);
    assert!(status.last_error.unwrap().message.contains("version"));
    // What run time said is no part of the files.
    assert_eq!(keeper.engine().present().words().count(), 0);
    keeper.reload().unwrap_err();
    assert_eq!(keeper.status().origin, Origin::LastGood);
    // The same files as in the copy are the set, and not loaded again.
    write(set.path(), "a.yaml", doors("two"));
    assert!(matches!(keeper.reload(), Ok(Reloaded::Unchanged(_))));
    let status = keeper.status();
    assert_eq!((status.origin, status.last_error), (Origin::Set, None));
    write(set.path(), "a.yaml", doors("three"));
    assert!(matches!(keeper.reload(), Ok(Reloaded::Loaded(_))));
    assert_eq!((told.count("failed"), told.count("unchanged"), told.count("loaded")), (2, 1, 1));
}

#[test]
fn the_copy_of_another_set_is_not_used() {
    let (one, other, state) = (set("one"), set("other"), folder());
    open(one.path(), Some(state.path())).unwrap();
    let copy = only_file(state.path());
    write(other.path(), "a.yaml", "{}");
    let begin = || open(other.path(), Some(state.path()));
    assert!(matches!(begin(), Err(OpenError::Load(_))));
    // Nor under the name of that set's own copy.
    write(other.path(), "a.yaml", doors("other"));
    begin().unwrap();
    let mut names = fs::read_dir(state.path()).unwrap().map(|entry| entry.unwrap().path());
    let own = names.find(|path| *path != copy).unwrap();
    fs::copy(&copy, &own).unwrap();
    write(other.path(), "a.yaml", "{}");
    let Err(OpenError::LastGood { last_good, .. }) = begin() else { panic!("it began") };
    assert!(matches!(last_good, LastGoodError::OtherSet { .. }), "{last_good}");
}

#[test]
fn a_damaged_copy_is_refused() {
    let (set, state) = (set("one"), folder());
    open(set.path(), Some(state.path())).unwrap();
    write(set.path(), "a.yaml", "{}");
    let copy = only_file(state.path());
    let bytes = fs::read(&copy).unwrap();
    let is_refused = |bytes: &[u8]| {
        fs::write(&copy, bytes).unwrap();
        let error = open(set.path(), Some(state.path())).map(drop).unwrap_err();
        matches!(error, OpenError::LastGood { last_good: LastGoodError::Damaged { .. }, .. })
    };
    for index in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[index] ^= 1;
        assert!(is_refused(&damaged), "{index}");
        assert!(is_refused(&bytes[..index]), "{index}");
    }
    assert!(is_refused(&[&bytes[..], b"x"].concat()));
    fs::remove_file(&copy).unwrap();
    mkfifoat(CWD, &copy, Mode::RUSR | Mode::WUSR).unwrap();
    let error = open(set.path(), Some(state.path())).map(drop).unwrap_err().to_string();
    assert!(error.contains("version") && error.ends_with("is a pipe, not a file"), "{error}");
}

#[test]
fn a_copy_of_other_policies_than_it_says_is_refused() {
    let (set, state) = (set("one"), folder());
    open(set.path(), Some(state.path())).unwrap();
    write(set.path(), "a.yaml", "{}");
    let copy = only_file(state.path());
    let mut bytes = fs::read(&copy).unwrap();
    let text = bytes.windows(3).position(|window| window == b"one").unwrap();
    bytes[text] = b'0';
    let begin = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let checksum = Sha256::digest(&bytes[begin + 32..]);
    bytes[begin..begin + 32].copy_from_slice(&checksum);
    fs::write(&copy, bytes).unwrap();
    let Err(OpenError::LastGood { last_good, .. }) = open(set.path(), Some(state.path())) else {
        panic!("it began");
    };
    assert!(matches!(last_good, LastGoodError::OtherPolicies { .. }), "{last_good}");
}

#[test]
fn a_copy_that_cannot_be_written_is_said() {
    let (set, state) = (set("one"), folder());
    let missing = state.path().join("missing");
    let (keeper, told) = open(set.path(), Some(&missing)).unwrap();
    assert!(keeper.status().not_kept.unwrap().message.starts_with("cannot write"));
    assert_eq!(told.count("NotKept"), 1);
    fs::create_dir(&missing).unwrap();
    assert!(matches!(keeper.reload(), Ok(Reloaded::Unchanged(_))));
    assert_eq!(keeper.status().not_kept, None);
    assert!(only_file(&missing).is_file());
}

/// An image of `doors(rule)`; all of them say that they have the same digest.
fn image(rule: &str) -> Vec<u8> {
    let text = doors(rule);
    let sources = [SourceText { path: "a.yaml", text: &text }];
    Policies::from_sources(&sources).unwrap().to_image(&sources).unwrap()
}

#[test]
fn an_image_is_kept_as_texts_are() {
    let (set, state) = (folder(), folder());
    let path = set.path().join("image");
    fs::write(&path, image("one")).unwrap();
    let (keeper, _) = open(&path, Some(state.path())).unwrap();
    assert!(matches!(keeper.reload(), Ok(Reloaded::Unchanged(_))));
    fs::write(&path, image("two")).unwrap();
    assert!(matches!(keeper.reload(), Ok(Reloaded::Loaded(_))));
    fs::write(&path, &image("three")[..100]).unwrap();
    keeper.reload().unwrap_err();
    let (keeper, _) = open(&path, Some(state.path())).unwrap();
    let status = keeper.status();
    assert_eq!((status.version.digest, status.origin), (digest(&doors("two")), Origin::LastGood));
}

#[test]
fn a_reload_serves_all_who_ask_while_one_is_under_way() {
    let set = set("one");
    let (entered, is_entered) = channel();
    let (go, may_go) = channel::<()>();
    let (may_go, count) = (Mutex::new(may_go), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&count);
    let on_event = Box::new(move |_: &Event<'_>| {
        counted.fetch_add(1, Ordering::SeqCst);
        entered.send(()).unwrap();
        may_go.lock().unwrap().recv().unwrap();
    });
    let settings = KeeperSettings { on_event, ..KeeperSettings::new(now) };
    let keeper = Keeper::open([set.path()], settings).unwrap();
    let all_ask = Barrier::new(51);
    let ask = || {
        all_ask.wait();
        keeper.reload().unwrap()
    };
    thread::scope(|scope| {
        scope.spawn(|| keeper.reload().unwrap());
        is_entered.recv().unwrap();
        // The first is under way and has read the files: whoever asks now wants a newer look.
        write(set.path(), "a.yaml", doors("two"));
        let askers: Vec<_> = (0..50).map(|_| scope.spawn(ask)).collect();
        all_ask.wait();
        thread::sleep(Duration::from_millis(500));
        (0..52).for_each(|_| go.send(()).unwrap());
        for asker in askers {
            let (Reloaded::Loaded(version) | Reloaded::Unchanged(version)) = asker.join().unwrap();
            assert_eq!(version.digest, digest(&doors("two")));
        }
    });
    // One, and one for all the others; another would be for those who came too late for it.
    assert!((2..=3).contains(&count.load(Ordering::SeqCst)), "{count:?}");
    assert_eq!(keeper.status().loaded, 1);
}

#[test]
fn a_listener_that_panics_harms_nobody() {
    let set = set("one");
    let panics = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&panics);
    let on_event = Box::new(move |_: &Event<'_>| assert!(!still.load(Ordering::SeqCst), "meant"));
    let settings = KeeperSettings { on_event, ..KeeperSettings::new(now) };
    let keeper = Keeper::open([set.path()], settings).unwrap();
    keeper.reload().unwrap();
    write(set.path(), "a.yaml", doors("two"));
    assert!(matches!(keeper.reload(), Ok(Reloaded::Loaded(_))));
    until("another thread is served", || {
        thread::scope(|scope| scope.spawn(|| keeper.reload().is_ok()).join().unwrap())
    });
}
