//! How a decision is made: match the target, test what its rules ask, combine the effects.

mod answer;
mod batch;
mod condition;
#[cfg(test)]
mod effort;
mod lists;
mod relation;
mod resolved;
mod scratch;
mod tenants;
mod value;
mod walk;

pub use scratch::Scratch;

use condition::{Evaluation, Subject};
use lists::Runs;
use pdp_cel::{Failure, Meter, Truth};

use crate::compiled::{
    Candidate, Cell, Code, List, Marks, OtherwiseLine, Phase, Phases, Test, Tests, TypeDispatch,
    of_words,
};
use crate::{Decision, Policies, Request};

impl Policies {
    /// Decides a request. Always returns, never fails; what could not be evaluated is listed in
    /// the decision.
    ///
    /// `scratch` is working memory of any earlier evaluation; with one that is reused, deciding
    /// allocates nothing, unless rules fail.
    pub fn evaluate<'p>(&'p self, request: &Request<'_>, scratch: &mut Scratch) -> Decision<'p> {
        scratch.memory.begin();
        match self.target(request, |id| self.facts.actors.index(id)) {
            Some(target) => self.decided(request, &target, None, scratch),
            None => self.undeclared(request, scratch),
        }
    }

    /// What the request is about, with the number of its actor from `actor`, if facts are asked;
    /// `None` where its type is not declared, or not with this action.
    #[inline]
    fn target<'r>(
        &self,
        request: &Request<'r>,
        actor: impl FnOnce(&'r str) -> Option<u32>,
    ) -> Option<Target<'_>> {
        let Request { resource, action, .. } = request;
        let (index, cell) = self.code.dispatch.targets.find(resource.resource_type, action)?;
        let of_type = &self.code.dispatch.types[usize::from(index)];
        let cell = &of_type.cells[cell as usize];
        let (actor, subject) = if cell.asks_facts {
            (actor(request.actor.id), self.facts.resources.index(index, resource.id))
        } else {
            (None, None)
        };
        Some(Target { of_type, cell, actor, subject: Subject::new(index, subject) })
    }

    /// Decides a request about this target; with the numbers of the actor's roles, if they are
    /// known.
    #[inline]
    fn decided<'p>(
        &'p self,
        request: &Request<'_>,
        target: &Target<'p>,
        role_numbers: Option<&[u32]>,
        scratch: &mut Scratch,
    ) -> Decision<'p> {
        let mut errors = Vec::new();
        let mut evaluation = Evaluation::new(self, request, target.actor, target.subject, scratch);
        evaluation.role_numbers = role_numbers;
        let deciding = evaluation.decide(target.cell, &mut errors);
        let otherwise = match deciding {
            None => evaluation.otherwise(&target.of_type.otherwise),
            Some(_) => None,
        };
        self.decision(deciding, otherwise, &errors)
    }

    /// Decides a request whose type is not declared, or not with this action.
    #[cold]
    fn undeclared<'p>(&'p self, request: &Request<'_>, scratch: &mut Scratch) -> Decision<'p> {
        let mut errors = Vec::new();
        let Code { vocabulary, dispatch, .. } = &*self.code;
        let Request { resource, .. } = request;
        let (subject, bypass) = match vocabulary.type_indexes.get(resource.resource_type) {
            None => (Subject::UNDECLARED, dispatch.undeclared),
            Some(index) => {
                let subject = Subject::new(*index, self.facts.resources.index(*index, resource.id));
                (subject, dispatch.types[usize::from(*index)].undeclared)
            }
        };
        let actor = self.facts.actors.index(request.actor.id);
        let mut evaluation = Evaluation::new(self, request, actor, subject, scratch);
        let deciding = evaluation.undeclared(bypass, &mut errors);
        self.decision(deciding, None, &errors)
    }
}

/// What a request is about, as numbers.
#[derive(Clone, Copy)]
struct Target<'p> {
    of_type: &'p TypeDispatch,
    cell: &'p Cell,
    /// The actor's, if facts name it and are asked.
    actor: Option<u32>,
    subject: Subject,
}

impl<'e> Evaluation<'e> {
    /// The four steps: bypass rules permit, deny rules deny, permit rules permit, else nothing. They
    /// stand in this order, so the first that matches decides.
    fn decide(&mut self, cell: &Cell, errors: &mut Vec<(u32, Failure)>) -> Option<&'e Candidate> {
        self.marks = self.marks_of(&cell.marks);
        let rules = self.gathered(cell.rules);
        let deciding = if cell.deny_of_tenants.is_empty() {
            self.first_match(&rules, Phase::ALL, errors)
        } else {
            self.decide_with_tenants(&rules, cell, errors)
        };
        self.give_back(rules);
        deciding
    }

    /// The same where tenants have deny rules: of those only the resource's own are tried.
    fn decide_with_tenants(
        &mut self,
        rules: &Runs,
        cell: &Cell,
        errors: &mut Vec<(u32, Failure)>,
    ) -> Option<&'e Candidate> {
        self.first_match(rules, Phase::Bypass.alone(), errors)
            .or_else(|| self.first_denying_with_tenants(rules, cell, errors))
            .or_else(|| self.first_match(rules, Phase::Permit.alone(), errors))
    }

    /// Those of some marks that the request has.
    #[inline]
    fn marks_of(&self, marks: &Marks) -> u32 {
        let actor = &self.request.actor;
        marks.of_actor(actor.actor_type)
            | marks.of_resource(|| self.named.is_some_and(|named| named.record.is_known()))
            | of_words(&marks.roles, actor.roles.iter().map(AsRef::as_ref))
            | of_words(&marks.tenants, actor.all_tenants())
    }

    /// The first rule of some phases that matches. One that cannot be evaluated does not match; but
    /// if it denies, it decides in its place.
    #[inline]
    fn first_match(
        &mut self,
        rules: &Runs,
        phases: Phases,
        errors: &mut Vec<(u32, Failure)>,
    ) -> Option<&'e Candidate> {
        self.first(rules, phases, |this, candidate| {
            // Most rules that do not match lack a mark, and take no call.
            candidate.marks & !this.marks == 0 && this.decides(candidate, errors)
        })
    }

    /// Whether a rule whose marks the request has decides.
    #[inline(never)]
    fn decides(&mut self, candidate: &Candidate, errors: &mut Vec<(u32, Failure)>) -> bool {
        match self.passes(candidate.tests) {
            Truth::No => false,
            Truth::Yes => true,
            Truth::Fault(failure) => {
                errors.push((candidate.rule, failure));
                candidate.phase == Phase::Deny
            }
        }
    }

    /// Only bypass rules reach undeclared types and actions, as far as the setting lets them.
    fn undeclared(
        &mut self,
        bypass: List,
        errors: &mut Vec<(u32, Failure)>,
    ) -> Option<&'e Candidate> {
        let action = self.action();
        let names = self.bypass_actions();
        if names.is_some_and(|names| !names.iter().any(|name| **name == *action)) {
            return None;
        }
        let rules = self.gathered(bypass);
        let deciding = self.first_match(&rules, Phase::ALL, errors);
        self.give_back(rules);
        deciding
    }

    /// The word of the first line that holds.
    fn otherwise<'l>(&mut self, lines: &'l [OtherwiseLine]) -> Option<&'l str> {
        let line = lines.iter().find(|line| self.passes(line.tests) == Truth::Yes)?;
        Some(&line.reason)
    }

    /// Whether all of some tests are passed.
    #[expect(clippy::inline_always, reason = "asked for each rule: 3 % of a decision")]
    #[inline(always)]
    fn passes(&mut self, tests: Tests) -> Truth {
        let mut tests = self.policies.code.dispatch.of(tests).iter();
        while let Some(test) = tests.next() {
            let passed = match test {
                // Asked most: the call for the others would cost more than the look.
                Test::Related { test, wanted } => {
                    self.related_at_once(test).map(|held| held == *wanted)
                }
                Test::Value { number, .. } => self.answered(*number),
                other => self.passes_at_once(other),
            };
            match passed {
                Some(true) => {}
                Some(false) => return Truth::No,
                None => return self.passes_all(test, tests.as_slice()),
            }
        }
        Truth::Yes
    }

    /// Whether a test that takes an expression is passed, and others. Together they may take as
    /// much as those of any other rule or line.
    fn passes_all(&mut self, first: &Test, others: &[Test]) -> Truth {
        self.memory.meter = Meter::default();
        let first = std::iter::once((None, first));
        let others = others.iter().map(|test| (Some(test), test));
        let parts = first.chain(others).map(|(unasked, test)| {
            match (unasked.and_then(|test| self.passes_at_once(test)), test.node()) {
                (Some(passed), _) => passed.into(),
                (None, Some(node)) => self.truth(node, self.subject),
                (None, None) => Truth::No,
            }
        });
        Truth::combine(parts, Truth::No)
    }

    fn text(&self, text: u32) -> &'e str {
        &self.policies.code.dispatch.texts[text as usize]
    }

    /// Whether one of some tests is passed; `None` where that takes an expression.
    fn passes_any_at_once(&mut self, tests: Tests) -> Option<bool> {
        let mut passed = Some(false);
        for test in self.policies.code.dispatch.of(tests) {
            match self.passes_at_once(test) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => passed = None,
            }
        }
        passed
    }

    /// Whether a test is passed; `None` where that takes an expression.
    #[inline]
    fn passes_at_once(&mut self, test: &Test) -> Option<bool> {
        Some(match test {
            Test::Role(role) => self.has_role(*role),
            Test::ActorTypes(types) => self.is_of_types(*types),
            Test::Tenant(tenant) => self.is_of_tenant(self.text(*tenant)),
            Test::Value { number, .. } => self.answered(*number)?,
            Test::Known(wanted) => self.is_known(self.subject) == *wanted,
            Test::Related { test, wanted } => self.related_at_once(test)? == *wanted,
            Test::Any { tests, .. } => self.passes_any_at_once(*tests)?,
            Test::Expression(_) => return None,
        })
    }
}
