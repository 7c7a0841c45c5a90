#![doc = include_str!("../README.md")]

mod admin;
mod body;
mod door;
mod evaluate;
mod openapi;
mod policies;
mod problem;
mod state;
mod visitor;

pub use door::{Door, router};
