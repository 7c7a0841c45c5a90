//! Relations: one probe where facts answer, a walk where sets name other sets.

use smallvec::SmallVec;

use super::condition::{Evaluation, Subject};
use super::truth::Truth;
use crate::compile::{bits, mask};
use crate::compiled::{FaultId, Map, RelationIndex, RelationInfo, ResourceIndex, pair};

/// Up to this many visited resources, they are looked for one by one.
const VISITED_SCANNED: usize = 16;

/// Beyond this many, the table is given back after the walk: clearing it costs its size.
const VISITED_KEPT: usize = 4_096;

/// Working memory of a walk. A goal is a resource and relations wanted on it, as bits.
#[derive(Debug, Default)]
pub(super) struct Walk {
    level: SmallVec<[(Subject, u64); 8]>,
    next: SmallVec<[(Subject, u64); 8]>,
    /// The first resources that were visited, and the goals on them.
    scanned: SmallVec<[(u64, u64); VISITED_SCANNED]>,
    /// All of them, once they are more.
    visited: Map<u64, u64>,
    /// How many distinct sets, each a resource and one relation, have been visited.
    sets: usize,
}

impl Walk {
    fn begin(&mut self) {
        self.level.clear();
        self.next.clear();
        self.scanned.clear();
        if self.visited.capacity() > VISITED_KEPT {
            self.visited = Map::default();
        } else {
            self.visited.clear();
        }
        self.sets = 0;
    }

    /// Those of `goals` that were not visited on this resource; from now on they are.
    fn visit(&mut self, subject: Subject, goals: u64) -> u64 {
        let key = match subject.index {
            Some(index) => u64::from(index),
            // Of those that facts do not name: the type, and whose id it is.
            None => {
                let of = subject.namesake.map_or(0, |index| u64::from(index) + 1);
                1 << 63 | of << 16 | u64::from(subject.resource_type)
            }
        };
        if self.scanned.len() == VISITED_SCANNED && self.visited.is_empty() {
            self.visited.extend(self.scanned.iter().copied());
        }
        let visited = if self.scanned.len() < VISITED_SCANNED {
            match self.scanned.iter().position(|(other, _)| *other == key) {
                Some(position) => &mut self.scanned[position].1,
                None => {
                    self.scanned.push((key, 0));
                    let last = self.scanned.len() - 1;
                    &mut self.scanned[last].1
                }
            }
        } else {
            self.visited.entry(key).or_default()
        };
        let new = goals & !*visited;
        *visited |= new;
        self.sets += new.count_ones() as usize;
        new
    }
}

impl Evaluation<'_> {
    /// Whether the actor has the relation on the resource.
    pub(super) fn related(&mut self, subject: Subject, relation: RelationIndex) -> Truth {
        self.walk(|this, walk| this.reach(subject, 1 << relation, walk))
    }

    /// Whether the actor has the relation on a target of the link.
    pub(super) fn related_through(
        &mut self,
        subject: Subject,
        link: RelationIndex,
        relation: RelationIndex,
    ) -> Truth {
        self.walk(|this, walk| this.reach_targets(subject, link, 1 << relation, walk))
    }

    /// Visits goals level by level, each once. The first level is what `start` reaches.
    fn walk(&mut self, start: impl FnOnce(&mut Self, &mut Walk) -> Truth) -> Truth {
        let walk = self.walk.take().expect("the conditions of relations ask no relation");
        walk.begin();
        let truth = start(self, walk);
        let truth = self.levels(truth, walk);
        self.walk = Some(walk);
        truth
    }

    fn levels(&mut self, mut truth: Truth, walk: &mut Walk) -> Truth {
        let limit = self.policies.walk_limit as usize;
        while truth != Truth::Yes {
            if walk.sets > limit {
                truth = joined(truth, Truth::Fault(self.policies.walk_limit_fault));
                break;
            }
            if walk.next.is_empty() {
                break;
            }
            std::mem::swap(&mut walk.level, &mut walk.next);
            walk.next.clear();
            for index in 0..walk.level.len() {
                let (subject, goals) = walk.level[index];
                truth = joined(truth, self.expand(subject, goals, walk));
                if truth == Truth::Yes {
                    break;
                }
            }
        }
        truth
    }

    /// Tests goals on a resource, and notes those that lead further for the next level.
    fn reach(&mut self, subject: Subject, goals: u64, walk: &mut Walk) -> Truth {
        // Beyond the limit nothing is noted any more, and the walk ends after this level; but
        // every goal of the level is tested, so that order has no effect.
        let over = walk.sets > self.policies.walk_limit as usize;
        let new = if over { goals } else { walk.visit(subject, goals) };
        if new == 0 {
            return Truth::No;
        }
        let truth = self.local(subject, new);
        if truth != Truth::Yes && !over && self.leads_further(subject, new) {
            walk.next.push((subject, new));
        }
        truth
    }

    fn reach_targets(
        &mut self,
        subject: Subject,
        link: RelationIndex,
        goals: u64,
        walk: &mut Walk,
    ) -> Truth {
        let policies = self.policies;
        let info = &policies.vocabulary.types[usize::from(subject.resource_type)];
        let Some(RelationInfo::Link { target, same_id }) = info.relations.get(usize::from(link))
        else {
            return Truth::No;
        };
        if *same_id {
            let index = policies.facts.resources.index(*target, self.id(subject));
            let namesake = if index.is_some() { None } else { subject.index.or(subject.namesake) };
            let target = Subject { resource_type: *target, index, namesake };
            return self.reach(target, goals, walk);
        }
        let links = subject.index.map_or(&[][..], |index| policies.facts.links.of(index));
        let targets = links.iter().filter(|(position, _)| *position == link);
        let mut truth = Truth::No;
        for (_, index) in targets {
            truth = joined(truth, self.reach(Subject::new(*target, Some(*index)), goals, walk));
            if truth == Truth::Yes {
                break;
            }
        }
        truth
    }

    /// The goals that a goal leads to: through actor sets in facts, and through links.
    fn expand(&mut self, subject: Subject, goals: u64, walk: &mut Walk) -> Truth {
        let policies = self.policies;
        let info = &policies.vocabulary.types[usize::from(subject.resource_type)];
        let mut truth = Truth::No;
        let mut direct = 0;
        for closure in bits(goals).filter_map(|goal| info.closure(goal)) {
            direct |= closure.direct;
            for step in &closure.steps {
                truth =
                    joined(truth, self.reach_targets(subject, step.link, 1 << step.relation, walk));
            }
        }
        let sets = subject.index.map_or(&[][..], |index| policies.facts.sets.of(index));
        for set in sets.iter().filter(|set| direct & (1 << set.relation) != 0) {
            if truth == Truth::Yes {
                break;
            }
            let resource_type = policies.facts.resources.record(set.target).resource_type;
            let target = Subject::new(resource_type, Some(set.target));
            truth = joined(truth, self.reach(target, set.goals, walk));
        }
        truth
    }

    /// Whether a resource has sets or links that could answer the goals.
    fn leads_further(&self, subject: Subject, goals: u64) -> bool {
        let policies = self.policies;
        let info = &policies.vocabulary.types[usize::from(subject.resource_type)];
        let has_sets =
            subject.index.is_some_and(|index| policies.facts.resources.record(index).has_sets);
        has_sets
            || bits(goals)
                .filter_map(|goal| info.closure(goal))
                .any(|closure| !closure.steps.is_empty())
    }

    /// What facts and conditions say of the goals on the resource itself.
    fn local(&mut self, subject: Subject, goals: u64) -> Truth {
        let policies = self.policies;
        let info = &policies.vocabulary.types[usize::from(subject.resource_type)];
        let closures = || bits(goals).filter_map(|goal| info.closure(goal));
        let direct = closures().fold(0, |mask, closure| mask | closure.direct);
        if direct != 0 && self.held(subject) & direct != 0 {
            return Truth::Yes;
        }
        let mut truth = Truth::No;
        for condition in closures().flat_map(|closure| &closure.conditions) {
            truth = joined(truth, self.truth(*condition, subject));
            if truth == Truth::Yes {
                break;
            }
        }
        truth
    }

    /// The direct relations that the actor has on the resource, as bits.
    fn held(&mut self, subject: Subject) -> u64 {
        let Some(index) = subject.index else { return 0 };
        if subject != self.subject {
            return self.held_on(index);
        }
        match self.held {
            Some(held) => held,
            None => {
                let held = self.held_on(index);
                self.held = Some(held);
                held
            }
        }
    }

    fn held_on(&mut self, resource: ResourceIndex) -> u64 {
        let facts = &self.policies.facts;
        let exact = self.actor.and_then(|actor| facts.pairs.get(&pair(actor, resource)).copied());
        let mut held = exact.unwrap_or_default();
        if !facts.resources.record(resource).has_patterns {
            return held;
        }
        for fact in facts.prefixes.of(resource) {
            if self.request.actor.id.starts_with(facts.prefix_texts.text(fact.prefix)) {
                held |= fact.relations;
            }
        }
        for fact in facts.roles.of(resource) {
            if fact.actor_types & mask(self.request.actor.actor_type) != 0
                && self.has_role(fact.role)
            {
                held |= fact.relations;
            }
        }
        held
    }
}

/// "Yes" if either is; else the fault, of two the one that was compiled first, so that the order
/// in which goals are visited has no effect.
fn joined(left: Truth, right: Truth) -> Truth {
    let fault = |left: FaultId, right: FaultId| Truth::Fault(left.min(right));
    match (left, right) {
        (Truth::Yes, _) | (_, Truth::Yes) => Truth::Yes,
        (Truth::Fault(left), Truth::Fault(right)) => fault(left, right),
        (Truth::Fault(found), Truth::No) | (Truth::No, Truth::Fault(found)) => Truth::Fault(found),
        (Truth::No, Truth::No) => Truth::No,
    }
}
