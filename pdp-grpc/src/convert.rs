//! Messages become the tree that the JSON would be.

use pdp_core::wire::{RequestDocument, RequestError};
use pdp_core::{ActorType, PolicyVersion, Value};
use pdp_proto::{map, object, text, texts, v1};

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

/// Which policies and facts decide.
pub(crate) fn policy_version(version: PolicyVersion) -> v1::PolicyVersion {
    v1::PolicyVersion { digest: version.digest.to_string(), revision: version.revision }
}

/// A number of things.
pub(crate) fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
