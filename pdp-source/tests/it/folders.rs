use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use pdp_source::SourceSet;

use crate::support::{faults, folder, folder_of, names, shown, write};

#[test]
fn files_are_sorted_by_the_bytes_of_their_whole_paths() {
    let folder =
        folder_of(&["b.yaml", "a/z.yaml", "a.yaml", "a-1.yaml", "é.yml", "B.yaml", "a/b/c.yml"]);
    let set = SourceSet::read([folder.path()]).unwrap();
    let wanted = ["B.yaml", "a-1.yaml", "a.yaml", "a/b/c.yml", "a/z.yaml", "b.yaml", "é.yml"];
    assert_eq!(names(&set), wanted);
    assert_eq!(SourceSet::read([folder.path()]).unwrap(), set);
}

#[test]
fn tests_hidden_names_and_other_files_are_left_out() {
    let folder = folder_of(&[
        "in.yaml",
        "in.yml",
        "sub/in.yaml",
        "contest.yaml",
        "x_test.yaml",
        "x_test.yml",
        "_test.yaml",
        ".hidden.yaml",
        ".git/in.yaml",
        "..data/in.yaml",
        "readme.md",
        "upper.YAML",
        "yaml",
        "x.yaml.bak",
        "x.json",
    ]);
    let set = SourceSet::read([folder.path()]).unwrap();
    assert_eq!(names(&set), ["contest.yaml", "in.yaml", "in.yml", "sub/in.yaml"]);
}

#[test]
fn one_file_bears_its_own_name() {
    let folder = folder();
    write(folder.path(), "sub/one.yaml", "version: 1\n");
    let set = SourceSet::read([folder.path().join("sub/one.yaml")]).unwrap();
    assert_eq!(names(&set), ["one.yaml"]);
    assert_eq!(set.sources()[0].text, "version: 1\n");
    assert_eq!(set.texts()[0].path, "one.yaml");
}

#[test]
fn several_paths_begin_the_names() {
    let folder = folder_of(&["facts/a.yaml", "rules/b.yaml", "c.yaml"]);
    let root = folder.path().to_str().unwrap();
    let paths = [format!("{root}/./rules//"), format!("{root}/c.yaml"), format!("{root}/facts/.")];
    let set = SourceSet::read(&paths).unwrap();
    let wanted = ["c.yaml", "facts/a.yaml", "rules/b.yaml"].map(|name| format!("{root}/{name}"));
    assert_eq!(names(&set), wanted);
}

#[test]
fn the_order_of_the_paths_has_no_effect() {
    let folder = folder_of(&["a/a.yaml", "b/b.yaml"]);
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    assert_eq!(SourceSet::read([&a, &b]).unwrap(), SourceSet::read([&b, &a]).unwrap());
}

#[test]
fn a_file_must_be_named_as_policies_are() {
    let folder = folder_of(&["notes.txt", "a_test.yaml"]);
    let paths = ["notes.txt", "a_test.yaml"].map(|name| folder.path().join(name));
    assert_eq!(
        shown(SourceSet::read(paths), folder.path()),
        "`notes.txt` is no policy file: its name does not end in `.yaml` or `.yml`\n\
         `a_test.yaml` holds tests, not policies"
    );
}

#[test]
fn one_file_reached_twice_is_an_error() {
    let folder = folder_of(&["sub/a.yaml", "b.yaml"]);
    let paths = [folder.path().to_owned(), folder.path().join("sub")];
    assert_eq!(shown(SourceSet::read(paths), folder.path()), "`sub` and `sub` are the same folder");
    let paths = [folder.path().join("sub"), folder.path().join("sub/a.yaml")];
    assert_eq!(
        shown(SourceSet::read(paths), folder.path()),
        "`sub/a.yaml` and `sub/a.yaml` are the same file"
    );
    fs::hard_link(folder.path().join("b.yaml"), folder.path().join("c.yaml")).unwrap();
    assert_eq!(faults(folder.path()), "`b.yaml` and `c.yaml` are the same file");
}

#[test]
fn a_name_must_be_text() {
    let folder = folder_of(&["a.yaml"]);
    fs::write(folder.path().join(OsStr::from_bytes(b"\xff.yaml")), "").unwrap();
    fs::create_dir(folder.path().join(OsStr::from_bytes(b"\xfe"))).unwrap();
    assert_eq!(
        faults(folder.path()),
        "the name `\u{fffd}` is not UTF-8\nthe name `\u{fffd}.yaml` is not UTF-8"
    );
}
