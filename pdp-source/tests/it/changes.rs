use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use pdp_source::{SourceError, SourceErrors, SourceSet};
use rustix::fs::{CWD, Mode, RenameFlags, mkfifoat, renameat_with};

use crate::support::{folder, folder_of, link, write};

/// Ends the changes, also when an assertion fails.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Calls `change` with 1, 2, 1, … as fast as it goes until `read` has returned.
fn change_while<T>(change: impl Fn(usize) + Sync, read: impl FnOnce() -> T) -> T {
    let ends = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut revisions = [1, 2].into_iter().cycle();
            while !ends.load(Ordering::Relaxed) {
                change(revisions.next().unwrap());
            }
        });
        let _end = End(&ends);
        read()
    })
}

/// Returns how often a set was read whole during changes. Fails if it ever was a mixture of two
/// revisions, or was refused for another reason than a change.
fn read_while(path: &Path, change: impl Fn(usize) + Sync) -> usize {
    change_while(change, || (0..500).filter(|_| is_whole(path)).count())
}

fn is_whole(path: &Path) -> bool {
    match SourceSet::read([path]) {
        Ok(set) => {
            let revision = &set.sources()[0].text;
            assert_eq!(set.sources().len(), 10);
            assert!(set.sources().iter().all(|source| source.text == *revision), "{set:?}");
            true
        }
        Err(errors) => {
            assert!(errors.iter().all(is_change), "{errors}");
            false
        }
    }
}

fn is_change(error: &SourceError) -> bool {
    matches!(error, SourceError::Changed { .. } | SourceError::Missing { .. })
}

fn write_revisions(folder: &Path) {
    for revision in [1, 2] {
        for file in 0..10 {
            write(folder, &format!("..{revision}/{file}.yaml"), format!("revision {revision}"));
        }
    }
}

fn turn(folder: &Path, name: &str, target: &str) {
    link(target, folder, "..new");
    fs::rename(folder.join("..new"), folder.join(name)).unwrap();
}

#[test]
fn links_that_turn_within_a_folder_never_mix_revisions() {
    let folder = folder();
    write_revisions(folder.path());
    link("..1", folder.path(), "..data");
    for file in 0..10 {
        link(format!("..data/{file}.yaml"), folder.path(), &format!("{file}.yaml"));
    }
    read_while(folder.path(), |revision| {
        turn(folder.path(), "..data", &format!("..{revision}"));
        // Two turns within one tick of a coarse clock would look like none.
        thread::sleep(Duration::from_millis(20));
    });
}

#[test]
fn a_link_that_turns_to_another_folder_disturbs_nothing() {
    let folder = folder();
    write_revisions(folder.path());
    link("..1", folder.path(), "current");
    let current = folder.path().join("current");
    let whole =
        read_while(&current, |revision| turn(folder.path(), "current", &format!("..{revision}")));
    assert_eq!(whole, 500);
}

#[test]
fn a_file_that_is_replaced_is_read_whole() {
    let folder = folder();
    for file in 0..10 {
        write(folder.path(), &format!("{file}.yaml"), "revision 1");
    }
    let texts = ["revision 1".to_owned(), "revision 2".repeat(10_000)];
    let read = || SourceSet::read([folder.path()]);
    replace_while(folder.path(), &texts, || {
        if let Ok(set) = read() {
            assert!(texts.contains(&set.sources()[3].text));
        }
    });
    assert_eq!(read().unwrap().sources().len(), 10);
}

fn replace_while(folder: &Path, texts: &[String], read: impl Fn()) {
    change_while(
        |revision| {
            write(folder, ".new", &texts[revision - 1]);
            fs::rename(folder.join(".new"), folder.join("3.yaml")).unwrap();
        },
        || (0..500).for_each(|_| read()),
    );
}

#[test]
fn a_set_is_what_stood_there_at_one_moment() {
    let folder = folder();
    let replace = |step: usize| {
        write(folder.path(), ".new", step.to_string());
        let name = format!("{}.yaml", step % 10);
        fs::rename(folder.path().join(".new"), folder.path().join(name)).unwrap();
    };
    (0..10).for_each(replace);
    let step = AtomicUsize::new(10);
    let change = |_| {
        replace(step.fetch_add(1, Ordering::Relaxed));
        thread::sleep(Duration::from_millis(1));
    };
    change_while(change, || {
        for _ in 0..500 {
            match SourceSet::read([folder.path()]) {
                Ok(set) => assert_ten_steps_in_a_row(&set),
                Err(errors) => assert!(errors.iter().all(is_change), "{errors}"),
            }
        }
    });
}

/// Files are replaced in turn, so at any moment they hold the latest ten steps.
fn assert_ten_steps_in_a_row(set: &SourceSet) {
    let steps = set.sources().iter().map(|source| source.text.parse::<usize>().unwrap());
    let mut steps: Vec<_> = steps.collect();
    steps.sort_unstable();
    assert_eq!(steps, (steps[0]..steps[0] + 10).collect::<Vec<_>>());
}

/// Reads a set in which two entries change places again and again. What the second one leads to is
/// never read, and there is no other error than a change or one of those expected.
fn read_while_exchanged(folder: &Path, entries: [&str; 2], is_expected: fn(&SourceError) -> bool) {
    let [first, second] = entries.map(|name| folder.join(name));
    let exchange = |_| renameat_with(CWD, &first, CWD, &second, RenameFlags::EXCHANGE).unwrap();
    let is_expected = |read: &Result<SourceSet, SourceErrors>| match read {
        Ok(set) => set.sources().iter().all(|source| source.text.is_empty()),
        Err(errors) => errors.iter().all(|error| is_change(error) || is_expected(error)),
    };
    change_while(exchange, || {
        for _ in 0..5_000 {
            let read = SourceSet::read([folder]);
            assert!(is_expected(&read), "{read:?}");
        }
    });
}

#[test]
fn a_file_that_becomes_a_link_is_not_followed() {
    let outside = folder();
    write(outside.path(), "secret.yaml", "secret");
    let folder = folder_of(&["a.yaml", "b.yaml"]);
    link(outside.path().join("secret.yaml"), folder.path(), ".link");
    let is_refused = |error: &SourceError| matches!(error, SourceError::LinkOutside { .. });
    read_while_exchanged(folder.path(), ["a.yaml", ".link"], is_refused);
}

#[test]
fn a_folder_that_becomes_a_link_is_not_followed() {
    let outside = folder();
    write(outside.path(), "secret.yaml", "secret");
    let folder = folder_of(&["a.yaml", "sub/a.yaml"]);
    link(outside.path(), folder.path(), ".link");
    let is_refused = |error: &SourceError| matches!(error, SourceError::LinkOutside { .. });
    read_while_exchanged(folder.path(), ["sub", ".link"], is_refused);
}

#[test]
fn a_file_that_becomes_a_pipe_is_not_waited_for() {
    let folder = folder_of(&["a.yaml", "b.yaml"]);
    mkfifoat(CWD, folder.path().join(".pipe"), Mode::RUSR | Mode::WUSR).unwrap();
    let is_refused = |error: &SourceError| matches!(error, SourceError::NotAFile { .. });
    read_while_exchanged(folder.path(), ["a.yaml", ".pipe"], is_refused);
}
