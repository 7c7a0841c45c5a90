//! The file that is written, and the full ones beside it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use pdp_core::Timestamp;

use super::batch::Batch;
use super::disk::Disk;
use super::opening::{self, Lock};
use super::rotated::Rotated;
use super::settings::Settings;
use super::status::Report;
use crate::{Operation, SinkError};

/// The files of one path. What is wrong and costs no record is only reported.
#[derive(Debug)]
pub(super) struct Trail<D> {
    disk: D,
    settings: Settings,
    report: Arc<Report>,
    folder: File,
    name: OsString,
    /// `None` where the next line opens it.
    current: Option<Current>,
    /// What stands at the path is not to be written any more: it is renamed before a file is
    /// opened there.
    distrusted: bool,
    /// Whether the folder is known to hold the names that it has, whatever happens.
    folder_synced: bool,
    /// A file of its own: the current one changes, and a lock on it would leave a gap between two.
    _lock: Lock,
}

#[derive(Debug)]
struct Current {
    file: File,
    /// How long the file is: whole lines only, unless `cut_back` failed.
    bytes: u64,
    synced: bool,
}

impl<D: Disk> Trail<D> {
    /// Opens the file at the path, or creates it.
    pub(super) fn open(
        disk: D,
        settings: Settings,
        report: Arc<Report>,
    ) -> Result<Self, SinkError> {
        let path = settings.path.clone();
        let Some(name) = path.file_name().map(OsString::from) else {
            return Err(SinkError::NoFileName { path });
        };
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        let folder =
            File::open(parent).map_err(|cause| SinkError::disk(Operation::Open, parent, cause))?;
        let lock = opening::lock(&disk, &folder, &name, &path)?;
        let mut trail = Trail {
            disk,
            settings,
            report,
            folder,
            name,
            current: None,
            distrusted: false,
            folder_synced: false,
            _lock: lock,
        };
        trail.begin()?;
        Ok(trail)
    }

    /// Writes the lines of `batch`, syncs them if somebody waits, and settles each of them.
    pub(super) fn write(&mut self, batch: &mut Batch) -> Result<(), SinkError> {
        while !batch.rest().is_empty() {
            let sync = batch.is_awaited();
            let (safe, fault) = match self.prepare(batch.rest()) {
                Ok(end) => self.append(&batch.rest()[..end], sync),
                Err(error) => (0, Some(error)),
            };
            self.report.failing(fault.is_some());
            batch.recorded(safe);
            if let Some(error) = fault {
                self.report.fault(error.clone());
                batch.fail(&error);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Opens what stands at the path by now.
    pub(super) fn reopen(&mut self) {
        let closed = self.close();
        for error in [closed, self.begin()].into_iter().filter_map(Result::err) {
            self.report.failing(true);
            self.report.fault(error);
        }
    }

    /// Syncs what is written and lets go of the file.
    pub(super) fn close(&mut self) -> Result<(), SinkError> {
        let synced = self.sync();
        self.current = None;
        synced
    }

    /// Sees to it that a file is open which has room for the first of `lines`; gives how many
    /// bytes of them, whole lines, it may take.
    fn prepare(&mut self, lines: &[u8]) -> Result<usize, SinkError> {
        self.look();
        self.begin()?;
        let mut end = self.fitting(lines);
        if end == 0 && self.bytes() > 0 {
            if !self.rotate() {
                return Ok(lines.len());
            }
            self.begin()?;
            self.remove_old();
            end = self.fitting(lines);
        }
        Ok(if end == 0 { first_line(lines) } else { end })
    }

    /// Finds out what others did to the file.
    fn look(&mut self) {
        let Some(current) = &mut self.current else { return };
        let (path, expected_bytes) = (self.settings.path.clone(), current.bytes);
        match self.disk.look(&current.file) {
            Ok((found_bytes, true)) if found_bytes == expected_bytes => {}
            // Copied and emptied: the way of `copytruncate`.
            Ok((0, true)) => {
                current.bytes = 0;
                self.report.fault(SinkError::Changed { path, expected_bytes, found_bytes: 0 });
            }
            Ok((found_bytes, true)) => {
                self.report.fault(SinkError::Changed { path, expected_bytes, found_bytes });
                self.distrust();
            }
            Ok((_, false)) => {
                self.report.fault(SinkError::Deleted { path });
                self.current = None;
            }
            Err(cause) => {
                self.report.fault(SinkError::disk(Operation::Read, &path, cause));
                self.distrust();
            }
        }
    }

    /// Opens the file at the path if none is open.
    fn begin(&mut self) -> Result<(), SinkError> {
        if self.current.is_some() {
            return Ok(());
        }
        if self.distrusted {
            self.set_aside()?;
            self.distrusted = false;
        }
        let path = &self.settings.path;
        let file = opening::open(&self.disk, &self.folder, &self.name, path)?;
        let bytes = opening::mend(&self.disk, &file, path, &self.report)?;
        self.current = Some(Current { file, bytes, synced: bytes == 0 });
        self.folder_synced = false;
        Ok(())
    }

    /// Appends `lines`. Gives how many bytes of them, whole lines, are as safe as they are to be,
    /// and what went wrong.
    fn append(&mut self, lines: &[u8], sync: bool) -> (usize, Option<SinkError>) {
        let Some(current) = &mut self.current else { return (0, None) };
        let (written, fault) = write_all(&self.disk, &current.file, lines);
        let whole = if fault.is_some() { whole_lines(&lines[..written]) } else { written };
        current.bytes += whole as u64;
        current.synced &= whole == 0;
        let path = &self.settings.path;
        let mut fault = fault.map(|cause| SinkError::disk(Operation::Write, path, cause));
        let mut safe = whole;
        if sync && let Err(error) = self.sync() {
            // The system may have dropped what it could not sync, and would say so only once.
            self.current = None;
            self.distrust();
            fault.get_or_insert(error);
            safe = 0;
        } else if fault.is_some() {
            self.cut_back();
        }
        (safe, fault)
    }

    /// Removes what a failed write may have left of a line.
    fn cut_back(&mut self) {
        let Some(current) = &self.current else { return };
        if let Err(cause) = self.disk.cut(&current.file, current.bytes) {
            self.report.fault(SinkError::disk(Operation::Cut, &self.settings.path, cause));
            self.distrust();
        }
    }

    /// Begins a new file, now or with the next line; the present one is not written again.
    fn distrust(&mut self) {
        self.distrusted = true;
        for error in [self.close(), self.begin()].into_iter().filter_map(Result::err) {
            self.report.fault(error);
        }
    }

    /// Puts the full file aside; whether that was done. If not, the full file goes on: rather that
    /// than no record.
    fn rotate(&mut self) -> bool {
        if let Err(error) = self.sync() {
            self.report.fault(error);
        }
        match self.set_aside() {
            Ok(()) => {
                self.current = None;
                true
            }
            Err(error) => {
                self.report.fault(error);
                false
            }
        }
    }

    /// Renames what stands at the path, if anything does.
    fn set_aside(&mut self) -> Result<(), SinkError> {
        let full = self.full_files()?;
        let name = Rotated::next(full.last(), &now()).name(&self.name);
        self.folder_synced = false;
        match self.disk.rename(&self.folder, &self.name, &name) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => {
                Err(SinkError::disk(Operation::Rename, &self.settings.path, cause))
            }
            _ => Ok(()),
        }
    }

    /// Removes the oldest of the full files.
    fn remove_old(&self) {
        let keep = self.settings.keep_files;
        if keep == 0 {
            return;
        }
        let full = self.full_files().unwrap_or_else(|error| {
            self.report.fault(error);
            Vec::new()
        });
        for old in &full[..full.len().saturating_sub(keep)] {
            let name = old.name(&self.name);
            match self.disk.remove(&self.folder, &name) {
                Err(cause) if cause.kind() != ErrorKind::NotFound => {
                    let path = self.settings.path.with_file_name(name);
                    self.report.fault(SinkError::disk(Operation::Remove, &path, cause));
                }
                _ => {}
            }
        }
    }

    fn full_files(&self) -> Result<Vec<Rotated>, SinkError> {
        let names = self.disk.names(&self.folder);
        let path = &self.settings.path;
        let names = names.map_err(|cause| SinkError::disk(Operation::Read, path, cause))?;
        Ok(Rotated::among(&names, &self.name))
    }

    /// Makes what is written safe, with the name under which it stands.
    fn sync(&mut self) -> Result<(), SinkError> {
        let Some(current) = &mut self.current else { return Ok(()) };
        let path = &self.settings.path;
        let fault = |cause| SinkError::disk(Operation::Sync, path, cause);
        if !self.folder_synced {
            self.disk.sync_folder(&self.folder).map_err(fault)?;
            self.folder_synced = true;
        }
        if !current.synced {
            self.disk.sync(&current.file).map_err(fault)?;
            current.synced = true;
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.current.as_ref().map_or(0, |current| current.bytes)
    }

    /// How many bytes of `lines`, whole lines, the current file has room for.
    fn fitting(&self, lines: &[u8]) -> usize {
        let limit = match self.settings.rotate_bytes {
            0 => u64::MAX,
            limit => limit,
        };
        let room = usize::try_from(limit.saturating_sub(self.bytes())).unwrap_or(usize::MAX);
        if room >= lines.len() { lines.len() } else { whole_lines(&lines[..room]) }
    }
}

/// Writes all of `bytes`, or says how many were written before what fault.
fn write_all<D: Disk>(disk: &D, file: &File, bytes: &[u8]) -> (usize, Option<io::Error>) {
    let mut written = 0;
    while written < bytes.len() {
        match disk.write(file, &bytes[written..]) {
            Ok(0) => return (written, Some(ErrorKind::WriteZero.into())),
            Ok(more) => written += more,
            Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
            Err(fault) => return (written, Some(fault)),
        }
    }
    (written, None)
}

/// How many of `bytes` are whole lines.
fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1)
}

fn first_line(lines: &[u8]) -> usize {
    lines.iter().position(|byte| *byte == b'\n').map_or(lines.len(), |end| end + 1)
}

/// The time of the system's clock in RFC 3339, UTC.
fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_unix(seconds, 0).map(|time| time.to_string()).unwrap_or_default()
}
