//! What the system tells of changes in folders (inotify).

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

use crate::look::Look;

/// Room for some events; what does not fit is read next.
const BUFFER_BYTES: usize = 4096;

/// Ends a wait from another thread.
#[derive(Clone, Debug)]
pub(super) struct Stop(Arc<OwnedFd>);

impl Stop {
    pub(super) fn new() -> io::Result<Self> {
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        Ok(Stop(Arc::new(eventfd(0, flags)?)))
    }

    /// Ends the wait that is under way, and every later one at once.
    pub(super) fn stop(&self) {
        // It can only fail where the counter is full, and then it is not zero either.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Woken {
    Stop,
    Notice,
    Time,
}

/// The folders of which the system tells.
#[derive(Debug)]
pub(super) struct Notices {
    stop: Stop,
    /// Nothing where the system has no more of them: then time alone wakes.
    inotify: Option<OwnedFd>,
    /// The paths of the set. Each may be replaced as a whole in the folder that it stands in.
    paths: Vec<PathBuf>,
    /// Folders of the set, by what the system calls them.
    folders: HashSet<i32>,
    /// Folders in which paths of the set stand, with the paths; nothing else in them matters.
    parents: HashMap<i32, Vec<PathBuf>>,
    /// Whether it was told that some folder is not followed.
    is_incomplete: bool,
}

impl Notices {
    /// Notices of the set at `paths`, and what is wrong if there are none.
    pub(super) fn new(stop: Stop, paths: &[PathBuf]) -> (Self, Option<io::Error>) {
        let (inotify, fault) = match inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK) {
            Ok(inotify) => (Some(inotify), None),
            Err(errno) => (None, Some(errno.into())),
        };
        let (folders, parents) = (HashSet::new(), HashMap::new());
        let paths = paths.to_vec();
        (Notices { stop, inotify, paths, folders, parents, is_incomplete: false }, fault)
    }

    /// Follows the folders of `look` and those above the paths, and no others. Whether any of them
    /// is new, and what is wrong if the system follows no more.
    pub(super) fn follow(&mut self, look: &Look) -> (bool, Option<io::Error>) {
        let Some(inotify) = &self.inotify else { return (false, None) };
        let mut fault = None;
        let mut add = |path: &Path| match inotify::add_watch(inotify, path, flags()) {
            Ok(folder) => Some(folder),
            // What vanished is seen to be gone by the next look.
            Err(Errno::NOENT | Errno::NOTDIR) => None,
            Err(errno) => {
                fault = Some(errno);
                None
            }
        };
        let folders: HashSet<i32> = look.folders.iter().filter_map(|(path, _)| add(path)).collect();
        let mut parents: HashMap<i32, Vec<PathBuf>> = HashMap::new();
        for path in &self.paths {
            if let Some(folder) = add(parent(path)) {
                parents.entry(folder).or_default().push(path.clone());
            }
        }
        let is_known = |folder| self.folders.contains(folder) || self.parents.contains_key(folder);
        let has_new = !folders.iter().chain(parents.keys()).all(is_known);
        let known = self.folders.iter().chain(self.parents.keys());
        for gone in known.filter(|known| !folders.contains(known) && !parents.contains_key(known)) {
            // The system forgets folders that are deleted by itself.
            let _ = inotify::remove_watch(inotify, *gone);
        }
        (self.folders, self.parents) = (folders, parents);
        let was_incomplete = std::mem::replace(&mut self.is_incomplete, fault.is_some());
        (has_new, fault.filter(|_| !was_incomplete).map(io::Error::from))
    }

    /// Waits for `time` at most, for the stop or, if it listens, a notice.
    pub(super) fn wait(&mut self, time: Duration, listens: bool) -> Woken {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let inotify = self.inotify.as_ref().filter(|_| listens);
            let mut ready = vec![PollFd::new(&self.stop.0, PollFlags::IN)];
            ready.extend(inotify.map(|inotify| PollFd::new(inotify, PollFlags::IN)));
            let timeout = Timespec::try_from(left).ok();
            let count = poll(&mut ready, timeout.as_ref());
            if !ready[0].revents().is_empty() {
                return Woken::Stop;
            }
            match count {
                Ok(0) if left.is_zero() => return Woken::Time,
                Ok(1..) if self.has_notice() => return Woken::Notice,
                // A system that cannot wait is not asked all the time.
                Err(errno) if errno != Errno::INTR => std::thread::sleep(left),
                _ => {}
            }
        }
    }

    /// Reads what the system has told; whether any of it is about the set.
    fn has_notice(&self) -> bool {
        let Some(inotify) = &self.inotify else { return false };
        let mut buffer = [MaybeUninit::uninit(); BUFFER_BYTES];
        let mut reader = Reader::new(inotify, &mut buffer);
        let mut has_notice = false;
        while let Ok(event) = reader.next() {
            let is_lost = event.events().contains(ReadFlags::QUEUE_OVERFLOW);
            let name = event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()));
            has_notice |= is_lost || self.is_about_the_set(event.wd(), name);
        }
        has_notice
    }

    fn is_about_the_set(&self, folder: i32, name: Option<&OsStr>) -> bool {
        let paths = self.parents.get(&folder).into_iter().flatten();
        self.folders.contains(&folder)
            || paths.map(|path| path.file_name()).any(|path| path == name)
    }
}

/// What the system tells of a folder: whatever changes in it or befalls it. Opening is no change.
fn flags() -> WatchFlags {
    let entries = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVE;
    let content = WatchFlags::MODIFY | WatchFlags::CLOSE_WRITE | WatchFlags::ATTRIB;
    let itself = WatchFlags::DELETE_SELF | WatchFlags::MOVE_SELF;
    entries | content | itself | WatchFlags::ONLYDIR
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) => Path::new("."),
        None => path,
    }
}
