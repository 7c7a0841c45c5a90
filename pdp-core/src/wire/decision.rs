//! Decisions as JSON.

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::decision::Written;
use crate::{Decision, Effect, Obligation, PolicyVersion, RuleError, RuleRef};

impl Serialize for Effect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Decision<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(7))?;
        fields(self, &mut map)?;
        map.end()
    }
}

/// The fields of a decision.
pub(super) fn fields<M: SerializeMap>(
    decision: &Decision<'_>,
    map: &mut M,
) -> Result<(), M::Error> {
    let Decision { effect, reason, rule, bypass, obligations, errors, policy } = decision;
    map.serialize_entry("effect", effect)?;
    map.serialize_entry("reason", reason)?;
    map.serialize_entry("rule", rule)?;
    map.serialize_entry("bypass", bypass)?;
    map.serialize_entry("obligations", &**obligations)?;
    map.serialize_entry("errors", errors)?;
    map.serialize_entry("policy", policy)
}

impl Serialize for RuleRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("RuleRef", 3)?;
        fields.serialize_field("id", &self.id)?;
        fields.serialize_field("file", &self.file)?;
        fields.serialize_field("line", &self.line)?;
        fields.end()
    }
}

impl Serialize for Obligation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Obligation", 2)?;
        fields.serialize_field("type", &self.obligation_type)?;
        fields.serialize_field("properties", &self.properties)?;
        fields.end()
    }
}

impl Serialize for RuleError<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("RuleError", 3)?;
        fields.serialize_field("rule", &self.rule)?;
        fields.serialize_field("fault", self.fault.as_str())?;
        fields.serialize_field("message", &self.message)?;
        fields.end()
    }
}

impl Serialize for PolicyVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("PolicyVersion", 2)?;
        fields.serialize_field("digest", Written::new(&self.digest).as_str())?;
        fields.serialize_field("revision", &self.revision)?;
        fields.end()
    }
}
