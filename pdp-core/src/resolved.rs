//! Actors and resources that a host keeps, found once in the tables of one revision.

use std::sync::Arc;

use crate::compiled::{ResourceIndex, TypeIndex};
use crate::{
    Actor, ActorType, Map, Membership, Policies, PolicyVersion, Request, Resource, Text, Timestamp,
};

/// An actor that was looked up in one revision of policies and facts, for a host that asks about
/// it more than once: [`Policies::evaluate_resolved`] looks for no id and no role.
///
/// It owns what it says, and is an error in any other revision: look the actor up again then.
#[derive(Clone, Debug)]
pub struct ActorRef {
    id: Box<str>,
    actor_type: ActorType,
    tenants: Box<[Text<'static>]>,
    roles: Box<[Text<'static>]>,
    memberships: Box<[Membership<'static>]>,
    attributes: Map<'static>,
    /// The actor's number, if facts name it.
    pub(crate) number: Option<u32>,
    /// The numbers of its roles.
    pub(crate) role_numbers: Box<[u32]>,
    revision: Revision,
}

/// A resource that was looked up in one revision of policies and facts; see [`ActorRef`].
#[derive(Clone, Debug)]
pub struct ResourceRef {
    resource_type: Box<str>,
    id: Box<str>,
    attributes: Map<'static>,
    /// Its type, if that is declared, and its number, if facts name it.
    pub(crate) index: Option<(TypeIndex, Option<ResourceIndex>)>,
    revision: Revision,
}

/// A request about an actor and a resource that were looked up before.
///
/// ```
/// use pdp_core::{
///     Actor, ActorType, Engine, Policies, Resource, ResolvedRequest, Scratch, SourceText,
///     Statement,
/// };
///
/// let text = "
/// version: 1
/// types: {document: {actions: [read], relations: {viewer: direct}}}
/// rules: [{id: viewers-read, effect: permit, resource: document, actors: {relation: viewer}}]
/// facts: {document:handbook: {viewer: user:7}}
/// ";
/// let engine = Engine::new(Policies::from_sources(&[SourceText { path: "policy.yaml", text }])?);
/// let present = engine.present();
/// let actor = present.resolve_actor(&Actor::new(ActorType::Human, "user:7"));
/// let resource = present.resolve_resource(&Resource::new("document", "handbook"));
/// let request = ResolvedRequest::new(&actor, "read", &resource);
/// let decision = present.evaluate_resolved(&request, &mut Scratch::new())?;
/// assert_eq!(decision.reason, "viewers-read");
///
/// engine.remove(Statement::relation("document:handbook", "viewer", "user:7".parse()?))?;
/// let stale = engine.present().evaluate_resolved(&request, &mut Scratch::new()).unwrap_err();
/// assert_eq!((stale.resolved.revision, stale.present.revision), (1, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ResolvedRequest<'a> {
    /// Who asks to act.
    pub actor: &'a ActorRef,
    /// What the actor would do.
    pub action: &'a str,
    /// What it would be done to.
    pub resource: &'a ResourceRef,
    /// Further values that conditions may read.
    pub context: &'a Map<'a>,
    /// The time of the request, stated by the host; `None` where it states none.
    pub now: Option<Timestamp>,
}

/// An actor or a resource was looked up in another revision than the one that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the actor or the resource was looked up in other policies or facts, at revision {}; \
     these are at revision {}",
    .resolved.revision,
    .present.revision
)]
pub struct StaleRef {
    /// What it was looked up in.
    pub resolved: PolicyVersion,
    /// What was asked.
    pub present: PolicyVersion,
}

/// Facts of one revision; no two revisions of any policies are equal.
#[derive(Clone, Debug)]
struct Revision {
    identity: Arc<()>,
    version: PolicyVersion,
}

impl Policies {
    /// Looks an actor up.
    pub fn resolve_actor(&self, actor: &Actor<'_>) -> ActorRef {
        let owned = |text: &Text<'_>| Text::Owned(text.clone().into_owned());
        let memberships = actor.memberships.iter().map(|membership| Membership {
            tenant: owned(&membership.tenant),
            role: owned(&membership.role),
        });
        ActorRef {
            id: actor.id.into(),
            actor_type: actor.actor_type,
            tenants: actor.tenants.iter().map(owned).collect(),
            roles: actor.roles.iter().map(owned).collect(),
            memberships: memberships.collect(),
            attributes: actor.attributes.clone().into_owned(),
            number: self.facts.actors.index(actor.id),
            role_numbers: actor.roles.iter().filter_map(|role| self.role(role)).collect(),
            revision: self.revision(),
        }
    }

    /// Looks a resource up.
    pub fn resolve_resource(&self, resource: &Resource<'_>) -> ResourceRef {
        let types = &self.code.vocabulary.type_indexes;
        let index = types.get(resource.resource_type).copied();
        ResourceRef {
            resource_type: resource.resource_type.into(),
            id: resource.id.into(),
            attributes: resource.attributes.clone().into_owned(),
            index: index.map(|index| (index, self.facts.resources.index(index, resource.id))),
            revision: self.revision(),
        }
    }

    fn revision(&self) -> Revision {
        Revision { identity: Arc::clone(&self.facts.identity), version: self.version }
    }

    /// Whether what was looked up in a revision may be asked about.
    pub(crate) fn require_present(&self, request: &ResolvedRequest<'_>) -> Result<(), StaleRef> {
        for revision in [&request.actor.revision, &request.resource.revision] {
            if !Arc::ptr_eq(&revision.identity, &self.facts.identity) {
                return Err(StaleRef { resolved: revision.version, present: self.version });
            }
        }
        Ok(())
    }
}

impl ActorRef {
    /// The actor.
    pub fn actor(&self) -> Actor<'_> {
        Actor {
            id: &self.id,
            actor_type: self.actor_type,
            tenants: &self.tenants,
            roles: &self.roles,
            memberships: &self.memberships,
            attributes: &self.attributes,
        }
    }
}

impl ResourceRef {
    /// The resource.
    pub fn resource(&self) -> Resource<'_> {
        Resource { resource_type: &self.resource_type, id: &self.id, attributes: &self.attributes }
    }
}

impl<'a> ResolvedRequest<'a> {
    /// A request without context and time.
    pub fn new(actor: &'a ActorRef, action: &'a str, resource: &'a ResourceRef) -> Self {
        ResolvedRequest { actor, action, resource, context: Map::empty(), now: None }
    }

    /// The same request, for whoever asks by name: an audit record, another decider.
    pub fn request(&self) -> Request<'a> {
        Request {
            actor: self.actor.actor(),
            action: self.action,
            resource: self.resource.resource(),
            context: self.context,
            now: self.now,
        }
    }
}
