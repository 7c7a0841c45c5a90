//! What a door answers.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::decision;
use crate::Decision;

/// A decision as a door gives it to its caller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer<'a> {
    /// The id that the door gave it, a UUID of version 7; the record has it, too.
    pub decision_id: &'a str,
    /// The decision.
    pub decision: &'a Decision<'a>,
    /// What of the request was left out of account, since the caller may not state it: fields such
    /// as `actor.roles`.
    pub dropped: &'a [&'a str],
}

/// The fields of the decision, `decision_id`, and `dropped` where something was.
impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("decision_id", self.decision_id)?;
        decision::fields(self.decision, &mut fields)?;
        if !self.dropped.is_empty() {
            fields.serialize_entry("dropped", self.dropped)?;
        }
        fields.end()
    }
}
