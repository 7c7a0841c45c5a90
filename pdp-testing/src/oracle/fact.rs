use std::collections::BTreeMap;

use pdp_core::model::{FactActor, Model, ResourceName};
use pdp_core::{ActorType, Timestamp};

use super::cel::Value;
use super::value::stated as stated_value;
use super::vocabulary::{Name, link, name, role};

/// Facts that hold, each with what it says beside its key (section 11).
pub(super) type Facts = BTreeMap<Key, Beside>;

/// The words of run time in the order in which they were said, one for a key.
pub(super) type Words = Vec<(Key, Word)>;

/// What makes a fact the same fact as another (section 11).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The resource exists.
    Existence { resource: Name },
    /// The actor has the relation on the resource, or the link of the resource points there.
    Relation { resource: Name, relation: String, to: To },
    /// The resource has a value of the attribute.
    ResourceAttribute { resource: Name, attribute: String },
    /// The actor has a value of the attribute.
    ActorAttribute { actor: String, attribute: String },
}

/// The actor of a relation (section 3), or the target of a link. A role is what its aliases mean.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum To {
    Exact(String),
    Prefix(String),
    Set { resource: Name, relation: String },
    Role { role: String, actor_type: Option<ActorType> },
    Target(Name),
}

/// What a fact says beside its key.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Beside {
    /// Nothing: it holds for ever.
    Nothing,
    /// It holds before this time.
    Until(Timestamp),
    /// The value of the attribute.
    Value(Value),
}

/// What run time says of a fact.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// It holds, with this beside.
    Holds(Beside),
    /// It does not hold.
    HoldsNot,
}

impl Key {
    /// The resource that the fact is about and so makes known (section 3).
    pub(super) fn resource(&self) -> Option<&Name> {
        match self {
            Key::Existence { resource }
            | Key::Relation { resource, .. }
            | Key::ResourceAttribute { resource, .. } => Some(resource),
            Key::ActorAttribute { .. } => None,
        }
    }

    /// To what the fact relates the resource, if it is one of this relation or link.
    pub(super) fn related(&self, resource: &Name, relation: &str) -> Option<&To> {
        match self {
            Key::Relation { resource: of, relation: stated, to }
                if of == resource && stated == relation =>
            {
                Some(to)
            }
            _ => None,
        }
    }
}

/// The facts that the files state.
pub(super) fn of_files(model: &Model<'_>) -> Facts {
    let own = |resource: &ResourceName<'_>| name(&resource.resource_type, &resource.id);
    let stated = &model.facts;
    let mut facts = Facts::new();
    // A relation or link without entries has its resource on the left all the same.
    let relations = stated.relations.iter().filter(|relation| relation.actors.is_empty());
    let links = stated.links.iter().filter(|link| link.targets.is_empty());
    let known = stated.known.iter().chain(relations.map(|relation| &relation.resource));
    for resource in known.chain(links.map(|link| &link.resource)) {
        facts.insert(Key::Existence { resource: own(resource) }, Beside::Nothing);
    }
    for relation in &stated.relations {
        for actor in &relation.actors {
            let to = match &actor.actor {
                FactActor::Exact(id) => To::Exact(id.to_string()),
                FactActor::Prefix(prefix) => To::Prefix(prefix.to_string()),
                FactActor::Set { resource, relation } => {
                    To::Set { resource: own(resource), relation: relation.to_string() }
                }
                FactActor::Role { role: word, actor_type } => {
                    To::Role { role: role(model, word).to_owned(), actor_type: *actor_type }
                }
            };
            let (resource, relation) = (own(&relation.resource), relation.relation.to_string());
            let key = Key::Relation { resource, relation, to };
            // Stated several times, it holds as long as any of these says.
            let until = match (facts.get(&key), actor.until) {
                (None, Some(until)) => Beside::Until(until),
                (Some(Beside::Until(one)), Some(other)) => Beside::Until(other.max(*one)),
                _ => Beside::Nothing,
            };
            facts.insert(key, until);
        }
    }
    for stated in &stated.links {
        let (to, _) = link(model, &stated.resource.resource_type, &stated.link)
            .expect("a type has the links that facts state");
        for id in &stated.targets {
            let (resource, relation) = (own(&stated.resource), stated.link.to_string());
            let key = Key::Relation { resource, relation, to: To::Target(name(to, id)) };
            facts.insert(key, Beside::Nothing);
        }
    }
    for fact in &stated.resource_attributes {
        let (resource, attribute) = (own(&fact.subject), fact.name.to_string());
        let value = Beside::Value(stated_value(&fact.value));
        facts.insert(Key::ResourceAttribute { resource, attribute }, value);
    }
    for fact in &stated.actor_attributes {
        let (actor, attribute) = (fact.subject.to_string(), fact.name.to_string());
        let value = Beside::Value(stated_value(&fact.value));
        facts.insert(Key::ActorAttribute { actor, attribute }, value);
    }
    facts
}

/// `facts` with the words of run time over them: the last word holds (section 11).
pub(super) fn overlay(mut facts: Facts, words: &Words) -> Facts {
    for (key, word) in words {
        match word {
            Word::Holds(beside) => drop(facts.insert(key.clone(), beside.clone())),
            Word::HoldsNot => drop(facts.remove(key)),
        }
    }
    facts
}
