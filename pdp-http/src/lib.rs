#![doc = include_str!("../README.md")]

mod admin;
mod answering;
mod body;
mod door;
mod evaluate;
mod openapi;
mod policies;
mod problem;
mod state;
mod visitor;

pub use answering::Open;
pub use door::{Door, PATHS, router};
