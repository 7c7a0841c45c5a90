#![doc = include_str!("../README.md")]

pub mod independence;
pub mod instructions;
pub mod layers;
pub mod links;
pub mod purity;
pub mod versions;
pub mod words;

mod repository;
mod token;

pub use repository::Repository;
