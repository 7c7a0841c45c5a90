//! What a decision says: which rule, in which words, and which rules failed.

use std::borrow::Cow;

use pdp_cel::Failure;

use crate::compiled::{Candidate, Phase};
use crate::error::printable;
use crate::{Decision, Effect, Fault, Obligations, Policies, RuleError, RuleRef};

/// The reason where no rule decides and no line of `otherwise` holds.
const NO_MATCHING_POLICY: &str = "no_matching_policy";

impl Policies {
    #[expect(clippy::inline_always, reason = "the end of every decision: 1 % of one")]
    #[inline(always)]
    pub(super) fn decision<'p>(
        &'p self,
        deciding: Option<&Candidate>,
        otherwise: Option<&'p str>,
        errors: &[(u32, Failure)],
    ) -> Decision<'p> {
        let errors = if errors.is_empty() { Vec::new() } else { self.rule_errors(errors) };
        let Some(&Candidate { rule, phase, .. }) = deciding else {
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
            bypass: phase == Phase::Bypass,
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
