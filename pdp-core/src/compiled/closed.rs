use super::{Pairs, ResourceIndex, pair};

/// Which actors have which relations on resources, with all that sets and links lead to: what walks
/// would find, found beforehand.
#[derive(Debug, Default)]
pub(crate) struct Closed {
    /// For each resource the relations that [`Closed::pairs`] says everything of, as bits; those
    /// behind the ones of its type are of what links point to ([`super::TypeInfo::through`]).
    pub(crate) complete: Vec<u64>,
    /// For an actor and a resource the relations, as bits.
    pub(crate) pairs: Pairs,
}

/// What is known of an actor and a resource, as bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClosedPair {
    /// The relations that the actor has.
    pub(crate) held: u64,
    /// Those of which `held` says everything.
    pub(crate) complete: u64,
}

impl Closed {
    #[inline]
    pub(crate) fn pair(&self, actor: Option<u32>, resource: ResourceIndex) -> ClosedPair {
        let complete = self.complete.get(resource as usize).copied().unwrap_or_default();
        let held = actor.map_or(0, |actor| self.pairs.relations(pair(actor, resource)));
        ClosedPair { held, complete }
    }
}
