//! The trait that records leave through, and what a record holds.

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
    /// Takes `record`.
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
}

/// What an audit record is about.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AuditEvent<'a> {
    /// A request was decided.
    Decision {
        /// The request as it was evaluated, masked values left out.
        request: RecordedRequest<'a>,
        /// The decision, with digest and revision.
        decision: Decision<'a>,
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
        AuditRecord { time, event: AuditEvent::Decision { request, decision: decision.clone() } }
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
