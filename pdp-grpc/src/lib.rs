#![doc = include_str!("../README.md")]

mod answering;
mod call;
mod convert;
mod deadline;
mod door;
mod ending;
mod evaluate;
mod frame;
mod health;
mod quick;
mod reply;
mod schema;
mod state;
mod status;
mod visitor;
mod write;

pub use answering::Open;
pub use door::{Door, PATHS, router};
pub use pdp_proto::v1;
pub use reply::Reply;
