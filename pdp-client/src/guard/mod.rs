//! A guard in front of a tower service.

mod complaint;
mod layer;
mod permitted;
mod problem;
mod question;
mod service;

pub use layer::GuardLayer;
pub use permitted::Permitted;
pub use question::{Question, Questions};
pub use service::Guard;
