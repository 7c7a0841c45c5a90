use pdp_core::model::Model;
use serde_json::{Value as Json, json};

use super::fact::{Beside, Key, To};
use super::value::{fit, json as write_value};
use super::vocabulary::{stated_attribute, write_reference};

/// A fact alone as in `docs/wire.md`, on one line with its keys in byte order. Values are those of
/// their declared types.
pub(super) fn write(model: &Model<'_>, key: &Key, beside: &Beside) -> String {
    let mut fact = match key {
        Key::Existence { .. } => json!({}),
        Key::Relation { relation, to: To::Target(target), .. } => {
            json!({"relation": relation, "target": write_reference(model, target)})
        }
        Key::Relation { relation, to, .. } => {
            json!({"relation": relation, "actor": write_actor(model, to, beside)})
        }
        Key::ResourceAttribute { attribute, .. } => json!({"attribute": attribute}),
        Key::ActorAttribute { actor, attribute } => {
            json!({"actor": actor, "attribute": attribute})
        }
    };
    if let Some(resource) = key.resource() {
        fact["resource"] = json!(write_reference(model, resource));
    }
    if let (Beside::Value(value), Some(declared)) = (beside, stated_attribute(model, key)) {
        fact["value"] =
            fit(value, &declared.value_type).map_or(Json::Null, |fit| write_value(&fit));
    }
    fact.to_string()
}

/// The short form where it is read as what is meant, else the long one (section 3).
fn write_actor(model: &Model<'_>, actor: &To, beside: &Beside) -> Json {
    let (short, mut long) = match actor {
        To::Exact(id) => (id.clone(), json!({"id": id})),
        To::Prefix(prefix) => (format!("{prefix}*"), json!({"prefix": prefix})),
        To::Role { role, actor_type: None } => (format!("role:{role}"), json!({"role": role})),
        To::Role { role, actor_type: Some(only) } => {
            (String::new(), json!({"role": role, "type": only.as_str()}))
        }
        To::Set { resource, relation } => {
            let set = format!("{}#{relation}", write_reference(model, resource));
            (set.clone(), json!({"set": set}))
        }
        To::Target(_) => unreachable!("a target is no actor"),
    };
    let is_role = short.starts_with("role:");
    let is_set = !is_role && short.contains('#');
    let star = short.find('*');
    let is_error = short.contains(',') || short.contains(char::is_whitespace);
    let read_as_meant = match actor {
        _ if is_error => false,
        To::Exact(_) => !is_role && !is_set && star.is_none(),
        To::Prefix(prefix) => !is_role && !is_set && star == Some(prefix.len()),
        To::Role { actor_type, .. } => actor_type.is_none(),
        _ => is_set,
    };
    match beside {
        Beside::Until(until) => long["until"] = json!(until.to_string()),
        _ if read_as_meant => long = json!(short),
        _ => {}
    }
    long
}
