//! What a decision point answered.

use pdp_core::Decision;
use pdp_core::wire::AnswerDocument;

/// The answer to one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The decision.
    pub decision: Decision<'static>,
    /// The id of the decision, a UUID of version 7; its record has it, too.
    pub decision_id: String,
    /// What of the request was left out of account, since this caller may not state it: fields such
    /// as `actor.roles`.
    pub dropped: Vec<String>,
}

impl From<AnswerDocument> for Answer {
    fn from(document: AnswerDocument) -> Self {
        let AnswerDocument { decision_id, decision, dropped } = document;
        Answer { decision, decision_id, dropped }
    }
}
