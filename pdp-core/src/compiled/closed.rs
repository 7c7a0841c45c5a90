use super::{Pairs, ResourceIndex, pair};

/// Which actors have which relations on resources, with all that sets and links lead to: what walks
/// would find, found beforehand.
#[derive(Debug, Default)]
pub(crate) struct Closed {
    /// For each resource the relations that [`Closed::pairs`] says everything of, as bits.
    pub(crate) complete: Vec<u64>,
    /// For an actor and a resource the relations, as bits.
    pub(crate) pairs: Pairs,
}

impl Closed {
    /// Those of the relations that the actor has; `None` where this does not say all.
    #[inline]
    pub(crate) fn of(
        &self,
        actor: Option<u32>,
        resource: ResourceIndex,
        relations: u64,
    ) -> Option<u64> {
        let complete = *self.complete.get(resource as usize)?;
        let held = match actor {
            Some(actor) if complete != 0 => self.pairs.relations(pair(actor, resource)),
            _ => 0,
        };
        (held & relations != 0 || relations & !complete == 0).then_some(held & relations)
    }
}
