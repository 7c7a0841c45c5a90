//! Why a policy set cannot be read.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use pdp_core::document::is_hidden;
use pdp_core::{ImageError, PolicyErrors};

use crate::{LockFault, SourceSet};

/// How many errors are shown; the rest are counted.
const SHOWN_MAX: usize = 100;

/// Something wrong with one path. A path is the one that was given, followed by what lies below it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// No path was given.
    #[error("no path of a policy set given")]
    NoPath,
    /// Nothing is there, or it vanished while the set was read.
    #[error("`{}` does not exist", shown(path))]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The system refuses it.
    #[error("cannot read `{}`: {cause}", shown(path))]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system says. It is part of the message and therefore no `source()`.
        cause: io::Error,
    },
    /// A path that was given holds no policy file.
    #[error("no policy file (`*.yaml`, `*.yml`) in `{}`", shown(path))]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// A file that was given is not YAML by its name.
    #[error("`{}` is no policy file: its name does not end in `.yaml` or `.yml`", shown(path))]
    NotYaml {
        /// The file.
        path: PathBuf,
    },
    /// A file of tests was given where policies belong.
    #[error("`{}` holds tests, not policies", shown(path))]
    NotPolicies {
        /// The file.
        path: PathBuf,
    },
    /// A file was given where tests belong, and its name is not `*_test.yaml` or `*_test.yml`.
    #[error(
        "`{}` holds no tests: its name does not end in `_test.yaml` or `_test.yml`",
        shown(path)
    )]
    NotTests {
        /// The file.
        path: PathBuf,
    },
    /// A file was wanted and something else is there.
    #[error("`{}` is {}, not a file", shown(path), kind.as_str())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What is there.
        kind: FileKind,
    },
    /// A link in a folder leads out of the folder that was given.
    #[error("the link `{}` leads out of the policy set; give its target as a path", shown(path))]
    LinkOutside {
        /// The link.
        path: PathBuf,
    },
    /// A link in a folder leads to nothing.
    #[error("the link `{}` leads to nothing", shown(path))]
    LinkBroken {
        /// The link.
        path: PathBuf,
    },
    /// A link in a folder, on a system that cannot say whether it stays inside: `openat2` is
    /// missing (Linux before 5.6) or forbidden.
    #[error(
        "the link `{}` is refused: this system lacks `openat2`, which holds links inside",
        shown(path)
    )]
    LinkUnchecked {
        /// The link.
        path: PathBuf,
    },
    /// A file is longer than a file may be.
    #[error("`{}` holds more than {bytes_max} bytes", shown(path))]
    FileTooLarge {
        /// The file.
        path: PathBuf,
        /// The limit, in bytes.
        bytes_max: u64,
    },
    /// All files together are longer than a set may be.
    #[error("the policy set holds more than {bytes_max} bytes, counted up to `{}`", shown(path))]
    SetTooLarge {
        /// The file at which reading ended.
        path: PathBuf,
        /// The limit, in bytes.
        bytes_max: u64,
    },
    /// There are more files, or more folders, than a set may have.
    #[error("more than {files_max} files or folders, counted up to `{}`", shown(path))]
    TooManyFiles {
        /// Where counting ended.
        path: PathBuf,
        /// The limit.
        files_max: usize,
    },
    /// A folder lies deeper than folders may nest.
    #[error("the folder `{}` lies more than {depth_max} folders deep", shown(path))]
    TooDeep {
        /// The folder.
        path: PathBuf,
        /// The limit.
        depth_max: usize,
    },
    /// A name that is not UTF-8: rules could not be reported by it.
    #[error("the name `{}` is not UTF-8", shown(path))]
    NameNotUtf8 {
        /// The path.
        path: PathBuf,
    },
    /// The text is not UTF-8.
    #[error("`{}` is not UTF-8 at byte {offset}", shown(path))]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first byte that does not belong, counted from 0.
        offset: usize,
    },
    /// The text begins with the byte order mark of UTF-16 (or of UTF-32).
    #[error("`{}` is UTF-16; policies are written in UTF-8", shown(path))]
    Utf16 {
        /// The file.
        path: PathBuf,
    },
    /// A compiled image stands where the texts of a set do.
    #[error(
        "`{}` is a compiled image: it is a policy set by itself and is given alone",
        shown(path)
    )]
    ImageAmongTexts {
        /// The image.
        path: PathBuf,
    },
    /// A compiled image was given where texts are wanted.
    #[error("`{}` is a compiled image; texts of policies are wanted here", shown(path))]
    ImageForTexts {
        /// The image.
        path: PathBuf,
    },
    /// A folder was wanted and a file given.
    #[error(
        "`{}` is no folder: a lock stands in a folder and speaks of what it holds",
        shown(path)
    )]
    NoFolder {
        /// The file.
        path: PathBuf,
    },
    /// A lock has a line that is none.
    #[error("`{}`:{line}: {}", shown(path), fault.as_str())]
    LockMalformed {
        /// The lock.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        fault: LockFault,
    },
    /// A file is another than the one that was locked: changed, or half written.
    #[error("`{}` is not what `policies.lock` says: its SHA-256 is another", shown(path))]
    LockedOther {
        /// The file.
        path: PathBuf,
    },
    /// A file is not in the lock.
    #[error("`{}` is not in `policies.lock`", shown(path))]
    NotLocked {
        /// The file.
        path: PathBuf,
    },
    /// A lock names what is no file of the set.
    #[error("`{}` is in `policies.lock` and no policy file of the folder", shown(path))]
    LockedMissing {
        /// What is missing.
        path: PathBuf,
    },
    /// It was changed while the set was read. Reading again may succeed.
    #[error("`{}` changed while it was read", shown(path))]
    Changed {
        /// The path.
        path: PathBuf,
    },
    /// One file is reached by two ways, or two files would bear one name in the set.
    #[error("`{}` and `{}` are the same file", shown(first), shown(second))]
    SameFile {
        /// One way.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// One folder is reached by two ways.
    #[error("`{}` and `{}` are the same folder", shown(first), shown(second))]
    SameFolder {
        /// One way.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
}

/// What can stand at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
    /// A character or block device.
    Device,
    /// What this list does not know.
    Unknown,
}

impl FileKind {
    /// The kind with its article, for messages.
    pub fn as_str(self) -> &'static str {
        match self {
            FileKind::File => "a file",
            FileKind::Folder => "a folder",
            FileKind::Link => "a link",
            FileKind::Pipe => "a pipe",
            FileKind::Socket => "a socket",
            FileKind::Device => "a device",
            FileKind::Unknown => "of an unknown kind",
        }
    }
}

/// All that is wrong with a policy set, in the order of its paths. Never empty.
#[derive(Debug)]
pub struct SourceErrors {
    errors: Vec<SourceError>,
}

impl SourceErrors {
    /// Nothing, or everything that is wrong.
    pub(crate) fn check(errors: Vec<SourceError>) -> Result<(), Self> {
        if errors.is_empty() { Ok(()) } else { Err(SourceErrors { errors }) }
    }

    /// What is wrong, in the order of paths.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &SourceError> {
        self.errors.iter()
    }
}

impl From<SourceError> for SourceErrors {
    fn from(error: SourceError) -> Self {
        SourceErrors { errors: vec![error] }
    }
}

/// One error a line, the first hundred of them.
impl fmt::Display for SourceErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().take(SHOWN_MAX).enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(formatter, "{line_break}{error}")?;
        }
        match self.errors.len().saturating_sub(SHOWN_MAX) {
            0 => Ok(()),
            omitted => write!(formatter, "\nand {omitted} more"),
        }
    }
}

impl std::error::Error for SourceErrors {}

/// Why a policy set cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error(transparent)]
    Source(#[from] SourceErrors),
    /// It is a compiled image, and a faulty one.
    #[error("`{}`: {error}", shown(path))]
    Image {
        /// The image.
        path: PathBuf,
        /// What is wrong with it.
        error: ImageError,
    },
    /// It can be read and has mistakes.
    #[error("{errors}")]
    Policy {
        /// The mistakes, each with its place.
        errors: PolicyErrors,
        /// The texts, so that the lines with the mistakes can be shown.
        sources: SourceSet,
    },
}

/// A path on one line: what does not show itself is escaped.
fn shown(path: &Path) -> String {
    let mut shown = String::new();
    for letter in path.to_string_lossy().chars() {
        if is_hidden(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}
