//! Requests and audit records as JSON.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::{Actor, AuditEvent, AuditRecord, Membership, Request, Resource};

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
        let AuditEvent::Decision { request, decision } = &self.event;
        let mut fields = serializer.serialize_struct("AuditRecord", 5)?;
        fields.serialize_field("kind", "decision")?;
        fields.serialize_field("time", &self.time.to_string())?;
        fields.serialize_field("request", &request.request())?;
        fields.serialize_field("masked", request.masked())?;
        fields.serialize_field("decision", decision)?;
        fields.end()
    }
}
