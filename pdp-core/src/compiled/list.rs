use std::collections::BTreeMap;

use super::{Map, Tests, Words};

/// A rule that may apply, and what is still asked of a request that was led to it: marks that it
/// needs, and tests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) rule: u32,
    pub(crate) phase: Phase,
    pub(crate) marks: u32,
    pub(crate) tests: Tests,
}

impl Candidate {
    /// What says which of two is tried first.
    #[inline]
    pub(crate) fn turn(&self) -> u64 {
        (self.phase as u64) << 32 | u64::from(self.rule)
    }
}

/// Consecutive ones of [`Lists::candidates`], in the order in which they are tried: first those
/// that bypass, then those that deny, then those that permit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    pub(crate) first: u32,
    /// How many there are of each phase and those before.
    pub(crate) up_to: [u32; 3],
}

/// What a rule does when it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Bypass,
    Deny,
    Permit,
}

/// From one phase up to another, both among them.
pub(crate) type Phases = (Phase, Phase);

impl Phase {
    pub(crate) const ALL: Phases = (Phase::Bypass, Phase::Permit);

    #[inline]
    pub(crate) fn alone(self) -> Phases {
        (self, self)
    }
}

/// The rules for one action on one type. Where they are many, those that only some requests can
/// match hang on keys that these requests have, so that no others are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct List {
    /// What every request is held against.
    pub(crate) always: Run,
    /// Where the others hang, if there are others.
    pub(crate) fork: Option<Fork>,
}

/// A number of its own, and its keys in short.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fork {
    pub(crate) number: u32,
    /// Of what kinds they are, as bits.
    pub(crate) kinds: u8,
    /// Each as one bit, which it may share with others.
    keys: u64,
}

impl Fork {
    pub(crate) fn new(number: u32) -> Self {
        Fork { number, kinds: 0, keys: 0 }
    }

    pub(crate) fn note(&mut self, key: Key) {
        self.kinds |= key.kind();
        self.keys |= key.bit();
    }

    #[inline]
    fn may_have(&self, key: Key) -> bool {
        self.keys & key.bit() != 0
    }
}

/// What of a request leads to rules: an id, a tenant or a role, by its kind and number in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(u32);

impl Key {
    /// # Panics
    ///
    /// Where there are 2^29 of a kind: each stands for bytes of a policy text.
    pub(crate) fn new(kind: KeyKind, number: u32) -> Self {
        assert!(number < 1 << 29, "a policy set is below 2^29 words");
        Key((kind as u32) << 29 | number)
    }

    /// One of 64 bits, so that those of keys that follow each other, or are of two kinds, differ.
    #[inline]
    fn bit(self) -> u64 {
        1 << (self.0.wrapping_mul(0x9e37_79b1) >> 26)
    }

    /// The kind, as [`KeyKind::bit`].
    #[inline]
    pub(crate) fn kind(self) -> u8 {
        1 << (self.0 >> 29)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum KeyKind {
    ResourceId,
    ActorId,
    /// How the id begins.
    ResourceBeginning,
    ActorBeginning,
    /// One of the actor's.
    Tenant,
    /// One that the actor claims.
    Role,
}

impl KeyKind {
    #[inline]
    pub(crate) fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What all lists lead to.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    pub(crate) candidates: Vec<Candidate>,
    /// By the number of a fork and a key, in one word. A map, since most keys have no branch: in a
    /// table of slots as large as these, finding that takes a walk from line to line of the cache.
    branches: Map<u64, List>,
    /// Ids and tenants that are keys.
    pub(crate) words: Words,
    /// How ids begin that are keys.
    pub(crate) beginnings: Words,
}

impl Run {
    /// Where the candidates of some phases begin and end.
    #[inline]
    pub(crate) fn part(&self, (first, last): Phases) -> (u32, u32) {
        let before = match first {
            Phase::Bypass => 0,
            later => self.up_to[later as usize - 1],
        };
        (self.first + before, self.first + self.up_to[last as usize])
    }
}

impl Lists {
    /// What hangs on a fork under a key.
    #[inline]
    pub(crate) fn branch(&self, fork: &Fork, key: Key) -> Option<&List> {
        if !fork.may_have(key) {
            return None;
        }
        self.branches.get(&place(fork.number, key))
    }

    /// Hangs a list, the first one there, on a fork under a key.
    pub(crate) fn add_branch(&mut self, fork: u32, key: Key, list: List) {
        self.branches.insert(place(fork, key), list);
    }

    /// What hangs on each fork, in no particular order. Looks at all of it.
    pub(crate) fn branches_by_fork(&self) -> BTreeMap<u32, Vec<&List>> {
        let mut by_fork: BTreeMap<u32, Vec<&List>> = BTreeMap::new();
        for (place, list) in &self.branches {
            by_fork.entry((place >> 32) as u32).or_default().push(list);
        }
        by_fork
    }

    /// The candidates from one position up to another.
    #[inline]
    pub(crate) fn part(&self, (begin, end): (u32, u32)) -> &[Candidate] {
        &self.candidates[begin as usize..end as usize]
    }
}

fn place(fork: u32, key: Key) -> u64 {
    u64::from(fork) << 32 | u64::from(key.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_each_phase_stand_behind_those_of_the_phase_before() {
        let run = Run { first: 10, up_to: [1, 3, 6] };
        for (phases, part) in [
            (Phase::ALL, (10, 16)),
            (Phase::Bypass.alone(), (10, 11)),
            (Phase::Deny.alone(), (11, 13)),
            (Phase::Permit.alone(), (13, 16)),
            ((Phase::Bypass, Phase::Deny), (10, 13)),
        ] {
            assert_eq!(run.part(phases), part, "{phases:?}");
        }
    }
}
