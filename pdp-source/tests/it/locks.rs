use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use pdp_source::{Limits, LoadError, LockUpdate, SourceError, SourceSet, load, read_tests};
use rustix::fs::{CWD, Mode, mkfifoat};
use tempfile::TempDir;

use crate::support::{faults, folder, folder_of, link, shown, write};

const A: &str = "{version: 1, types: {door: {actions: [open]}}}";
const B: &str = "{version: 1, rules: [{id: all-open, effect: permit, resource: door}]}";

/// A folder with two files and their lock.
fn locked() -> TempDir {
    let folder = folder();
    write(folder.path(), "a.yaml", A);
    write(folder.path(), "b/c.yaml", B);
    lock(folder.path());
    folder
}

fn lock(folder: &Path) {
    LockUpdate::read(folder).unwrap().write().unwrap();
}

fn lock_text(folder: &Path) -> String {
    fs::read_to_string(folder.join("policies.lock")).unwrap()
}

#[test]
fn what_is_locked_is_loaded() {
    let folder = locked();
    assert_eq!(load([folder.path()]).unwrap().summary().files, 2);
    let text = lock_text(folder.path());
    let lines: Vec<_> = text.lines().map(|line| line.split_at(64).1).collect();
    assert_eq!(lines, ["  a.yaml", "  b/c.yaml"]);
    // Tests decide nothing; what else lies there is no part of the set.
    for name in ["a_test.yaml", "readme.md", "b/policies.lock", ".hidden.yaml"] {
        write(folder.path(), name, "nothing");
    }
    assert!(load([folder.path()]).is_ok());
    assert_eq!(read_tests(folder.path()).unwrap().len(), 1);
}

#[test]
fn sha256sum_checks_a_lock() {
    let folder = locked();
    write(folder.path(), "back\\slash\n.yaml", "{version: 1}");
    lock(folder.path());
    let check = || {
        let mut command = Command::new("sha256sum");
        command.args(["--check", "--strict", "--quiet", "policies.lock"]);
        command.current_dir(folder.path()).output().unwrap().status.into_raw()
    };
    assert_eq!(check(), 0);
    write(folder.path(), "a.yaml", B);
    assert_ne!(check(), 0);
}

#[test]
fn every_file_that_differs_is_named() {
    let folder = locked();
    write(folder.path(), "d.yaml", "{version: 1}");
    lock(folder.path());
    write(folder.path(), "a.yaml", B);
    fs::remove_file(folder.path().join("d.yaml")).unwrap();
    write(folder.path(), "b/added.yaml", "not even YAML: [");
    assert_eq!(
        faults(folder.path()),
        "`a.yaml` is not what `policies.lock` says: its SHA-256 is another\n\
         `b/added.yaml` is not in `policies.lock`\n\
         `d.yaml` is in `policies.lock` and no policy file of the folder"
    );
    assert!(matches!(load([folder.path()]), Err(LoadError::Source(_))));
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    let folder = locked();
    // Whole lines are valid YAML at every cut; without the lock most of these would load.
    let lines: String =
        (0..20).map(|index| format!("  - {{id: r{index}, effect: deny}}\n")).collect();
    let text = format!("version: 1\nrules:\n{lines}");
    write(folder.path(), "a.yaml", A);
    write(folder.path(), "b/c.yaml", &text);
    lock(folder.path());
    for end in 0..text.len() {
        write(folder.path(), "b/c.yaml", &text[..end]);
        let errors = SourceSet::read([folder.path()]).unwrap_err();
        assert!(matches!(errors.iter().next(), Some(SourceError::LockedOther { .. })), "{errors}");
    }
}

#[test]
fn a_lock_that_is_cut_anywhere_is_refused() {
    let folder = locked();
    let text = lock_text(folder.path());
    for end in 0..text.len() {
        write(folder.path(), "policies.lock", &text[..end]);
        assert!(load([folder.path()]).is_err(), "{end}");
    }
}

#[test]
fn a_malformed_lock_is_refused_with_its_line() {
    let folder = locked();
    let text = lock_text(folder.path());
    let (first, second) = text.split_once('\n').unwrap();
    for (lock, fault) in [
        (format!("{first}\n\n{second}"), "2: the line does not begin with a SHA-256"),
        (format!("{}\n{second}", first.to_uppercase()), "1: the line does not begin"),
        (format!("{second}{first}\n"), "2: the path does not stand behind the one before"),
        (format!("{first}\n{first}\n"), "2: the path does not stand behind the one before"),
        (text.replace("  a", " *a"), "1: two spaces and a path belong behind the SHA-256"),
        (format!("\\{}\n{second}", first.replace('a', "\\x")), "1: "),
        (text.trim_end().to_owned(), "2: the file ends within the line"),
        (text.replace('\n', "\r\n"), "is in `policies.lock` and no policy file"),
    ] {
        write(folder.path(), "policies.lock", &lock);
        let found = faults(folder.path());
        let line = found.strip_prefix("`policies.lock`:").unwrap_or(&found);
        assert!(line.contains(fault), "{lock}: {found}");
    }
    write(folder.path(), "policies.lock", b"\xff");
    assert_eq!(faults(folder.path()), "`policies.lock` is not UTF-8 at byte 0");
}

#[test]
fn what_stands_in_the_place_of_a_lock_is_refused() {
    let folder = locked();
    let path = folder.path().join("policies.lock");
    fs::remove_file(&path).unwrap();
    mkfifoat(CWD, &path, Mode::RUSR).unwrap();
    assert_eq!(faults(folder.path()), "`policies.lock` is a pipe, not a file");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(faults(folder.path()), "`policies.lock` is a folder, not a file");
    fs::remove_dir(&path).unwrap();
    link("/etc/passwd", folder.path(), "policies.lock");
    assert!(faults(folder.path()).contains("leads out of the policy set"));
    fs::remove_file(&path).unwrap();
    link("b/lock", folder.path(), "policies.lock");
    assert_eq!(faults(folder.path()), "the link `policies.lock` leads to nothing");
    write(folder.path(), "b/lock", "");
    assert!(faults(folder.path()).contains("`a.yaml` is not in `policies.lock`"));
}

#[test]
fn a_lock_has_the_limits_of_a_file() {
    let folder = locked();
    let limits = Limits { file_bytes_max: 100, ..Limits::default() };
    let read = SourceSet::read_with([folder.path()], &limits);
    assert_eq!(shown(read, folder.path()), "`policies.lock` holds more than 100 bytes");
}

#[test]
fn of_several_paths_each_lock_speaks_of_its_own_folder() {
    let (first, second) = (locked(), folder_of(&[]));
    write(second.path(), "x.yaml", "{version: 1}");
    let read = || load([first.path().to_owned(), second.path().to_owned()]);
    assert!(read().is_ok());
    write(first.path(), "x.yaml", "{version: 1}");
    assert!(read().unwrap_err().to_string().ends_with("x.yaml` is not in `policies.lock`"));
    // A file that is given by itself is the caller's choice.
    let files = [first.path().join("a.yaml"), first.path().join("x.yaml")];
    assert_eq!(load(files).unwrap().summary().files, 2);
}

#[test]
fn a_lock_is_brought_up_to_date() {
    let folder = locked();
    let update = LockUpdate::read(folder.path()).unwrap();
    assert!(update.is_current());
    write(folder.path(), "a.yaml", format!("{A}\n"));
    fs::rename(folder.path().join("b/c.yaml"), folder.path().join("c.yaml")).unwrap();
    let update = LockUpdate::read(folder.path()).unwrap();
    assert!(!update.is_current());
    assert_eq!(update.added().collect::<Vec<_>>(), ["c.yaml"]);
    assert_eq!(update.changed().collect::<Vec<_>>(), ["a.yaml"]);
    assert_eq!(update.gone().collect::<Vec<_>>(), ["b/c.yaml"]);
    update.write().unwrap();
    assert!(LockUpdate::read(folder.path()).unwrap().is_current());
    assert!(load([folder.path()]).is_ok());
}

#[test]
fn there_is_no_lock_over_mistakes_and_none_of_a_file() {
    let folder = locked();
    write(folder.path(), "a.yaml", "{version: 1, deny_by_default: false}");
    assert!(matches!(LockUpdate::read(folder.path()), Err(LoadError::Policy { .. })));
    let error = LockUpdate::read(folder.path().join("b/c.yaml")).unwrap_err().to_string();
    assert!(error.ends_with("is no folder: a lock stands in a folder and speaks of what it holds"));
}
