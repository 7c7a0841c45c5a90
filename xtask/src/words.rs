//! Words that no committed text may hold.

use std::collections::BTreeMap;

/// Beginnings of paths that exist on one machine only. A committed file must make sense in any
/// clone, so it names its neighbours by relative paths and keeps its scratch files in a folder
/// made for the run.
const PLACES: &[&str] = &["/work/", "/root/", "/home/", "shared/"];

/// Files that must name such places.
const EXEMPT: &[&str] = &["xtask/src/words.rs", "xtask/tests/it/words.rs"];

/// Finds paths of somebody's machine in `texts`, the text files of the repository by path.
///
/// Only a path that *begins* so is meant: `tests/shared/case.yaml` is a file like any other.
pub fn faults(texts: &BTreeMap<String, String>) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| !EXEMPT.contains(&path.as_str())) {
        for (index, line) in text.lines().enumerate() {
            let lines = line.split(ends_path).filter(|word| is_elsewhere(word));
            faults.extend(lines.map(|word| format!("{path}:{}: `{word}`", index + 1)));
        }
    }
    faults
}

/// Whether a letter can stand beside a path but not in it.
fn ends_path(letter: char) -> bool {
    !(letter.is_alphanumeric() || "/._-*".contains(letter))
}

fn is_elsewhere(word: &str) -> bool {
    let word = word.trim_start_matches("../").trim_start_matches("./");
    PLACES.iter().any(|place| word.starts_with(place))
}
