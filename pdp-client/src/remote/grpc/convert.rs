//! Requests become messages, and messages become the tree that the JSON of an answer would be.

use pdp_core::wire::{AnswerDocument, AnswerError, RequestError, RequestErrorKind};
use pdp_core::{Actor, ActorType, Effect, Map, Membership, Request, Text, Value};
use pdp_proto::{map, message, object, text, texts, v1};
use prost::DecodeError;

pub(crate) fn request(request: &Request<'_>) -> v1::EvaluateRequest {
    let resource = &request.resource;
    let attribute = |(key, value)| v1::resource::AttributesEntry { key, value: Some(value) };
    let context = |(key, value)| v1::evaluate_request::ContextEntry { key, value: Some(value) };
    v1::EvaluateRequest {
        actor: Some(actor(&request.actor)),
        action: request.action.to_owned(),
        resource: Some(v1::Resource {
            r#type: resource.resource_type.to_owned(),
            id: resource.id.to_owned(),
            attributes: entries(resource.attributes).map(attribute).collect(),
        }),
        context: entries(request.context).map(context).collect(),
        now: request.now.map(|now| now.to_string()),
    }
}

fn actor(actor: &Actor<'_>) -> v1::Actor {
    let actor_type = match actor.actor_type {
        ActorType::Human => v1::ActorType::Human,
        ActorType::Agent => v1::ActorType::Agent,
        ActorType::Service => v1::ActorType::Service,
    };
    let membership = |Membership { tenant, role }: &Membership<'_>| v1::Membership {
        microdao_id: tenant.to_string(),
        role: role.to_string(),
    };
    let attribute = |(key, value)| v1::actor::AttributesEntry { key, value: Some(value) };
    v1::Actor {
        actor_id: actor.id.to_owned(),
        actor_type: actor_type.into(),
        microdao_ids: actor.tenants.iter().map(Text::to_string).collect(),
        roles: actor.roles.iter().map(Text::to_string).collect(),
        memberships: actor.memberships.iter().map(membership).collect(),
        attributes: entries(actor.attributes).map(attribute).collect(),
    }
}

fn entries<'m>(map: &'m Map<'_>) -> impl Iterator<Item = (String, v1::Value)> + use<'m> {
    map.iter().map(|(name, value)| (name.to_owned(), message(value)))
}

/// The answer that a message is, as strictly read as its JSON.
pub(crate) fn answer(answer: v1::EvaluateResponse) -> Result<AnswerDocument, AnswerError> {
    let obligations: Result<Vec<_>, _> = answer.obligations.into_iter().map(obligation).collect();
    AnswerDocument::from_value(object([
        ("decision_id", Some(text(answer.decision_id))),
        ("effect", Some(text(effect(answer.effect)))),
        ("reason", Some(text(answer.reason))),
        ("rule", Some(answer.rule.map_or(Value::Null, rule))),
        ("bypass", Some(Value::Bool(answer.bypass))),
        ("obligations", Some(Value::List(obligations?))),
        ("errors", Some(Value::List(answer.errors.into_iter().map(rule_error).collect()))),
        ("policy", answer.policy.map(policy)),
        ("dropped", Some(texts(answer.dropped))),
    ]))
}

/// The word for an effect; for what is none, a word that is none.
fn effect(effect: i32) -> String {
    match v1::Effect::try_from(effect) {
        Ok(v1::Effect::Permit) => Effect::Permit.as_str().to_owned(),
        Ok(v1::Effect::Deny) => Effect::Deny.as_str().to_owned(),
        Ok(v1::Effect::Unspecified) | Err(_) => effect.to_string(),
    }
}

fn rule(rule: v1::Rule) -> Value<'static> {
    object([
        ("id", Some(text(rule.id))),
        ("file", Some(text(rule.file))),
        ("line", Some(Value::Uint(rule.line))),
    ])
}

fn rule_error(error: v1::RuleError) -> Value<'static> {
    object([
        ("rule", error.rule.map(rule)),
        ("fault", Some(text(error.fault))),
        ("message", Some(text(error.message))),
    ])
}

fn obligation(obligation: v1::Obligation) -> Result<Value<'static>, RequestError> {
    let properties = obligation.properties.into_iter().map(|entry| (entry.key, entry.value));
    Ok(object([
        ("type", Some(text(obligation.r#type))),
        ("properties", Some(map(properties.collect(), 1)?)),
    ]))
}

fn policy(policy: v1::PolicyVersion) -> Value<'static> {
    object([
        ("digest", Some(text(policy.digest))),
        ("revision", Some(Value::Uint(policy.revision))),
    ])
}

/// What is no message.
pub(crate) fn undecoded(error: &DecodeError) -> AnswerError {
    let message = error.to_string();
    RequestError { kind: RequestErrorKind::Syntax, field: None, message }.into()
}
