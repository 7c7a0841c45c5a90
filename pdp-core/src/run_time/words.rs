use std::hash::BuildHasher;
use std::sync::Arc;

use super::key::{FactKey, State};
use crate::compiled::{OpenTable, SHARES, Seed, TableSlot};

/// The last words of run time, by fact.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    table: OpenTable<WordSlot, SHARES>,
    seed: Seed,
    /// How many words were said.
    count: u64,
}

/// What run time says of a fact.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) key: FactKey,
    pub(crate) says: State,
    /// What the files say of it.
    pub(crate) of_files: State,
    /// Which word it is of all that were said.
    number: u64,
}

#[derive(Clone, Debug, Default)]
struct WordSlot(Option<Arc<Word>>);

impl TableSlot for WordSlot {
    fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl WordSlot {
    fn is(&self, key: &FactKey) -> bool {
        self.0.as_ref().is_some_and(|word| word.key == *key)
    }
}

impl Words {
    pub(crate) fn word(&self, key: &FactKey) -> Option<&Word> {
        self.table.find(self.seed.hash_one(key), |slot| slot.is(key))?.0.as_deref()
    }

    pub(crate) fn say(&mut self, key: FactKey, says: State, of_files: State) {
        let Words { table, seed, count } = self;
        *count += 1;
        let word = Arc::new(Word { key, says, of_files, number: *count });
        let key = &word.key;
        match table.find_mut(seed.hash_one(key), |slot| slot.is(key)) {
            Some(slot) => slot.0 = Some(Arc::clone(&word)),
            None => table.insert(WordSlot(Some(Arc::clone(&word))), |slot| hash(seed, slot)),
        }
    }

    pub(super) fn remove(&mut self, key: &FactKey) -> Option<Arc<Word>> {
        let Words { table, seed, .. } = self;
        let hash_of = |slot: &WordSlot| hash(seed, slot);
        table.remove(seed.hash_one(key), |slot| slot.is(key), hash_of)?.0
    }

    /// The words in the order in which they were said: under other aliases of roles two of them
    /// may be about one fact, and then the last one counts.
    pub(crate) fn in_order(&self) -> Vec<&Word> {
        let mut words: Vec<&Word> =
            self.table.iter().filter_map(|slot| slot.0.as_deref()).collect();
        words.sort_unstable_by_key(|word| word.number);
        words
    }
}

/// Empty slots are never hashed.
fn hash(seed: &Seed, slot: &WordSlot) -> u64 {
    slot.0.as_ref().map_or(0, |word| seed.hash_one(&word.key))
}
