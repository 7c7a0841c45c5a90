use super::{Map, Prefixes, Tests, TextTable};

/// A rule that may apply, and what is still asked of a request that was led to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) rule: u32,
    pub(crate) tests: Tests,
}

/// Consecutive ones of [`Lists::candidates`], in the order in which they are tried.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    pub(crate) first: u32,
    pub(crate) count: u32,
}

/// The rules of one kind for one action on one type. Where they are many, those that only some
/// requests can match hang on keys that these requests have, so that no others are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct List {
    /// What every request is held against.
    pub(crate) always: Run,
    /// Where the others hang, if there are others.
    pub(crate) fork: Option<Fork>,
}

/// A number of its own, and of what kinds the keys are, as bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fork {
    pub(crate) number: u32,
    pub(crate) kinds: u8,
}

/// What of a request leads to rules: an id, a tenant or a role, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) kind: KeyKind,
    pub(crate) number: u32,
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
    /// By the number of a fork and a key.
    pub(crate) branches: Map<(u32, Key), List>,
    /// The kinds of all keys, as bits.
    pub(crate) kinds: u8,
    /// Ids and tenants that are keys.
    pub(crate) words: TextTable,
    pub(crate) beginnings: Prefixes,
}

impl Lists {
    #[inline]
    pub(crate) fn of(&self, run: Run) -> &[Candidate] {
        &self.candidates[run.first as usize..][..run.count as usize]
    }
}
