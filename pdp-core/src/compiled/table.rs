use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::{ResourceIndex, TypeIndex};

/// Texts, each once, numbered in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct TextTable {
    arena: Arena,
    slots: HashTable<u32>,
    seed: RandomState,
}

impl TextTable {
    /// The number of `text`, given to it now if it has none.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        let TextTable { arena, slots, seed } = self;
        let hash = |text: &str| seed.hash_one(text);
        let entry = slots.entry(
            hash(text),
            |&index| arena.text(index) == text,
            |&index| hash(arena.text(index)),
        );
        *entry.or_insert_with(|| arena.push(text)).get()
    }

    /// The number of `text`, if it has one.
    #[inline]
    pub(crate) fn index(&self, text: &str) -> Option<u32> {
        let hash = self.seed.hash_one(text);
        self.slots.find(hash, |&index| self.arena.text(index) == text).copied()
    }

    pub(crate) fn text(&self, index: u32) -> &str {
        self.arena.text(index)
    }

    pub(crate) fn len(&self) -> usize {
        self.arena.ends.len()
    }
}

/// Resources that facts name: type and id, each once, and whether they are known.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    arena: Arena,
    records: Vec<Record>,
    slots: HashTable<ResourceIndex>,
    seed: RandomState,
}

/// What is known of a resource at first sight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) resource_type: TypeIndex,
    /// Declared, or on the left of a fact.
    pub(crate) known: bool,
    /// Has facts about everyone, prefixes or roles.
    pub(crate) has_patterns: bool,
    /// Has facts that name actor sets.
    pub(crate) has_sets: bool,
}

impl Resources {
    pub(crate) fn intern(&mut self, resource_type: TypeIndex, id: &str) -> ResourceIndex {
        let Resources { arena, records, slots, seed } = self;
        let hash = |resource_type: TypeIndex, id: &str| seed.hash_one((resource_type, id));
        let same = |&index: &ResourceIndex| {
            records[index as usize].resource_type == resource_type && arena.text(index) == id
        };
        let rehash =
            |&index: &ResourceIndex| hash(records[index as usize].resource_type, arena.text(index));
        match slots.entry(hash(resource_type, id), same, rehash) {
            hashbrown::hash_table::Entry::Occupied(entry) => *entry.get(),
            hashbrown::hash_table::Entry::Vacant(entry) => {
                let index = arena.push(id);
                entry.insert(index);
                records.push(Record {
                    resource_type,
                    known: false,
                    has_patterns: false,
                    has_sets: false,
                });
                index
            }
        }
    }

    #[inline]
    pub(crate) fn index(&self, resource_type: TypeIndex, id: &str) -> Option<ResourceIndex> {
        let hash = self.seed.hash_one((resource_type, id));
        let same = |&index: &ResourceIndex| {
            self.records[index as usize].resource_type == resource_type
                && self.arena.text(index) == id
        };
        self.slots.find(hash, same).copied()
    }

    #[inline]
    pub(crate) fn record(&self, index: ResourceIndex) -> Record {
        self.records[index as usize]
    }

    pub(crate) fn record_mut(&mut self, index: ResourceIndex) -> &mut Record {
        &mut self.records[index as usize]
    }

    pub(crate) fn id(&self, index: ResourceIndex) -> &str {
        self.arena.text(index)
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }
}

/// Texts one after the other.
#[derive(Debug, Default)]
struct Arena {
    text: String,
    ends: Vec<u32>,
}

impl Arena {
    /// # Panics
    ///
    /// Above 4 GiB of text, which the limits on policy sets exclude.
    fn push(&mut self, text: &str) -> u32 {
        let index = u32::try_from(self.ends.len()).expect("policy sets are far below 2^32 texts");
        self.text.push_str(text);
        let end = u32::try_from(self.text.len()).expect("policy sets are below 4 GiB");
        self.ends.push(end);
        index
    }

    #[inline]
    fn text(&self, index: u32) -> &str {
        let index = index as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.text[start..self.ends[index] as usize]
    }
}
