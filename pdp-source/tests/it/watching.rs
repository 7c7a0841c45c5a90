use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use pdp_core::{Actor, ActorType, Request, Resource, Scratch, Statement};
use pdp_source::{Keeper, LockUpdate, Origin, WatchSettings};
use tempfile::TempDir;

use crate::support::{digest, doors, folder, link, open, replace, until, write};

/// A folder with the set `doors(rule)` in it.
fn set(rule: &str) -> TempDir {
    let folder = folder();
    write(folder.path(), "a.yaml", doors(rule));
    folder
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Only notices wake such a watch in time.
fn noticing() -> WatchSettings {
    WatchSettings { settle: ms(100), poll: ms(3_600_000), ..WatchSettings::default() }
}

fn polling() -> WatchSettings {
    WatchSettings { poll: ms(100), ..noticing() }
}

fn runs(keeper: &Keeper, rule: &str) -> bool {
    keeper.status().version.digest == digest(&doors(rule))
}

fn error(keeper: &Keeper) -> String {
    keeper.status().last_error.map(|failure| failure.message).unwrap_or_default()
}

/// Calls `act` again and again while `body` runs.
fn meanwhile(act: impl Fn() + Sync, body: impl FnOnce()) {
    struct End<'e>(&'e AtomicBool);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let ends = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ends.load(Ordering::Relaxed) {
                act();
            }
        });
        let _end = End(&ends);
        body();
    });
}

#[test]
fn changes_are_noticed() {
    let set = set("one");
    let (keeper, told) = open(set.path(), None).unwrap();
    let watch = keeper.watch(noticing()).unwrap();
    write(set.path(), "a.yaml", doors("two"));
    until("written", || runs(&keeper, "two"));
    replace(set.path(), "a.yaml", &doors("three"));
    until("renamed", || runs(&keeper, "three"));
    write(set.path(), "below/b.yaml", "version: 1\n");
    until("added in a new folder", || told.count("loaded") == 3);
    write(set.path(), "below/b.yaml", "version: 1 # other\n");
    until("written in the new folder", || told.count("loaded") == 4);
    fs::remove_dir_all(set.path().join("below")).unwrap();
    until("gone", || runs(&keeper, "three"));
    drop(watch);
    assert_eq!(Arc::strong_count(&keeper), 1);
    write(set.path(), "a.yaml", doors("four"));
    thread::sleep(ms(300));
    assert!(runs(&keeper, "three"));
}

#[test]
fn a_single_file_is_watched() {
    let set = set("one");
    let (keeper, _) = open(&set.path().join("a.yaml"), None).unwrap();
    let _watch = keeper.watch(noticing()).unwrap();
    write(set.path(), "a.yaml", doors("two"));
    until("written", || runs(&keeper, "two"));
    replace(set.path(), "a.yaml", &doors("three"));
    until("renamed", || runs(&keeper, "three"));
}

#[test]
fn a_link_to_the_set_is_turned() {
    let releases = folder();
    for rule in ["one", "two", "three"] {
        write(releases.path(), &format!("{rule}/set/a.yaml"), doors(rule));
    }
    let turn = |rule: &str| {
        link(rule, releases.path(), ".next");
        fs::rename(releases.path().join(".next"), releases.path().join("current")).unwrap();
    };
    turn("one/set");
    let (keeper, _) = open(&releases.path().join("current"), None).unwrap();
    let watch = keeper.watch(noticing()).unwrap();
    for rule in ["two", "three", "one"] {
        turn(&format!("{rule}/set"));
        until(rule, || runs(&keeper, rule));
    }
    // The folder that the link leads to is watched, too.
    write(releases.path(), "one/set/a.yaml", doors("four"));
    until("written", || runs(&keeper, "four"));
    drop(watch);
    // A link further up is found by polling.
    write(releases.path(), "one/set/a.yaml", doors("one"));
    turn("one");
    let (keeper, _) = open(&releases.path().join("current/set"), None).unwrap();
    let _watch = keeper.watch(polling()).unwrap();
    turn("two");
    until("turned further up", || runs(&keeper, "two"));
}

#[test]
fn a_config_map_is_turned() {
    let set = folder();
    for rule in ["one", "two"] {
        write(set.path(), &format!("..{rule}/a.yaml"), doors(rule));
    }
    link("..one", set.path(), "..data");
    link("..data/a.yaml", set.path(), "a.yaml");
    let (keeper, _) = open(set.path(), None).unwrap();
    let _watch = keeper.watch(noticing()).unwrap();
    for rule in ["two", "one"] {
        link(format!("..{rule}"), set.path(), "..data_tmp");
        fs::rename(set.path().join("..data_tmp"), set.path().join("..data")).unwrap();
        until(rule, || runs(&keeper, rule));
    }
}

#[test]
fn a_faulty_set_leaves_what_runs_until_it_is_good() {
    let parent = folder();
    let path = parent.path().join("set");
    write(&path, "a.yaml", doors("one"));
    let (keeper, _) = open(&path, None).unwrap();
    let _watch = keeper.watch(noticing()).unwrap();
    for (text, why) in [
        ("{}", "version"),
        ("{version: 1, deny_by_default: false}", "deny_by_default"),
        ("", "a.yaml"),
    ] {
        write(&path, "a.yaml", text);
        until(why, || error(&keeper).contains(why));
        assert!(runs(&keeper, "one"));
    }
    fs::remove_file(path.join("a.yaml")).unwrap();
    until("emptied", || error(&keeper).contains("no policy file"));
    fs::remove_dir(&path).unwrap();
    until("deleted", || error(&keeper).contains("does not exist"));
    assert!(runs(&keeper, "one"));
    write(&path, "a.yaml", doors("two"));
    until("back", || runs(&keeper, "two") && error(&keeper).is_empty());
}

#[test]
fn what_may_pass_without_a_change_of_files_is_tried_again() {
    let set = set("one");
    let (keeper, told) = open(set.path(), None).unwrap();
    let holder = || Statement::relation("door:front", "holder", "user:1".parse().unwrap());
    keeper.engine().add(holder()).unwrap();
    let _watch = keeper.watch(polling()).unwrap();
    replace(set.path(), "a.yaml", "{version: 1, types: {door: {actions: [open]}}}");
    until("refused", || error(&keeper).contains("run time"));
    keeper.engine().forget(holder()).unwrap();
    until("loaded", || told.count("loaded") == 1);
    assert_eq!(error(&keeper), "");
}

#[test]
fn a_restart_goes_on_looking_at_the_set() {
    let (set, state) = (set("one"), folder());
    open(set.path(), Some(state.path())).unwrap();
    write(set.path(), "a.yaml", "{}");
    let (keeper, _) = open(set.path(), Some(state.path())).unwrap();
    let _watch = keeper.watch(noticing()).unwrap();
    until("tried again", || keeper.status().failed == 2);
    assert_eq!(keeper.status().origin, Origin::LastGood);
    write(set.path(), "a.yaml", doors("two"));
    until("good again", || runs(&keeper, "two"));
    assert_eq!(keeper.status().origin, Origin::Set);
}

#[test]
fn a_storm_of_unfinished_files_ends_in_the_newest() {
    let set = set("one");
    let (keeper, told) = open(set.path(), None).unwrap();
    // Long enough that the writer, on a busy machine, never seems to have finished.
    let _watch = keeper.watch(WatchSettings { settle: ms(1_000), ..noticing() }).unwrap();
    let reads = || assert_only(&keeper, &["one", "r999"]);
    meanwhile(reads, || {
        for index in 0..1_000 {
            let text = doors(&format!("r{index}"));
            // Without its rules this is a set, too.
            write(set.path(), "a.yaml", text.split("rules").next().unwrap());
            thread::sleep(ms(1));
            write(set.path(), "a.yaml", text);
        }
        until("newest", || runs(&keeper, "r999"));
    });
    assert!(told.count("loaded") <= 2, "{:?}", told.lines());
}

/// Who decides meanwhile sees good sets alone.
fn assert_only(keeper: &Keeper, rules: &[&str]) {
    let request = Request::new(
        Actor::new(ActorType::Human, "user:1"),
        "open",
        Resource::new("door", "front"),
    );
    let present = keeper.engine().present();
    let decision = present.evaluate(&request, &mut Scratch::new());
    let good: Vec<_> = rules.iter().map(|rule| digest(&doors(rule))).collect();
    assert!(good.contains(&decision.policy.digest), "{decision:?}");
}

#[test]
fn nothing_half_written_runs() {
    let set = set("one");
    let (keeper, _) = open(set.path(), None).unwrap();
    let settings = WatchSettings { settle: ms(20), poll: ms(20), patience: ms(100) };
    let _watch = keeper.watch(settings).unwrap();
    let good = ["one", "two", "three"];
    let file = set.path().join("a.yaml");
    let reads = || assert_only(&keeper, &good);
    meanwhile(reads, || {
        for round in 0..60 {
            let text = doors(good[round % 3]);
            // Within the last line, which no cut leaves whole.
            let line = text.find("rules: [{").unwrap() + 9;
            let cut = line + round * 7 % (text.len() - 2 - line);
            fs::write(&file, &text[..cut]).unwrap();
            // Now and then for longer than it takes to settle: then mistakes are found in it.
            thread::sleep(ms([0, 5, 60][round % 3]));
            if round % 2 == 0 {
                fs::write(&file, &text).unwrap();
            } else {
                replace(set.path(), "a.yaml", &text);
            }
            thread::sleep(ms(round as u64 % 5 * 10));
        }
        fs::write(&file, doors("two")).unwrap();
        until("the last", || runs(&keeper, "two"));
    });
}

#[test]
fn a_cut_that_is_good_yaml_is_caught_by_the_lock() {
    let set = folder();
    let lines = |count: usize| -> String {
        let deny = |index| format!("  - {{id: r{index}, effect: deny}}\n");
        let rules: String = (0..count).map(deny).collect();
        format!("version: 1\nrules:\n{rules}")
    };
    write(set.path(), "types.yaml", "{version: 1, types: {door: {actions: [open]}}}");
    write(set.path(), "a.yaml", lines(3));
    let lock = || LockUpdate::read(set.path()).unwrap().write().unwrap();
    lock();
    let (keeper, told) = open(set.path(), None).unwrap();
    let before = keeper.status().version;
    let _watch = keeper.watch(noticing()).unwrap();
    write(set.path(), "a.yaml", lines(2));
    let message = "a.yaml` is not what `policies.lock` says: its SHA-256 is another";
    until("refused", || error(&keeper).ends_with(message));
    assert_eq!((keeper.status().version, told.count("loaded")), (before, 0));
    lock();
    until("locked anew", || told.count("loaded") == 1);
}

/// Replaces a file again and again, by the same.
fn rewrite(folder: &Path, name: &str, text: &str) {
    replace(folder, name, text);
    thread::sleep(ms(10));
}

fn restless() -> WatchSettings {
    WatchSettings { settle: ms(1_000), poll: ms(100), patience: ms(1_500) }
}

#[test]
fn a_file_that_is_touched_for_ever_keeps_no_change_away() {
    let set = set("one");
    let (keeper, told) = open(set.path(), None).unwrap();
    let _watch = keeper.watch(restless()).unwrap();
    meanwhile(
        || rewrite(set.path(), "a.yaml", &doors("one")),
        || {
            write(set.path(), "b.yaml", "version: 1\n");
            until("added", || told.count("loaded") == 1);
        },
    );
}

#[test]
fn a_set_that_changes_for_ever_is_an_error_unless_it_is_locked() {
    let set = set("one");
    let (keeper, told) = open(set.path(), None).unwrap();
    let _watch = keeper.watch(restless()).unwrap();
    meanwhile(
        || rewrite(set.path(), "a.yaml", &doors("two")),
        || {
            until("said", || error(&keeper).contains("has not come to rest for 1500 ms"));
            assert_eq!(told.count("loaded"), 0);
            until("locked", || {
                LockUpdate::read(set.path()).is_ok_and(|update| update.write().is_ok())
            });
            until("loaded", || runs(&keeper, "two"));
        },
    );
}
