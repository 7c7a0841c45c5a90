#![doc = include_str!("../README.md")]

mod error;
mod json_lines;
mod ledger;
mod lock;

pub use error::{Operation, SinkError};
pub use json_lines::{JsonLines, Mode, Settings, Status};
pub use ledger::{Counts, Ledger};
