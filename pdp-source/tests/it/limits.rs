use std::fs;
use std::path::Path;

use pdp_source::{Limits, SourceSet};

use crate::support::{folder_of, names, shown, write};

fn faults(folder: &Path, limits: &Limits) -> String {
    shown(SourceSet::read_with([folder], limits), folder)
}

#[test]
fn a_file_may_be_as_long_as_the_limit_and_no_byte_longer() {
    let folder = folder_of(&[]);
    let limits = Limits { file_bytes_max: 10, ..Limits::default() };
    write(folder.path(), "a.yaml", "0123456789");
    assert_eq!(names(&SourceSet::read_with([folder.path()], &limits).unwrap()), ["a.yaml"]);
    write(folder.path(), "b.yaml", "0123456789+");
    write(folder.path(), "c.yaml", "0123456789+");
    assert_eq!(
        faults(folder.path(), &limits),
        "`b.yaml` holds more than 10 bytes\n`c.yaml` holds more than 10 bytes"
    );
}

#[test]
fn a_file_of_many_gigabytes_is_refused_unread() {
    let folder = folder_of(&[]);
    let file = fs::File::create(folder.path().join("a.yaml")).unwrap();
    file.set_len(1 << 40).unwrap();
    assert_eq!(
        faults(folder.path(), &Limits::default()),
        "`a.yaml` holds more than 33554432 bytes"
    );
}

#[test]
fn all_files_together_are_bounded() {
    let folder = folder_of(&[]);
    for name in ["a.yaml", "b.yaml", "c.yaml"] {
        write(folder.path(), name, "0123");
    }
    let limits = |set_bytes_max| Limits { set_bytes_max, ..Limits::default() };
    assert!(SourceSet::read_with([folder.path()], &limits(12)).is_ok());
    assert_eq!(
        faults(folder.path(), &limits(11)),
        "the policy set holds more than 11 bytes, counted up to `c.yaml`"
    );
}

#[test]
fn the_number_of_files_is_bounded_over_all_paths() {
    let folder = folder_of(&["a/1.yaml", "a/2.yaml", "b/3.yaml", "b/notes.txt"]);
    let paths = ["a", "b"].map(|name| folder.path().join(name));
    let limits = |files_max| Limits { files_max, ..Limits::default() };
    assert!(SourceSet::read_with(&paths, &limits(3)).is_ok());
    assert_eq!(
        shown(SourceSet::read_with(&paths, &limits(2)), folder.path()),
        "more than 2 files or folders, counted up to `b/3.yaml`"
    );
}

#[test]
fn the_number_of_folders_is_bounded() {
    let folder = folder_of(&["a.yaml"]);
    fs::create_dir_all(folder.path().join("1/2/3")).unwrap();
    let limits = Limits { files_max: 2, ..Limits::default() };
    assert_eq!(
        faults(folder.path(), &limits),
        "more than 2 files or folders, counted up to `1/2/3`"
    );
}

#[test]
fn depth_is_bounded() {
    let folder = folder_of(&["1/2/a.yaml"]);
    let limits = |depth_max| Limits { depth_max, ..Limits::default() };
    assert!(SourceSet::read_with([folder.path()], &limits(2)).is_ok());
    assert_eq!(faults(folder.path(), &limits(1)), "the folder `1/2` lies more than 1 folders deep");
}
