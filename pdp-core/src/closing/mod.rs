//! Walks all relations beforehand, as far as exact actors have them for ever, so that a decision
//! need not.
//!
//! A relation on a resource is closed if its walk meets nothing that depends on the request: no
//! condition, no pattern or role, nothing that ends, no resource that facts do not name. What a
//! resource itself says of patterns and times is asked as ever. What few actors have is noted for
//! each of them; what many have, or what leads far, as ranges (`ranges`). What would take more
//! memory than facts do is left to be walked.

mod graph;
mod ranges;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::Policies;
use crate::compiled::{
    Closed, Detail, FactTables, Map, Moved, Ranges, Record, RelationIndex, RelationInfo,
    ResourceIndex, Step, TypeIndex, TypeInfo, Until, of_pair, pair,
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
        let types = &self.code.vocabulary.types;
        let walk_limit = self.code.walk_limit as usize;
        let closing = Closing::new(&self.facts, types, walk_limit, visited_max);
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
    facts: &'f FactTables,
    types: &'f [TypeInfo],
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

/// A relation that is not closed.
struct Left;

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
    fn new(
        facts: &'f FactTables,
        types: &'f [TypeInfo],
        walk_limit: usize,
        visited_max: usize,
    ) -> Option<Self> {
        let mut records = facts.resources.iter();
        if !records.any(|record| leads(record, facts, types)) {
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
            kin: (0..).take(types.len()).collect(),
            facts,
            types,
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
        let left = self.note_all(&roots);
        if left.is_empty() {
            return (Closed::new(self.complete, self.held, Ranges::default()), self.reached);
        }
        // What hangs together with what is left becomes ranges as well, so that a fact about an
        // exact actor there changes places and ends nothing.
        let kin: BTreeSet<TypeIndex> =
            left.iter().map(|(resource, _)| self.kin_of(self.type_of(*resource))).collect();
        let (ranged, noted): (Vec<_>, Vec<_>) = roots
            .into_iter()
            .partition(|(resource, _)| kin.contains(&self.kin_of(self.type_of(*resource))));
        self.forget();
        self.note_all(&noted);
        let ranges = self.ranges(&ranged).unwrap_or_default();
        (Closed::new(self.complete, self.held, ranges), self.reached)
    }

    /// The relations on resources, and of what links point to, that may need a walk.
    fn roots(&self) -> Vec<Root> {
        let mut roots = Vec::new();
        for (record, resource) in self.facts.resources.iter().zip(0..) {
            if !leads(record, self.facts, self.types) {
                continue;
            }
            let info = &self.types[usize::from(record.resource_type)];
            let unions = info.relations.iter().zip(0..);
            let unions = unions.filter(|(info, _)| matches!(info, RelationInfo::Union(_)));
            let behind = (0..).skip(info.relations.len());
            let through = info.through.iter().zip(behind).map(|(_, position)| position);
            let positions = unions.map(|(_, position)| position).chain(through);
            roots.extend(positions.map(|position| (resource, position)));
        }
        roots
    }

    /// Notes who has what, where few actors have it; what is left.
    fn note_all(&mut self, roots: &[Root]) -> Vec<Root> {
        let mut walk = Walk::default();
        let mut left = Vec::new();
        for (resource, position) in roots {
            let info = self.info(*resource);
            let behind = usize::from(*position).checked_sub(info.relations.len());
            let found = match behind.map(|behind| info.through[behind]) {
                Some(step) => self.of_targets(*resource, step, &mut walk),
                None => self.of_relation(*resource, *position, &mut walk),
            };
            match found {
                Ok(()) => self.note(*resource, *position, &walk),
                Err(Left) => left.push((*resource, *position)),
            }
        }
        left
    }

    /// Forgets what was noted.
    fn forget(&mut self) {
        self.complete.fill(0);
        self.reached.fill(0);
        self.held.clear();
        (self.pairs, self.steps) = bounds(self.facts.count);
    }

    /// The first of the types that hang together with one.
    fn kin_of(&self, mut resource_type: TypeIndex) -> TypeIndex {
        while self.kin[usize::from(resource_type)] != resource_type {
            resource_type = self.kin[usize::from(resource_type)];
        }
        resource_type
    }

    /// Notes that one resource leads to another.
    fn leads_to(&mut self, from: ResourceIndex, to: ResourceIndex) {
        let kin = [from, to].map(|resource| self.kin_of(self.type_of(resource)));
        self.kin[usize::from(kin[0].max(kin[1]))] = kin[0].min(kin[1]);
    }

    fn type_of(&self, resource: ResourceIndex) -> TypeIndex {
        self.facts.resources.record(resource).resource_type
    }

    /// Finds all actors that have the relation on the resource.
    fn of_relation(
        &mut self,
        resource: ResourceIndex,
        relation: RelationIndex,
        walk: &mut Walk,
    ) -> Result<(), Left> {
        walk.begin();
        self.visit(resource, 1 << relation, walk)?;
        self.walk(Some((resource, 1 << relation)), walk)
    }

    /// Finds all actors that have the relation on what the link points to.
    fn of_targets(
        &mut self,
        resource: ResourceIndex,
        step: Step,
        walk: &mut Walk,
    ) -> Result<(), Left> {
        walk.begin();
        self.follow_link(resource, step, walk)?;
        self.walk(None, walk)
    }

    /// What facts say of the very relation and resource that are `asked` for is asked when a
    /// decision is made.
    fn walk(&mut self, asked: Option<(ResourceIndex, u64)>, walk: &mut Walk) -> Result<(), Left> {
        while let Some((at, goals)) = walk.open.pop() {
            self.actors_of(at, goals, asked == Some((at, goals)), walk)?;
            let info = self.info(at);
            for step in info.closures(goals).flat_map(|closure| &closure.steps) {
                self.follow_link(at, *step, walk)?;
            }
            self.follow_sets(at, goals, walk)?;
        }
        walk.actors.sort_unstable();
        walk.actors.dedup();
        if walk.actors.len() > ACTORS_MAX.min(self.pairs) { Err(Left) } else { Ok(()) }
    }

    fn info(&self, resource: ResourceIndex) -> &'f TypeInfo {
        &self.types[usize::from(self.type_of(resource))]
    }

    fn visit(&mut self, resource: ResourceIndex, goals: u64, walk: &mut Walk) -> Result<(), Left> {
        self.steps = self.steps.checked_sub(1).ok_or(Left)?;
        let visited = walk.visited.entry(resource).or_default();
        let new = goals & !*visited;
        *visited |= new;
        walk.sets += new.count_ones() as usize;
        if new != 0 {
            walk.open.push((resource, new));
        }
        if walk.sets > self.visited_max { Err(Left) } else { Ok(()) }
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
        let info = self.info(at);
        if goals & info.conditional != 0 {
            return Err(Left);
        }
        let direct = info.direct_of(goals);
        if !asked && self.depends_on_requests(at, direct) {
            return Err(Left);
        }
        let own = self.begins[at as usize]..self.begins[at as usize + 1];
        for (_, actor, relations) in &self.actors[own] {
            self.steps = self.steps.checked_sub(1).ok_or(Left)?;
            if relations & direct != 0 {
                walk.actors.push(*actor);
            }
        }
        // Some may stand there twice.
        if walk.actors.len() > 2 * ACTORS_MAX { Err(Left) } else { Ok(()) }
    }

    /// Whether facts of a resource give some relations to patterns or until some time.
    fn depends_on_requests(&self, at: ResourceIndex, direct: u64) -> bool {
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

    fn follow_link(&mut self, at: ResourceIndex, step: Step, walk: &mut Walk) -> Result<(), Left> {
        let resources = &self.facts.resources;
        match self.info(at).relations.get(usize::from(step.link)) {
            Some(RelationInfo::Link { target, same_id: true }) => {
                // One that no fact names now may be named later.
                let namesake = resources.index(*target, resources.id(at)).ok_or(Left)?;
                self.leads_to(at, namesake);
                self.visit(namesake, 1 << step.relation, walk)
            }
            _ => resources.targets(at, step.link).try_for_each(|target| {
                self.leads_to(at, target);
                self.visit(target, 1 << step.relation, walk)
            }),
        }
    }

    fn follow_sets(&mut self, at: ResourceIndex, goals: u64, walk: &mut Walk) -> Result<(), Left> {
        let resources = &self.facts.resources;
        let direct = self.info(at).direct_of(goals);
        for detail in resources.sets(at) {
            let Detail::Set { relation, goal, target, until } = detail else { continue };
            if direct & (1 << relation) == 0 {
                continue;
            }
            if *until != Until::FOREVER {
                return Err(Left);
            }
            self.leads_to(at, *target);
            self.visit(*target, 1 << goal, walk)?;
        }
        Ok(())
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

/// Whether what is asked of a resource may need a walk: through sets, through links of relations,
/// or through one of several links that rules follow.
fn leads(record: &Record, facts: &FactTables, types: &[TypeInfo]) -> bool {
    let info = &types[usize::from(record.resource_type)];
    info.leading != 0
        || record.may_have_sets(u64::MAX) && !has_plain_sets(record, facts, types)
        || record.has(Record::LINKED_OFTEN) && !info.through.is_empty()
}

/// Whether the sets of a resource are of one other, which leads no further: looking there is nearly
/// as quick as a closure, and takes no memory.
fn has_plain_sets(record: &Record, facts: &FactTables, types: &[TypeInfo]) -> bool {
    record.sets_of_one(u64::MAX).is_some_and(|(target, goals)| {
        let record = facts.resources.record(target);
        let info = &types[usize::from(record.resource_type)];
        goals & (info.leading | info.conditional) == 0 && !record.may_have_sets(u64::MAX)
    })
}
