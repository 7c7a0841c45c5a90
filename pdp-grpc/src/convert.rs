//! Messages become the tree that the JSON would be, and decisions become messages.

use pdp_core::wire::{
    Answer, DOUBLE_MAX, ID_BYTES_MAX, REQUEST_DEPTH_MAX, RequestDocument, RequestError,
    RequestErrorKind, printable,
};
use pdp_core::{ActorType, Effect, Map, Obligation, PolicyVersion, RuleError, RuleRef, Value};

use crate::schema::too_deep;
use crate::v1;
use crate::v1::value::Kind;

type Entries = Vec<(String, Option<v1::Value>)>;

/// The request that a message is, as strictly read as its JSON.
pub(crate) fn document(
    request: v1::EvaluateRequest,
) -> Result<RequestDocument<'static>, RequestError> {
    let context = request.context.into_iter().map(|entry| (entry.key, entry.value)).collect();
    let fields = [
        ("actor", request.actor.map(actor).transpose()?),
        ("action", Some(text(request.action))),
        ("resource", request.resource.map(resource).transpose()?),
        ("context", Some(map(context, 2)?)),
        ("now", request.now.map(text)),
    ];
    RequestDocument::from_value(object(fields))
}

fn actor(actor: v1::Actor) -> Result<Value<'static>, RequestError> {
    let actor_type = match v1::ActorType::try_from(actor.actor_type) {
        Ok(v1::ActorType::Unspecified) => None,
        Ok(v1::ActorType::Human) => Some(ActorType::Human.as_str().to_owned()),
        Ok(v1::ActorType::Agent) => Some(ActorType::Agent.as_str().to_owned()),
        Ok(v1::ActorType::Service) => Some(ActorType::Service.as_str().to_owned()),
        // As a word that is none of them.
        Err(_) => Some(actor.actor_type.to_string()),
    };
    let membership = |membership: v1::Membership| {
        object([
            ("microdao_id", Some(text(membership.microdao_id))),
            ("role", Some(text(membership.role))),
        ])
    };
    let memberships = actor.memberships.into_iter().map(membership).collect();
    let attributes = actor.attributes.into_iter().map(|entry| (entry.key, entry.value)).collect();
    Ok(object([
        ("actor_id", Some(text(actor.actor_id))),
        ("actor_type", actor_type.map(text)),
        ("microdao_ids", Some(texts(actor.microdao_ids))),
        ("roles", Some(texts(actor.roles))),
        ("memberships", Some(Value::List(memberships))),
        ("attributes", Some(map(attributes, 3)?)),
    ]))
}

fn resource(resource: v1::Resource) -> Result<Value<'static>, RequestError> {
    let entries = resource.attributes.into_iter().map(|entry| (entry.key, entry.value)).collect();
    Ok(object([
        ("type", Some(text(resource.r#type))),
        ("id", Some(text(resource.id))),
        ("attributes", Some(map(entries, 3)?)),
    ]))
}

/// An object at a depth, the whole request being at depth 1.
fn map(entries: Entries, depth: usize) -> Result<Value<'static>, RequestError> {
    if depth > REQUEST_DEPTH_MAX {
        return Err(too_deep());
    }
    let mut pairs = Vec::with_capacity(entries.len());
    for (name, held) in entries {
        if name.len() > ID_BYTES_MAX {
            let message = format!("a key of more than {ID_BYTES_MAX} bytes");
            return Err(error(RequestErrorKind::Size, message));
        }
        pairs.push((name.into(), value(held.unwrap_or_default(), depth)?));
    }
    let map = Map::from_entries(pairs);
    map.map(Value::Map).map_err(|name| {
        error(RequestErrorKind::Shape, format!("key `{}` is given twice", printable(&name)))
    })
}

fn list(values: Vec<v1::Value>, depth: usize) -> Result<Value<'static>, RequestError> {
    if depth > REQUEST_DEPTH_MAX {
        return Err(too_deep());
    }
    values.into_iter().map(|item| value(item, depth)).collect::<Result<_, _>>().map(Value::List)
}

/// A value that stands in something at a depth. Numbers become what the reader of JSON makes of
/// them.
fn value(value: v1::Value, depth: usize) -> Result<Value<'static>, RequestError> {
    match value.kind {
        None => Err(error(RequestErrorKind::Shape, "a value of which nothing is set")),
        Some(Kind::NullValue(_)) => Ok(Value::Null),
        Some(Kind::BoolValue(value)) => Ok(Value::Bool(value)),
        Some(Kind::IntValue(number)) => Ok(Value::Int(number)),
        Some(Kind::UintValue(number)) => {
            Ok(i64::try_from(number).map_or(Value::Uint(number), Value::Int))
        }
        // What is no number is not below anything either.
        Some(Kind::DoubleValue(number)) if number.abs() < DOUBLE_MAX => Ok(Value::Double(number)),
        Some(Kind::DoubleValue(_)) => {
            Err(error(RequestErrorKind::Shape, "a number that 64 bits do not hold exactly"))
        }
        Some(Kind::StringValue(value)) => Ok(text(value)),
        Some(Kind::ListValue(items)) => list(items.values, depth + 1),
        Some(Kind::MapValue(fields)) => {
            let entries = fields.fields.into_iter().map(|entry| (entry.key, entry.value));
            map(entries.collect(), depth + 1)
        }
    }
}

fn object<const N: usize>(fields: [(&'static str, Option<Value<'static>>); N]) -> Value<'static> {
    let mut map = Map::new();
    for (name, value) in fields {
        if let Some(value) = value {
            map.insert(name, value);
        }
    }
    Value::Map(map)
}

fn text(text: String) -> Value<'static> {
    Value::String(text.into())
}

fn texts(texts: Vec<String>) -> Value<'static> {
    Value::List(texts.into_iter().map(text).collect())
}

fn error(kind: RequestErrorKind, message: impl Into<String>) -> RequestError {
    RequestError { kind, field: None, message: message.into() }
}

/// What is answered to one request.
pub(crate) fn answer(answer: &Answer<'_>) -> v1::EvaluateResponse {
    let decision = answer.decision;
    v1::EvaluateResponse {
        decision_id: answer.decision_id.to_owned(),
        effect: match decision.effect {
            Effect::Permit => v1::Effect::Permit.into(),
            Effect::Deny => v1::Effect::Deny.into(),
        },
        reason: decision.reason.to_string(),
        rule: decision.rule.as_ref().map(rule),
        bypass: decision.bypass,
        obligations: decision.obligations.iter().map(obligation).collect(),
        errors: decision.errors.iter().map(rule_error).collect(),
        policy: Some(policy_version(decision.policy)),
        dropped: answer.dropped.iter().map(|field| (*field).to_owned()).collect(),
    }
}

/// Which policies and facts decide.
pub(crate) fn policy_version(version: PolicyVersion) -> v1::PolicyVersion {
    v1::PolicyVersion { digest: version.digest.to_string(), revision: version.revision }
}

/// A number of things.
pub(crate) fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn rule(rule: &RuleRef<'_>) -> v1::Rule {
    v1::Rule { id: rule.id.to_string(), file: rule.file.to_string(), line: rule.line.into() }
}

fn rule_error(error: &RuleError<'_>) -> v1::RuleError {
    v1::RuleError {
        rule: Some(rule(&error.rule)),
        fault: error.fault.as_str().to_owned(),
        message: error.message.to_string(),
    }
}

fn obligation(obligation: &Obligation) -> v1::Obligation {
    let properties = obligation.properties.iter().map(|(name, value)| {
        v1::obligation::PropertiesEntry { key: name.to_owned(), value: Some(message(value)) }
    });
    v1::Obligation { r#type: obligation.obligation_type.clone(), properties: properties.collect() }
}

/// A value of a policy.
fn message(value: &Value<'_>) -> v1::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(*value),
        Value::Int(number) => Kind::IntValue(*number),
        Value::Uint(number) => Kind::UintValue(*number),
        Value::Double(number) => Kind::DoubleValue(*number),
        Value::String(text) => Kind::StringValue(text.to_string()),
        Value::List(items) => {
            Kind::ListValue(v1::ListValue { values: items.iter().map(message).collect() })
        }
        Value::Map(map) => Kind::MapValue(v1::MapValue {
            fields: map
                .iter()
                .map(|(name, value)| v1::map_value::FieldsEntry {
                    key: name.to_owned(),
                    value: Some(message(value)),
                })
                .collect(),
        }),
        other => Kind::StringValue(json_text(other)),
    };
    v1::Value { kind: Some(kind) }
}

/// Bytes, times and addresses are the texts that they are in JSON.
fn json_text(value: &Value<'_>) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}
