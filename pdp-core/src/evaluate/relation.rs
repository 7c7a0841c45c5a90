//! Relations, as far as one look at facts answers.

use pdp_cel::Truth;

use super::condition::{Evaluation, Named, Subject};
use crate::compile::{bits, mask};
use crate::compiled::{
    AtOnce, ClosedPair, Detail, Record, RelationIndex, RelationInfo, RelationTest, ResourceIndex,
    pair,
};

/// Up to this many sets of a resource are looked at before a walk is begun.
const FEW_SETS: usize = 8;

impl<'e> Evaluation<'e> {
    /// Whether the actor has one of some relations on the resource of the request, where facts
    /// say so without a walk; `None` where one is needed.
    #[expect(clippy::inline_always, reason = "what rules ask most: 4 % of a decision")]
    #[inline(always)]
    pub(super) fn related_at_once(&mut self, test: &RelationTest) -> Option<bool> {
        if let Some(held) = self.closed.and_then(|pair| pair.answer(test.closed)) {
            return Some(held);
        }
        if let Some(named) = self.named
            && let Some(held) = self.held_closed(named, test.closed, test.direct)
        {
            return Some(held);
        }
        let at_once = test.at_once.as_ref()?;
        let Some(link) = at_once.link else { return self.held_at_once(self.named, at_once) };
        let target = self
            .only_target(self.subject, link)?
            .index
            .map(|index| Named::of(self.policies, index));
        if let Some(target) = target
            && let Some(held) = self.held_closed(target, at_once.goals, at_once.direct)
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
    fn held_at_once(&mut self, resource: Option<Named<'e>>, test: &AtOnce) -> Option<bool> {
        let Some(resource) = resource else { return test.plain.then_some(false) };
        self.met_ending = false;
        if self.held(resource, test.direct) & test.direct != 0 {
            return Some(true);
        }
        if !test.plain || self.met_ending {
            return None;
        }
        if resource.record.may_have_sets(test.direct) {
            return self.held_by_sets_at_once(resource, test.direct);
        }
        Some(false)
    }

    /// Whether the actor has one of the goals on a resource, where that was found beforehand.
    #[inline]
    fn held_closed(&mut self, resource: Named<'e>, goals: u64, direct: u64) -> Option<bool> {
        let Named { index, record } = resource;
        if !record.has(Record::CLOSED) {
            return None;
        }
        let pair = self.closed_pair(resource)?;
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
        let held = self.held(resource, direct) & direct != 0;
        let is_certain = held || !self.met_ending;
        self.met_ending |= met_before;
        is_certain.then_some(held)
    }

    #[inline]
    fn closed_pair(&mut self, Named { index, record }: Named<'e>) -> Option<ClosedPair> {
        let is_subject = self.subject.index == Some(index);
        if is_subject && self.closed.is_some() {
            return self.closed;
        }
        let facts = &self.policies.facts;
        let pair = facts.closed.as_ref()?.pair(self.actor, index);
        // Where more must be asked, the pair alone must not answer "no" for the tests that follow.
        if is_subject && !record.has(Record::PATTERNS | Record::ENDING) {
            self.closed = Some(pair);
        }
        Some(pair)
    }

    /// Whether the actor is in one of the sets to which facts give some relations, where these are
    /// few and their members are exact actors.
    fn held_by_sets_at_once(&mut self, resource: Named<'e>, direct: u64) -> Option<bool> {
        let resources = &self.policies.facts.resources;
        let walk_limit = self.policies.code.walk_limit;
        if let Some((target, goals)) = resource.record.sets_of_one(direct) {
            let held = self.held_as_member(target, goals);
            return held.filter(|held| *held || goals.count_ones() < walk_limit);
        }
        let mut sets = resources.sets(resource.index);
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
        let target = Named::of(self.policies, target);
        let record = target.record;
        let info = &self.policies.code.vocabulary.types[usize::from(record.resource_type)];
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
        self.held_closed(
            Named::of(self.policies, subject.index?),
            1 << relation,
            info.direct_of(1 << relation),
        )
    }

    /// The direct relations that the actor has on the resource, as bits: of those that are wanted
    /// all, of others perhaps none.
    #[inline]
    pub(super) fn held(&mut self, resource: Named<'e>, wanted: u64) -> u64 {
        let record = resource.record;
        if !record.has(Record::PATTERNS) && !record.may_have_exact(wanted) {
            return 0;
        }
        if self.subject.index != Some(resource.index) {
            return self.held_on(resource);
        }
        if let Some(held) = self.held {
            return held;
        }
        let met_before = std::mem::take(&mut self.met_ending);
        let held = self.held_on(resource);
        // What depends on whether facts have ended is not the same in the next pass.
        if !self.met_ending {
            self.held = Some(held);
        }
        self.met_ending |= met_before;
        held
    }

    fn held_on(&mut self, Named { index, record }: Named<'e>) -> u64 {
        let facts = &self.policies.facts;
        let mut held = match self.actor {
            Some(actor) => {
                let pair = pair(actor, index);
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
            // Those before are few, and those of these kinds are all looked at.
            let details = facts.resources.details(index).iter();
            let details = details.skip_while(|detail| detail.kind() < Detail::PREFIX);
            for detail in details.take_while(|detail| detail.kind() <= Detail::ROLE) {
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
