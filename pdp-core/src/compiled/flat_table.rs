use super::open_table::{Slot, by_page, home, size_for};

/// A hash table with open addressing and linear probing in one piece: for what is put in before it
/// is shared. Who uses it hashes: the same entry always has the same hash.
#[derive(Debug)]
pub(crate) struct FlatTable<S> {
    slots: Vec<S>,
    len: usize,
}

impl<S> Default for FlatTable<S> {
    fn default() -> Self {
        FlatTable { slots: Vec::new(), len: 0 }
    }
}

/// How many slots are filled one after the other, when many entries come at once.
const STRETCH: usize = 256;

impl<S: Slot> FlatTable<S> {
    /// The entry with this hash that `is_it` recognises.
    #[expect(clippy::inline_always, reason = "what `is_it` knows of the text that is looked for")]
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(&S) -> bool) -> Option<&S> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut position = home(hash, mask);
        loop {
            let slot = &self.slots[position];
            if slot.is_empty() {
                return None;
            }
            if is_it(slot) {
                return Some(slot);
            }
            position = (position + 1) & mask;
        }
    }

    /// Puts in an entry that is not there yet.
    pub(crate) fn insert(&mut self, entry: S, hash_of: impl Fn(&S) -> u64) {
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            let size = size_for(self.len * 2);
            let slots = std::mem::replace(&mut self.slots, vec![S::default(); size]);
            for slot in slots.into_iter().filter(|slot| !slot.is_empty()) {
                self.place(slot, &hash_of);
            }
        }
        self.len += 1;
        self.place(entry, &hash_of);
    }

    fn place(&mut self, entry: S, hash_of: &impl Fn(&S) -> u64) {
        let mask = self.slots.len() - 1;
        let mut position = home(hash_of(&entry), mask);
        while !self.slots[position].is_empty() {
            position = (position + 1) & mask;
        }
        self.slots[position] = entry;
    }

    /// A table of entries that come all at once; `None` where `is_same` says of two that they are.
    pub(crate) fn of(
        entries: &[S],
        hash_of: impl Fn(&S) -> u64,
        is_same: impl Fn(&S, &S) -> bool,
    ) -> Option<Self> {
        let mut table =
            FlatTable { slots: vec![S::default(); size_for(entries.len())], len: entries.len() };
        for entry in by_page::<S, STRETCH>(entries, table.slots.len(), &hash_of) {
            if table.find(hash_of(&entry), |there| is_same(there, &entry)).is_some() {
                return None;
            }
            table.place(entry, &hash_of);
        }
        Some(table)
    }

    /// All entries.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &S> {
        self.slots.iter().filter(|slot| !slot.is_empty())
    }
}
