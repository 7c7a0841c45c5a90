use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

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
    let folder = folder_of(&["a.yaml", "b/c.yaml", "d.yaml"]);
    for name in ["a.yaml", "b"] {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o0)).unwrap();
    }
    if fs::File::open(folder.path().join("a.yaml")).is_ok() {
        return; // The superuser may read everything.
    }
    assert_eq!(
        faults(folder.path()),
        "cannot read `a.yaml`: Permission denied (os error 13)\n\
         cannot read `b`: Permission denied (os error 13)"
    );
    fs::set_permissions(folder.path().join("b"), fs::Permissions::from_mode(0o700)).unwrap();
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
