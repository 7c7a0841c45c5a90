//! Facts while a change set is being applied.

use std::collections::{BTreeMap, HashMap};

use super::key::{FactKey, State};
use super::words::Words;
use crate::compiled::{
    Detail, DetailKey, FactTables, Record, RelationIndex, ResourceIndex, Until, of_pair,
};

/// Facts and words that are being changed. Details of resources are opened when they are first
/// changed and put back at the end, so that many changes of one large resource copy it once.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) tables: FactTables,
    words: Words,
    open: HashMap<ResourceIndex, BTreeMap<DetailKey, Detail>>,
}

impl Draft {
    pub(super) fn new(tables: FactTables, words: Words) -> Self {
        Draft { tables, words, open: HashMap::new() }
    }

    /// The facts and words as they are now.
    pub(super) fn finish(self) -> (FactTables, Words) {
        let Draft { mut tables, words, open } = self;
        for (resource, details) in open {
            tables.resources.record_mut(resource).set_details(details.into_values().collect());
        }
        (tables, words)
    }

    /// Run time's last word on a fact.
    pub(super) fn say(&mut self, key: FactKey, says: State) {
        let of_files = match self.words.word(&key) {
            Some(word) => word.of_files.clone(),
            None => self.state(&key),
        };
        self.set(&key, says.clone());
        self.words.say(key, says, of_files);
    }

    /// What the files say counts again.
    pub(super) fn forget(&mut self, key: &FactKey) {
        if let Some(word) = self.words.remove(key) {
            self.set(key, word.of_files.clone());
        }
    }

    /// The keys of a resource's details of some kinds, in order.
    pub(super) fn detail_keys(
        &self,
        resource: ResourceIndex,
        kinds: std::ops::RangeInclusive<u8>,
    ) -> Vec<DetailKey> {
        let keys: Vec<DetailKey> = match self.open.get(&resource) {
            Some(details) => details.keys().copied().collect(),
            None => {
                let details = self.tables.resources.record(resource).details().iter();
                details.map(Detail::key).collect()
            }
        };
        keys.into_iter().filter(|key| kinds.contains(&key.0)).collect()
    }

    /// What holds of a fact at present.
    fn state(&self, key: &FactKey) -> State {
        let until = match key {
            FactKey::Exact { pair, relation } => {
                if self.tables.pairs.relations(*pair) & (1 << relation) == 0 {
                    self.tables.ending.until(*pair, *relation)
                } else {
                    Some(Until::FOREVER)
                }
            }
            FactKey::Detail { resource, key } => {
                let detail = match self.open.get(resource) {
                    Some(details) => details.get(key),
                    None => self.tables.resources.record(*resource).detail(key),
                };
                return detail.map_or(State::Absent, State::of_detail);
            }
            FactKey::ActorAttribute { actor, attribute } => {
                let value = self.tables.actor_attributes.value(*actor, *attribute).cloned();
                return value.map_or(State::Absent, State::Value);
            }
            FactKey::Existence { resource } => {
                let record = self.tables.resources.record(*resource);
                record.has(Record::DECLARED).then_some(Until::FOREVER)
            }
        };
        until.map_or(State::Absent, State::Holds)
    }

    /// Makes a fact hold as `state` says.
    fn set(&mut self, key: &FactKey, state: State) {
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
                self.tables.actor_attributes.set(*actor, *attribute, value);
                self.counted(None, held, holds);
            }
            FactKey::Existence { resource } => {
                self.tables.resources.record_mut(*resource).set(Record::DECLARED, holds);
            }
        }
    }

    fn counted(&mut self, resource: Option<ResourceIndex>, held: bool, holds: bool) {
        if held == holds {
            return;
        }
        self.tables.count = if holds { self.tables.count + 1 } else { self.tables.count - 1 };
        if let Some(resource) = resource {
            let facts = &mut self.tables.resources.record_mut(resource).facts;
            *facts = if holds { *facts + 1 } else { *facts - 1 };
        }
    }

    fn set_exact(&mut self, pair: u64, relation: RelationIndex, state: &State) {
        let until = match state {
            State::Holds(until) => Some(*until),
            State::Absent | State::Value(_) => None,
        };
        if until == Some(Until::FOREVER) {
            self.tables.pairs.add(pair, 1 << relation);
        } else {
            self.tables.pairs.remove(pair, 1 << relation);
        }
        let until = until.filter(|until| *until != Until::FOREVER);
        self.tables.ending.set(pair, relation, until);
        if until.is_some() {
            self.tables.resources.record_mut(of_pair(pair).1).set(Record::ENDING, true);
        }
    }

    fn set_detail(&mut self, resource: ResourceIndex, key: DetailKey, state: State) {
        let details = self.open.entry(resource).or_insert_with(|| {
            let details = self.tables.resources.record(resource).details().iter();
            details.map(|detail| (detail.key(), detail.clone())).collect()
        });
        match state.detail(key) {
            Some(detail) => details.insert(key, detail),
            None => details.remove(&key),
        };
    }
}
