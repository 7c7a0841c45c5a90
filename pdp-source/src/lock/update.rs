//! Bringing a lock up to date.

use std::io;
use std::path::{Path, PathBuf};

use pdp_core::Policies;

use super::{line, read};
use crate::collect::{Collected, collect};
use crate::file_digest::{FileDigest, FileDigests};
use crate::material::Content;
use crate::name::{FileName, LOCK};
use crate::set::source_set;
use crate::{Limits, LoadError, SourceError, SourceErrors, image, replace};

/// What a folder holds, and what the lock at its top says of it.
#[derive(Debug)]
pub struct LockUpdate {
    path: PathBuf,
    before: FileDigests,
    after: FileDigests,
    malformed: Option<SourceError>,
    is_locked: bool,
    policies: Policies,
}

impl LockUpdate {
    /// Reads the policy set in `folder` and its lock, whatever that says, within the limits of the
    /// policy language.
    ///
    /// # Errors
    ///
    /// [`LoadError`] with everything that is wrong with the set: there is no lock over mistakes. A
    /// file has none either.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self, LoadError> {
        let folder = folder.as_ref();
        let paths = vec![folder.to_owned()];
        SourceErrors::check(image::refuse(&paths))?;
        let Collected { files, locks, folders } =
            collect(paths, FileName::Policy, &Limits::default())?;
        if folders.is_empty() {
            let path = folder.to_owned();
            return Err(SourceErrors::from(SourceError::NoFolder { path }).into());
        }
        let lock = locks.first();
        let (before, malformed) = match lock.map(read).transpose() {
            Ok(before) => (before.unwrap_or_default(), None),
            Err(error) => (FileDigests::new(), Some(error)),
        };
        let digest = |text: &str| FileDigest::of(text.as_bytes());
        let after = files.iter().map(|file| (file.name.clone(), digest(&file.text))).collect();
        let (path, is_locked) = (folder.join(LOCK), lock.is_some());
        let policies = Content::Texts(source_set(files)).compile()?;
        Ok(LockUpdate { path, before, after, malformed, is_locked, policies })
    }

    /// Where the lock stands, or will.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The policies that the folder holds.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// What is wrong with the lock that is there, if it cannot be read.
    pub fn malformed(&self) -> Option<&SourceError> {
        self.malformed.as_ref()
    }

    /// Whether there is a lock, and it says what the folder holds.
    pub fn is_current(&self) -> bool {
        self.is_locked && self.malformed.is_none() && self.before == self.after
    }

    /// Files that the lock does not name.
    pub fn added(&self) -> impl Iterator<Item = &str> {
        without(&self.after, &self.before)
    }

    /// Files that hold something else than when they were locked.
    pub fn changed(&self) -> impl Iterator<Item = &str> {
        let known = self.before.iter();
        let is_other = |path: &String, digest: &FileDigest| {
            self.after.get(path).is_some_and(|after| after != digest)
        };
        known.filter(move |(path, digest)| is_other(path, digest)).map(|(path, _)| path.as_str())
    }

    /// What the lock names and the folder does not hold.
    pub fn gone(&self) -> impl Iterator<Item = &str> {
        without(&self.before, &self.after)
    }

    /// Writes the lock: whoever reads finds the old one or the new one. A link that stands in its
    /// place is replaced.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn write(&self) -> io::Result<()> {
        replace::replace(&self.path, line::text(&self.after).as_bytes(), 0o666)
    }
}

/// The files of `these` that `those` lack.
fn without<'f>(these: &'f FileDigests, those: &'f FileDigests) -> impl Iterator<Item = &'f str> {
    these.keys().filter(|path| !those.contains_key(*path)).map(String::as_str)
}
