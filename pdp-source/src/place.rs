//! Ways to a file, each taken so that nothing but what is meant is opened, and never waits.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::{Errno, retry_on_intr};

use crate::content::Stamp;
use crate::{FileKind, SourceError};

/// How often a link is tried. After a step to `..` the kernel gives up if anything was renamed
/// meanwhile, anywhere on the machine.
const LINK_ATTEMPTS_MAX: usize = 32;

/// How a path is reached.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    /// Given by whoever asks, who may use links.
    Given(&'a Path),
    /// An entry of an open folder; a link is not followed.
    Entry(&'a File, &'a OsStr),
    /// A link, by its path below the open folder that was given. It is followed as long as no
    /// step leaves that folder.
    Link(&'a File, &'a str),
}

impl Place<'_> {
    /// What is there. A device or a pipe is not disturbed by this.
    pub(crate) fn look(self) -> Result<(FileKind, Stamp), Errno> {
        let file = self.open(OFlags::PATH | OFlags::CLOEXEC)?;
        let metadata = file.metadata().map_err(|error| errno(&error))?;
        Ok((kind(&metadata), Stamp::of(&metadata)))
    }

    /// Opens a file for reading. What it is must be asked again, of the open file.
    pub(crate) fn open_file(self) -> Result<File, Errno> {
        self.open(OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC)
    }

    /// Opens a folder.
    pub(crate) fn open_folder(self) -> Result<File, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK;
        self.open(flags | OFlags::NOCTTY | OFlags::CLOEXEC)
    }

    fn open(self, flags: OFlags) -> Result<File, Errno> {
        let none = Mode::empty();
        let descriptor = retry_on_intr(|| match self {
            Place::Given(path) => openat(CWD, path, flags, none),
            Place::Entry(folder, name) => openat(folder, name, flags | OFlags::NOFOLLOW, none),
            Place::Link(root, path) => open_beneath(root, path, flags),
        })?;
        Ok(File::from(descriptor))
    }

    /// What it means that opening failed with `errno`; `path` is shown.
    pub(crate) fn error(self, errno: Errno, path: &Path) -> SourceError {
        let path = path.to_owned();
        match (self, errno) {
            (Place::Link(..), Errno::NOENT | Errno::NOTDIR) => SourceError::LinkBroken { path },
            (Place::Link(..), Errno::XDEV) => SourceError::LinkOutside { path },
            // A filter of system calls may say either.
            (Place::Link(..), Errno::NOSYS | Errno::PERM) => SourceError::LinkUnchecked { path },
            // Folders are renamed all the time, so the kernel cannot tell where it leads.
            (Place::Link(..), Errno::AGAIN) => SourceError::Changed { path },
            // Not so when it was listed or looked at: now a link, or no folder, or gone, or a socket.
            (Place::Entry(..), Errno::LOOP | Errno::NOTDIR | Errno::NOENT) | (_, Errno::NXIO) => {
                SourceError::Changed { path }
            }
            (_, Errno::NOENT | Errno::NOTDIR) => SourceError::Missing { path },
            (_, errno) => SourceError::Unreadable { path, cause: errno.into() },
        }
    }
}

/// Follows links as long as no step leaves `root`.
fn open_beneath(root: &File, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    let inside = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let mut attempts_left = LINK_ATTEMPTS_MAX;
    loop {
        attempts_left -= 1;
        match openat2(root, path, flags, Mode::empty(), inside) {
            Err(Errno::AGAIN) if attempts_left > 0 => {}
            opened => return opened,
        }
    }
}

fn errno(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

fn kind(metadata: &Metadata) -> FileKind {
    let kind = metadata.file_type();
    match () {
        () if kind.is_file() => FileKind::File,
        () if kind.is_dir() => FileKind::Folder,
        () if kind.is_symlink() => FileKind::Link,
        () if kind.is_fifo() => FileKind::Pipe,
        () if kind.is_socket() => FileKind::Socket,
        () if kind.is_char_device() || kind.is_block_device() => FileKind::Device,
        () => FileKind::Unknown,
    }
}
