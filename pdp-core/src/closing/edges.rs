//! What one relation on a resource leads to, as facts and types say.

use super::Left;
use crate::compiled::{
    Detail, FactTables, Record, RelationIndex, RelationInfo, ResourceIndex, Step, TypeIndex,
    TypeInfo, Until,
};

/// Facts, and the types of which they are.
#[derive(Clone, Copy)]
pub(super) struct Edges<'f> {
    pub(super) facts: &'f FactTables,
    pub(super) types: &'f [TypeInfo],
}

impl<'f> Edges<'f> {
    pub(super) fn type_of(self, resource: ResourceIndex) -> TypeIndex {
        self.facts.resources.record(resource).resource_type
    }

    pub(super) fn info(self, resource: ResourceIndex) -> &'f TypeInfo {
        &self.types[usize::from(self.type_of(resource))]
    }

    /// If a position stands behind the relations of a type, the relation of what a link points to
    /// that it stands for.
    pub(super) fn through(self, resource: ResourceIndex, position: RelationIndex) -> Option<Step> {
        let info = self.info(resource);
        let behind = usize::from(position).checked_sub(info.relations.len())?;
        info.through.get(behind).copied()
    }

    /// Takes `step` on what some relations on a resource, as bits, lead to: relations of what links
    /// point to, and sets.
    pub(super) fn of_relations(
        self,
        at: ResourceIndex,
        goals: u64,
        mut step: impl FnMut(ResourceIndex, RelationIndex) -> Result<(), Left>,
    ) -> Result<(), Left> {
        let info = self.info(at);
        if goals & info.conditional != 0 {
            return Err(Left::AsksRequest);
        }
        for one in info.closures(goals).flat_map(|closure| &closure.steps) {
            self.of_link(at, *one, &mut step)?;
        }
        let direct = info.direct_of(goals);
        for detail in self.facts.resources.sets(at) {
            let Detail::Set { relation, goal, target, until } = detail else { continue };
            if direct & (1 << relation) == 0 {
                continue;
            }
            if *until != Until::FOREVER {
                return Err(Left::AsksRequest);
            }
            step(*target, *goal)?;
        }
        Ok(())
    }

    /// The same for the relation of what a link points to.
    pub(super) fn of_link(
        self,
        at: ResourceIndex,
        Step { link, relation }: Step,
        mut step: impl FnMut(ResourceIndex, RelationIndex) -> Result<(), Left>,
    ) -> Result<(), Left> {
        let resources = &self.facts.resources;
        match self.info(at).relations.get(usize::from(link)) {
            Some(RelationInfo::Link { target, same_id: true }) => {
                // One that no fact names now may be named later.
                let namesake = resources.index(*target, resources.id(at));
                step(namesake.ok_or(Left::AsksRequest)?, relation)
            }
            _ => resources.targets(at, link).try_for_each(|target| step(target, relation)),
        }
    }

    /// Whether facts of a resource give some relations to patterns or until some time.
    pub(super) fn depend_on_requests(self, at: ResourceIndex, direct: u64) -> bool {
        let resources = &self.facts.resources;
        let record = resources.record(at);
        let ending = record.has(Record::ENDING) && record.may_have_exact(direct);
        let mut patterns = resources.details_of(at, Detail::PREFIX..=Detail::ROLE).iter();
        ending
            || patterns.any(|detail| match detail {
                Detail::Prefix { relation, .. } | Detail::Role { relation, .. } => {
                    direct & (1 << relation) != 0
                }
                Detail::Attribute { .. } | Detail::Link { .. } | Detail::Set { .. } => false,
            })
    }

    /// Whether what is asked of a resource may need a walk: through sets, through links of
    /// relations, or through one of several links that rules follow.
    pub(super) fn lead(self, record: &Record) -> bool {
        let info = &self.types[usize::from(record.resource_type)];
        info.leading != 0
            || record.may_have_sets(u64::MAX) && !self.has_plain_sets(record)
            || record.has(Record::LINKED_OFTEN) && !info.through.is_empty()
    }

    /// Whether the sets of a resource are of one other, which leads no further: looking there is
    /// nearly as quick as a closure, and takes no memory.
    fn has_plain_sets(self, record: &Record) -> bool {
        record.sets_of_one(u64::MAX).is_some_and(|(target, goals)| {
            let (record, info) = (self.facts.resources.record(target), self.info(target));
            goals & (info.leading | info.conditional) == 0 && !record.may_have_sets(u64::MAX)
        })
    }
}
