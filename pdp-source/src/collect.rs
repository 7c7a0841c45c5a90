//! The files of a set as they stood at one moment.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::content::Stamp;
use crate::given::{Given, Opened};
use crate::name::FileName;
use crate::walk::{Found, Walk};
use crate::{Limits, SourceError, SourceErrors, lock};

/// The files of a set, the locks beside them and the folders in which all of them stand.
#[derive(Debug)]
pub(crate) struct Collected {
    /// Sorted by the bytes of their names.
    pub(crate) files: Vec<Found>,
    pub(crate) locks: Vec<Found>,
    pub(crate) folders: Vec<(PathBuf, Stamp)>,
}

impl Collected {
    /// Everything in which the files differ from the locks beside them.
    pub(crate) fn check_locks(&self) -> Result<(), SourceErrors> {
        let faults = self.locks.iter().flat_map(|lock| lock::faults(lock, &self.files));
        SourceErrors::check(faults.collect())
    }
}

/// Reads all `wanted` files. What locks say is not looked at.
///
/// There are two passes: the second one reads nothing and must see every file and every folder as
/// the first one saw it. So between the two there was a moment at which all files stood together as
/// they were read. The folders are compared because of links: one that is turned there and back
/// looks the same afterwards, but the folder that it stands in has a new time.
pub(crate) fn collect(
    paths: Vec<PathBuf>,
    wanted: FileName,
    limits: &Limits,
) -> Result<Collected, SourceErrors> {
    let given = given(paths);
    // A single path stays open: what is read is the folder as it was when opened, also if another
    // one takes its name. Several paths must still lead to the same files afterwards.
    let held = match given.as_slice() {
        [] => return Err(SourceError::NoPath.into()),
        [single] => Some(single.open(wanted)?),
        _ => None,
    };
    let pass = |reads_texts| {
        let walk = Walk::new(wanted, reads_texts, limits);
        checked(walked(&given, held.as_ref(), walk))
    };
    let first = pass(true)?;
    let second = pass(false)?;
    SourceErrors::check(changes(&first, &second))?;
    // Only now: a new file may have got the inode of one that was replaced.
    SourceErrors::check(repeated(&first.found))?;
    Ok(Collected { files: first.found, locks: first.locks, folders: first.folders })
}

/// Looks at the policy files at `paths` and reads none. What is wrong is left in the walk.
pub(crate) fn look(paths: Vec<PathBuf>, limits: &Limits) -> Walk<'_> {
    walked(&given(paths), None, Walk::new(FileName::Policy, false, limits))
}

fn given(paths: Vec<PathBuf>) -> Vec<Given> {
    let is_alone = paths.len() == 1;
    paths.into_iter().map(|path| Given { path, is_alone }).collect()
}

fn checked(mut walk: Walk<'_>) -> Result<Walk<'_>, SourceErrors> {
    SourceErrors::check(std::mem::take(&mut walk.errors))?;
    Ok(walk)
}

/// Walks all paths; what is found is sorted.
fn walked<'l>(given: &[Given], held: Option<&Opened>, mut walk: Walk<'l>) -> Walk<'l> {
    for given in given {
        let walked = match held {
            Some(opened) => walk.given(given, opened),
            None => walk.open_given(given),
        };
        if walked.is_err() {
            break;
        }
    }
    walk.found.sort_by(|left, right| left.name.cmp(&right.name));
    walk
}

/// Files that are reached twice, by one name or by two.
fn repeated(found: &[Found]) -> Vec<SourceError> {
    let mut identities = HashMap::with_capacity(found.len());
    let mut errors = Vec::new();
    for (index, file) in found.iter().enumerate() {
        let namesake = index.checked_sub(1).map(|before| &found[before]);
        let namesake = namesake.filter(|before| before.name == file.name);
        let first = identities.insert(file.stamp.identity(), file).or(namesake);
        if let Some(first) = first {
            let (first, second) = (first.path.clone(), file.path.clone());
            errors.push(SourceError::SameFile { first, second });
        }
    }
    errors
}

/// Files and folders that the second pass saw differently.
fn changes(first: &Walk<'_>, second: &Walk<'_>) -> Vec<SourceError> {
    let before: HashMap<&Path, Stamp> = stamps(first).collect();
    let after: HashMap<&Path, Stamp> = stamps(second).collect();
    let other = stamps(first).filter(|(path, stamp)| after.get(path) != Some(stamp));
    let new = stamps(second).filter(|(path, _)| !before.contains_key(path));
    let changed = other.chain(new);
    changed.map(|(path, _)| SourceError::Changed { path: path.to_owned() }).collect()
}

fn stamps<'w>(walk: &'w Walk<'_>) -> impl Iterator<Item = (&'w Path, Stamp)> {
    let folders = walk.folders.iter().map(|(path, stamp)| (path.as_path(), *stamp));
    let files = walk.found.iter().chain(&walk.locks);
    folders.chain(files.map(|file| (file.path.as_path(), file.stamp)))
}
