//! Relations: one probe where facts answer, a walk where sets name other sets.

use pdp_cel::Truth;
use smallvec::SmallVec;

use super::condition::{Evaluation, Subject, fault_of_host};
use crate::compile::{bits, mask};
use crate::compiled::{
    Detail, Map, Record, RelationIndex, RelationInfo, ResourceIndex, TypeIndex, pair,
};

/// Up to this many visited resources, they are looked for one by one.
const VISITED_SCANNED: usize = 16;

/// Beyond this many, the table is given back after the walk: clearing it costs its size.
const VISITED_KEPT: usize = 4_096;

/// Working memory of a walk. A goal is a resource and relations wanted on it, as bits.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) level: SmallVec<[(Subject, u64); 8]>,
    pub(super) next: SmallVec<[(Subject, u64); 8]>,
    /// The first resources that were visited, and the goals on them.
    scanned: SmallVec<[(u64, u64); VISITED_SCANNED]>,
    /// All of them, once they are more.
    visited: Map<u64, u64>,
    /// How many distinct sets, each a resource and one relation, have been visited.
    pub(super) sets: usize,
}

impl Walk {
    pub(super) fn begin(&mut self) {
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

    /// Those of `goals` that were not visited on the resource with this key; from now on they are.
    pub(super) fn visit(&mut self, key: u64, goals: u64) -> u64 {
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
    ///
    /// Where the request has no time and facts were met that end some time, the question is asked
    /// again as if they held: only what is the same either way is an answer.
    fn walk(&mut self, start: impl Fn(&mut Self, &mut Walk) -> Truth) -> Truth {
        let walk = self.walk.take().expect("the conditions of relations ask no relation");
        self.met_ending = false;
        let mut truth = self.pass(&start, walk);
        if self.met_ending && truth != Truth::Yes {
            self.assume_unended = true;
            let assumed = self.pass(&start, walk);
            self.assume_unended = false;
            truth = match assumed {
                Truth::Yes => joined(truth, fault_of_host(self.policies.code.now_missing_fault)),
                other => other,
            };
        }
        self.walk = Some(walk);
        truth
    }

    fn pass(&mut self, start: &impl Fn(&mut Self, &mut Walk) -> Truth, walk: &mut Walk) -> Truth {
        walk.begin();
        let truth = start(self, walk);
        self.levels(truth, walk)
    }

    fn levels(&mut self, mut truth: Truth, walk: &mut Walk) -> Truth {
        if truth == Truth::Yes {
            return truth;
        }
        let over = self.by_levels(walk, |this, subject, goals, walk| {
            truth = joined(truth, this.expand(subject, goals, walk));
            truth == Truth::Yes
        });
        if over {
            truth = joined(truth, fault_of_host(self.policies.code.walk_limit_fault));
        }
        truth
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
    pub(super) fn is_over(&self, walk: &Walk) -> bool {
        walk.sets > self.policies.code.walk_limit as usize
    }

    /// Tests goals on a resource, and notes those that lead further for the next level.
    fn reach(&mut self, subject: Subject, goals: u64, walk: &mut Walk) -> Truth {
        // Beyond the limit nothing is noted any more, and the walk ends after this level; but
        // every goal of the level is tested, once, so that order has no effect.
        let over = self.is_over(walk);
        let new = walk.visit(self.key(subject), goals);
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
        let mut truth = Truth::No;
        self.targets(subject, link, |this, target| {
            truth = joined(truth, this.reach(target, goals, walk));
            truth == Truth::Yes
        });
        truth
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

    /// The goals that a goal leads to: through actor sets in facts, and through links.
    fn expand(&mut self, subject: Subject, goals: u64, walk: &mut Walk) -> Truth {
        let policies = self.policies;
        let info = &policies.code.vocabulary.types[usize::from(subject.resource_type)];
        let mut truth = Truth::No;
        let mut direct = 0;
        for closure in bits(goals).filter_map(|goal| info.closure(goal)) {
            direct |= closure.direct;
            for step in &closure.steps {
                truth =
                    joined(truth, self.reach_targets(subject, step.link, 1 << step.relation, walk));
            }
        }
        let Some(index) = subject.index else { return truth };
        let record = policies.facts.resources.record(index);
        for detail in record.details_of(Detail::SET..=Detail::SET) {
            if truth == Truth::Yes {
                break;
            }
            let Detail::Set { relation, goal, target, until } = detail else { continue };
            if direct & (1 << relation) != 0 && self.holds_until(*until) {
                let resource_type = policies.facts.resources.record(*target).resource_type;
                let target = Subject::new(resource_type, Some(*target));
                truth = joined(truth, self.reach(target, 1 << goal, walk));
            }
        }
        truth
    }

    /// Whether a resource has sets or links that could answer the goals.
    fn leads_further(&self, subject: Subject, goals: u64) -> bool {
        let policies = self.policies;
        let info = &policies.code.vocabulary.types[usize::from(subject.resource_type)];
        let has_sets = subject
            .index
            .is_some_and(|index| policies.facts.resources.record(index).has(Record::SETS));
        has_sets
            || bits(goals)
                .filter_map(|goal| info.closure(goal))
                .any(|closure| !closure.steps.is_empty())
    }

    /// What facts and conditions say of the goals on the resource itself.
    fn local(&mut self, subject: Subject, goals: u64) -> Truth {
        let policies = self.policies;
        let info = &policies.code.vocabulary.types[usize::from(subject.resource_type)];
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
        if let Some(held) = self.held {
            return held;
        }
        let met_before = std::mem::take(&mut self.met_ending);
        let held = self.held_on(index);
        // What depends on whether facts have ended is not the same in the next pass.
        if !self.met_ending {
            self.held = Some(held);
        }
        self.met_ending |= met_before;
        held
    }

    fn held_on(&mut self, resource: ResourceIndex) -> u64 {
        let facts = &self.policies.facts;
        let record = facts.resources.record(resource);
        let mut held = match self.actor {
            Some(actor) => {
                let pair = pair(actor, resource);
                let forever = facts.pairs.relations(pair);
                if record.has(Record::ENDING) {
                    forever | self.held_until(pair, record)
                } else {
                    forever
                }
            }
            None => 0,
        };
        if record.has(Record::PATTERNS) {
            for detail in record.details_of(Detail::PREFIX..=Detail::ROLE) {
                held |= self.held_by_pattern(detail);
            }
        }
        held
    }

    /// The relations that an exact actor has until some time, which is not over.
    fn held_until(&mut self, pair: u64, record: &Record) -> u64 {
        let policies = self.policies;
        let info = &policies.code.vocabulary.types[usize::from(record.resource_type)];
        let mut held = 0;
        for relation in bits(info.direct) {
            let until = policies.facts.ending.until(pair, relation);
            if until.is_some_and(|until| self.holds_until(until)) {
                held |= 1 << relation;
            }
        }
        held
    }

    /// The relation that a fact about a prefix or a role gives to the actor.
    fn held_by_pattern(&mut self, detail: &Detail) -> u64 {
        match detail {
            Detail::Prefix { relation, prefix, until } => {
                let prefix = self.policies.facts.prefixes.text(*prefix);
                let fits = self.request.actor.id.starts_with(prefix) && self.holds_until(*until);
                u64::from(fits) << relation
            }
            Detail::Role { relation, role, actor_types, until } => {
                let fits = actor_types & mask(self.request.actor.actor_type) != 0
                    && self.has_role(*role)
                    && self.holds_until(*until);
                u64::from(fits) << relation
            }
            Detail::Attribute { .. } | Detail::Link { .. } | Detail::Set { .. } => 0,
        }
    }
}

/// "Yes" if either is; else the fault, of two the one that was compiled first, so that the order
/// in which goals are visited has no effect.
fn joined(left: Truth, right: Truth) -> Truth {
    match (left, right) {
        (Truth::Yes, _) | (_, Truth::Yes) => Truth::Yes,
        (Truth::Fault(left), Truth::Fault(right)) => Truth::Fault(left.min(right)),
        (Truth::Fault(found), Truth::No) | (Truth::No, Truth::Fault(found)) => Truth::Fault(found),
        (Truth::No, Truth::No) => Truth::No,
    }
}
