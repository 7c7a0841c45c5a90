//! The trait that records leave through, and what a record holds.

use core::net::IpAddr;
use core::time::Duration;
use std::future::Future;
use std::pin::Pin;

use crate::compiled;
use crate::model::{Attribute, Model};
use crate::{Decision, Map, Policies, Request, Timestamp, Value};

/// A record goes out.
///
/// Implemented by whoever keeps, counts or forwards records. The future is ready when the record
/// is as safe as the sink promises; a caller that must not answer without a record waits for it.
pub trait AuditSink: Send + Sync {
    /// Takes `record`, before it returns: who drops the future waits no longer, and the record is
    /// stored, or counted as lost, all the same.
    ///
    /// The future ends with [`AuditError`] if the record is not as safe as the sink promises. Then
    /// a permit must not be given.
    fn record<'a>(&'a self, record: &'a AuditRecord<'a>) -> Recording<'a>;
}

/// What [`AuditSink::record`] gives: boxed, since doors hold several sinks, chosen by configuration.
pub type Recording<'a> = Pin<Box<dyn Future<Output = Result<(), AuditError>> + Send + 'a>>;

/// A record could not be stored.
#[derive(Debug, thiserror::Error)]
#[error("the audit record could not be stored")]
pub struct AuditError {
    #[source]
    cause: Box<dyn std::error::Error + Send + Sync>,
}

impl AuditError {
    /// The error that `cause` led to.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        AuditError { cause: cause.into() }
    }
}

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord<'a> {
    /// When the record was made.
    pub time: Timestamp,
    /// What happened.
    pub event: AuditEvent<'a>,
    /// How the question came in; `None` where it came through no door.
    pub passage: Option<Passage<'a>>,
}

/// How a question came in through a door, and who brought it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage<'a> {
    /// The id that the door gave to what it answered, a UUID of version 7.
    pub decision_id: &'a str,
    /// The id under which the caller asked, as it stated it; `None` where it stated none.
    pub request_id: Option<&'a str>,
    /// Who asked: the name of an entry among the callers; `None` where it could not be told.
    pub caller: Option<&'a str>,
    /// Through which door: `http`, `grpc`.
    pub door: &'a str,
    /// The address from which the question came; `None` for a Unix socket.
    pub address: Option<IpAddr>,
    /// What the caller says it is.
    pub user_agent: Option<&'a str>,
    /// The trace that the question is part of; `None` where the caller stated none.
    pub trace: Option<Trace<'a>>,
    /// How long it took from the question read to the decision made; in a batch the mean.
    pub duration: Duration,
}

/// A distributed trace, as a caller states it (W3C Trace Context).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace<'a> {
    /// The trace, 32 hexadecimal digits.
    pub trace_id: &'a str,
    /// The span of the caller that asked, 16 hexadecimal digits.
    pub span_id: &'a str,
}

/// The `kind` of a refusal for overload: there is too much to do, so nobody waits for its record.
pub const OVERLOADED: &str = "overloaded";

/// What an audit record is about.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all are decisions")]
#[non_exhaustive]
pub enum AuditEvent<'a> {
    /// A request was decided.
    Decision {
        /// The request as it was evaluated, masked values left out.
        request: RecordedRequest<'a>,
        /// The decision, with digest and revision.
        decision: Decision<'a>,
    },
    /// A request was refused: there is no decision.
    Refused {
        /// Why, in one word.
        kind: &'a str,
        /// The field that is meant, if one is.
        field: Option<&'a str>,
        /// Why, for people.
        message: &'a str,
    },
}

impl Policies {
    /// The record of a decision that these policies made at `time`. Values that the policies
    /// declare `masked` are not in it.
    pub fn audit_record<'a>(
        &self,
        request: &Request<'a>,
        decision: &Decision<'a>,
        time: Timestamp,
    ) -> AuditRecord<'a> {
        let request = self.code.masks.apply(request);
        let event = AuditEvent::Decision { request, decision: decision.clone() };
        AuditRecord { time, event, passage: None }
    }
}

/// A request in an audit record: all that is needed to decide it again, but for masked values.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedRequest<'a> {
    request: Request<'a>,
    actor_attributes: Option<Map<'a>>,
    resource_attributes: Option<Map<'a>>,
    context: Option<Map<'a>>,
    masked: Vec<String>,
}

impl RecordedRequest<'_> {
    /// The request; [`Value::Null`] stands where a value is masked.
    pub fn request(&self) -> Request<'_> {
        let mut request = self.request;
        if let Some(attributes) = &self.actor_attributes {
            request.actor.attributes = attributes;
        }
        if let Some(attributes) = &self.resource_attributes {
            request.resource.attributes = attributes;
        }
        if let Some(context) = &self.context {
            request.context = context;
        }
        request
    }

    /// Where values are masked: JSON Pointers (RFC 6901) into the wire form of the request, such
    /// as `/context/token`.
    pub fn masked(&self) -> &[String] {
        &self.masked
    }
}

/// Names of values that records leave out.
#[derive(Debug)]
pub(crate) struct Masks {
    actor: Vec<Box<str>>,
    context: Vec<Box<str>>,
    resources: compiled::Map<Box<str>, Vec<Box<str>>>,
}

impl Masks {
    pub(crate) fn new(model: &Model<'_>) -> Self {
        let resources = model.types.iter().map(|resource_type| {
            (resource_type.name.text.as_str().into(), masked(&resource_type.attributes))
        });
        Masks {
            actor: masked(&model.actor_attributes),
            context: masked(&model.context),
            resources: resources.collect(),
        }
    }

    fn apply<'a>(&self, request: &Request<'a>) -> RecordedRequest<'a> {
        let of_type = self.resources.get(request.resource.resource_type);
        let of_type = of_type.map_or(&[][..], Vec::as_slice);
        let mut masked = Vec::new();
        let mut mask = |values: &Map<'a>, names: &[Box<str>], pointer: &str| {
            let stated: Vec<_> = names.iter().filter(|name| values.value(name).is_some()).collect();
            // Most requests state none, and then their maps are lent on.
            (!stated.is_empty()).then(|| {
                let mut values = values.clone();
                for name in stated {
                    values.insert(name.to_string(), Value::Null);
                    masked.push(format!("{pointer}/{name}"));
                }
                values
            })
        };
        let actor_attributes = mask(request.actor.attributes, &self.actor, "/actor/attributes");
        let resource_attributes =
            mask(request.resource.attributes, of_type, "/resource/attributes");
        let context = mask(request.context, &self.context, "/context");
        // Where a masked copy stands, the values as they were are not kept at all.
        let mut request = *request;
        if actor_attributes.is_some() {
            request.actor.attributes = Map::empty();
        }
        if resource_attributes.is_some() {
            request.resource.attributes = Map::empty();
        }
        if context.is_some() {
            request.context = Map::empty();
        }
        RecordedRequest { request, actor_attributes, resource_attributes, context, masked }
    }
}

fn masked(attributes: &[Attribute]) -> Vec<Box<str>> {
    let masked = attributes.iter().filter(|attribute| attribute.masked);
    masked.map(|attribute| attribute.name.text.as_str().into()).collect()
}
