#![doc = include_str!("../README.md")]

mod audit;
mod compile;
mod compiled;
mod decider;
mod decision;
pub mod document;
mod error;
mod evaluate;
pub mod expression;
pub mod model;
mod policies;
mod read;
mod request;
mod source;
mod timestamp;
mod value;
pub mod wire;

pub use audit::{AuditError, AuditEvent, AuditRecord, AuditSink, RecordedRequest, Recording};
pub use decider::Decider;
pub use decision::{
    Decision, Digest, Effect, Fault, Obligation, Obligations, PolicyVersion, RuleError, RuleRef,
};
pub use error::{PolicyError, PolicyErrorKind, PolicyErrors, PolicyWarning};
pub use evaluate::Scratch;
pub use policies::{Policies, Summary};
pub use request::{Actor, ActorType, Membership, Request, Resource};
pub use source::SourceText;
pub use timestamp::{Timestamp, TimestampError};
pub use value::{Map, Text, Value};
