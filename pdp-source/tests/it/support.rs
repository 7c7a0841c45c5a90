use std::fs;
use std::path::Path;

use pdp_source::{SourceErrors, SourceSet};
use tempfile::TempDir;

pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A folder with empty files, and the folders on the way to them.
pub fn folder_of(names: &[&str]) -> TempDir {
    let folder = folder();
    for name in names {
        write(folder.path(), name, "");
    }
    folder
}

pub fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub fn link(target: impl AsRef<Path>, folder: &Path, name: &str) {
    std::os::unix::fs::symlink(target, folder.join(name)).unwrap();
}

pub fn names(set: &SourceSet) -> Vec<&str> {
    set.sources().iter().map(|source| source.path.as_str()).collect()
}

/// What is wrong with the set in `folder`, without the path of the folder.
pub fn faults(folder: &Path) -> String {
    shown(SourceSet::read([folder]), folder)
}

pub fn shown<T>(read: Result<T, SourceErrors>, folder: &Path) -> String {
    let errors = read.map(drop).unwrap_err().to_string();
    errors.replace(&format!("{}/", folder.display()), "").replace(folder.to_str().unwrap(), ".")
}
