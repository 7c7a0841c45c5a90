#![doc = include_str!("../README.md")]

mod case;
mod difference;
mod file;
mod matrix;
mod oracle;
mod reader;
mod stated;
pub mod typed;

pub use case::{ActorFixture, Case, Expectation, ResourceFixture};
pub use difference::Difference;
pub use file::{TestFile, TestFileErrors};
pub use matrix::Matrix;
pub use oracle::cel;
pub use oracle::{ErringRule, Layer, Oracle, Verdict};
pub use stated::{Stated, StatedOf};
