#![doc = include_str!("../README.md")]

mod budget;
mod collect;
mod content;
mod error;
mod given;
mod image;
mod limits;
mod name;
mod place;
mod set;
mod test_file;
mod walk;

pub use error::{FileKind, LoadError, SourceError, SourceErrors};
pub use limits::Limits;
pub use set::{Source, SourceSet, load, load_with};
pub use test_file::{TestFile, read_tests};
