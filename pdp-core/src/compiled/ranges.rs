use super::{RelationIndex, ResourceIndex};

/// Relations on resources as ranges of numbers: places where facts state relations of exact actors
/// are numbered so that what a relation leads to are few ranges. An actor has the relation if one
/// of its own places lies in one of them. It is made once and never changed.
#[derive(Debug, Default)]
pub(crate) struct Ranges {
    /// For each resource the relations that have ranges, as bits; the positions are those of
    /// [`super::Closed`].
    complete: Vec<u64>,
    /// For each resource where its relations begin among `begins`.
    firsts: Vec<u32>,
    /// For each of these where its ranges begin.
    begins: Vec<u32>,
    /// From one number up to another, sorted, apart from each other.
    spans: Vec<(u32, u32)>,
    /// For each actor where its places begin.
    actors: Vec<u32>,
    /// Sorted for each actor.
    places: Vec<u32>,
    /// Sorted by resource.
    numbered: Vec<Numbered>,
}

/// A relation on a resource, and its ranges.
pub(crate) type Ranged = (ResourceIndex, RelationIndex, Vec<(u32, u32)>);

/// A relation on a resource with the place of those who have it by facts of the resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbered {
    pub(crate) resource: ResourceIndex,
    /// The direct relations that give it, as bits.
    pub(crate) direct: u64,
    pub(crate) place: u32,
}

impl Ranges {
    /// Ranges of relations on resources, sorted by these; places of actors, by number; and of
    /// which relations these are.
    pub(crate) fn new(
        resources: usize,
        relations: Vec<Ranged>,
        actors: usize,
        mut places: Vec<(u32, u32)>,
        mut numbered: Vec<Numbered>,
    ) -> Self {
        numbered.sort_unstable_by_key(|one| (one.resource, one.place));
        let mut made = Ranges { complete: vec![0; resources], numbered, ..Ranges::default() };
        let mut relations = relations.into_iter().peekable();
        for resource in 0..resources {
            made.firsts.push(super::number(made.begins.len()));
            while let Some((_, relation, ranges)) =
                relations.next_if(|(of, ..)| *of as usize == resource)
            {
                made.complete[resource] |= 1 << relation;
                made.begins.push(super::number(made.spans.len()));
                made.spans.extend(ranges);
            }
        }
        made.begins.push(super::number(made.spans.len()));
        places.sort_unstable();
        places.dedup();
        let mut places = places.into_iter().peekable();
        for actor in 0..=actors {
            made.actors.push(super::number(made.places.len()));
            while let Some((_, place)) = places.next_if(|(of, _)| *of as usize == actor) {
                made.places.push(place);
            }
        }
        made
    }

    /// For a resource the relations that have ranges, as bits.
    #[inline]
    pub(crate) fn complete(&self, resource: ResourceIndex) -> u64 {
        self.complete.get(resource as usize).copied().unwrap_or_default()
    }

    /// The places of an actor.
    pub(crate) fn places(&self, actor: u32) -> &[u32] {
        match self.actors.get(actor as usize..).and_then(<[u32]>::first_chunk) {
            Some([begin, end]) => &self.places[*begin as usize..*end as usize],
            None => &[],
        }
    }

    /// The relations of a resource that have places.
    pub(crate) fn numbered(&self, resource: ResourceIndex) -> &[Numbered] {
        let begin = self.numbered.partition_point(|one| one.resource < resource);
        let of = &self.numbered[begin..];
        &of[..of.partition_point(|one| one.resource == resource)]
    }

    /// Whether whoever has some places has one of some relations on a resource; all of these have
    /// ranges.
    pub(crate) fn hold(&self, places: &[u32], resource: ResourceIndex, relations: u64) -> bool {
        let complete = self.complete(resource);
        crate::compile::bits(relations).any(|relation| {
            let before = (complete & ((1 << relation) - 1)).count_ones();
            let entry = (self.firsts[resource as usize] + before) as usize;
            let (begin, end) = (self.begins[entry], self.begins[entry + 1]);
            meet(places, &self.spans[begin as usize..end as usize])
        })
    }
}

/// Whether one of some sorted places lies in one of some sorted ranges. The fewer are gone through.
fn meet(places: &[u32], ranges: &[(u32, u32)]) -> bool {
    if ranges.len() <= places.len() {
        ranges.iter().any(|(begin, end)| {
            let first = places.partition_point(|place| place < begin);
            places.get(first).is_some_and(|place| place < end)
        })
    } else {
        places.iter().any(|place| {
            let behind = ranges.partition_point(|(begin, _)| begin <= place);
            behind.checked_sub(1).is_some_and(|last| *place < ranges[last].1)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_meet_ranges_that_hold_one(
            places in prop::collection::btree_set(0..60_u32, 0..12),
            bounds in prop::collection::btree_set(0..60_u32, 0..24),
        ) {
            let places: Vec<u32> = places.into_iter().collect();
            let bounds: Vec<u32> = bounds.into_iter().collect();
            let ranges: Vec<(u32, u32)> =
                bounds.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
            let held = ranges.iter().any(|(begin, end)| (*begin..*end).any(|one| places.contains(&one)));
            prop_assert_eq!(meet(&places, &ranges), held);
        }
    }
}
