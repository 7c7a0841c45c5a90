//! Requests and audit records as JSON.

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::request::refusal;
use crate::{Actor, AuditEvent, AuditRecord, Membership, Passage, Request, Resource};

impl Serialize for Request<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Request", 5)?;
        fields.serialize_field("actor", &self.actor)?;
        fields.serialize_field("action", self.action)?;
        fields.serialize_field("resource", &self.resource)?;
        fields.serialize_field("context", self.context)?;
        // As the reader takes it: what is not stated is left out, never null.
        if let Some(now) = self.now {
            fields.serialize_field("now", &now.to_string())?;
        }
        fields.end()
    }
}

impl Serialize for Actor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Actor", 6)?;
        fields.serialize_field("actor_id", self.id)?;
        fields.serialize_field("actor_type", self.actor_type.as_str())?;
        fields.serialize_field("microdao_ids", self.tenants)?;
        fields.serialize_field("roles", self.roles)?;
        fields.serialize_field("memberships", self.memberships)?;
        fields.serialize_field("attributes", self.attributes)?;
        fields.end()
    }
}

impl Serialize for Membership<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Membership", 2)?;
        fields.serialize_field("microdao_id", &self.tenant)?;
        fields.serialize_field("role", &self.role)?;
        fields.end()
    }
}

impl Serialize for Resource<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Resource", 3)?;
        fields.serialize_field("type", self.resource_type)?;
        fields.serialize_field("id", self.id)?;
        fields.serialize_field("attributes", self.attributes)?;
        fields.end()
    }
}

impl Serialize for AuditRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        let kind = match &self.event {
            AuditEvent::Decision { .. } => "decision",
            AuditEvent::Refused { .. } => "refused",
        };
        fields.serialize_entry("kind", kind)?;
        fields.serialize_entry("time", &self.time.to_string())?;
        if let Some(passage) = &self.passage {
            passage_fields(passage, &mut fields)?;
        }
        match &self.event {
            AuditEvent::Decision { request, decision } => {
                fields.serialize_entry("request", &request.request())?;
                fields.serialize_entry("masked", request.masked())?;
                fields.serialize_entry("decision", decision)?;
            }
            AuditEvent::Refused { kind, field, message } => {
                let error = Refusal { kind, field: *field, message };
                fields.serialize_entry("error", &error)?;
            }
        }
        fields.end()
    }
}

/// What is not known is left out.
fn passage_fields<M: SerializeMap>(passage: &Passage<'_>, fields: &mut M) -> Result<(), M::Error> {
    let Passage { decision_id, request_id, caller, door, address, user_agent, trace, duration } =
        passage;
    fields.serialize_entry("decision_id", decision_id)?;
    let words = [("request_id", request_id), ("caller", caller), ("user_agent", user_agent)];
    for (name, word) in words {
        if let Some(word) = word {
            fields.serialize_entry(name, word)?;
        }
    }
    fields.serialize_entry("door", door)?;
    if let Some(address) = address {
        fields.serialize_entry("ip_address", &address.to_string())?;
    }
    if let Some(trace) = trace {
        fields.serialize_entry("trace_id", trace.trace_id)?;
        fields.serialize_entry("span_id", trace.span_id)?;
    }
    fields.serialize_entry("duration_ns", &u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
}

/// Written as the error of a request is.
struct Refusal<'a> {
    kind: &'a str,
    field: Option<&'a str>,
    message: &'a str,
}

impl Serialize for Refusal<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        refusal(serializer, self.kind, self.field, self.message)
    }
}
