//! Relations where facts alone do not answer: a walk along links and sets, level by level.

use pdp_cel::{Failure, Truth};

use super::condition::{Evaluation, Named, Subject, failure_of_host};
use crate::compiled::{Detail, Map, RelationIndex, RelationInfo, ResourceIndex, TypeIndex};

/// Up to this many visited resources, they are looked for one by one.
const VISITED_SCANNED: usize = 16;

/// Beyond this many, the table is given back after the walk: clearing it costs its size.
const VISITED_KEPT: usize = 4_096;

/// Working memory of a walk. A goal is a resource and relations wanted on it, as bits.
#[derive(Debug, Default)]
pub(super) struct Walk {
    level: Vec<(Subject, u64)>,
    pub(super) next: Vec<(Subject, u64)>,
    /// The first resources that were visited, and the goals on them.
    scanned: Vec<(u64, u64)>,
    /// All of them, once they are more.
    visited: Map<u64, u64>,
    /// How many distinct sets, each a resource and one relation, have been visited.
    sets: usize,
    /// What was found not to be answerable: of several faults the one that was compiled first, so
    /// that the order in which goals are visited has no effect.
    fault: Option<Failure>,
}

impl Walk {
    #[inline]
    pub(super) fn begin(&mut self) {
        self.next.clear();
        self.scanned.clear();
        if !self.visited.is_empty() {
            self.forget_visited();
        }
        self.sets = 0;
        self.fault = None;
    }

    /// Whether the last walk has visited anything.
    #[cfg(test)]
    pub(super) fn has_visited(&self) -> bool {
        !self.scanned.is_empty()
    }

    fn forget_visited(&mut self) {
        if self.visited.capacity() > VISITED_KEPT {
            self.visited = Map::default();
        } else {
            self.visited.clear();
        }
    }

    /// Those of `goals` that were not visited on the resource with this key; from now on they are.
    #[inline]
    pub(super) fn visit(&mut self, key: u64, goals: u64) -> u64 {
        let visited = if self.scanned.len() < VISITED_SCANNED {
            match self.scanned.iter_mut().find(|(other, _)| *other == key) {
                Some((_, visited)) => visited,
                None => {
                    self.scanned.push((key, goals));
                    self.sets += goals.count_ones() as usize;
                    return goals;
                }
            }
        } else {
            self.visited_among_many(key)
        };
        let new = goals & !*visited;
        *visited |= new;
        self.sets += new.count_ones() as usize;
        new
    }

    #[cold]
    fn visited_among_many(&mut self, key: u64) -> &mut u64 {
        if self.visited.is_empty() {
            self.visited.extend(self.scanned.iter().copied());
        }
        self.visited.entry(key).or_default()
    }

    fn failed(&mut self, failure: Failure) {
        self.fault = Some(self.fault.map_or(failure, |known| known.min(failure)));
    }

    fn truth(&self, found: bool) -> Truth {
        match self.fault {
            _ if found => Truth::Yes,
            Some(failure) => Truth::Fault(failure),
            None => Truth::No,
        }
    }
}

impl Evaluation<'_> {
    /// Visits goals level by level, each once. The first level is what `start` reaches.
    ///
    /// Where the request has no time and facts were met that end some time, the question is asked
    /// again as if they held: only what is the same either way is an answer.
    pub(super) fn walk(&mut self, start: impl Fn(&mut Self, &mut Walk) -> bool) -> Truth {
        let walk = self.walk.take().expect("the conditions of relations ask no relation");
        self.met_ending = false;
        let mut truth = self.pass(&start, walk);
        if self.met_ending && truth != Truth::Yes {
            self.assume_unended = true;
            let assumed = self.pass(&start, walk);
            self.assume_unended = false;
            truth = match assumed {
                Truth::Yes => {
                    let missing = failure_of_host(self.policies.code.now_missing_fault);
                    match truth {
                        Truth::Fault(found) => Truth::Fault(found.min(missing)),
                        Truth::Yes | Truth::No => Truth::Fault(missing),
                    }
                }
                other => other,
            };
        }
        self.walk = Some(walk);
        truth
    }

    fn pass(&mut self, start: &impl Fn(&mut Self, &mut Walk) -> bool, walk: &mut Walk) -> Truth {
        walk.begin();
        let mut found = start(self, walk);
        if !found {
            let over = self.by_levels(walk, |this, subject, goals, walk| {
                found = this.expand(subject, goals, walk);
                found
            });
            if over {
                walk.failed(failure_of_host(self.policies.code.walk_limit_fault));
            }
        }
        walk.truth(found)
    }

    /// Takes `step` on what was noted for the next level, level by level, until it says that this
    /// suffices or nothing is left. Whether the walk ended over the limit instead.
    pub(super) fn by_levels(
        &mut self,
        walk: &mut Walk,
        mut step: impl FnMut(&mut Self, Subject, u64, &mut Walk) -> bool,
    ) -> bool {
        loop {
            if self.is_over(walk) {
                return true;
            }
            if walk.next.is_empty() {
                return false;
            }
            std::mem::swap(&mut walk.level, &mut walk.next);
            walk.next.clear();
            for index in 0..walk.level.len() {
                let (subject, goals) = walk.level[index];
                if step(self, subject, goals, walk) {
                    return false;
                }
            }
        }
    }

    /// Whether more sets were visited than the limit allows.
    #[inline]
    pub(super) fn is_over(&self, walk: &Walk) -> bool {
        walk.sets > self.policies.code.walk_limit as usize
    }

    /// Tests goals on a resource, and notes those that lead further for the next level. Whether
    /// one was reached.
    pub(super) fn reach(&mut self, subject: Subject, goals: u64, walk: &mut Walk) -> bool {
        // Beyond the limit nothing is noted any more, and the walk ends after this level; but
        // every goal of the level is tested, once, so that order has no effect.
        let over = self.is_over(walk);
        let new = walk.visit(self.key(subject), goals);
        if new == 0 {
            return false;
        }
        let policies = self.policies;
        let info = &policies.code.vocabulary.types[usize::from(subject.resource_type)];
        let mut leads_on = new & info.leading != 0;
        if let Some(index) = subject.index {
            let direct = info.direct_of(new);
            if direct != 0 {
                let resource = Named::of(policies, index);
                if self.held(resource, direct) & direct != 0 {
                    return true;
                }
                leads_on |= resource.record.may_have_sets(direct);
            }
        }
        if new & info.conditional != 0 && self.conditions_hold(subject, new, walk) {
            return true;
        }
        if leads_on && !over {
            walk.next.push((subject, new));
        }
        false
    }

    /// Whether a condition that is part of one of the relations holds of the resource.
    fn conditions_hold(&mut self, subject: Subject, goals: u64, walk: &mut Walk) -> bool {
        let policies = self.policies;
        let info = &policies.code.vocabulary.types[usize::from(subject.resource_type)];
        for condition in info.closures(goals).flat_map(|closure| &closure.conditions) {
            match self.truth(*condition, subject) {
                Truth::Yes => return true,
                Truth::No => {}
                Truth::Fault(failure) => walk.failed(failure),
            }
        }
        false
    }

    pub(super) fn reach_targets(
        &mut self,
        subject: Subject,
        link: RelationIndex,
        goals: u64,
        walk: &mut Walk,
    ) -> bool {
        let mut found = false;
        self.targets(subject, link, |this, target| {
            found = this.reach(target, goals, walk);
            found
        });
        found
    }

    /// Takes `step` on what a link of a resource points to, until it says that this suffices.
    pub(super) fn targets(
        &mut self,
        subject: Subject,
        link: RelationIndex,
        mut step: impl FnMut(&mut Self, Subject) -> bool,
    ) {
        let policies = self.policies;
        let info = &policies.code.vocabulary.types[usize::from(subject.resource_type)];
        let Some(RelationInfo::Link { target, same_id }) = info.relations.get(usize::from(link))
        else {
            return;
        };
        if *same_id {
            step(self, self.namesake(subject, *target));
        } else if let Some(index) = subject.index {
            for index in policies.facts.resources.targets(index, link) {
                if step(self, Subject::new(*target, Some(index))) {
                    break;
                }
            }
        }
    }

    /// What tells a resource from others in one walk: its number, or, where facts do not name it, a
    /// hash of its type and id. Two of the same hash would count as one; with 63 bits and a seed of
    /// its own for each process, that does not happen.
    pub(super) fn key(&self, subject: Subject) -> u64 {
        match subject.index {
            Some(index) => u64::from(index),
            None => {
                let resources = &self.policies.facts.resources;
                1 << 63 | resources.hash(subject.resource_type, self.id(subject)) >> 1
            }
        }
    }

    /// The resource of a type that has the id of another resource.
    pub(super) fn namesake(&self, subject: Subject, resource_type: TypeIndex) -> Subject {
        let index = self.policies.facts.resources.index(resource_type, self.id(subject));
        let namesake = if index.is_some() { None } else { subject.index.or(subject.namesake) };
        Subject { resource_type, index, namesake }
    }

    /// Follows what goals on a resource lead to: actor sets in facts, and links. Whether one of
    /// the goals there was reached.
    fn expand(&mut self, subject: Subject, goals: u64, walk: &mut Walk) -> bool {
        let policies = self.policies;
        let info = &policies.code.vocabulary.types[usize::from(subject.resource_type)];
        if goals & info.leading != 0 {
            for step in info.closures(goals).flat_map(|closure| &closure.steps) {
                if self.reach_targets(subject, step.link, 1 << step.relation, walk) {
                    return true;
                }
            }
        }
        let Some(index) = subject.index else { return false };
        let record = policies.facts.resources.record(index);
        let direct = info.direct_of(goals);
        if !record.may_have_sets(direct) {
            return false;
        }
        let mut sets = policies.facts.resources.sets(index);
        while let Some((target, goals)) = self.next_set(&mut sets, direct) {
            let resource_type = policies.facts.resources.record(target).resource_type;
            if self.reach(Subject::new(resource_type, Some(target)), goals, walk) {
                return true;
            }
        }
        false
    }

    /// Of the sets to which facts give one of the relations, those of the next resource.
    pub(super) fn next_set(
        &mut self,
        sets: &mut &[Detail],
        relations: u64,
    ) -> Option<(ResourceIndex, u64)> {
        let mut next: Option<(ResourceIndex, u64)> = None;
        while let Some((Detail::Set { relation, goal, target, until }, rest)) = sets.split_first() {
            if relations & (1 << relation) != 0 {
                match &mut next {
                    Some((of, _)) if of != target => break,
                    _ if !self.holds_until(*until) => {}
                    Some((_, goals)) => *goals |= 1 << goal,
                    None => next = Some((*target, 1 << goal)),
                }
            }
            *sets = rest;
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, ActorType, Policies, Request, Resource, Scratch, SourceText};

    /// Clearing a table costs its size, making one anew its first entries.
    #[test]
    fn the_table_of_a_long_walk_is_given_back_and_that_of_a_short_one_kept() {
        let mut walk = Walk::default();
        let mut visit = |count: u64| {
            walk.begin();
            let before = walk.visited.capacity();
            (0..count).for_each(|key| assert_eq!(walk.visit(key, 1), 1));
            assert!((0..count).all(|key| walk.visit(key, 1) == 0));
            assert_eq!(walk.visited.is_empty(), count < VISITED_SCANNED as u64);
            before
        };
        assert_eq!(visit(VISITED_SCANNED as u64 - 1), 0);
        assert_eq!(visit(1_000), 0);
        let kept = visit(2 * VISITED_KEPT as u64);
        assert!((1_000..VISITED_KEPT).contains(&kept), "{kept}");
        assert_eq!(visit(0), 0);
    }

    #[test]
    fn what_leads_no_further_is_not_visited_again() {
        let text = "
version: 1
types:
  folder: {relations: {viewer: direct}}
  file:
    actions: [read]
    relations: {folder: {to: folder}, viewer: [direct, folder.viewer]}
rules: [{id: it, effect: permit, resource: file, actors: {relation: viewer}}]
facts: {file:a: {folder: folder:f}, folder:f: {viewer: user:1}}
";
        let policies = Policies::from_sources(&[SourceText { path: "p.yaml", text }]);
        let policies = policies.expect("policies").without_closures();
        let mut scratch = Scratch::new();
        let actor = Actor::new(ActorType::Human, "user:2");
        let request = Request::new(actor, "read", Resource::new("file", "a"));
        policies.evaluate(&request, &mut scratch);
        let level: Vec<_> = scratch.walk.level.iter().map(|(subject, _)| subject.index).collect();
        assert_eq!(level, [policies.facts.resources.index(1, "a")]);
    }
}
