use std::fs;
use std::path::{Path, PathBuf};

use pdp_core::{Policies, SourceText};
use pdp_source::{Limits, LoadError, SourceSet, load, load_with, read_tests};
use tempfile::TempDir;

use crate::support::{faults, folder, link, shown, write};

const TEXT: &str = "{version: 1, types: {door: {actions: [open], relations: {keeper: direct}}}, facts: {door:a: {keeper: x}}}";

/// A folder with an image, its path, and the policies.
fn image() -> (TempDir, PathBuf, Policies) {
    let folder = folder();
    let sources = [SourceText { path: "a.yaml", text: TEXT }];
    let policies = Policies::from_sources(&sources).unwrap();
    write(folder.path(), "image", policies.to_image(&sources).unwrap());
    let path = folder.path().join("image");
    (folder, path, policies)
}

fn error(path: &Path, limits: &Limits) -> String {
    load_with([path], limits).unwrap_err().to_string()
}

#[test]
fn an_image_given_alone_is_a_policy_set_whatever_its_name() {
    let (folder, path, policies) = image();
    link("image", folder.path(), "link");
    fs::copy(&path, folder.path().join("a.yaml")).unwrap();
    for name in ["image", "link", "a.yaml"] {
        let read = load([folder.path().join(name)]).unwrap();
        assert_eq!((read.version(), read.summary()), (policies.version(), policies.summary()));
    }
}

#[test]
fn an_image_among_texts_is_refused() {
    let (folder, path, _) = image();
    write(folder.path(), "texts/a.yaml", TEXT);
    let message = "`image` is a compiled image: it is a policy set by itself and is given alone";
    let paths = [&path, &folder.path().join("texts")];
    assert_eq!(shown(SourceSet::read(paths), folder.path()), message);
    assert!(matches!(load(paths), Err(LoadError::Source(_))));
    let twice = shown(SourceSet::read([&path, &path]), folder.path());
    assert_eq!(twice, format!("{message}\n{message}"));
    // In a folder it is no file of the set, unless its name says so.
    assert!(SourceSet::read([folder.path()]).is_ok());
    fs::copy(&path, folder.path().join("texts/b.yaml")).unwrap();
    assert_eq!(
        faults(folder.path()),
        "`texts/b.yaml` is a compiled image: it is a policy set by itself and is given alone"
    );
}

#[test]
fn texts_are_not_read_from_an_image() {
    let (folder, path, _) = image();
    assert_eq!(
        shown(SourceSet::read([&path]), folder.path()),
        "`image` is a compiled image; texts of policies are wanted here"
    );
    let tests = shown(read_tests(&path), folder.path());
    assert_eq!(
        tests,
        "`image` holds no tests: its name does not end in `_test.yaml` or `_test.yml`"
    );
}

#[test]
fn an_image_is_as_long_as_a_set_may_be_and_no_byte_longer() {
    let (_folder, path, _) = image();
    let bytes = fs::metadata(&path).unwrap().len();
    let limits = |set_bytes_max| Limits { file_bytes_max: 1, set_bytes_max, ..Limits::default() };
    assert!(load_with([&path], &limits(bytes)).is_ok());
    let found = error(&path, &limits(bytes - 1));
    assert!(found.starts_with("the policy set holds more than"), "{found}");
    // One of a terabyte is refused unread.
    fs::File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    let found = error(&path, &Limits::default());
    assert!(found.starts_with("the policy set holds more than 536870912 bytes"), "{found}");
}

#[test]
fn what_is_wrong_with_an_image_comes_with_its_path() {
    let (_folder, path, _) = image();
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    let expected =
        format!("`{}`: the image is damaged: it does not have its checksum", path.display());
    assert_eq!(error(&path, &Limits::default()), expected);
}
