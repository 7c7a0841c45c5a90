use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use pdp_source::{SourceError, SourceSet};

use crate::support::{folder, link, write};

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
            for error in errors.iter() {
                let is_change =
                    matches!(error, SourceError::Changed { .. } | SourceError::Missing { .. });
                assert!(is_change, "{errors}");
            }
            false
        }
    }
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
