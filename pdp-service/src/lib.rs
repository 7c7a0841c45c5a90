#![doc = include_str!("../README.md")]

mod caller;
mod callers;
mod credential;
mod host;
mod hosts;
mod limits;
mod meter;
mod narrow;
mod outcome;
mod places;
mod refusal;
mod room;
mod sender;
mod service;
mod trace_parent;
mod upkeep;
mod visit;
mod visitor;

pub use caller::{Caller, KnownActor, Right};
pub use callers::{Callers, CallersError};
pub use credential::Credential;
pub use host::{Host, System};
pub use hosts::Hosts;
pub use limits::Limits;
pub use outcome::{Outcome, Told};
pub use places::{Place, Places};
pub use refusal::{Refusal, RefusalKind};
pub use room::{Room, Share};
pub use sender::Sender;
pub use service::Service;
pub use trace_parent::TraceParent;
pub use upkeep::{LoadFailure, Status, Upkeep};
pub use visit::Visit;
pub use visitor::Visitor;
