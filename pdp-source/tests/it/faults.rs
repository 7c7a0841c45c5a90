use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use pdp_source::{SourceError, SourceSet};

use crate::support::{faults, folder_of, link, shown};

#[test]
fn what_does_not_exist_is_named() {
    let folder = folder_of(&["a.yaml"]);
    let paths =
        ["none", "none.yaml", "a.yaml", "a.yaml/b.yaml"].map(|name| folder.path().join(name));
    assert_eq!(
        shown(SourceSet::read(paths), folder.path()),
        "`none` does not exist\n`none.yaml` does not exist\n`a.yaml/b.yaml` does not exist"
    );
    assert_eq!(SourceSet::read([""]).unwrap_err().to_string(), "`` does not exist");
}

#[test]
fn no_path_is_an_error() {
    let errors = SourceSet::read(&[] as &[&Path]).unwrap_err();
    assert!(matches!(errors.iter().next(), Some(SourceError::NoPath)));
}

#[test]
fn a_path_without_a_policy_file_is_an_error() {
    let folder = folder_of(&["rules/a.yaml", "facts/a_test.yaml", "facts/readme.md"]);
    let facts = folder.path().join("facts");
    let wanted = "no policy file (`*.yaml`, `*.yml`) in ";
    assert_eq!(faults(&facts), format!("{wanted}`.`"));
    let read = SourceSet::read([folder.path().join("rules"), facts]);
    assert_eq!(shown(read, folder.path()), format!("{wanted}`facts`"));
}

#[test]
fn what_may_not_be_read_is_named() {
    // The superuser may read everything: then this test runs once more as nobody, in this folder.
    if let Some(folder) = std::env::var_os(AS_NOBODY) {
        return assert_unreadable(Path::new(&folder));
    }
    let folder = folder_of(&["a.yaml", "b/c.yaml", "d.yaml"]);
    for name in ["a.yaml", "b"] {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o0)).unwrap();
    }
    if fs::File::open(folder.path().join("a.yaml")).is_ok() {
        assert!(passes_as_nobody(folder.path(), "faults::what_may_not_be_read_is_named"));
    } else {
        assert_unreadable(folder.path());
    }
    fs::set_permissions(folder.path().join("b"), fs::Permissions::from_mode(0o700)).unwrap();
}

const AS_NOBODY: &str = "PDP_SOURCE_TEST_AS_NOBODY";

fn assert_unreadable(folder: &Path) {
    assert_eq!(
        faults(folder),
        "cannot read `a.yaml`: Permission denied (os error 13)\n\
         cannot read `b`: Permission denied (os error 13)"
    );
}

/// Runs one test of this binary with the rights of nobody, who may look into `folder`.
fn passes_as_nobody(folder: &Path, test: &str) -> bool {
    const NOBODY: u32 = 65_534;
    let place = tempfile::tempdir().unwrap();
    let binary = place.path().join("test");
    fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
    for path in [folder, place.path(), &binary] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new(&binary);
    command.args([test, "--exact"]).env(AS_NOBODY, folder).uid(NOBODY).gid(NOBODY);
    let output = command.output().unwrap();
    output.status.success() && String::from_utf8_lossy(&output.stdout).contains("1 passed")
}

#[test]
fn an_error_stays_on_its_line() {
    let folder = folder_of(&["a.yaml"]);
    link("nowhere", folder.path(), "b\n\u{1b}[2J\u{202e}.yaml");
    assert_eq!(
        faults(folder.path()),
        "the link `b\\u{a}\\u{1b}[2J\\u{202e}.yaml` leads to nothing"
    );
}

#[test]
fn a_hundred_errors_are_shown() {
    let folder = folder_of(&["a.yaml"]);
    for index in 0..103 {
        link("nowhere", folder.path(), &format!("b{index}.yaml"));
    }
    let shown = faults(folder.path());
    assert_eq!(shown.lines().count(), 101);
    assert_eq!(shown.lines().last(), Some("and 3 more"));
    assert_eq!(SourceSet::read([folder.path()]).unwrap_err().iter().len(), 103);
}
