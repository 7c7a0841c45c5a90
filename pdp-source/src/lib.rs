#![doc = include_str!("../README.md")]

mod budget;
mod collect;
mod content;
mod error;
mod file_digest;
mod given;
mod image;
mod keeper;
mod limits;
mod lock;
mod look;
mod material;
mod name;
mod place;
mod replace;
mod set;
mod test_file;
mod walk;
mod watch;

pub use error::{FileKind, LoadError, SourceError, SourceErrors};
pub use keeper::{
    Event, Failure, Keeper, KeeperSettings, LastGoodError, OpenError, Origin, ReloadError,
    Reloaded, Status,
};
pub use limits::Limits;
pub use lock::{LockFault, LockUpdate};
pub use set::{Source, SourceSet, load, load_with};
pub use test_file::{TestFile, read_tests};
pub use watch::{Watch, WatchSettings};
