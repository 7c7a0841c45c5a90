use std::rc::Rc;

use pdp_core::{
    Actor, ActorType, Decider, Effect, Map, Membership, Obligation, Request, Resource, Text,
    Timestamp,
};

use crate::Difference;

/// A request and what its decision must be.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the case shows.
    pub name: String,
    /// The line of the file on which it stands, from 1.
    pub line: u32,
    /// Who acts.
    pub actor: Rc<ActorFixture>,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: Rc<ResourceFixture>,
    /// The context.
    pub context: Rc<Map<'static>>,
    /// The time of the request, if it states one.
    pub now: Option<Timestamp>,
    /// What the decision must be.
    pub expect: Expectation,
    /// Whether it is a cell of a matrix.
    pub matrix: bool,
}

impl Case {
    /// The request.
    pub fn request(&self) -> Request<'_> {
        Request {
            actor: Actor {
                id: &self.actor.id,
                actor_type: self.actor.actor_type,
                tenants: &self.actor.tenants,
                roles: &self.actor.roles,
                memberships: &self.actor.memberships,
                attributes: &self.actor.attributes,
            },
            action: &self.action,
            resource: Resource {
                resource_type: &self.resource.resource_type,
                id: &self.resource.id,
                attributes: &self.resource.attributes,
            },
            context: &self.context,
            now: self.now,
        }
    }

    /// Asks `decider`; what differs from what is expected, nothing if the case passes.
    ///
    /// # Errors
    ///
    /// Those of the decider: it did not answer.
    pub async fn run<D: Decider>(&self, decider: &D) -> Result<Vec<Difference>, D::Error> {
        let request = self.request();
        let decision = decider.decide(&request).await?;
        Ok(self.expect.differences(&decision))
    }
}

/// An actor of a test file.
#[derive(Clone, Debug)]
pub struct ActorFixture {
    /// The id.
    pub id: String,
    /// The type.
    pub actor_type: ActorType,
    /// Roles it claims.
    pub roles: Vec<Text<'static>>,
    /// Its tenants.
    pub tenants: Vec<Text<'static>>,
    /// Further tenants, with the role held there.
    pub memberships: Vec<Membership<'static>>,
    /// Attributes that the request states.
    pub attributes: Map<'static>,
}

/// A resource of a test file.
#[derive(Clone, Debug)]
pub struct ResourceFixture {
    /// The type.
    pub resource_type: String,
    /// The id.
    pub id: String,
    /// Attributes that the request states.
    pub attributes: Map<'static>,
}

/// What a decision must be. Only what is given is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The effect.
    pub effect: Effect,
    /// The reason.
    pub reason: Option<String>,
    /// The id of the deciding rule; `Some(None)` for the default deny.
    pub rule: Option<Option<String>>,
    /// The obligations.
    pub obligations: Option<Vec<Obligation>>,
    /// Whether a bypass rule decided.
    pub bypass: Option<bool>,
    /// The ids of the rules that could not be evaluated.
    pub errors: Option<Vec<String>>,
}
