//! One pass over the paths of a set.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, statat};
use rustix::io::Errno;

use crate::content::{self, Stamp};
use crate::given::{Given, Opened};
use crate::name::{FileName, join};
use crate::place::Place;
use crate::{FileKind, Limits, SourceError};

/// A file that belongs to the set.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its name in the set.
    pub(crate) name: String,
    /// The path that was given, and what lies below it.
    pub(crate) path: PathBuf,
    pub(crate) stamp: Stamp,
    /// Empty where texts were not asked for.
    pub(crate) text: String,
}

/// What one pass collects.
#[derive(Debug)]
pub(crate) struct Walk<'l> {
    limits: &'l Limits,
    wanted: FileName,
    reads_texts: bool,
    pub(crate) found: Vec<Found>,
    pub(crate) errors: Vec<SourceError>,
    /// Files that are wanted, the faulty ones included.
    files: usize,
    /// Folders, and links whose names say nothing.
    others: usize,
    bytes: u64,
}

/// The set is over a limit: nothing more is read.
#[derive(Debug)]
pub(crate) struct Full;

/// A folder that is being walked.
#[derive(Clone, Copy, Debug)]
struct Folder<'a> {
    given: &'a Given,
    /// What names in the set begin with.
    prefix: &'a str,
    root: &'a File,
    file: &'a File,
    /// The path below the root.
    below: &'a str,
    depth: usize,
}

impl<'l> Walk<'l> {
    pub(crate) fn new(wanted: FileName, reads_texts: bool, limits: &'l Limits) -> Self {
        let (found, errors) = (Vec::new(), Vec::new());
        Walk { limits, wanted, reads_texts, found, errors, files: 0, others: 0, bytes: 0 }
    }

    /// Opens and walks one path that was given.
    pub(crate) fn open_given(&mut self, given: &Given) -> Result<(), Full> {
        match given.open(self.wanted) {
            Ok(opened) => self.given(given, &opened),
            Err(error) => self.note(error),
        }
    }

    /// Walks one path that was given.
    pub(crate) fn given(&mut self, given: &Given, opened: &Opened) -> Result<(), Full> {
        let name = match given.name(opened) {
            Ok(name) => name,
            Err(error) => return self.note(error),
        };
        let (files, errors) = (self.files, self.errors.len());
        match opened {
            Opened::Folder(root) => {
                let (prefix, below) = (name.as_str(), "");
                self.folder(Folder { given, prefix, root, file: root, below, depth: 0 })?;
            }
            Opened::File(file) => self.given_file(&given.path, name, file)?,
        }
        let is_empty = self.files == files && self.errors.len() == errors;
        if self.wanted == FileName::Policy && is_empty {
            self.errors.push(SourceError::Empty { path: given.path.clone() });
        }
        Ok(())
    }

    fn given_file(&mut self, path: &Path, name: String, file: &File) -> Result<(), Full> {
        self.count(true, path)?;
        let unreadable = |cause| SourceError::Unreadable { path: path.to_owned(), cause };
        match file.metadata() {
            Ok(metadata) => {
                let stamp = Stamp::of(&metadata);
                self.file(path.to_owned(), name, stamp, || file.try_clone().map_err(unreadable))
            }
            Err(cause) => self.note(unreadable(cause)),
        }
    }

    fn folder(&mut self, folder: Folder<'_>) -> Result<(), Full> {
        let path = folder.given.path.join(folder.below);
        match self.list(folder, &path) {
            Ok(names) => names?.iter().try_for_each(|name| self.entry(folder, name)),
            Err(errno) => self.note(Place::Given(&path).error(errno, &path)),
        }
    }

    /// The names in a folder that may matter, sorted.
    fn list(
        &mut self,
        folder: Folder<'_>,
        path: &Path,
    ) -> Result<Result<Vec<OsString>, Full>, Errno> {
        let mut names = Vec::new();
        for entry in Dir::read_from(folder.file)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            let is_wanted = FileName::of(name) == self.wanted;
            // Some file systems do not say in a listing what an entry is.
            let may_lead_on = matches!(
                entry.file_type(),
                FileType::Directory | FileType::Symlink | FileType::Unknown
            );
            if name.starts_with(b".") || !(is_wanted || may_lead_on) {
                continue;
            }
            let name = OsString::from_vec(name.to_owned());
            // Counted here, so that a folder of a million names is not even remembered.
            if let Err(full) = self.count(is_wanted, &path.join(&name)) {
                return Ok(Err(full));
            }
            names.push(name);
        }
        names.sort_unstable();
        // A folder that changes may list a name twice.
        names.dedup();
        Ok(Ok(names))
    }

    fn entry(&mut self, folder: Folder<'_>, name: &OsStr) -> Result<(), Full> {
        let path = folder.given.path.join(folder.below).join(name);
        let place = Place::Entry(folder.file, name);
        let file_name = FileName::of(name.as_bytes());
        let (kind, stamp) = match place.look() {
            Ok(seen) => seen,
            Err(errno) => return self.note(place.error(errno, &path)),
        };
        let is_wanted = file_name == self.wanted;
        match kind {
            FileKind::Folder if file_name == FileName::Other => {
                self.folder_below(folder, name, path)
            }
            FileKind::Folder => self.note(SourceError::NotAFile { path, kind }),
            FileKind::Link if is_wanted => self.link(folder, name, path),
            FileKind::Link if file_name == FileName::Other => self.other_link(folder, name, path),
            FileKind::File if is_wanted => match below(folder, name) {
                Some(below) => self.found(folder, place, &below, path, stamp),
                None => self.note(SourceError::NameNotUtf8 { path }),
            },
            kind if is_wanted => self.note(SourceError::NotAFile { path, kind }),
            _ => Ok(()),
        }
    }

    fn folder_below(
        &mut self,
        folder: Folder<'_>,
        name: &OsStr,
        path: PathBuf,
    ) -> Result<(), Full> {
        let depth = folder.depth + 1;
        let depth_max = self.limits.depth_max;
        if depth > depth_max {
            return self.note(SourceError::TooDeep { path, depth_max });
        }
        let Some(below) = below(folder, name) else {
            return self.note(SourceError::NameNotUtf8 { path });
        };
        let place = Place::Entry(folder.file, name);
        match place.open_folder() {
            Ok(file) => self.folder(Folder { file: &file, below: &below, depth, ..folder }),
            Err(errno) => self.note(place.error(errno, &path)),
        }
    }

    /// A link by whose name a file is wanted.
    fn link(&mut self, folder: Folder<'_>, name: &OsStr, path: PathBuf) -> Result<(), Full> {
        let Some(below) = below(folder, name) else {
            return self.note(SourceError::NameNotUtf8 { path });
        };
        let place = Place::Link(folder.root, &below);
        match place.look() {
            Ok((FileKind::File, stamp)) => self.found(folder, place, &below, path, stamp),
            Ok((FileKind::Folder, _)) => self.note(SourceError::LinkToFolder { path }),
            Ok((kind, _)) => self.note(SourceError::NotAFile { path, kind }),
            Err(errno) => self.note(place.error(errno, &path)),
        }
    }

    /// A link by whose name nothing is wanted: it may lead anywhere, but not to a folder, where
    /// policies could stand that somebody believes to be in force.
    fn other_link(&mut self, folder: Folder<'_>, name: &OsStr, path: PathBuf) -> Result<(), Full> {
        match statat(folder.file, name, AtFlags::empty()) {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Directory => {
                self.note(SourceError::LinkToFolder { path })
            }
            _ => Ok(()),
        }
    }

    fn found(
        &mut self,
        folder: Folder<'_>,
        place: Place<'_>,
        below: &str,
        path: PathBuf,
        stamp: Stamp,
    ) -> Result<(), Full> {
        let shown = path.clone();
        let open = || place.open_file().map_err(|errno| place.error(errno, &shown));
        self.file(path, join(folder.prefix, below), stamp, open)
    }

    fn file(
        &mut self,
        path: PathBuf,
        name: String,
        stamp: Stamp,
        open: impl FnOnce() -> Result<File, SourceError>,
    ) -> Result<(), Full> {
        let text = if self.reads_texts {
            if !self.has_room(&path, stamp.bytes)? {
                return Ok(());
            }
            open().and_then(|file| content::text(&file, stamp, &path))
        } else {
            Ok(String::new())
        };
        match text {
            Ok(text) => self.found.push(Found { name, path, stamp, text }),
            Err(error) => self.errors.push(error),
        }
        Ok(())
    }

    /// Whether a file may be read; otherwise that is noted.
    fn has_room(&mut self, path: &Path, bytes: u64) -> Result<bool, Full> {
        let path = || path.to_owned();
        let Limits { file_bytes_max, set_bytes_max, .. } = *self.limits;
        if bytes > file_bytes_max {
            let error = SourceError::FileTooLarge { path: path(), bytes_max: file_bytes_max };
            self.errors.push(error);
            return Ok(false);
        }
        self.bytes += bytes;
        if self.bytes > set_bytes_max {
            let error = SourceError::SetTooLarge { path: path(), bytes_max: set_bytes_max };
            self.errors.push(error);
            return Err(Full);
        }
        Ok(true)
    }

    /// Counts a file, or something else that has to be looked at.
    fn count(&mut self, is_wanted: bool, path: &Path) -> Result<(), Full> {
        let counter = if is_wanted { &mut self.files } else { &mut self.others };
        *counter += 1;
        let files_max = self.limits.files_max;
        if *counter <= files_max {
            return Ok(());
        }
        self.errors.push(SourceError::TooManyFiles { path: path.to_owned(), files_max });
        Err(Full)
    }

    /// Notes an error; the walk goes on.
    #[expect(clippy::unnecessary_wraps, reason = "ends the branches of a walk, which may be full")]
    fn note(&mut self, error: SourceError) -> Result<(), Full> {
        self.errors.push(error);
        Ok(())
    }
}

/// The path of an entry below the root.
fn below(folder: Folder<'_>, name: &OsStr) -> Option<String> {
    Some(join(folder.below, name.to_str()?))
}
