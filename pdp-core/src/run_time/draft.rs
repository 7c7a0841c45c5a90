//! Facts while a change set is being applied.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::key::{FactKey, RelationOf, State};
use super::words::Words;
use crate::compile::bits;
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
    /// The facts that hold of listed relations and links.
    listed: HashMap<RelationOf, BTreeSet<FactKey>>,
}

impl Draft {
    pub(super) fn new(tables: FactTables, words: Words) -> Self {
        Draft { tables, words, changed: HashMap::new(), listed: HashMap::new() }
    }

    /// The facts and words as they are now.
    pub(super) fn finish(self) -> (FactTables, Words) {
        let Draft { mut tables, words, changed, listed: _ } = self;
        for (resource, changed) in changed {
            let details = tables.resources.details(resource).iter();
            let kept = details.filter(|old| !changed.contains_key(&old.key()));
            let mut details: Vec<Detail> = kept.cloned().collect();
            details.extend(changed.into_values().flatten());
            // Two sorted runs, which a stable sort merges.
            details.sort_by_key(Detail::key);
            tables.resources.set_details(resource, details);
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

    /// Lists which facts hold of some relations and links of resources, from now on. One pass
    /// through all pairs, which are found by actor and resource together.
    pub(super) fn list(&mut self, relations: HashSet<RelationOf>) {
        if relations.is_empty() {
            return;
        }
        let resources: HashSet<ResourceIndex> = relations.iter().map(|of| of.0).collect();
        let mut listed: HashMap<RelationOf, BTreeSet<FactKey>> =
            relations.into_iter().map(|of| (of, BTreeSet::new())).collect();
        let mut list = |key: FactKey| {
            if let Some(keys) = key.relation().and_then(|of| listed.get_mut(&of)) {
                keys.insert(key);
            }
        };
        let is_listed = |pair: u64| resources.contains(&of_pair(pair).1);
        for (pair, relations) in self.tables.pairs.iter().filter(|(pair, _)| is_listed(*pair)) {
            bits(relations).for_each(|relation| list(FactKey::Exact { pair, relation }));
        }
        for (pair, relation, _) in self.tables.ending.iter().filter(|one| is_listed(one.0)) {
            list(FactKey::Exact { pair, relation });
        }
        for resource in resources.iter().copied() {
            for detail in self.tables.resources.details(resource) {
                list(FactKey::Detail { resource, key: detail.key() });
            }
        }
        self.listed = listed;
    }

    /// The facts that hold of a listed relation or link.
    pub(super) fn listed(&self, of: RelationOf) -> &BTreeSet<FactKey> {
        &self.listed[&of]
    }

    /// What holds of a fact at present.
    fn state(&self, key: &FactKey) -> State {
        if let FactKey::Detail { resource, key } = key
            && let Some(changed) = self.changed.get(resource).and_then(|changed| changed.get(key))
        {
            return changed.as_ref().map_or(State::Absent, State::of_detail);
        }
        State::in_tables(&self.tables, key)
    }

    /// Makes a fact hold as `state` says.
    fn set(&mut self, key: &FactKey, state: State) {
        let (held, holds) = (self.state(key) != State::Absent, state != State::Absent);
        if let Some(keys) = key.relation().and_then(|of| self.listed.get_mut(&of)) {
            if holds {
                keys.insert(key.clone())
            } else {
                keys.remove(key)
            };
        }
        match key {
            FactKey::Exact { pair, relation } => {
                let resource = of_pair(*pair).1;
                // What ends some time depends on requests, as sets and patterns do.
                if self.tables.ending.until(*pair, *relation).is_some() || state.ends() {
                    self.tables.reopen(resource);
                } else {
                    self.tables.reopen_for_exact(resource);
                }
                self.set_exact(*pair, *relation, &state);
                self.tables.move_places(*pair);
                self.counted(Some(resource), held, holds);
            }
            FactKey::Detail { resource, key } => {
                if key.0 != Detail::ATTRIBUTE {
                    self.tables.reopen(*resource);
                }
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
        let until = match state {
            State::Holds(until) => Some(*until),
            State::Absent | State::Value(_) => None,
        };
        if until.is_some() {
            self.tables.resources.record_mut(of_pair(pair).1).note_exact(relation);
        }
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
