#![doc = include_str!("../README.md")]

mod call;
mod convert;
mod deadline;
mod door;
mod evaluate;
mod frame;
mod health;
mod schema;
mod state;
mod status;
mod visitor;

/// The messages, made from `proto/pdp/v1`. A map is a list of its entries, as it is on the wire.
#[expect(clippy::doc_markdown, reason = "prost wrote some of the documentation")]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/pdp.v1.rs"));
}

pub use door::{Door, router};
