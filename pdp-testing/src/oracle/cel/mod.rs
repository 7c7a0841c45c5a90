//! Expressions once more, written from `docs/cel.md` alone.
//!
//! It shares nothing with the engine but the parsed tree. It is slow and obvious: it walks the
//! tree, copies every value, evaluates every operand, and names all faults that an engine may name
//! of several. What it says is what the page says, so the engine can be held against it.

mod access;
mod arithmetic;
mod calendar;
mod conversions;
mod encoders;
mod evaluator;
mod fault;
mod format;
mod functions;
mod loops;
mod math;
mod names;
mod network;
mod optionals;
mod order;
mod regular;
mod scope;
mod sets;
mod strings;
mod times;
mod value;

pub use access::Reading;
pub(super) use calendar::{parse_duration, parse_timestamp};
pub use evaluator::{evaluate, read};
pub use fault::{Fault, Faults};
pub use names::{Named, Names};
pub(super) use network::{parse_cidr, parse_ip};
pub use order::{equal, order};
pub use value::Value;

/// A value as `string()` writes it.
pub(super) fn text(value: &Value) -> String {
    match conversions::string_of(value) {
        Some(Ok(text)) => text,
        _ => unreachable!("what facts state can be written"),
    }
}
