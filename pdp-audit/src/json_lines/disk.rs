//! What the writer asks of the system.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;

use rustix::fs::{AtFlags, Dir, Mode, OFlags, RenameFlags, fstat, openat, renameat_with, unlinkat};

/// The calls that can fail while records are written, one method each. All are as the system does
/// them; the tests of this crate let each of them fail, and be slow, where no real disk would.
pub(super) trait Disk: Send {
    /// Opens a file for reading and appending, and creates it where there is none. A link is not
    /// followed, and nothing waits for the other end of a pipe.
    fn open(&self, folder: &File, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE;
        let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        Ok(openat(folder, name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Appends as many of `bytes` as the system takes at once.
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    /// Makes the content of a file safe against a loss of power.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    /// Makes the names in a folder safe against a loss of power.
    fn sync_folder(&self, folder: &File) -> io::Result<()> {
        folder.sync_all()
    }

    /// Cuts a file to `bytes`.
    fn cut(&self, file: &File, bytes: u64) -> io::Result<()> {
        file.set_len(bytes)
    }

    /// How long a file is, in bytes, and whether a name leads to it.
    fn look(&self, file: &File) -> io::Result<(u64, bool)> {
        let stat = fstat(file)?;
        Ok((stat.st_size.cast_unsigned(), stat.st_nlink > 0))
    }

    /// Renames a file; an error if `to` exists.
    fn rename(&self, folder: &File, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat_with(folder, from, folder, to, RenameFlags::NOREPLACE)?)
    }

    /// Removes a file.
    fn remove(&self, folder: &File, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(folder, name, AtFlags::empty())?)
    }

    /// The names in a folder, in no order.
    fn names(&self, folder: &File) -> io::Result<Vec<OsString>> {
        let name = |entry: rustix::fs::DirEntry| {
            OsStr::from_bytes(entry.file_name().to_bytes()).to_owned()
        };
        Ok(Dir::read_from(folder)?.map(|entry| entry.map(name)).collect::<Result<_, _>>()?)
    }
}

/// The disk as it is.
#[derive(Debug)]
pub(super) struct System;

impl Disk for System {}
