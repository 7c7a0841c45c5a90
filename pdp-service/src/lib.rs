#![doc = include_str!("../README.md")]

mod caller;
mod callers;
mod credential;
mod host;
mod meter;
mod narrow;
mod refusal;
mod service;
mod upkeep;
mod visit;

pub use caller::{Caller, KnownActor, Right};
pub use callers::{Callers, CallersError};
pub use credential::Credential;
pub use host::{Host, System};
pub use refusal::{Refusal, RefusalKind};
pub use service::Service;
pub use upkeep::{LoadFailure, Status, Upkeep};
pub use visit::Visit;
