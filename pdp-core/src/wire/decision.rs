//! Decisions as JSON.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::decision::Written;
use crate::{Decision, Effect, Obligation, PolicyVersion, RuleError, RuleRef};

impl Serialize for Effect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Decision<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Decision { effect, reason, rule, bypass, obligations, errors, policy } = self;
        let mut fields = serializer.serialize_struct("Decision", 7)?;
        fields.serialize_field("effect", effect)?;
        fields.serialize_field("reason", reason)?;
        fields.serialize_field("rule", rule)?;
        fields.serialize_field("bypass", bypass)?;
        fields.serialize_field("obligations", &**obligations)?;
        fields.serialize_field("errors", errors)?;
        fields.serialize_field("policy", policy)?;
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
        fields.serialize_field("digest", Written::new(&self.digest).as_str())?;
        fields.serialize_field("revision", &self.revision)?;
        fields.end()
    }
}
