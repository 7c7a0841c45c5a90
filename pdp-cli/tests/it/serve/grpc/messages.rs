use pdp_grpc::v1::value::Kind;
use pdp_grpc::v1::{self, actor, evaluate_request, map_value, resource};
use serde_json::{Map, Value, json};

/// The message of a request in JSON.
pub fn request(json: &Value) -> v1::EvaluateRequest {
    let (actor, resource) = (&json["actor"], &json["resource"]);
    v1::EvaluateRequest {
        actor: Some(v1::Actor {
            actor_id: text(&actor["actor_id"]),
            actor_type: actor_type(&actor["actor_type"]).into(),
            microdao_ids: list(&actor["microdao_ids"]).iter().map(text).collect(),
            roles: list(&actor["roles"]).iter().map(text).collect(),
            memberships: list(&actor["memberships"]).iter().map(membership).collect(),
            attributes: entries(&actor["attributes"])
                .map(|(key, value)| actor::AttributesEntry { key, value })
                .collect(),
        }),
        action: text(&json["action"]),
        resource: Some(v1::Resource {
            r#type: text(&resource["type"]),
            id: text(&resource["id"]),
            attributes: entries(&resource["attributes"])
                .map(|(key, value)| resource::AttributesEntry { key, value })
                .collect(),
        }),
        context: entries(&json["context"])
            .map(|(key, value)| evaluate_request::ContextEntry { key, value })
            .collect(),
        now: json["now"].as_str().map(str::to_owned),
    }
}

fn actor_type(json: &Value) -> v1::ActorType {
    match json.as_str() {
        Some("human") => v1::ActorType::Human,
        Some("agent") => v1::ActorType::Agent,
        Some("service") => v1::ActorType::Service,
        _ => v1::ActorType::Unspecified,
    }
}

fn membership(json: &Value) -> v1::Membership {
    v1::Membership { microdao_id: text(&json["microdao_id"]), role: text(&json["role"]) }
}

fn text(json: &Value) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

fn list(json: &Value) -> &[Value] {
    json.as_array().map_or(&[], Vec::as_slice)
}

fn entries(json: &Value) -> impl Iterator<Item = (String, Option<v1::Value>)> {
    let entries = json.as_object().into_iter().flatten();
    entries.map(|(key, held)| (key.clone(), Some(value(held))))
}

/// The message of a value in JSON.
pub fn value(json: &Value) -> v1::Value {
    of_kind(match json {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(*value),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Kind::IntValue(number),
            (None, Some(number)) => Kind::UintValue(number),
            (None, None) => Kind::DoubleValue(number.as_f64().expect("a number")),
        },
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(items) => {
            Kind::ListValue(v1::ListValue { values: items.iter().map(value).collect() })
        }
        Value::Object(_) => {
            let fields = entries(json).map(|(key, value)| map_value::FieldsEntry { key, value });
            Kind::MapValue(v1::MapValue { fields: fields.collect() })
        }
    })
}

pub fn of_kind(kind: Kind) -> v1::Value {
    v1::Value { kind: Some(kind) }
}

/// What an answer is over HTTP, its id apart.
pub fn shown(answer: &v1::EvaluateResponse) -> Value {
    let policy = answer.policy.as_ref().expect("a version");
    let mut shown = json!({
        "effect": match answer.effect() {
            v1::Effect::Permit => "permit",
            v1::Effect::Deny => "deny",
            v1::Effect::Unspecified => panic!("no effect"),
        },
        "reason": answer.reason,
        "rule": answer.rule.as_ref().map(rule),
        "bypass": answer.bypass,
        "obligations": answer.obligations.iter().map(obligation).collect::<Vec<_>>(),
        "errors": answer.errors.iter().map(error).collect::<Vec<_>>(),
        "policy": {"digest": policy.digest, "revision": policy.revision},
    });
    if !answer.dropped.is_empty() {
        shown["dropped"] = json!(answer.dropped);
    }
    shown
}

fn rule(rule: &v1::Rule) -> Value {
    json!({"id": rule.id, "file": rule.file, "line": rule.line})
}

fn error(error: &v1::RuleError) -> Value {
    let rule = error.rule.as_ref().map(rule);
    json!({"rule": rule, "fault": error.fault, "message": error.message})
}

fn obligation(obligation: &v1::Obligation) -> Value {
    let properties: Map<String, Value> = obligation
        .properties
        .iter()
        .map(|entry| (entry.key.clone(), json_of(entry.value.as_ref().expect("a value"))))
        .collect();
    json!({"type": obligation.r#type, "properties": properties})
}

fn json_of(value: &v1::Value) -> Value {
    match value.kind.as_ref().expect("a kind") {
        Kind::NullValue(_) => Value::Null,
        Kind::BoolValue(value) => json!(value),
        Kind::IntValue(number) => json!(number),
        Kind::UintValue(number) => json!(number),
        Kind::DoubleValue(number) => json!(number),
        Kind::StringValue(text) => json!(text),
        Kind::ListValue(list) => list.values.iter().map(json_of).collect(),
        Kind::MapValue(map) => {
            let fields = map
                .fields
                .iter()
                .map(|entry| (entry.key.clone(), json_of(entry.value.as_ref().expect("a value"))));
            Value::Object(fields.collect())
        }
    }
}
