//! What is to be asked of a decision point about a request over HTTP.

use http::request::Parts;
use pdp_core::{Actor, ActorType, Map, Membership, Request, Resource, Text, Timestamp};

/// A request for a decision that owns what [`Request`] borrows. The fields mean what they mean
/// there.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Identifies the actor among all actors of any type.
    pub actor_id: String,
    /// Human, agent or service.
    pub actor_type: ActorType,
    /// Tenants the actor belongs to.
    pub tenants: Vec<Text<'static>>,
    /// Roles the actor claims.
    pub roles: Vec<Text<'static>>,
    /// Further tenants, each with the role held there.
    pub memberships: Vec<Membership<'static>>,
    /// Attributes of the actor.
    pub actor_attributes: Map<'static>,
    /// What the actor would do.
    pub action: String,
    /// The type of what it would be done to.
    pub resource_type: String,
    /// Identifies it among those of its type.
    pub resource_id: String,
    /// Attributes of the resource.
    pub resource_attributes: Map<'static>,
    /// Further values that conditions may read.
    pub context: Map<'static>,
    /// The time of the request; a decision point behind a door takes its own where none is stated.
    pub now: Option<Timestamp>,
}

impl Question {
    /// Whether an actor may do `action` on a resource, of a type and with an id.
    pub fn new(
        actor: (ActorType, impl Into<String>),
        action: impl Into<String>,
        resource: (impl Into<String>, impl Into<String>),
    ) -> Self {
        Question {
            actor_id: actor.1.into(),
            actor_type: actor.0,
            tenants: Vec::new(),
            roles: Vec::new(),
            memberships: Vec::new(),
            actor_attributes: Map::new(),
            action: action.into(),
            resource_type: resource.0.into(),
            resource_id: resource.1.into(),
            resource_attributes: Map::new(),
            context: Map::new(),
            now: None,
        }
    }

    /// The request.
    pub fn request(&self) -> Request<'_> {
        Request {
            actor: Actor {
                id: &self.actor_id,
                actor_type: self.actor_type,
                tenants: &self.tenants,
                roles: &self.roles,
                memberships: &self.memberships,
                attributes: &self.actor_attributes,
            },
            action: &self.action,
            resource: Resource {
                resource_type: &self.resource_type,
                id: &self.resource_id,
                attributes: &self.resource_attributes,
            },
            context: &self.context,
            now: self.now,
        }
    }
}

/// Makes a question of the head of a request: who acts, what the action is, on what.
///
/// Any function from a head to an `Option<Question>` is one.
pub trait Questions: Send + Sync + 'static {
    /// The question; `None` where there is none to be asked, such as where nobody is known to act.
    /// Then the guard answers as to a deny.
    fn question(&self, head: &Parts) -> Option<Question>;
}

impl<F: Fn(&Parts) -> Option<Question> + Send + Sync + 'static> Questions for F {
    fn question(&self, head: &Parts) -> Option<Question> {
        self(head)
    }
}
