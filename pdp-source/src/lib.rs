#![doc = include_str!("../README.md")]

mod budget;
mod collect;
mod content;
mod error;
mod file_digest;
mod given;
mod image;
mod limits;
mod lock;
mod name;
mod place;
mod replace;
mod set;
mod test_file;
mod walk;

pub use error::{FileKind, LoadError, SourceError, SourceErrors};
pub use limits::Limits;
pub use lock::{LockFault, LockUpdate};
pub use set::{Source, SourceSet, load, load_with};
pub use test_file::{TestFile, read_tests};
