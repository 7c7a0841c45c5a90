//! What a caller may state.

use pdp_core::{Map, Request};

use crate::{Caller, Refusal, RefusalKind, Right};

/// The request as far as `caller` may make it, and the fields of the wire form that were left out
/// of account.
///
/// Who may not assert identities asks about the actors of its own entry. It may say what is asked:
/// action, resource, context; not who the actor is beyond its id, nor what time it is.
pub(crate) fn narrow<'a>(
    mut request: Request<'a>,
    caller: &Caller,
) -> Result<(Request<'a>, Vec<&'static str>), Refusal> {
    if caller.may(Right::AssertIdentity) {
        return Ok((request, Vec::new()));
    }
    let Some(known) = caller.actor(request.actor.id) else {
        let message = format!("caller `{}` may not ask about this actor", caller.name);
        return Err(Refusal::of_field(RefusalKind::Forbidden, "actor.actor_id", message));
    };
    let actor = request.actor;
    let stated = [
        ("actor.actor_type", actor.actor_type != known.actor_type),
        ("actor.microdao_ids", !actor.tenants.is_empty()),
        ("actor.roles", !actor.roles.is_empty()),
        ("actor.memberships", !actor.memberships.is_empty()),
        ("actor.attributes", !actor.attributes.is_empty()),
        ("now", request.now.is_some()),
    ];
    request.actor.actor_type = known.actor_type;
    (request.actor.tenants, request.actor.roles) = (&[], &[]);
    (request.actor.memberships, request.actor.attributes) = (&[], Map::empty());
    request.now = None;
    let dropped = stated.into_iter().filter(|(_, is_stated)| *is_stated);
    Ok((request, dropped.map(|(field, _)| field).collect()))
}
