//! Relations: one probe where facts answer, a walk where sets name other sets.

use pdp_cel::{Failure, Truth};

use super::condition::{Evaluation, Subject, failure_of_host};
use crate::compile::{bits, mask};
use crate::compiled::{
    AtOnce, ClosedPair, Detail, Map, Record, RelationIndex, RelationInfo, RelationTest,
    ResourceIndex, TypeIndex, pair,
};

/// Up to this many visited resources, they are looked for one by one.
const VISITED_SCANNED: usize = 16;

/// Beyond this many, the table is given back after the walk: clearing it costs its size.
const VISITED_KEPT: usize = 4_096;

/// Up to this many sets of a resource are looked at before a walk is begun.
const FEW_SETS: usize = 8;

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
    /// Whether the actor has one of some relations on the resource of the request, where facts
    /// say so without a walk; `None` where one is needed.
    #[inline]
    pub(super) fn related_at_once(&mut self, test: &RelationTest) -> Option<bool> {
        if let Some(held) = self.closed.and_then(|pair| pair.answer(test.closed)) {
            return Some(held);
        }
        let subject = self.subject;
        if let Some(index) = subject.index
            && let Some(held) = self.held_closed(index, test.closed, test.direct)
        {
            return Some(held);
        }
        let at_once = test.at_once.as_ref()?;
        let Some(link) = at_once.link else { return self.held_at_once(subject, at_once) };
        let target = self.only_target(subject, link)?;
        if let Some(index) = target.index
            && let Some(held) = self.held_closed(index, at_once.goals, at_once.direct)
        {
            return Some(held);
        }
        self.held_at_once(target, at_once)
    }

    /// What a link points to, if that is one resource.
    fn only_target(&self, subject: Subject, link: RelationIndex) -> Option<Subject> {
        let policies = self.policies;
        let info = &policies.code.vocabulary.types[usize::from(subject.resource_type)];
        let RelationInfo::Link { target, same_id } = info.relations.get(usize::from(link))? else {
            return None;
        };
        if *same_id {
            return Some(self.namesake(subject, *target));
        }
        let index = policies.facts.resources.record(subject.index?).only_target(link)?;
        Some(Subject::new(*target, Some(index)))
    }

    #[inline]
    fn held_at_once(&mut self, subject: Subject, test: &AtOnce) -> Option<bool> {
        let Some(index) = subject.index else { return test.plain.then_some(false) };
        self.met_ending = false;
        if self.held(index, test.direct) & test.direct != 0 {
            return Some(true);
        }
        if !test.plain || self.met_ending {
            return None;
        }
        let record = self.policies.facts.resources.record(index);
        if record.may_have_sets(test.direct) {
            return self.held_by_sets_at_once(index, test.direct);
        }
        Some(false)
    }

    /// Whether the actor has one of the goals on a resource, where that was found beforehand.
    #[inline]
    fn held_closed(&mut self, index: ResourceIndex, goals: u64, direct: u64) -> Option<bool> {
        let record = self.policies.facts.resources.record(index);
        if !record.has(Record::CLOSED) {
            return None;
        }
        let pair = self.closed_pair(index)?;
        let held = match pair.answer(goals) {
            Some(held) => held,
            None if goals == 0 => return None,
            None => {
                let facts = &self.policies.facts;
                let places = self.actor.map_or(&[][..], |actor| facts.places(actor));
                facts.closed.as_ref()?.answer_by_ranges(places, index, pair, goals)?
            }
        };
        if held || !record.has(Record::PATTERNS | Record::ENDING) {
            return Some(held);
        }
        let met_before = std::mem::take(&mut self.met_ending);
        let held = self.held(index, direct) & direct != 0;
        let is_certain = held || !self.met_ending;
        self.met_ending |= met_before;
        is_certain.then_some(held)
    }

    #[inline]
    fn closed_pair(&mut self, index: ResourceIndex) -> Option<ClosedPair> {
        let is_subject = self.subject.index == Some(index);
        if is_subject && self.closed.is_some() {
            return self.closed;
        }
        let facts = &self.policies.facts;
        let pair = facts.closed.as_ref()?.pair(self.actor, index);
        // Where more must be asked, the pair alone must not answer "no" for the tests that follow.
        let record = facts.resources.record(index);
        if is_subject && !record.has(Record::PATTERNS | Record::ENDING) {
            self.closed = Some(pair);
        }
        Some(pair)
    }

    /// Whether the actor is in one of the sets to which facts give some relations, where these are
    /// few and their members are exact actors.
    fn held_by_sets_at_once(&mut self, index: ResourceIndex, direct: u64) -> Option<bool> {
        let resources = &self.policies.facts.resources;
        let walk_limit = self.policies.code.walk_limit;
        if let Some((target, goals)) = resources.record(index).sets_of_one(direct) {
            let held = self.held_as_member(target, goals);
            return held.filter(|held| *held || goals.count_ones() < walk_limit);
        }
        let mut sets = resources.sets(index);
        if sets.len() > FEW_SETS {
            return None;
        }
        let mut certain = sets.len() < walk_limit as usize;
        while let Some((target, goals)) = self.next_set(&mut sets, direct) {
            match self.held_as_member(target, goals) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => certain = false,
            }
        }
        (certain && !self.met_ending).then_some(false)
    }

    /// Whether the actor has one of the goals on the target of a set; `None` where a walk is
    /// needed.
    #[inline]
    fn held_as_member(&mut self, target: ResourceIndex, goals: u64) -> Option<bool> {
        let policies = self.policies;
        let record = policies.facts.resources.record(target);
        let info = &policies.code.vocabulary.types[usize::from(record.resource_type)];
        let direct = info.direct_of(goals);
        if self.held(target, direct) & direct != 0 {
            return Some(true);
        }
        let leads_on = goals & (info.leading | info.conditional) != 0
            || record.may_have_sets(direct)
            || self.met_ending;
        (!leads_on).then_some(false)
    }

    /// Whether the actor has the relation on the resource.
    pub(super) fn related(&mut self, subject: Subject, relation: RelationIndex) -> Truth {
        if let Some(held) = self.related_closed(subject, relation) {
            return held.into();
        }
        self.walk(|this, walk| this.reach(subject, 1 << relation, walk))
    }

    /// Whether the actor has the relation on a target of the link.
    pub(super) fn related_through(
        &mut self,
        subject: Subject,
        link: RelationIndex,
        relation: RelationIndex,
    ) -> Truth {
        let target = self.only_target(subject, link);
        if let Some(held) = target.and_then(|target| self.related_closed(target, relation)) {
            return held.into();
        }
        self.walk(|this, walk| this.reach_targets(subject, link, 1 << relation, walk))
    }

    fn related_closed(&mut self, subject: Subject, relation: RelationIndex) -> Option<bool> {
        let info = &self.policies.code.vocabulary.types[usize::from(subject.resource_type)];
        self.held_closed(subject.index?, 1 << relation, info.direct_of(1 << relation))
    }

    /// Visits goals level by level, each once. The first level is what `start` reaches.
    ///
    /// Where the request has no time and facts were met that end some time, the question is asked
    /// again as if they held: only what is the same either way is an answer.
    fn walk(&mut self, start: impl Fn(&mut Self, &mut Walk) -> bool) -> Truth {
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
    fn reach(&mut self, subject: Subject, goals: u64, walk: &mut Walk) -> bool {
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
                if self.held(index, direct) & direct != 0 {
                    return true;
                }
                leads_on |= policies.facts.resources.record(index).may_have_sets(direct);
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

    fn reach_targets(
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
    fn next_set(&mut self, sets: &mut &[Detail], relations: u64) -> Option<(ResourceIndex, u64)> {
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

    /// The direct relations that the actor has on the resource, as bits: of those that are wanted
    /// all, of others perhaps none.
    #[inline]
    fn held(&mut self, resource: ResourceIndex, wanted: u64) -> u64 {
        let record = self.policies.facts.resources.record(resource);
        if !record.has(Record::PATTERNS) && !record.may_have_exact(wanted) {
            return 0;
        }
        if self.subject.index != Some(resource) {
            return self.held_on(resource, record);
        }
        if let Some(held) = self.held {
            return held;
        }
        let met_before = std::mem::take(&mut self.met_ending);
        let held = self.held_on(resource, record);
        // What depends on whether facts have ended is not the same in the next pass.
        if !self.met_ending {
            self.held = Some(held);
        }
        self.met_ending |= met_before;
        held
    }

    fn held_on(&mut self, resource: ResourceIndex, record: &Record) -> u64 {
        let facts = &self.policies.facts;
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
            for detail in facts.resources.details_of(resource, Detail::PREFIX..=Detail::ROLE) {
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
