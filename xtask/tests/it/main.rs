//! The checks of the house, each also shown something that it must find.

/// The oracle and the engine share no code.
mod independence;
/// Counted instructions beside the committed ones.
mod instructions;
/// Who may depend on whom.
mod layers;
/// Links in Markdown files lead somewhere.
mod links;
/// What the core may name.
mod purity;
/// Crates with known holes.
mod versions;
/// Words that no committed text may hold.
mod words;

use std::collections::BTreeMap;

use xtask::Repository;

fn repository() -> Repository {
    Repository::here().expect("the checks run in a clone of the repository")
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}\n", faults.len(), faults.join("\n"));
}

/// The faults that a check finds in the files under a folder, of which there are some.
fn faults_under(folder: &str, check: fn(&str, &str) -> Vec<String>) -> Vec<String> {
    let repository = repository();
    let paths = repository.paths().iter().filter(|path| path.starts_with(folder));
    let paths: Vec<_> = paths.collect();
    assert!(!paths.is_empty(), "no file under {folder}");
    paths
        .into_iter()
        .flat_map(|path| check(path, &repository.text(path).expect("a text")))
        .collect()
}

/// Files with these paths and texts.
fn texts(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect()
}
