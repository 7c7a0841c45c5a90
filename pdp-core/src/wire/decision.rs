//! Decisions and values as JSON.

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::{Decision, Effect, Map, Obligation, PolicyVersion, RuleError, RuleRef, Value};

impl Serialize for Effect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Decision<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Decision", 7)?;
        fields.serialize_field("effect", &self.effect)?;
        fields.serialize_field("reason", &self.reason)?;
        fields.serialize_field("rule", &self.rule)?;
        fields.serialize_field("bypass", &self.bypass)?;
        fields.serialize_field("obligations", &*self.obligations)?;
        fields.serialize_field("errors", &self.errors)?;
        fields.serialize_field("policy", &self.policy)?;
        fields.end()
    }
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
        fields.serialize_field("digest", &self.digest.to_string())?;
        fields.serialize_field("revision", &self.revision)?;
        fields.end()
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::Uint(value) => serializer.serialize_u64(*value),
            Value::Double(value) => serializer.serialize_f64(*value),
            Value::String(text) => serializer.serialize_str(text),
            Value::Timestamp(time) => serializer.collect_str(time),
            Value::List(items) => serializer.collect_seq(items),
            Value::Map(map) => map.serialize(serializer),
        }
    }
}

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            entries.serialize_entry(name, value)?;
        }
        entries.end()
    }
}
