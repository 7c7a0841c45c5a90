//! How a policy set looks from outside: which files and folders there are, and in which state.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::collect::{self, Collected};
use crate::content::Stamp;
use crate::walk::Walk;
use crate::{Limits, image};

/// The state of everything that a policy set is made of. Two looks that are equal saw the same
/// files, as far as a file system tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// The files by their names in the set.
    pub(crate) files: BTreeMap<String, Stamp>,
    /// Folders, by their paths.
    pub(crate) folders: Vec<(PathBuf, Stamp)>,
    locks: Vec<Stamp>,
    /// What is wrong: it would be refused if it were read.
    faults: Vec<String>,
}

impl Look {
    /// Looks at the set at `paths` and reads none of its files.
    pub(crate) fn take(paths: &[PathBuf], limits: &Limits) -> Self {
        if let [path] = paths
            && let Some((_, stamp)) = image::open(path)
        {
            return Look::of_image(path, stamp);
        }
        let Walk { found, locks, folders, errors, .. } = collect::look(paths.to_vec(), limits);
        let faults = errors.iter().map(ToString::to_string).collect();
        Look { faults, ..Look::of(&Collected { files: found, locks, folders }) }
    }

    /// How files that were read looked.
    pub(crate) fn of(collected: &Collected) -> Self {
        let files = collected.files.iter();
        Look {
            files: files.map(|file| (file.name.clone(), file.stamp)).collect(),
            folders: collected.folders.clone(),
            locks: collected.locks.iter().map(|lock| lock.stamp).collect(),
            faults: Vec::new(),
        }
    }

    /// How an image looked.
    pub(crate) fn of_image(path: &Path, stamp: Stamp) -> Self {
        let files = BTreeMap::from([(image::name(path), stamp)]);
        Look { files, ..Look::default() }
    }
}
