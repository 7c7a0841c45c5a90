use super::{EntityIndex, Hierarchy, Kind};
use crate::random::Random;

/// One drawn request.
///
/// The texts are its own copies, as those of a request that has just arrived.
#[derive(Debug, PartialEq, Eq)]
pub struct Draw {
    /// The hierarchy that it is about, by its number.
    pub hierarchy: usize,
    /// The action.
    pub action: &'static str,
    /// The user who asks.
    pub actor: EntityIndex,
    /// What the user asks about.
    pub resource: EntityIndex,
    /// The name of the actor, `user:user_3`.
    pub actor_name: Box<str>,
    /// The type of the resource.
    pub resource_type: &'static str,
    /// The name of the resource, `document:doc_3`.
    pub resource_name: Box<str>,
}

impl Draw {
    /// Any action of the application, any user, any resource of the type that the action is for.
    pub(super) fn new(random: &mut Random, hierarchy: &Hierarchy, number: usize) -> Self {
        let (action, kind) = *random.pick(hierarchy.app.actions());
        let actor = any_of(random, hierarchy, Kind::User);
        let resource = any_of(random, hierarchy, kind);
        Draw {
            hierarchy: number,
            action,
            actor,
            resource,
            actor_name: hierarchy.entity(actor).name.as_str().into(),
            resource_type: kind.word(),
            resource_name: hierarchy.entity(resource).name.as_str().into(),
        }
    }

    /// The id of the resource, `doc_3`.
    #[inline]
    pub fn resource_id(&self) -> &str {
        &self.resource_name[self.resource_type.len() + 1..]
    }
}

fn any_of(random: &mut Random, hierarchy: &Hierarchy, kind: Kind) -> EntityIndex {
    let all: Vec<EntityIndex> = hierarchy.of_kind(kind).collect();
    *random.pick(&all)
}
