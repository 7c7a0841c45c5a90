//! The paths that a caller gives.

use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use crate::name::FileName;
use crate::place::Place;
use crate::{FileKind, SourceError};

/// A path that was given.
#[derive(Debug)]
pub(crate) struct Given {
    /// As it was given.
    pub(crate) path: PathBuf,
    /// Whether it is the whole set.
    pub(crate) is_alone: bool,
}

/// A path that was given, open.
#[derive(Debug)]
pub(crate) enum Opened {
    /// A folder.
    Folder(File),
    /// A file.
    File(File),
}

impl Given {
    /// Opens a folder, or a file whose name says that it holds what is `wanted`.
    pub(crate) fn open(&self, wanted: FileName) -> Result<Opened, SourceError> {
        let place = Place::Given(&self.path);
        let failed = |errno| place.error(errno, &self.path);
        match place.look().map_err(failed)? {
            (FileKind::Folder, _) => Ok(Opened::Folder(place.open_folder().map_err(failed)?)),
            (FileKind::File, _) => {
                self.check_name(wanted)?;
                Ok(Opened::File(place.open_file().map_err(failed)?))
            }
            (kind, _) => Err(SourceError::NotAFile { path: self.path.clone(), kind }),
        }
    }

    fn check_name(&self, wanted: FileName) -> Result<(), SourceError> {
        let path = self.path.clone();
        let name = self.path.file_name().unwrap_or_default();
        match (wanted, FileName::of(name.as_bytes())) {
            (wanted, found) if wanted == found => Ok(()),
            (FileName::Test, _) => Err(SourceError::NotTests { path }),
            (_, FileName::Test) => Err(SourceError::NotPolicies { path }),
            _ => Err(SourceError::NotYaml { path }),
        }
    }

    /// What names in the set begin with if this is a folder, the whole name if it is a file.
    pub(crate) fn name(&self, opened: &Opened) -> Result<String, SourceError> {
        match opened {
            Opened::Folder(_) if self.is_alone => Ok(String::new()),
            Opened::File(_) if self.is_alone => {
                name(self.path.file_name().map_or(&self.path, Path::new))
            }
            Opened::Folder(_) | Opened::File(_) => name(&self.path),
        }
    }
}

/// `path` without `.` parts and superfluous slashes.
fn name(path: &Path) -> Result<String, SourceError> {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let name = parts.collect::<PathBuf>().into_os_string().into_string();
    name.map_err(|_| SourceError::NameNotUtf8 { path: path.to_owned() })
}
