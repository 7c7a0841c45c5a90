#![doc = include_str!("../README.md")]

mod chosen;
mod error;
mod goal;
mod graph;
mod layers;
mod layout;
mod limits;
mod mermaid;
mod reach;
mod resource;
mod svg;
mod text;
mod types;

pub use error::GraphError;
pub use graph::{Block, BlockKind, Edge, End, Graph, Row};
pub use limits::Limits;
