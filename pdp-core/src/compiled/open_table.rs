use super::pages::{ITEMS, Pages};

/// An entry of an [`OpenTable`]; the default is empty.
pub(crate) trait Slot: Clone + Default {
    fn is_empty(&self) -> bool;
}

/// A hash table with open addressing and linear probing, in pages that copies share. Who uses it
/// hashes: the same entry always has the same hash.
#[derive(Debug)]
pub(crate) struct OpenTable<S, const PAGE: usize = ITEMS> {
    slots: Pages<S, PAGE>,
    len: usize,
}

impl<S, const PAGE: usize> Clone for OpenTable<S, PAGE> {
    fn clone(&self) -> Self {
        OpenTable { slots: self.slots.clone(), len: self.len }
    }
}

impl<S, const PAGE: usize> Default for OpenTable<S, PAGE> {
    fn default() -> Self {
        OpenTable { slots: Pages::default(), len: 0 }
    }
}

/// The fewest slots of a table that is not empty; a power of two.
const SLOTS_MIN: usize = 64;

impl<S: Slot, const PAGE: usize> OpenTable<S, PAGE> {
    /// The entry with this hash that `is_it` recognises.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(&S) -> bool) -> Option<&S> {
        self.found(hash, is_it).map(|(_, slot)| slot)
    }

    /// The same, to be changed; its hash stays as it is.
    pub(crate) fn find_mut(&mut self, hash: u64, is_it: impl Fn(&S) -> bool) -> Option<&mut S> {
        let position = self.position(hash, is_it)?;
        Some(self.slots.item_mut(position))
    }

    fn position(&self, hash: u64, is_it: impl Fn(&S) -> bool) -> Option<usize> {
        self.found(hash, is_it).map(|(position, _)| position)
    }

    #[inline]
    fn found(&self, hash: u64, is_it: impl Fn(&S) -> bool) -> Option<(usize, &S)> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut position = home(hash, mask);
        loop {
            let slot = self.slots.item(position);
            if slot.is_empty() {
                return None;
            }
            if is_it(slot) {
                return Some((position, slot));
            }
            position = (position + 1) & mask;
        }
    }

    /// Puts in an entry that is not there yet.
    pub(crate) fn insert(&mut self, slot: S, hash_of: impl Fn(&S) -> u64) {
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            self.grow(&hash_of);
        }
        self.len += 1;
        place(&mut self.slots, slot, &hash_of);
    }

    fn grow(&mut self, hash_of: &impl Fn(&S) -> u64) {
        let mut slots = Pages::filled((self.slots.len() * 2).max(SLOTS_MIN));
        for slot in self.iter() {
            place(&mut slots, slot.clone(), hash_of);
        }
        self.slots = slots;
    }

    /// Takes an entry out. Those that its being there had pushed on move back, so that no probe
    /// ends too early.
    pub(crate) fn remove(
        &mut self,
        hash: u64,
        is_it: impl Fn(&S) -> bool,
        hash_of: impl Fn(&S) -> u64,
    ) -> Option<S> {
        let mut hole = self.position(hash, is_it)?;
        let mask = self.slots.len() - 1;
        let removed = std::mem::take(self.slots.item_mut(hole));
        self.len -= 1;
        let mut position = (hole + 1) & mask;
        while !self.slots.item(position).is_empty() {
            let home = home(hash_of(self.slots.item(position)), mask);
            // How far the entry is from its home, and how far it would be in the hole.
            let distance = position.wrapping_sub(home) & mask;
            let shorter = hole.wrapping_sub(home) & mask;
            if shorter < distance {
                let moved = std::mem::take(self.slots.item_mut(position));
                *self.slots.item_mut(hole) = moved;
                hole = position;
            }
            position = (position + 1) & mask;
        }
        Some(removed)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &S> {
        self.slots.iter().filter(|slot| !slot.is_empty())
    }

    /// A table of entries that come all at once. Where one meets an entry with a hash near its own,
    /// `is_met` says whether the two are the same, and may put into the first what the second holds.
    ///
    /// They are put in page by page: a large table is written to from its beginning to its end, and
    /// not once here and once there.
    pub(crate) fn of(
        entries: &[S],
        hash_of: impl Fn(&S) -> u64,
        mut is_met: impl FnMut(&mut S, &S) -> bool,
    ) -> Self {
        if entries.is_empty() {
            return OpenTable::default();
        }
        let size = size_for(entries.len());
        let mut table = OpenTable { slots: Pages::filled(size), len: 0 };
        let mut pages = table.slots.own().expect("nobody shares pages that were made now");
        for entry in by_page::<S, PAGE>(entries, size, &hash_of) {
            let mut position = home(hash_of(&entry), size - 1);
            loop {
                let slot: &mut S = &mut pages[position / PAGE][position % PAGE];
                if slot.is_empty() {
                    *slot = entry;
                    table.len += 1;
                    break;
                }
                if is_met(slot, &entry) {
                    break;
                }
                position = (position + 1) & (size - 1);
            }
        }
        table
    }
}

/// How many slots a table of so many entries has.
pub(super) fn size_for(entries: usize) -> usize {
    (entries * 4).div_ceil(3).next_power_of_two().max(SLOTS_MIN)
}

/// Entries in the order of the pages of a table of so many slots, those of one page as they came.
pub(super) fn by_page<S: Slot, const PAGE: usize>(
    entries: &[S],
    size: usize,
    hash_of: &impl Fn(&S) -> u64,
) -> Vec<S> {
    let page_of = |entry: &S| home(hash_of(entry), size - 1) / PAGE;
    let mut ends = vec![0_usize; size.div_ceil(PAGE) + 1];
    entries.iter().for_each(|entry| ends[page_of(entry) + 1] += 1);
    for page in 1..ends.len() {
        ends[page] += ends[page - 1];
    }
    let mut sorted = vec![S::default(); entries.len()];
    for entry in entries {
        let end = &mut ends[page_of(entry)];
        sorted[*end] = entry.clone();
        *end += 1;
    }
    sorted
}

#[inline]
pub(super) fn home(hash: u64, mask: usize) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
    let hash = hash as usize;
    hash & mask
}

fn place<S: Slot, const PAGE: usize>(
    slots: &mut Pages<S, PAGE>,
    slot: S,
    hash_of: &impl Fn(&S) -> u64,
) {
    let mask = slots.len() - 1;
    let mut position = home(hash_of(&slot), mask);
    while !slots.item(position).is_empty() {
        position = (position + 1) & mask;
    }
    *slots.item_mut(position) = slot;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, Default)]
    struct Number(Option<u16>);

    impl Slot for Number {
        fn is_empty(&self) -> bool {
            self.0.is_none()
        }
    }

    /// Few homes, so that probes are long and wrap around.
    fn hash(number: u16) -> u64 {
        u64::from(number % 7) + 12
    }

    #[test]
    fn a_table_is_at_most_three_quarters_full_and_grows_no_sooner() {
        let mut table = OpenTable::<Number>::default();
        for number in 0..2_000 {
            let before = table.slots.len();
            table.insert(Number(Some(number)), |slot| slot.0.unwrap_or_default().into());
            assert!(table.len * 4 <= table.slots.len() * 3);
            assert!(table.slots.len() == before || table.len * 4 > before * 3);
        }
    }

    proptest! {
        #[test]
        fn a_table_holds_what_a_set_holds(steps in prop::collection::vec((any::<bool>(), 0..200_u16), 0..400)) {
            let (mut table, mut set) = (OpenTable::<Number>::default(), BTreeSet::new());
            let hash_of = |slot: &Number| hash(slot.0.unwrap_or_default());
            for (add, number) in steps {
                let before = table.clone();
                let held = before.find(hash(number), |slot| slot.0 == Some(number)).is_some();
                prop_assert_eq!(held, set.contains(&number));
                if add && set.insert(number) {
                    table.insert(Number(Some(number)), hash_of);
                } else if !add {
                    let removed = table.remove(hash(number), |slot| slot.0 == Some(number), hash_of);
                    prop_assert_eq!(removed.is_some(), set.remove(&number));
                }
                prop_assert_eq!(before.find(hash(number), |slot| slot.0 == Some(number)).is_some(), held);
            }
            let held: BTreeSet<u16> = table.iter().filter_map(|slot| slot.0).collect();
            prop_assert_eq!(table.len, held.len());
            prop_assert_eq!(held, set);
        }

        #[test]
        fn a_table_made_at_once_holds_each_entry_once(
            numbers in prop::collection::vec(0_u16..3_000, 0..4_000),
        ) {
            // Few have a home of their own, and the first ones have the last home.
            let home = |number: u16| u64::from(u16::MAX - number / 3);
            let entries: Vec<Number> = numbers.iter().map(|number| Number(Some(*number))).collect();
            let set: BTreeSet<u16> = numbers.into_iter().collect();
            let hash_of = |slot: &Number| home(slot.0.unwrap_or_default());
            let table = OpenTable::<Number>::of(&entries, hash_of, |there, entry| there.0 == entry.0);
            prop_assert_eq!(table.len, set.len());
            for number in 0..3_000 {
                let found = table.find(home(number), |slot| slot.0 == Some(number)).is_some();
                prop_assert_eq!(found, set.contains(&number));
            }
        }
    }
}
