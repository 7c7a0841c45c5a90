//! The question: may this actor do this action on this resource, in this context?

use crate::{Map, Text, Timestamp};

/// A request for a decision. Borrows everything; building and copying one costs nothing.
///
/// Ids are compared byte for byte. A `*` in a request is a letter, never a pattern.
///
/// ```
/// use pdp_core::{Actor, ActorType, Request, Resource};
///
/// let roles = ["member".into()];
/// let actor = Actor { roles: &roles, ..Actor::new(ActorType::Human, "user:93") };
/// let request = Request::new(actor, "read", Resource::new("channel", "general"));
/// assert_eq!(request.actor.roles[0], "member");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request<'a> {
    /// Who asks to act.
    pub actor: Actor<'a>,
    /// What the actor would do.
    pub action: &'a str,
    /// What it would be done to.
    pub resource: Resource<'a>,
    /// Further values that conditions may read.
    pub context: &'a Map<'a>,
    /// The time of the request, stated by the host; `None` where it states none.
    pub now: Option<Timestamp>,
}

impl<'a> Request<'a> {
    /// A request without context and time.
    pub fn new(actor: Actor<'a>, action: &'a str, resource: Resource<'a>) -> Self {
        Request { actor, action, resource, context: Map::empty(), now: None }
    }
}

/// Who a request is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Actor<'a> {
    /// Identifies the actor among all actors of any type.
    pub id: &'a str,
    /// Human, agent or service.
    pub actor_type: ActorType,
    /// Tenants the actor belongs to.
    pub tenants: &'a [Text<'a>],
    /// Roles the actor claims.
    pub roles: &'a [Text<'a>],
    /// Further tenants, each with the role held there.
    pub memberships: &'a [Membership<'a>],
    /// Values of attributes that the policies take from requests.
    pub attributes: &'a Map<'a>,
}

impl<'a> Actor<'a> {
    /// An actor without tenants, roles, memberships and attributes.
    pub fn new(actor_type: ActorType, id: &'a str) -> Self {
        Actor {
            id,
            actor_type,
            tenants: &[],
            roles: &[],
            memberships: &[],
            attributes: Map::empty(),
        }
    }

    /// All tenants of the actor: those stated, then those of its memberships.
    pub fn all_tenants(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let memberships = self.memberships.iter().map(|membership| membership.tenant.as_ref());
        self.tenants.iter().map(AsRef::as_ref).chain(memberships)
    }
}

/// What kind of actor acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorType {
    /// A person.
    Human,
    /// A program that decides by itself what to do.
    Agent,
    /// A program that does what it was built to do.
    Service,
}

impl ActorType {
    /// All actor types.
    pub const ALL: [ActorType; 3] = [ActorType::Human, ActorType::Agent, ActorType::Service];

    /// The word for the type on the wire and in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            ActorType::Human => "human",
            ActorType::Agent => "agent",
            ActorType::Service => "service",
        }
    }

    /// The type with this word, if there is one.
    pub fn from_word(word: &str) -> Option<Self> {
        ActorType::ALL.into_iter().find(|actor_type| actor_type.as_str() == word)
    }
}

/// A tenant that an actor belongs to, and the role it holds there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership<'a> {
    /// The tenant.
    pub tenant: Text<'a>,
    /// The role held there, as the caller states it.
    pub role: Text<'a>,
}

/// What the action would be done to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resource<'a> {
    /// One of the types that the policies declare; any other is an ordinary unknown type.
    pub resource_type: &'a str,
    /// Identifies the resource among those of its type.
    pub id: &'a str,
    /// Values of attributes that the policies take from requests.
    pub attributes: &'a Map<'a>,
}

impl<'a> Resource<'a> {
    /// A resource without attributes.
    pub fn new(resource_type: &'a str, id: &'a str) -> Self {
        Resource { resource_type, id, attributes: Map::empty() }
    }
}
