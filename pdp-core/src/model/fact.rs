use super::Place;
use crate::{ActorType, Text, Timestamp, Value};

/// What policy texts state about resources and actors.
#[derive(Clone, Debug, Default)]
pub struct Facts<'t> {
    /// Resources that are declared to exist, whether or not anything is stated about them.
    pub known: Vec<ResourceName<'t>>,
    /// Who has which relation.
    pub relations: Vec<RelationFacts<'t>>,
    /// Where links point.
    pub links: Vec<LinkFacts<'t>>,
    /// Attributes of resources.
    pub resource_attributes: Vec<AttributeFact<'t, ResourceName<'t>>>,
    /// Attributes of actors, by actor id.
    pub actor_attributes: Vec<AttributeFact<'t, Text<'t>>>,
    /// Entries of the DAARION sections: section, id, place.
    pub(crate) entries: Vec<(&'static str, Text<'t>, Place)>,
    /// Resources that entries of the DAARION sections name and that must be known.
    pub(crate) mentions: Vec<(Text<'t>, Place)>,
}

impl Facts<'_> {
    /// Whether the texts state nothing.
    pub(crate) fn is_empty(&self) -> bool {
        let Facts {
            known,
            relations,
            links,
            resource_attributes,
            actor_attributes,
            entries,
            mentions,
        } = self;
        let of_resources = known.is_empty() && relations.is_empty() && links.is_empty();
        let attributes = resource_attributes.is_empty() && actor_attributes.is_empty();
        of_resources && attributes && entries.is_empty() && mentions.is_empty()
    }
}

/// A resource in a fact: its type, which is declared, and its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceName<'t> {
    /// The type.
    pub resource_type: Text<'t>,
    /// The id, with its prefix where the type's ids carry one.
    pub id: Text<'t>,
}

/// Actors that have a relation on a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationFacts<'t> {
    /// The resource.
    pub resource: ResourceName<'t>,
    /// The relation; the type has it, and it is direct.
    pub relation: Text<'t>,
    /// The actors.
    pub actors: Vec<StatedActor<'t>>,
}

/// An actor of a fact, and for how long the fact holds.
#[derive(Clone, Debug, PartialEq)]
pub struct StatedActor<'t> {
    /// Who it is.
    pub actor: FactActor<'t>,
    /// The time from which on the fact does not hold; `None` for never.
    pub until: Option<Timestamp>,
    /// Where it stands.
    pub place: Place,
}

/// Who a fact is about.
#[derive(Clone, Debug, PartialEq)]
pub enum FactActor<'t> {
    /// The actor with this id.
    Exact(Text<'t>),
    /// Every actor whose id begins with this; with nothing, everyone.
    Prefix(Text<'t>),
    /// Whoever has the relation on the resource.
    Set {
        /// The resource.
        resource: ResourceName<'t>,
        /// The relation; the type has it.
        relation: Text<'t>,
    },
    /// Whoever claims the role, of any type or of one.
    Role {
        /// The role.
        role: Text<'t>,
        /// The actor type, if only one is meant.
        actor_type: Option<ActorType>,
    },
}

/// What the short form of an actor in a fact stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShortForm {
    /// A role: what follows [`ShortForm::ROLE`].
    Role,
    /// An actor set.
    Set,
    /// Everyone whose id begins with what stands before the `*` at the end.
    Prefix,
    /// An id.
    Exact,
}

impl ShortForm {
    /// With what a role begins.
    pub(crate) const ROLE: &str = "role:";

    /// What is said where a text is no short form.
    pub(crate) const FAULT: &str =
        "no short form of an actor: it has no space, no comma, and a `*` only at its end";

    /// What `text` stands for. Nothing where a `*` stands before its end, nor where it looks like
    /// several actors: `user:1, user:2` without brackets is one text.
    pub(crate) fn of(text: &str) -> Option<Self> {
        if text.contains(|letter: char| letter == ',' || letter.is_whitespace()) {
            return None;
        }
        if text.starts_with(ShortForm::ROLE) {
            return Some(ShortForm::Role);
        }
        if text.contains('#') {
            return Some(ShortForm::Set);
        }
        match text.find('*') {
            None => Some(ShortForm::Exact),
            Some(star) => (star + 1 == text.len()).then_some(ShortForm::Prefix),
        }
    }
}

/// Resources that a link of a resource points to.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkFacts<'t> {
    /// The resource that has the link.
    pub resource: ResourceName<'t>,
    /// The link; the type has it.
    pub link: Text<'t>,
    /// Ids of resources of the link's target type.
    pub targets: Vec<Text<'t>>,
}

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeFact<'t, S> {
    /// What has the attribute.
    pub subject: S,
    /// The attribute; it is declared, and facts state it.
    pub name: Text<'t>,
    /// The value; it has the declared type.
    pub value: Value<'t>,
    /// Where it stands.
    pub place: Place,
}
