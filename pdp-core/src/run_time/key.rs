//! What makes two facts the same, and what is said of one.

use crate::compiled::{
    Detail, DetailKey, FactTables, Record, RelationIndex, ResourceIndex, Stored, Until, of_pair,
};

/// What makes a fact the same as another. Its numbers are those of one [`FactTables`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FactKey {
    /// An exact actor has a relation on a resource.
    Exact { pair: u64, relation: RelationIndex },
    /// Anything else about a resource.
    Detail { resource: ResourceIndex, key: DetailKey },
    /// An attribute of an actor.
    ActorAttribute { actor: u32, attribute: u16 },
    /// The resource is declared to exist.
    Existence { resource: ResourceIndex },
}

/// A relation or a link of a resource.
pub(super) type RelationOf = (ResourceIndex, u32);

impl FactKey {
    /// The relation or link that the fact is of.
    pub(super) fn relation(&self) -> Option<RelationOf> {
        match self {
            FactKey::Exact { pair, relation } => Some((of_pair(*pair).1, u32::from(*relation))),
            FactKey::Detail { resource, key } => Some((*resource, Detail::relation_of(key)?)),
            FactKey::ActorAttribute { .. } | FactKey::Existence { .. } => None,
        }
    }
}

/// What is said of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It does not hold.
    Absent,
    /// It holds until some time.
    Holds(Until),
    /// The attribute has a value.
    Value(Stored),
}

impl State {
    /// What tables say of a fact.
    pub(crate) fn in_tables(tables: &FactTables, key: &FactKey) -> Self {
        let until = match key {
            FactKey::Exact { pair, relation } => {
                if tables.pairs.relations(*pair) & (1 << relation) == 0 {
                    tables.ending.until(*pair, *relation)
                } else {
                    Some(Until::FOREVER)
                }
            }
            FactKey::Detail { resource, key } => {
                let detail = tables.resources.detail(*resource, key);
                return detail.map_or(State::Absent, State::of_detail);
            }
            FactKey::ActorAttribute { actor, attribute } => {
                let value = tables.actor_attributes.value(*actor, *attribute).cloned();
                return value.map_or(State::Absent, State::Value);
            }
            FactKey::Existence { resource } => {
                let record = tables.resources.record(*resource);
                record.has(Record::DECLARED).then_some(Until::FOREVER)
            }
        };
        until.map_or(State::Absent, State::Holds)
    }

    pub(crate) fn of_detail(detail: &Detail) -> Self {
        match detail {
            Detail::Attribute { value, .. } => State::Value(value.clone()),
            other => State::Holds(other.until()),
        }
    }

    /// Whether it holds until some time.
    pub(super) fn ends(&self) -> bool {
        matches!(self, State::Holds(until) if *until != Until::FOREVER)
    }

    /// The detail with this key and state; `None` if it is absent.
    pub(crate) fn detail(self, key: DetailKey) -> Option<Detail> {
        let narrow = |number: u32| u8::try_from(number).expect("keys are made of details");
        match (key, self) {
            ((Detail::ATTRIBUTE, attribute, _, _), State::Value(value)) => {
                let attribute = u16::try_from(attribute).expect("keys are made of details");
                Some(Detail::Attribute { attribute, value })
            }
            ((Detail::PREFIX, prefix, relation, _), State::Holds(until)) => {
                Some(Detail::Prefix { relation: narrow(relation), prefix, until })
            }
            ((Detail::ROLE, role, actor_types, relation), State::Holds(until)) => {
                let (relation, actor_types) = (narrow(relation), narrow(actor_types));
                Some(Detail::Role { relation, role, actor_types, until })
            }
            ((Detail::LINK, link, target, _), State::Holds(_)) => {
                Some(Detail::Link { link: narrow(link), target })
            }
            ((_, relation, target, goal), State::Holds(until)) => {
                let (relation, goal) = (narrow(relation), narrow(goal));
                Some(Detail::Set { relation, goal, target, until })
            }
            (_, State::Absent | State::Value(_)) => None,
        }
    }
}
