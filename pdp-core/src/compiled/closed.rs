use std::hash::BuildHasher;

use super::{Ranges, ResourceIndex, Seed, pair};

/// Which actors have which relations on resources, with all that sets and links lead to: what walks
/// would find, found beforehand. It is made once and never changed, so it lies flat.
#[derive(Debug, Default)]
pub(crate) struct Closed {
    /// For each resource the relations that the table says everything of, as bits; those behind
    /// the ones of its type are of what links point to ([`super::TypeInfo::through`]).
    complete: Vec<u64>,
    /// Open addressing, linear probing, at most three quarters full: an actor and a resource, and the
    /// relations, as bits; 0 is empty.
    slots: Vec<(u64, u64)>,
    seed: Seed,
    /// What very many actors have, or what leads very far.
    ranges: Ranges,
}

/// What is known of an actor and a resource, as bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClosedPair {
    /// The relations that the actor has.
    pub(crate) held: u64,
    /// Those of which `held` says everything.
    pub(crate) complete: u64,
}

impl ClosedPair {
    /// Whether the actor has one of some relations, if this says so.
    #[inline]
    pub(crate) fn answer(self, relations: u64) -> Option<bool> {
        let held = self.held & relations != 0;
        (held || relations != 0 && relations & !self.complete == 0).then_some(held)
    }
}

impl Closed {
    /// For each resource its complete relations, and for actors and resources the relations, each
    /// pair as often as may be.
    pub(crate) fn new(complete: Vec<u64>, mut pairs: Vec<(u64, u64)>, ranges: Ranges) -> Self {
        pairs.sort_unstable();
        pairs.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 |= next.1;
            }
            is_same
        });
        let size = if pairs.is_empty() { 0 } else { (pairs.len() * 4 / 3 + 1).next_power_of_two() };
        let seed = Seed::default();
        let mut closed = Closed { complete, slots: vec![(0, 0); size], seed, ranges };
        for (pair, relations) in pairs {
            let mut position = closed.home(pair);
            while closed.slots[position].1 != 0 {
                position = (position + 1) & (size - 1);
            }
            closed.slots[position] = (pair, relations);
        }
        closed
    }

    pub(crate) fn is_complete(&self, resource: ResourceIndex) -> bool {
        let relations = self.complete.get(resource as usize).copied().unwrap_or_default();
        relations | self.ranges.complete(resource) != 0
    }

    pub(crate) fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    /// Whether whoever has some places has one of some relations on the resource, of which `pair`
    /// does not say everything, if this does.
    pub(crate) fn answer_by_ranges(
        &self,
        places: &[u32],
        resource: ResourceIndex,
        pair: ClosedPair,
        relations: u64,
    ) -> Option<bool> {
        let left = relations & !pair.complete;
        (left & !self.ranges.complete(resource) == 0)
            .then(|| self.ranges.hold(places, resource, left))
    }

    #[inline]
    pub(crate) fn pair(&self, actor: Option<u32>, resource: ResourceIndex) -> ClosedPair {
        let complete = self.complete.get(resource as usize).copied().unwrap_or_default();
        let held = actor.map_or(0, |actor| self.relations(pair(actor, resource)));
        ClosedPair { held, complete }
    }

    #[inline]
    fn home(&self, pair: u64) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
        let hash = self.seed.hash_one(pair) as usize;
        hash & self.slots.len().wrapping_sub(1)
    }

    #[inline]
    fn relations(&self, pair: u64) -> u64 {
        let mut position = self.home(pair);
        while let Some((other, relations)) = self.slots.get(position) {
            if *other == pair || *relations == 0 {
                return *relations;
            }
            position = (position + 1) & (self.slots.len() - 1);
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_pair_answers_what_it_holds_and_what_it_says_everything_of() {
        let pair = ClosedPair { held: 0b0101, complete: 0b0011 };
        for (relations, answer) in [
            (0, None),
            (0b0001, Some(true)),
            (0b0010, Some(false)),
            (0b0011, Some(true)),
            (0b0100, Some(true)),
            (0b0110, Some(true)),
            (0b1000, None),
            (0b1010, None),
            (0b1100, Some(true)),
        ] {
            assert_eq!(pair.answer(relations), answer, "{relations:b}");
        }
    }

    /// Of two resources the second has pairs, the third ranges, and the fourth both.
    #[test]
    fn what_has_pairs_or_ranges_is_complete() {
        let spans = vec![(2, 0, vec![(0, 2), (4, 5)]), (3, 0, vec![(0, 1)]), (3, 1, vec![(4, 5)])];
        let ranges = Ranges::new(4, spans, 1, Vec::new(), Vec::new());
        let closed = Closed::new(vec![0, 1, 0, 0b101], vec![(pair(7, 1), 1)], ranges);
        assert_eq!(
            [0, 1, 2, 3, 4].map(|resource| closed.is_complete(resource)),
            [false, true, true, true, false]
        );
        let pair = |resource| closed.pair(Some(7), resource);
        assert_eq!((pair(1).held, pair(2).held), (1, 0));
        assert_eq!(closed.pair(Some(8), 1).held, 0);
        let answer = |places: &[u32], resource, relations| {
            closed.answer_by_ranges(places, resource, pair(resource), relations)
        };
        assert_eq!(answer(&[4], 2, 0b01), Some(true));
        assert_eq!(answer(&[3], 2, 0b01), Some(false));
        assert_eq!(answer(&[4], 2, 0b11), None);
        assert_eq!(answer(&[4], 3, 0b111), Some(true));
        assert_eq!(answer(&[3], 3, 0b110), Some(false));
        assert_eq!(answer(&[4], 1, 0b10), None);
    }

    #[test]
    fn pairs_have_homes_of_their_own() {
        let pairs = || (1..=1_000).map(|number| pair(number, 7 * number));
        let with_one = pairs().map(|pair| (pair, 1)).collect();
        let closed = Closed::new(vec![1], with_one, Ranges::default());
        assert_eq!(closed.slots.len(), 2_048);
        let homes: BTreeSet<usize> = pairs().map(|pair| closed.home(pair)).collect();
        assert!(homes.len() > 8, "{}", homes.len());
    }
}
