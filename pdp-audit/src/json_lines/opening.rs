//! How files are opened: locked, found to be files, and mended.

use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::path::Path;

use rustix::io::Errno;

use super::disk::Disk;
use super::status::Report;
use super::tail;
use crate::{Operation, SinkError};

/// The right to write a file, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a process that is just being started may hold a copy of the file.
        // Where this fails, closing still does it once that process runs.
        let _ = self.0.unlock();
    }
}

/// The lock of the file `name`.
pub(super) fn lock<D: Disk>(
    disk: &D,
    folder: &File,
    name: &OsStr,
    path: &Path,
) -> Result<Lock, SinkError> {
    let mut name = name.to_owned();
    name.push(".lock");
    let lock = open(disk, folder, &name, &path.with_file_name(&name))?;
    match lock.try_lock() {
        Ok(()) => Ok(Lock(lock)),
        Err(TryLockError::WouldBlock) => Err(SinkError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(cause)) => Err(SinkError::disk(Operation::Lock, path, cause)),
    }
}

/// Opens the regular file `name`, or creates it.
pub(super) fn open<D: Disk>(
    disk: &D,
    folder: &File,
    name: &OsStr,
    path: &Path,
) -> Result<File, SinkError> {
    let fault = |cause| SinkError::disk(Operation::Open, path, cause);
    let file = disk.open(folder, name);
    // A folder, a link, a socket.
    let is_no_file = |cause| matches!(cause, Errno::ISDIR | Errno::LOOP | Errno::NXIO);
    match file {
        Err(cause) if Errno::from_io_error(&cause).is_some_and(is_no_file) => {
            Err(SinkError::NotAFile { path: path.to_owned() })
        }
        Err(cause) => Err(fault(cause)),
        Ok(file) if file.metadata().map_err(fault)?.is_file() => Ok(file),
        Ok(_) => Err(SinkError::NotAFile { path: path.to_owned() }),
    }
}

/// Cuts off a torn last line, so that no line is glued to it; gives how long the file is then.
pub(super) fn mend<D: Disk>(
    disk: &D,
    file: &File,
    path: &Path,
    report: &Report,
) -> Result<u64, SinkError> {
    let read = |cause| SinkError::disk(Operation::Read, path, cause);
    let (bytes, _) = disk.look(file).map_err(read)?;
    if !tail::begins_as_records(file).map_err(read)? {
        return Err(SinkError::NotRecords { path: path.to_owned() });
    }
    let whole = tail::whole_lines(file, bytes).map_err(read)?;
    if whole < bytes {
        let cut = disk.cut(file, whole);
        cut.map_err(|cause| SinkError::disk(Operation::Cut, path, cause))?;
        report.cut(bytes - whole);
    }
    Ok(whole)
}
