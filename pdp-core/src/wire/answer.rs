//! What a door answers, and what a client reads of it.

use super::fields::{Fields, error, mistyped};
use super::json;
use super::request::{REQUEST_DEPTH_MAX, RequestError, RequestErrorKind};
use crate::{
    Decision, Digest, Effect, Fault, Obligation, Obligations, PolicyVersion, RuleError, RuleRef,
    Text, Value,
};

/// The largest answer that is read, in bytes: one for each request of the largest batch.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

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

/// An answer that was read from JSON, and owns its words.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerDocument {
    /// The id that the door gave it.
    pub decision_id: String,
    /// The decision.
    pub decision: Decision<'static>,
    /// What of the request was left out of account.
    pub dropped: Vec<String>,
}

/// What came is no answer. There is no decision, and who asked must deny.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an answer: {0}")]
pub struct AnswerError(RequestError);

/// For those who make the tree of an answer, and find that it cannot be made.
impl From<RequestError> for AnswerError {
    fn from(fault: RequestError) -> Self {
        AnswerError(fault)
    }
}

impl AnswerDocument {
    /// Reads the answer to one request. Fields that a later version may add are passed over;
    /// everything else is as it must be.
    ///
    /// # Errors
    ///
    /// [`AnswerError`] for everything that is not an answer.
    pub fn parse(json: &[u8]) -> Result<Self, AnswerError> {
        tree(json).and_then(|tree| answer(Fields::new(tree, "")?)).map_err(AnswerError)
    }

    /// Reads an answer that came in another encoding, from the tree that its JSON would be. Whoever
    /// makes the tree bounds its size and depth.
    ///
    /// # Errors
    ///
    /// [`AnswerError`] for everything that is not an answer.
    pub fn from_value(value: Value<'_>) -> Result<Self, AnswerError> {
        Fields::new(value, "").and_then(answer).map_err(AnswerError)
    }

    /// Reads the answer to a batch, `{"decisions": [{…}, …]}`.
    ///
    /// # Errors
    ///
    /// [`AnswerError`] for everything that is not one.
    pub fn parse_batch(json: &[u8]) -> Result<Vec<Self>, AnswerError> {
        let read = || {
            let mut root = Fields::new(tree(json)?, "")?;
            root.require("decisions")?;
            let decisions = root.list("decisions")?.into_iter().enumerate();
            let answers = decisions
                .map(|(index, item)| answer(Fields::new(item, format!("decisions[{index}]"))?));
            answers.collect::<Result<Vec<_>, RequestError>>()
        };
        read().map_err(AnswerError)
    }
}

fn tree(json: &[u8]) -> Result<Value<'_>, RequestError> {
    json::read(json, ANSWER_BYTES_MAX, REQUEST_DEPTH_MAX + 8, "an answer")
}

fn answer(mut fields: Fields<'_>) -> Result<AnswerDocument, RequestError> {
    let decision_id = fields.word("decision_id")?.into_owned();
    let effect = fields.text("effect")?;
    let effect = Effect::from_word(&effect)
        .ok_or_else(|| unknown(&fields, "effect", "neither permit nor deny"))?;
    let decision = Decision {
        effect,
        reason: owned(fields.text("reason")?),
        rule: rule_or_null(&mut fields)?,
        bypass: truth(&mut fields, "bypass")?,
        obligations: Obligations::Owned(obligations(&mut fields)?),
        errors: errors(&mut fields)?,
        policy: policy(&mut fields)?,
    };
    let dropped = fields.words("dropped")?.into_iter().map(Text::into_owned).collect();
    Ok(AnswerDocument { decision_id, decision, dropped })
}

fn rule_or_null(fields: &mut Fields<'_>) -> Result<Option<RuleRef<'static>>, RequestError> {
    match fields.required("rule")? {
        Value::Null => Ok(None),
        value => rule(Fields::new(value, fields.field("rule"))?).map(Some),
    }
}

fn rule(mut fields: Fields<'_>) -> Result<RuleRef<'static>, RequestError> {
    let (id, file) = (owned(fields.text("id")?), owned(fields.text("file")?));
    let line = whole(&mut fields, "line")?;
    let line = line.try_into().map_err(|_| unknown(&fields, "line", "no line"))?;
    Ok(RuleRef { id, file, line })
}

fn obligations(fields: &mut Fields<'_>) -> Result<Vec<Obligation>, RequestError> {
    fields.require("obligations")?;
    let items = fields.list("obligations")?.into_iter().enumerate();
    let obligation = |(index, item)| {
        let mut fields = Fields::new(item, format!("{}[{index}]", fields.field("obligations")))?;
        fields.require("properties")?;
        Ok(Obligation {
            obligation_type: fields.text("type")?.into_owned(),
            properties: fields.map("properties")?.into_owned(),
        })
    };
    items.map(obligation).collect()
}

fn errors(fields: &mut Fields<'_>) -> Result<Vec<RuleError<'static>>, RequestError> {
    fields.require("errors")?;
    let items = fields.list("errors")?.into_iter().enumerate();
    let rule_error = |(index, item)| {
        let mut fields = Fields::new(item, format!("{}[{index}]", fields.field("errors")))?;
        let of = rule(Fields::new(fields.required("rule")?, fields.field("rule"))?)?;
        let fault = fields.text("fault")?;
        let fault = Fault::from_word(&fault)
            .ok_or_else(|| unknown(&fields, "fault", "no fault that is known"))?;
        Ok(RuleError { rule: of, fault, message: owned(fields.text("message")?) })
    };
    items.map(rule_error).collect()
}

fn policy(fields: &mut Fields<'_>) -> Result<PolicyVersion, RequestError> {
    let mut policy = Fields::new(fields.required("policy")?, fields.field("policy"))?;
    let digest: Option<Digest> = policy.text("digest")?.parse().ok();
    let digest = digest.ok_or_else(|| unknown(&policy, "digest", "no digest"))?;
    Ok(PolicyVersion { digest, revision: whole(&mut policy, "revision")? })
}

fn truth(fields: &mut Fields<'_>, name: &str) -> Result<bool, RequestError> {
    match fields.required(name)? {
        Value::Bool(truth) => Ok(truth),
        other => Err(mistyped(fields.field(name), "a boolean", &other)),
    }
}

fn whole(fields: &mut Fields<'_>, name: &str) -> Result<u64, RequestError> {
    let value = fields.required(name)?;
    match value {
        Value::Int(number) => number.try_into().ok(),
        Value::Uint(number) => Some(number),
        _ => None,
    }
    .ok_or_else(|| mistyped(fields.field(name), "a whole number", &value))
}

fn unknown(fields: &Fields<'_>, name: &str, message: &str) -> RequestError {
    error(RequestErrorKind::Shape, Some(fields.field(name)), message)
}

fn owned(text: Text<'_>) -> Text<'static> {
    Text::Owned(text.into_owned())
}
