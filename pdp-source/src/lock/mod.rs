//! `policies.lock`: which files a folder holds, by their SHA-256.

mod line;
mod update;

pub use line::LockFault;
pub use update::LockUpdate;

use crate::SourceError;
use crate::file_digest::{FileDigest, FileDigests};
use crate::name::LOCK;
use crate::walk::Found;

/// Everything in which the files of a folder differ from its lock, by their names. `files` are
/// those of the whole set.
pub(crate) fn faults(lock: &Found, files: &[Found]) -> Vec<SourceError> {
    let mut locked = match read(lock) {
        Ok(locked) => locked,
        Err(error) => return vec![error],
    };
    let mut errors = Vec::new();
    for (name, file) in below(lock, files) {
        let path = file.path.clone();
        match locked.remove(name) {
            Some(digest) if digest == FileDigest::of(file.text.as_bytes()) => {}
            Some(_) => errors.push(SourceError::LockedOther { path }),
            None => errors.push(SourceError::NotLocked { path }),
        }
    }
    let folder = lock.path.parent().unwrap_or(&lock.path);
    let gone = locked.into_keys();
    errors.extend(gone.map(|name| SourceError::LockedMissing { path: folder.join(name) }));
    errors
}

/// What a lock says.
fn read(lock: &Found) -> Result<FileDigests, SourceError> {
    line::parse(&lock.text).map_err(|(line, fault)| {
        let path = lock.path.clone();
        SourceError::LockMalformed { path, line, fault }
    })
}

/// The files in the folder of a lock, with their paths in that folder.
fn below<'f>(lock: &Found, files: &'f [Found]) -> impl Iterator<Item = (&'f str, &'f Found)> {
    let prefix_bytes = lock.name.len() - LOCK.len();
    let files = files.iter().filter(move |file| file.given == lock.given);
    files.map(move |file| (&file.name[prefix_bytes..], file))
}
