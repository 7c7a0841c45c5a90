//! Facts while a change set is being applied.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::key::{FactKey, State};
use super::words::Words;
use crate::compiled::{
    Detail, DetailKey, FactTables, Record, RelationIndex, ResourceIndex, Until, of_pair,
};

/// Facts and words that are being changed. Changed details of a resource are kept apart and put
/// among the others at the end, so that many changes of one large resource copy it once.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) tables: FactTables,
    words: Words,
    /// Per resource its changed details; `None` takes one away.
    changed: HashMap<ResourceIndex, BTreeMap<DetailKey, Option<Detail>>>,
    /// Per listed resource the pairs that have or had a relation.
    pairs: HashMap<ResourceIndex, BTreeSet<u64>>,
}

impl Draft {
    pub(super) fn new(tables: FactTables, words: Words) -> Self {
        Draft { tables, words, changed: HashMap::new(), pairs: HashMap::new() }
    }

    /// The facts and words as they are now.
    pub(super) fn finish(self) -> (FactTables, Words) {
        let Draft { mut tables, words, changed, pairs: _ } = self;
        for (resource, changed) in changed {
            let record = tables.resources.record_mut(resource);
            let kept = record.details().iter().filter(|old| !changed.contains_key(&old.key()));
            let mut details: Vec<Detail> = kept.cloned().collect();
            details.extend(changed.into_values().flatten());
            // Two sorted runs, which a stable sort merges.
            details.sort_by_key(Detail::key);
            record.set_details(details);
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

    /// Lists the exact actors of some resources, from now on. One pass through all pairs, which
    /// are found by actor and resource together.
    pub(super) fn list_pairs(&mut self, resources: HashSet<ResourceIndex>) {
        if resources.is_empty() {
            return;
        }
        self.pairs = resources.into_iter().map(|resource| (resource, BTreeSet::new())).collect();
        let lasting = self.tables.pairs.iter().map(|(pair, _)| pair);
        let ending = self.tables.ending.iter().map(|(pair, _, _)| pair);
        for pair in lasting.chain(ending) {
            if let Some(pairs) = self.pairs.get_mut(&of_pair(pair).1) {
                pairs.insert(pair);
            }
        }
    }

    /// Every fact that gives an exact actor a relation of a listed resource.
    pub(super) fn exact_keys(
        &self,
        resource: ResourceIndex,
        relation: RelationIndex,
    ) -> impl Iterator<Item = FactKey> {
        let keys =
            self.pairs[&resource].iter().map(move |pair| FactKey::Exact { pair: *pair, relation });
        keys.filter(|key| self.state(key) != State::Absent)
    }

    /// The keys of a resource's details of some kinds, in order.
    pub(super) fn detail_keys(
        &self,
        resource: ResourceIndex,
        kinds: std::ops::RangeInclusive<u8>,
    ) -> Vec<DetailKey> {
        let details = self.tables.resources.record(resource).details_of(kinds.clone());
        let Some(changed) = self.changed.get(&resource) else {
            return details.iter().map(Detail::key).collect();
        };
        let kept = details.iter().map(Detail::key).filter(|key| !changed.contains_key(key));
        let stated =
            changed.iter().filter(|(key, detail)| kinds.contains(&key.0) && detail.is_some());
        let mut keys: Vec<DetailKey> = kept.chain(stated.map(|(key, _)| *key)).collect();
        keys.sort_unstable();
        keys
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
                let changed = self.changed.get(resource).and_then(|changed| changed.get(key));
                let detail = match changed {
                    Some(detail) => detail.as_ref(),
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
                self.changed.entry(*resource).or_default().insert(*key, state.detail(*key));
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
        if let Some(pairs) = self.pairs.get_mut(&of_pair(pair).1) {
            pairs.insert(pair);
        }
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
}
