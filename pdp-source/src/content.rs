//! From an open file to its text.

use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::SourceError;

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    /// The length in bytes.
    pub(crate) bytes: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    /// The same of the last change of any kind. Tools that copy times set `modified` back; this one
    /// nobody can set.
    changed: (i64, i64),
}

impl Stamp {
    /// The state that `metadata` describes.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Stamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Which file it is, whatever its state.
    pub(crate) fn identity(self) -> (u64, u64) {
        (self.device, self.inode)
    }
}

/// The text of `file`, which was in the state `stamp` when it was looked at.
pub(crate) fn text(file: &File, stamp: Stamp, path: &Path) -> Result<String, SourceError> {
    decode(bytes(file, stamp, path)?, path)
}

/// What is in `file`, which was in the state `stamp` when it was looked at.
///
/// At most one byte more than `stamp` promises is read, so a file that grows ends here too.
pub(crate) fn bytes(file: &File, stamp: Stamp, path: &Path) -> Result<Vec<u8>, SourceError> {
    let unreadable = |cause| SourceError::Unreadable { path: path.to_owned(), cause };
    let changed = || SourceError::Changed { path: path.to_owned() };
    let is_unchanged = |metadata: &Metadata| metadata.is_file() && Stamp::of(metadata) == stamp;

    // Between the look and the opening, another file may have taken the name.
    if !is_unchanged(&file.metadata().map_err(unreadable)?) {
        return Err(changed());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(stamp.bytes + 1).unwrap_or(0));
    file.take(stamp.bytes + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    // The clock of a file system may be coarse; the length is a second witness.
    if bytes.len() as u64 != stamp.bytes || !is_unchanged(&file.metadata().map_err(unreadable)?) {
        return Err(changed());
    }
    Ok(bytes)
}

/// A byte order mark of UTF-8 stays; the YAML reader knows it.
fn decode(bytes: Vec<u8>, path: &Path) -> Result<String, SourceError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(SourceError::Utf16 { path: path.to_owned() });
    }
    if pdp_core::is_image(&bytes) {
        return Err(SourceError::ImageAmongTexts { path: path.to_owned() });
    }
    String::from_utf8(bytes).map_err(|error| SourceError::NotUtf8 {
        path: path.to_owned(),
        offset: error.utf8_error().valid_up_to(),
    })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::thread::sleep;
    use std::time::Duration;

    use super::Stamp;

    #[test]
    fn a_change_shows_although_length_and_time_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        let stamp = || Stamp::of(&fs::metadata(&path).unwrap());
        fs::write(&path, "permit").unwrap();
        let (before, modified) = (stamp(), fs::metadata(&path).unwrap().modified().unwrap());
        assert_eq!(stamp(), before);
        sleep(Duration::from_millis(20)); // longer than a tick of the clock
        fs::write(&path, "forbid").unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        assert_ne!(stamp(), before);
        assert_eq!((stamp().bytes, stamp().modified), (before.bytes, before.modified));
    }
}
