use super::{Map, RelationIndex, ResourceIndex, Resources, Stored, TextTable};

/// All facts, in tables.
#[derive(Debug, Default)]
pub(crate) struct FactTables {
    /// Ids of actors that facts name.
    pub(crate) actors: TextTable,
    pub(crate) resources: Resources,
    /// For an actor and a resource (see [`pair`]) the direct relations, as bits.
    pub(crate) pairs: Map<u64, u64>,
    /// For each resource its facts about everyone and prefixes.
    pub(crate) prefixes: Groups<PrefixFact>,
    /// For each resource its facts about claimed roles.
    pub(crate) roles: Groups<RoleFact>,
    /// For each resource its facts about actor sets, by relation and target.
    pub(crate) sets: Groups<SetFact>,
    /// For each resource its links and their targets, by link.
    pub(crate) links: Groups<(RelationIndex, ResourceIndex)>,
    /// For each resource its attributes, by position in the type.
    pub(crate) resource_attributes: Groups<(u16, Stored)>,
    /// For each actor its attributes, by position.
    pub(crate) actor_attributes: Groups<(u16, Stored)>,
    /// The prefixes of [`PrefixFact::prefix`].
    pub(crate) prefix_texts: TextTable,
    /// How many facts there are.
    pub(crate) count: usize,
}

/// A fact about every actor whose id begins with a prefix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PrefixFact {
    pub(crate) prefix: u32,
    pub(crate) relations: u64,
}

/// A fact about everyone who claims a role and is of one of the types.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoleFact {
    pub(crate) role: u32,
    pub(crate) actor_types: u8,
    pub(crate) relations: u64,
}

/// A fact about everyone who has one of the goals on the target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetFact {
    pub(crate) relation: RelationIndex,
    pub(crate) target: ResourceIndex,
    pub(crate) goals: u64,
}

/// The key of an actor and a resource in [`FactTables::pairs`].
#[inline]
pub(crate) fn pair(actor: u32, resource: ResourceIndex) -> u64 {
    u64::from(actor) << 32 | u64::from(resource)
}

/// Items in groups, one group for each number from 0.
#[derive(Debug)]
pub(crate) struct Groups<T> {
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Groups<T> {
    fn default() -> Self {
        Groups { ends: Vec::new(), items: Vec::new() }
    }
}

impl<T> Groups<T> {
    /// Groups `items`, which are sorted by their numbers.
    pub(crate) fn new(count: usize, items: Vec<(u32, T)>) -> Self {
        let mut ends = vec![0; count];
        for (group, _) in &items {
            ends[*group as usize] += 1;
        }
        let mut end = 0;
        for count in &mut ends {
            end += *count;
            *count = end;
        }
        Groups { ends, items: items.into_iter().map(|(_, item)| item).collect() }
    }

    /// The items of a group.
    #[inline]
    pub(crate) fn of(&self, group: u32) -> &[T] {
        let group = group as usize;
        let Some(&end) = self.ends.get(group) else { return &[] };
        let start = if group == 0 { 0 } else { self.ends[group - 1] };
        &self.items[start as usize..end as usize]
    }
}
