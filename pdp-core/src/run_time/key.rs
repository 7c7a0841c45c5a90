//! What makes two facts the same, and what is said of one.

use crate::compiled::{
    Detail, DetailKey, FactTables, Record, RelationIndex, ResourceIndex, Stored, Until, of_pair,
};

/// What makes a fact the same as another. Its numbers are those of one [`FactTables`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum FactKey {
    /// An exact actor has a relation on a resource.
    Exact { pair: u64, relation: RelationIndex },
    /// Anything else about a resource.
    Detail { resource: ResourceIndex, key: DetailKey },
    /// An attribute of an actor.
    ActorAttribute { actor: u32, attribute: u16 },
    /// The resource is declared to exist.
    Existence { resource: ResourceIndex },
}

/// What is said of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It does not hold.
    Absent,
    /// It holds until some time.
    Holds(Until),
    /// The attribute has a value.
    Value(Stored),
}

impl State {
    pub(super) fn of_detail(detail: &Detail) -> Self {
        match detail {
            Detail::Attribute { value, .. } => State::Value(value.clone()),
            other => State::Holds(other.until()),
        }
    }

    /// The detail with this key and state; `None` if it is absent.
    fn detail(self, key: DetailKey) -> Option<Detail> {
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

impl FactTables {
    /// What holds of a fact at present.
    pub(super) fn state(&self, key: &FactKey) -> State {
        let until = match key {
            FactKey::Exact { pair, relation } => {
                if self.pairs.relations(*pair) & (1 << relation) == 0 {
                    self.ending.until(*pair, *relation)
                } else {
                    Some(Until::FOREVER)
                }
            }
            FactKey::Detail { resource, key } => {
                let details = self.resources.record(*resource).details();
                let found = details.binary_search_by_key(key, Detail::key).ok();
                return found.map_or(State::Absent, |index| State::of_detail(&details[index]));
            }
            FactKey::ActorAttribute { actor, attribute } => {
                let value = self.actor_attributes.value(*actor, *attribute).cloned();
                return value.map_or(State::Absent, State::Value);
            }
            FactKey::Existence { resource } => {
                let record = self.resources.record(*resource);
                record.has(Record::DECLARED).then_some(Until::FOREVER)
            }
        };
        until.map_or(State::Absent, State::Holds)
    }

    /// Makes a fact hold as `state` says.
    pub(super) fn set(&mut self, key: &FactKey, state: State) {
        let (held, holds) = (self.state(key) != State::Absent, state != State::Absent);
        match key {
            FactKey::Exact { pair, relation } => {
                self.set_exact(*pair, *relation, &state);
                self.counted(Some(of_pair(*pair).1), held, holds);
            }
            FactKey::Detail { resource, key } => {
                self.set_detail(*resource, *key, state);
                self.counted(Some(*resource), held, holds);
            }
            FactKey::ActorAttribute { actor, attribute } => {
                let value = match state {
                    State::Value(value) => Some(value),
                    State::Absent | State::Holds(_) => None,
                };
                self.actor_attributes.set(*actor, *attribute, value);
                self.counted(None, held, holds);
            }
            FactKey::Existence { resource } => {
                self.resources.record_mut(*resource).set(Record::DECLARED, holds);
            }
        }
    }

    fn counted(&mut self, resource: Option<ResourceIndex>, held: bool, holds: bool) {
        if held == holds {
            return;
        }
        self.count = if holds { self.count + 1 } else { self.count - 1 };
        if let Some(resource) = resource {
            let facts = &mut self.resources.record_mut(resource).facts;
            *facts = if holds { *facts + 1 } else { *facts - 1 };
        }
    }

    fn set_exact(&mut self, pair: u64, relation: RelationIndex, state: &State) {
        let until = match state {
            State::Holds(until) => Some(*until),
            State::Absent | State::Value(_) => None,
        };
        if until == Some(Until::FOREVER) {
            self.pairs.add(pair, 1 << relation);
        } else {
            self.pairs.remove(pair, 1 << relation);
        }
        let until = until.filter(|until| *until != Until::FOREVER);
        self.ending.set(pair, relation, until);
        if until.is_some() {
            self.resources.record_mut(of_pair(pair).1).set(Record::ENDING, true);
        }
    }

    fn set_detail(&mut self, resource: ResourceIndex, key: DetailKey, state: State) {
        let record = self.resources.record_mut(resource);
        let mut details = record.details().to_vec();
        match (details.binary_search_by_key(&key, Detail::key), state.detail(key)) {
            (Ok(index), Some(detail)) => details[index] = detail,
            (Ok(index), None) => {
                details.remove(index);
            }
            (Err(index), Some(detail)) => details.insert(index, detail),
            (Err(_), None) => return,
        }
        record.set_details(details);
    }
}
