//! A request that holds its own text, and the comparison of the engine with a reference.

use std::borrow::Cow;

use pdp_core::{Actor, ActorType, Effect, Map, Policies, Request, Resource, Scratch};

/// One request of a workload.
///
/// The ids are its own, made in the order in which they are asked: a request that has just arrived
/// lies in the cache, and fetching its text from afar would be charged to the engine.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Id of the actor.
    pub actor_id: Box<str>,
    /// What the actor is.
    pub actor_type: ActorType,
    /// The roles that the actor claims.
    pub roles: Box<[Cow<'static, str>]>,
    /// The tenants that the actor belongs to.
    pub tenants: Box<[Cow<'static, str>]>,
    /// The action.
    pub action: &'static str,
    /// The type of the resource.
    pub resource_type: &'static str,
    /// Id of the resource.
    pub resource_id: Box<str>,
    /// The context.
    pub context: Map<'static>,
}

impl Asked {
    /// Borrows the request for the engine; allocates nothing, so it belongs into the measured loop.
    pub fn request(&self) -> Request<'_> {
        let actor = Actor {
            roles: &self.roles,
            tenants: &self.tenants,
            ..Actor::new(self.actor_type, &self.actor_id)
        };
        let resource = Resource::new(self.resource_type, &self.resource_id);
        Request { context: &self.context, ..Request::new(actor, self.action, resource) }
    }

    /// Whether the actor claims the role.
    pub fn claims(&self, role: &str) -> bool {
        self.roles.iter().any(|claimed| claimed == role)
    }

    /// Whether the actor belongs to the tenant.
    pub fn belongs_to(&self, tenant: &str) -> bool {
        self.tenants.iter().any(|own| own == tenant)
    }
}

/// Asks the engine and a reference for every request and counts those that are permitted.
///
/// # Panics
///
/// At the first request that the two answer differently, or that the engine could not evaluate: how
/// fast a wrong answer comes is no figure.
pub fn permitted(
    policies: &Policies,
    asked: &[Asked],
    mut permits: impl FnMut(&Asked) -> bool,
) -> usize {
    let mut scratch = Scratch::new();
    let mut permitted = 0;
    for one in asked {
        let decision = policies.evaluate(&one.request(), &mut scratch);
        let wanted = permits(one);
        assert!(
            (decision.effect == Effect::Permit) == wanted && decision.errors.is_empty(),
            "the reference {} what the engine answers with {decision:?}: {one:?}",
            if wanted { "permits" } else { "denies" },
        );
        permitted += usize::from(wanted);
    }
    permitted
}
