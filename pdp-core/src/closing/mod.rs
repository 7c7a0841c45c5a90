//! Walks all relations beforehand, as far as exact actors have them for ever, so that a decision
//! need not.
//!
//! A relation on a resource is closed if its walk meets nothing that depends on the request: no
//! condition, no pattern or role, nothing that ends, no resource that facts do not name. What a
//! resource itself says of patterns and times is asked as ever. What few actors have is noted for
//! each of them; what many have, or what leads far, as ranges (`ranges`). What would take more
//! memory than facts do is left to be walked.

mod edges;
mod graph;
mod ranges;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use edges::Edges;

use crate::Policies;
use crate::compiled::{
    Closed, Map, Moved, Ranges, Record, RelationIndex, RelationInfo, ResourceIndex, TypeIndex,
    of_pair, pair,
};

/// How many relations of resources one walk may visit; the walk limit, if that is less.
const VISITED_MAX: usize = 256;

/// How many actors may have a relation on one resource.
const ACTORS_MAX: usize = 128;

/// How many pairs there may be, whatever the number of facts, and of how many facts one more.
const PAIRS_MIN: usize = 65_536;
const FACTS_A_PAIR: usize = 4;

/// How many steps all walks together may take for each fact, and at least.
const STEPS_A_FACT: usize = 16;
const STEPS_MIN: usize = 1_000_000;

impl Policies {
    /// Closes relations anew.
    pub(crate) fn close(&mut self) {
        self.close_within(VISITED_MAX);
    }

    /// The same policies and facts, with all that is found beforehand of relations kept as ranges,
    /// however few have them: they decide the same. For tests, which have few facts.
    #[doc(hidden)]
    #[must_use]
    pub fn closed_as_ranges(&self) -> Self {
        let mut policies = self.clone();
        policies.close_within(0);
        policies
    }

    fn close_within(&mut self, visited_max: usize) {
        let edges = Edges { facts: &self.facts, types: &self.code.vocabulary.types };
        let closing = Closing::new(edges, self.code.walk_limit as usize, visited_max);
        let (closed, reached) = closing.map(Closing::all).unwrap_or_default();
        self.facts.resources.note_closed(|index| {
            let reached = reached.get(index as usize).copied().unwrap_or_default();
            if closed.is_complete(index) { reached | Record::CLOSED } else { reached }
        });
        self.facts.closed = Some(Arc::new(closed));
        self.facts.moved = Moved::default();
        self.facts.reopened = false;
    }

    /// The same policies and facts, without what was found beforehand of relations: they take less
    /// memory, and decide the same, later.
    #[must_use]
    pub fn without_closures(&self) -> Self {
        let mut policies = self.clone();
        policies.facts.closed = None;
        policies.facts.moved = Moved::default();
        policies.facts.reopened = true;
        policies
    }
}

/// Relations that are being closed.
struct Closing<'f> {
    edges: Edges<'f>,
    visited_max: usize,
    walk_limit: usize,
    /// Exact actors and their relations, by resource.
    actors: Vec<(ResourceIndex, u32, u64)>,
    /// For each resource where its actors begin.
    begins: Vec<usize>,
    /// For each resource the relations that are closed, and for pairs those that actors have.
    complete: Vec<u64>,
    held: Vec<(u64, u64)>,
    /// How the resource was led to from another one: [`Record::REACHED`], [`Record::RANGED`].
    reached: Vec<u16>,
    pairs: usize,
    steps: usize,
    /// For each type an earlier one that hangs together with it, or itself.
    kin: Vec<TypeIndex>,
}

/// A relation on a resource; or, behind the relations of its type, one of what a link points to.
type Root = (ResourceIndex, RelationIndex);

/// What the walk of one relation is at.
#[derive(Default)]
struct Walk {
    open: Vec<(ResourceIndex, u64)>,
    visited: Map<ResourceIndex, u64>,
    sets: usize,
    actors: Vec<u32>,
}

/// Why a relation is not noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// What it leads to depends on the request.
    AsksRequest,
    /// It leads to too much, or too many have it.
    TooMuch,
}

impl Walk {
    fn begin(&mut self) {
        self.open.clear();
        self.visited.clear();
        self.actors.clear();
        self.sets = 0;
    }
}

impl<'f> Closing<'f> {
    /// `None` where no relation leads anywhere.
    fn new(edges: Edges<'f>, walk_limit: usize, visited_max: usize) -> Option<Self> {
        let facts = edges.facts;
        if !facts.resources.iter().any(|record| edges.lead(record)) {
            return None;
        }
        let mut actors: Vec<_> = facts
            .pairs
            .iter()
            .map(|(pair, relations)| {
                let (actor, resource) = of_pair(pair);
                (resource, actor, relations)
            })
            .collect();
        actors.sort_unstable();
        let len = facts.resources.len();
        let mut begins = vec![0; len + 1];
        actors.iter().for_each(|(resource, ..)| begins[*resource as usize + 1] += 1);
        for index in 0..len {
            begins[index + 1] += begins[index];
        }
        let (pairs, steps) = bounds(facts.count);
        Some(Closing {
            pairs,
            steps,
            kin: (0..).take(edges.types.len()).collect(),
            edges,
            visited_max: visited_max.min(walk_limit),
            walk_limit,
            actors,
            begins,
            complete: vec![0; len],
            held: Vec::new(),
            reached: vec![0; len],
        })
    }

    fn all(mut self) -> (Closed, Vec<u16>) {
        let roots = self.roots();
        let too_much = self.note_all(&roots);
        if too_much.is_empty() {
            return (Closed::new(self.complete, self.held, Ranges::default()), self.reached);
        }
        // What hangs together with what is too much becomes ranges as well, so that a fact about an
        // exact actor there changes places and ends nothing.
        let kin: BTreeSet<TypeIndex> =
            too_much.iter().map(|(resource, _)| self.kin_of(*resource)).collect();
        let (ranged, noted): (Vec<_>, Vec<_>) =
            roots.into_iter().partition(|(resource, _)| kin.contains(&self.kin_of(*resource)));
        self.forget();
        self.note_all(&noted);
        let ranges = self.ranges(&ranged).unwrap_or_default();
        (Closed::new(self.complete, self.held, ranges), self.reached)
    }

    /// The relations on resources, and of what links point to, that may need a walk.
    fn roots(&self) -> Vec<Root> {
        let mut roots = Vec::new();
        let Edges { facts, types } = self.edges;
        for (record, resource) in facts.resources.iter().zip(0..) {
            if !self.edges.lead(record) {
                continue;
            }
            let info = &types[usize::from(record.resource_type)];
            let unions = info.relations.iter().zip(0..);
            let unions = unions.filter(|(info, _)| matches!(info, RelationInfo::Union(_)));
            let behind = (0..).skip(info.relations.len());
            let through = info.through.iter().zip(behind).map(|(_, position)| position);
            let positions = unions.map(|(_, position)| position).chain(through);
            roots.extend(positions.map(|position| (resource, position)));
        }
        roots
    }

    /// Notes who has what, where few actors have it; where that is too much.
    fn note_all(&mut self, roots: &[Root]) -> Vec<Root> {
        let mut walk = Walk::default();
        let mut too_much = Vec::new();
        for (resource, position) in roots.iter().copied() {
            match self.walk(resource, position, &mut walk) {
                Ok(()) => self.note(resource, position, &walk),
                Err(Left::TooMuch) => too_much.push((resource, position)),
                Err(Left::AsksRequest) => {}
            }
        }
        too_much
    }

    /// Forgets what was noted.
    fn forget(&mut self) {
        self.complete.fill(0);
        self.reached.fill(0);
        self.held.clear();
        (self.pairs, self.steps) = bounds(self.edges.facts.count);
    }

    /// The first of the types that hang together with that of a resource.
    fn kin_of(&self, resource: ResourceIndex) -> TypeIndex {
        let mut kin = self.edges.type_of(resource);
        while self.kin[usize::from(kin)] != kin {
            kin = self.kin[usize::from(kin)];
        }
        kin
    }

    /// Finds all actors that have the relation. What facts say of the very relation and resource of
    /// patterns and times is asked when a decision is made.
    fn walk(
        &mut self,
        resource: ResourceIndex,
        position: RelationIndex,
        walk: &mut Walk,
    ) -> Result<(), Left> {
        walk.begin();
        let edges = self.edges;
        match edges.through(resource, position) {
            Some(step) => edges.of_link(resource, step, |target, relation| {
                self.follow(resource, target, relation, walk)
            })?,
            None => self.visit(resource, 1 << position, walk)?,
        }
        while let Some((at, goals)) = walk.open.pop() {
            self.actors_of(at, goals, (at, goals) == (resource, 1 << position), walk)?;
            edges.of_relations(at, goals, |target, relation| {
                self.follow(at, target, relation, walk)
            })?;
        }
        walk.actors.sort_unstable();
        walk.actors.dedup();
        let is_few = walk.actors.len() <= ACTORS_MAX.min(self.pairs);
        if is_few { Ok(()) } else { Err(Left::TooMuch) }
    }

    /// Visits what one resource leads to.
    fn follow(
        &mut self,
        from: ResourceIndex,
        to: ResourceIndex,
        relation: RelationIndex,
        walk: &mut Walk,
    ) -> Result<(), Left> {
        let kin = [self.kin_of(from), self.kin_of(to)];
        self.kin[usize::from(kin[0].max(kin[1]))] = kin[0].min(kin[1]);
        self.visit(to, 1 << relation, walk)
    }

    fn visit(&mut self, resource: ResourceIndex, goals: u64, walk: &mut Walk) -> Result<(), Left> {
        self.steps = self.steps.checked_sub(1).ok_or(Left::TooMuch)?;
        let visited = walk.visited.entry(resource).or_default();
        let new = goals & !*visited;
        *visited |= new;
        walk.sets += new.count_ones() as usize;
        if new != 0 {
            walk.open.push((resource, new));
        }
        if walk.sets > self.visited_max { Err(Left::TooMuch) } else { Ok(()) }
    }

    /// Notes who has the goals by facts of the resource itself; what these say of patterns and
    /// times is no matter where it is `asked` later.
    fn actors_of(
        &mut self,
        at: ResourceIndex,
        goals: u64,
        asked: bool,
        walk: &mut Walk,
    ) -> Result<(), Left> {
        let direct = self.edges.info(at).direct_of(goals);
        if !asked && self.edges.depend_on_requests(at, direct) {
            return Err(Left::AsksRequest);
        }
        let own = self.begins[at as usize]..self.begins[at as usize + 1];
        for (_, actor, relations) in &self.actors[own] {
            self.steps = self.steps.checked_sub(1).ok_or(Left::TooMuch)?;
            if relations & direct != 0 {
                walk.actors.push(*actor);
            }
        }
        // Some may stand there twice.
        if walk.actors.len() > 2 * ACTORS_MAX { Err(Left::TooMuch) } else { Ok(()) }
    }

    fn note(&mut self, resource: ResourceIndex, relation: RelationIndex, walk: &Walk) {
        self.complete[resource as usize] |= 1 << relation;
        let held = walk.actors.iter().map(|actor| (pair(*actor, resource), 1 << relation));
        self.held.extend(held);
        self.pairs -= walk.actors.len();
        for reached in walk.visited.keys().filter(|reached| **reached != resource) {
            self.reached[*reached as usize] |= Record::REACHED;
        }
    }
}

/// How many pairs there may be, and how many steps all walks may take.
fn bounds(facts: usize) -> (usize, usize) {
    (PAIRS_MIN + facts / FACTS_A_PAIR, STEPS_MIN + STEPS_A_FACT * facts)
}
