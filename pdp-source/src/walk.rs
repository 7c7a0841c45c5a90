//! One pass over the paths of a set.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, statat};

use crate::budget::Budget;
use crate::content::{self, Stamp};
use crate::given::{Given, Opened};
use crate::name::{FileName, LOCK, join};
use crate::place::Place;
use crate::{FileKind, Limits, SourceError};

/// A file that belongs to the set.
#[derive(Debug)]
pub(crate) struct Found {
    /// Which of the paths that were given leads to it, counted from 0.
    pub(crate) given: usize,
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
    budget: Budget<'l>,
    wanted: FileName,
    reads_texts: bool,
    /// How many of the paths that were given have been walked.
    given_count: usize,
    pub(crate) found: Vec<Found>,
    /// The locks at the top of the folders that were given.
    pub(crate) locks: Vec<Found>,
    /// The folders, each as it was before it was listed.
    pub(crate) folders: Vec<(PathBuf, Stamp)>,
    /// Where a folder stands in `folders`, by its identity.
    walked: HashMap<(u64, u64), usize>,
    pub(crate) errors: Vec<SourceError>,
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
        let budget = Budget::new(limits);
        Walk {
            budget,
            wanted,
            reads_texts,
            given_count: 0,
            found: Vec::new(),
            locks: Vec::new(),
            folders: Vec::new(),
            walked: HashMap::new(),
            errors: Vec::new(),
        }
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
        let (files, errors) = (self.budget.files, self.errors.len());
        match opened {
            Opened::Folder(root) => {
                let (prefix, below) = (name.as_str(), "");
                self.folder(Folder { given, prefix, root, file: root, below, depth: 0 })?;
            }
            Opened::File(file) => self.given_file(&given.path, name, file)?,
        }
        let is_empty = self.budget.files == files && self.errors.len() == errors;
        if self.wanted == FileName::Policy && is_empty {
            self.errors.push(SourceError::Empty { path: given.path.clone() });
        }
        self.given_count += 1;
        Ok(())
    }

    fn given_file(&mut self, path: &Path, name: String, file: &File) -> Result<(), Full> {
        self.count(true, path)?;
        let unreadable = |cause| SourceError::Unreadable { path: path.to_owned(), cause };
        match file.metadata() {
            Ok(metadata) => {
                let stamp = Stamp::of(&metadata);
                self.file(path.to_owned(), (name, false), stamp, || {
                    file.try_clone().map_err(unreadable)
                })
            }
            Err(cause) => self.note(unreadable(cause)),
        }
    }

    fn folder(&mut self, folder: Folder<'_>) -> Result<(), Full> {
        let path = match folder.below {
            "" => folder.given.path.clone(), // Joined, it would end in a slash.
            below => folder.given.path.join(below),
        };
        let stamp = match folder.file.metadata() {
            Ok(metadata) => Stamp::of(&metadata),
            Err(cause) => return self.note(SourceError::Unreadable { path, cause }),
        };
        // Links can lead round in a circle.
        if let Some(index) = self.walked.insert(stamp.identity(), self.folders.len()) {
            let first = self.folders[index].0.clone();
            return self.note(SourceError::SameFolder { first, second: path });
        }
        self.folders.push((path.clone(), stamp));
        let listing = match Dir::read_from(folder.file) {
            Ok(listing) => listing,
            Err(errno) => return self.note(Place::Given(&path).error(errno, &path)),
        };
        let names = self.names(folder, listing, &path)?;
        names.iter().try_for_each(|name| self.entry(folder, name))
    }

    /// What the name of an entry says. A lock is one at the top, and beside policies.
    fn file_name(&self, folder: Folder<'_>, name: &[u8]) -> FileName {
        match FileName::of(name) {
            FileName::Lock if folder.depth > 0 || self.wanted != FileName::Policy => {
                FileName::Other
            }
            file_name => file_name,
        }
    }

    /// Whether files of such names are read.
    fn is_wanted(&self, file_name: FileName) -> bool {
        file_name == self.wanted || file_name == FileName::Lock
    }

    /// The names in a folder that may matter, sorted.
    fn names(
        &mut self,
        folder: Folder<'_>,
        listing: Dir,
        path: &Path,
    ) -> Result<Vec<OsString>, Full> {
        let mut names = Vec::new();
        for entry in listing {
            let entry = match entry {
                Ok(entry) => entry,
                Err(errno) => {
                    self.errors.push(Place::Given(path).error(errno, path));
                    break;
                }
            };
            let name = entry.file_name().to_bytes();
            let file_name = self.file_name(folder, name);
            let is_wanted = self.is_wanted(file_name);
            if name.starts_with(b".") || !(is_wanted || may_lead_on(entry.file_type())) {
                continue;
            }
            let name = OsString::from_vec(name.to_owned());
            // Counted here, so that of a folder with a million names few are remembered.
            self.count(file_name == self.wanted, &path.join(&name))?;
            names.push(name);
        }
        names.sort_unstable();
        // A folder that changes may list a name twice.
        names.dedup();
        Ok(names)
    }

    fn entry(&mut self, folder: Folder<'_>, name: &OsStr) -> Result<(), Full> {
        let path = folder.given.path.join(folder.below).join(name);
        let place = Place::Entry(folder.file, name);
        let file_name = self.file_name(folder, name.as_bytes());
        let (kind, stamp) = match place.look() {
            Ok(seen) => seen,
            Err(errno) => return self.note(place.error(errno, &path)),
        };
        let is_wanted = self.is_wanted(file_name);
        match kind {
            FileKind::Folder if file_name == FileName::Other => {
                self.folder_below(folder, name, path, false)
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
        is_link: bool,
    ) -> Result<(), Full> {
        let depth = folder.depth + 1;
        if let Err(error) = self.budget.depth(depth, &path) {
            return self.note(error);
        }
        let Some(below) = below(folder, name) else {
            return self.note(SourceError::NameNotUtf8 { path });
        };
        let place = if is_link {
            Place::Link(folder.root, &below)
        } else {
            Place::Entry(folder.file, name)
        };
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
            Ok((kind, _)) => self.note(SourceError::NotAFile { path, kind }),
            Err(errno) => self.note(place.error(errno, &path)),
        }
    }

    /// A link by whose name no file is wanted: it may lead anywhere, but a folder that it leads to
    /// is part of the set. What it leads to is only asked of the system, not opened.
    fn other_link(&mut self, folder: Folder<'_>, name: &OsStr, path: PathBuf) -> Result<(), Full> {
        match statat(folder.file, name, AtFlags::empty()) {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Directory => {
                self.folder_below(folder, name, path, true)
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
        // At the top alone an entry has this path.
        let is_lock = below == LOCK;
        self.file(path, (join(folder.prefix, below), is_lock), stamp, open)
    }

    fn file(
        &mut self,
        path: PathBuf,
        (name, is_lock): (String, bool),
        stamp: Stamp,
        open: impl FnOnce() -> Result<File, SourceError>,
    ) -> Result<(), Full> {
        let text = if self.reads_texts {
            if let Err(error) = self.budget.file_bytes(stamp.bytes, &path) {
                return self.note(error);
            }
            let room = self.budget.set_bytes(stamp.bytes, &path);
            room.map_err(|error| self.stop(error))?;
            open().and_then(|file| content::text(&file, stamp, &path))
        } else {
            Ok(String::new())
        };
        match text {
            Ok(text) => {
                let found = Found { given: self.given_count, name, path, stamp, text };
                if is_lock { self.locks.push(found) } else { self.found.push(found) }
            }
            Err(error) => self.errors.push(error),
        }
        Ok(())
    }

    fn count(&mut self, is_wanted: bool, path: &Path) -> Result<(), Full> {
        self.budget.count(is_wanted, path).map_err(|error| self.stop(error))
    }

    /// Notes an error that ends the walk.
    fn stop(&mut self, error: SourceError) -> Full {
        self.errors.push(error);
        Full
    }

    /// Notes an error; the walk goes on.
    #[expect(clippy::unnecessary_wraps, reason = "ends the branches of a walk, which may be full")]
    fn note(&mut self, error: SourceError) -> Result<(), Full> {
        self.errors.push(error);
        Ok(())
    }
}

/// Whether an entry must be looked at whatever its name. Some file systems do not say in a listing
/// what an entry is.
fn may_lead_on(kind: FileType) -> bool {
    matches!(kind, FileType::Directory | FileType::Symlink | FileType::Unknown)
}

/// The path of an entry below the root.
fn below(folder: Folder<'_>, name: &OsStr) -> Option<String> {
    Some(join(folder.below, name.to_str()?))
}
