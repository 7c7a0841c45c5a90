#![doc = include_str!("../README.md")]

mod call;
mod convert;
mod deadline;
mod door;
mod ending;
mod evaluate;
mod frame;
mod health;
mod quick;
mod schema;
mod state;
mod status;
mod visitor;
mod write;

pub use door::{Door, router};
pub use pdp_proto::v1;
