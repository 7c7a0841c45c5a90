//! How a decision is made: match the target, test what its rules ask, combine the effects.

mod batch;
mod condition;
mod lists;
mod relation;
mod resolved;
mod scratch;
mod tenants;
mod value;

pub use scratch::Scratch;

use std::borrow::Cow;

use condition::{Evaluation, Subject};
use lists::Runs;
use pdp_cel::{Failure, Meter, Truth};

use crate::compiled::{Cell, Code, List, OtherwiseLine, Phase, Test, Tests, TypeDispatch};
use crate::error::printable;
use crate::{Decision, Effect, Fault, Obligations, Policies, Request, RuleError, RuleRef};

/// The reason where no rule decides and no line of `otherwise` holds.
const NO_MATCHING_POLICY: &str = "no_matching_policy";

impl Policies {
    /// Decides a request. Always returns, never fails; what could not be evaluated is listed in
    /// the decision.
    ///
    /// `scratch` is working memory of any earlier evaluation; with one that is reused, deciding
    /// allocates nothing, unless rules fail.
    pub fn evaluate<'p>(&'p self, request: &Request<'_>, scratch: &mut Scratch) -> Decision<'p> {
        scratch.memory.begin();
        match self.target(request, |id| self.facts.actors.index(id)) {
            Some(target) => self.decided(request, &target, scratch),
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

    /// Decides a request about this target.
    #[inline]
    fn decided<'p>(
        &'p self,
        request: &Request<'_>,
        target: &Target<'p>,
        scratch: &mut Scratch,
    ) -> Decision<'p> {
        let mut errors = Vec::new();
        let mut evaluation = Evaluation::new(self, request, target.actor, target.subject, scratch);
        let deciding = evaluation.decide(target.cell, &mut errors);
        let otherwise = match deciding {
            None => evaluation.otherwise(&target.of_type.otherwise),
            Some(_) => None,
        };
        self.decision(deciding.as_ref(), otherwise, &errors)
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
        self.decision(deciding.as_ref(), None, &errors)
    }

    #[inline]
    fn decision<'p>(
        &'p self,
        deciding: Option<&Deciding>,
        otherwise: Option<&'p str>,
        errors: &[(u32, Failure)],
    ) -> Decision<'p> {
        let errors = if errors.is_empty() { Vec::new() } else { self.rule_errors(errors) };
        let Some(&Deciding { rule, bypass }) = deciding else {
            return Decision {
                effect: Effect::Deny,
                reason: Cow::Borrowed(otherwise.unwrap_or(NO_MATCHING_POLICY)),
                rule: None,
                bypass: false,
                obligations: Obligations::Borrowed(&[]),
                errors,
                policy: self.version,
            };
        };
        let decided = &self.code.rules[rule as usize];
        Decision {
            effect: decided.effect,
            reason: Cow::Borrowed(&decided.reason),
            rule: Some(self.rule_ref(rule)),
            bypass,
            obligations: Obligations::Borrowed(&decided.obligations),
            errors,
            policy: self.version,
        }
    }

    #[cold]
    fn rule_errors(&self, errors: &[(u32, Failure)]) -> Vec<RuleError<'_>> {
        errors.iter().map(|(rule, failure)| self.rule_error(*rule, *failure)).collect()
    }

    fn rule_error(&self, rule: u32, failure: Failure) -> RuleError<'_> {
        let rule = self.rule_ref(rule);
        let Failure { node, fault } = failure;
        if let pdp_cel::Fault::Host(fault) = fault {
            let (fault, message) = &self.code.leaves.faults[fault as usize];
            return RuleError { rule, fault: *fault, message: Cow::Borrowed(message) };
        }
        let message = match self.code.program.origin(node) {
            Some(origin) => Cow::Owned(format!("{fault}, in `{}`", printable(origin))),
            None => Cow::Borrowed(fault.message()),
        };
        RuleError { rule, fault: Fault::of_expression(fault), message }
    }

    #[inline]
    fn rule_ref(&self, rule: u32) -> RuleRef<'_> {
        let rule = &self.code.rules[rule as usize];
        RuleRef {
            id: Cow::Borrowed(&rule.id),
            file: Cow::Borrowed(&self.code.files[rule.file as usize]),
            line: rule.line,
        }
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

/// The rule that decides.
struct Deciding {
    rule: u32,
    bypass: bool,
}

impl<'e> Evaluation<'e> {
    /// The four steps: bypass rules permit, deny rules deny, permit rules permit, else nothing.
    fn decide(&mut self, cell: &Cell, errors: &mut Vec<(u32, Failure)>) -> Option<Deciding> {
        let rules = self.gathered(cell.rules);
        let deciding = self.decide_by(&rules, cell, errors);
        self.give_back(rules);
        deciding
    }

    fn decide_by(
        &mut self,
        rules: &Runs,
        cell: &Cell,
        errors: &mut Vec<(u32, Failure)>,
    ) -> Option<Deciding> {
        if let Some(rule) = self.first_match(rules, Phase::Bypass, errors) {
            return Some(Deciding { rule, bypass: true });
        }
        let denying = if cell.deny_of_tenants.is_empty() {
            self.first_match(rules, Phase::Deny, errors)
        } else {
            self.first_denying_with_tenants(rules, cell, errors)
        };
        let rule = match denying {
            Some(rule) => rule,
            None => self.first_match(rules, Phase::Permit, errors)?,
        };
        Some(Deciding { rule, bypass: false })
    }

    /// The first rule of a phase that matches. One that cannot be evaluated does not match; but if
    /// it denies, it decides in its place.
    #[inline]
    fn first_match(
        &mut self,
        rules: &Runs,
        phase: Phase,
        errors: &mut Vec<(u32, Failure)>,
    ) -> Option<u32> {
        self.first(rules, phase, |this, candidate| match this.passes(candidate.tests) {
            Truth::No => false,
            Truth::Yes => true,
            Truth::Fault(failure) => {
                errors.push((candidate.rule, failure));
                phase == Phase::Deny
            }
        })
    }

    /// Only bypass rules reach undeclared types and actions, as far as the setting lets them.
    fn undeclared(&mut self, bypass: List, errors: &mut Vec<(u32, Failure)>) -> Option<Deciding> {
        let action = self.action();
        let names = self.bypass_actions();
        if names.is_some_and(|names| !names.iter().any(|name| **name == *action)) {
            return None;
        }
        let rules = self.gathered(bypass);
        let rule = self.first_match(&rules, Phase::Bypass, errors);
        self.give_back(rules);
        Some(Deciding { rule: rule?, bypass: true })
    }

    /// The word of the first line that holds.
    fn otherwise<'l>(&mut self, lines: &'l [OtherwiseLine]) -> Option<&'l str> {
        let line = lines.iter().find(|line| self.passes(line.tests) == Truth::Yes)?;
        Some(&line.reason)
    }

    /// Whether all of some tests are passed.
    #[inline]
    fn passes(&mut self, tests: Tests) -> Truth {
        let mut tests = self.policies.code.dispatch.of(tests).iter();
        while let Some(test) = tests.next() {
            let passed = match test {
                // Asked most: the call for the others would cost more than the look.
                Test::Role(role) => Some(self.has_role(*role)),
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
            Test::Expression(_) => return None,
        })
    }
}
