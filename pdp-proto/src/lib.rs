#![doc = include_str!("../README.md")]

mod tree;
mod values;

/// The messages, made from `proto/pdp/v1`. A map is a list of its entries, as it is on the wire.
#[expect(clippy::doc_markdown, reason = "prost wrote some of the documentation")]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/pdp.v1.rs"));
}

pub use tree::{Entries, map, object, text, texts, too_deep};
pub use values::message;

/// The descriptors of all files of `pdp.v1`, and of those that they import: a `FileDescriptorSet`.
pub const FILES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pdp.v1.bin"));
