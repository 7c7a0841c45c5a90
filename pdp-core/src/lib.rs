#![doc = include_str!("../README.md")]

mod audit;
mod change_set;
mod closing;
mod compile;
mod compiled;
mod decider;
mod decision;
mod declared;
pub mod document;
mod engine;
mod error;
mod evaluate;
mod image;
pub mod model;
mod policies;
mod read;
mod request;
mod resolved;
mod run_time;
mod source;
pub mod wire;

pub use audit::{
    AuditError, AuditEvent, AuditRecord, AuditSink, OVERLOADED, Passage, RecordedRequest,
    Recording, Trace,
};
pub use change_set::{ActorForm, Change, ChangeSet, ChangedActor, Operation, Statement};
pub use decider::Decider;
pub use decision::{
    Decision, Digest, Effect, Fault, NoDigest, Obligation, Obligations, PolicyVersion, RuleError,
    RuleRef,
};
pub use declared::{AskedRelation, Declared, DeclaredPart, DeclaredRelation, DeclaredType};
pub use engine::{Applied, Engine};
pub use error::{PolicyError, PolicyErrorKind, PolicyErrors, PolicyWarning};
pub use evaluate::Scratch;
pub use image::{ImageError, is_image};
pub use pdp_cel::{
    Cidr, Duration, HostFunction, Map, Text, Timestamp, TimestampError, Type, Value,
};
pub use policies::{Policies, Summary};
pub use request::{Actor, ActorType, Membership, Request, Resource};
pub use resolved::{ActorRef, ResolvedRequest, ResourceRef, StaleRef};
pub use run_time::{ChangeError, ChangeErrorKind, ExactFact, Layer};
pub use source::SourceText;
