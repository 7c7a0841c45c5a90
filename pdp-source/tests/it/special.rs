use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;

use pdp_source::SourceSet;
use rustix::fs::{CWD, Mode, mkfifoat};

use crate::support::{faults, folder_of, link, names, shown};

fn pipe(path: &Path) {
    mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR).unwrap();
}

#[test]
fn what_is_no_file_is_refused_by_its_kind() {
    let folder = folder_of(&["in.yaml"]);
    fs::create_dir(folder.path().join("folder.yaml")).unwrap();
    pipe(&folder.path().join("pipe.yaml"));
    let _socket = UnixListener::bind(folder.path().join("socket.yaml")).unwrap();
    assert_eq!(
        faults(folder.path()),
        "`folder.yaml` is a folder, not a file\n\
         `pipe.yaml` is a pipe, not a file\n\
         `socket.yaml` is a socket, not a file"
    );
}

#[test]
fn links_to_what_is_no_file_are_refused_by_its_kind() {
    let folder = folder_of(&["in.yaml"]);
    pipe(&folder.path().join("pipe"));
    let _socket = UnixListener::bind(folder.path().join("socket")).unwrap();
    link("pipe", folder.path(), "a.yaml");
    link("socket", folder.path(), "b.yaml");
    assert_eq!(
        faults(folder.path()),
        "`a.yaml` is a pipe, not a file\n`b.yaml` is a socket, not a file"
    );
}

#[test]
fn the_same_holds_for_what_was_given() {
    let folder = folder_of(&[]);
    let (fifo, zero) = (folder.path().join("pipe.yaml"), folder.path().join("zero.yaml"));
    pipe(&fifo);
    link("/dev/zero", folder.path(), "zero.yaml");
    assert_eq!(shown(SourceSet::read([&fifo]), folder.path()), "`pipe.yaml` is a pipe, not a file");
    assert_eq!(
        shown(SourceSet::read([&zero]), folder.path()),
        "`zero.yaml` is a device, not a file"
    );
}

#[test]
fn without_the_name_of_a_policy_file_they_are_left_alone() {
    let folder = folder_of(&["in.yaml"]);
    pipe(&folder.path().join("pipe"));
    pipe(&folder.path().join(".pipe.yaml"));
    assert_eq!(names(&SourceSet::read([folder.path()]).unwrap()), ["in.yaml"]);
}
