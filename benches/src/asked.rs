//! A request that holds its own text.

use std::borrow::Cow;

use pdp_core::{Actor, ActorType, Map, Request, Resource};

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
