//! What a small walk limit may do to an answer.

use std::collections::BTreeSet;

use pdp_core::model::{Model, OtherwiseLine, Rule};
use pdp_core::{Decision, Effect, Request};
use pdp_testing::Verdict;

/// Whether the walk limit alone can have made `decision` of `verdict`, which is the answer without
/// a limit.
///
/// The limit makes errors of what could be answered, and nothing else (section 2 of the language).
/// So each rule and each line of `otherwise` is as without a limit, or cannot be evaluated. This
/// goes through the steps of a decision (section 5) once more: rules err where the decision says
/// so; up to the rule that decided without a limit the others are as they were. What follows that
/// rule was not tried without a limit, so there the decision is taken at its word: it comes there
/// only from a permit rule that errs. A deny rule that errs denies in its place. So nothing is
/// permitted that is denied without a limit.
///
/// Which cause an erring rule names is not held against the engine here: with the part that ends at
/// the limit, a part may count that another one hid before, and the engine names either. Lines of
/// `otherwise` err in silence: a default deny may be in the word of a later line, if the one that
/// held asks something.
pub(crate) fn excuses(
    model: &Model<'_>,
    request: &Request<'_>,
    decision: &Decision<'_>,
    verdict: &Verdict,
) -> bool {
    let (rule, errors) = Replay::new(decision, verdict).tried(model);
    let decided = match rule {
        Some(rule) => says(decision, rule),
        None => denies_by_default(model, request, decision, verdict),
    };
    let listed = decision.errors.iter().map(|error| &*error.rule.id);
    decided && errors.into_iter().eq(listed)
}

/// A decision under the limit, rule by rule.
struct Replay<'a> {
    erring: BTreeSet<&'a str>,
    erring_before: BTreeSet<&'a str>,
    decided: Option<&'a str>,
    decided_before: Option<&'a str>,
}

impl<'a> Replay<'a> {
    fn new(decision: &'a Decision<'_>, verdict: &'a Verdict) -> Self {
        Replay {
            erring: decision.errors.iter().map(|error| &*error.rule.id).collect(),
            erring_before: verdict.errors.iter().map(|error| &*error.rule).collect(),
            decided: decision.rule.as_ref().map(|rule| &*rule.id),
            decided_before: verdict.rule.as_deref(),
        }
    }

    /// The rule that must decide, if one does, and the rules that err until then.
    fn tried<'m>(&self, model: &'m Model<'_>) -> (Option<&'m Rule>, Vec<&'m str>) {
        let mut errors = Vec::new();
        let mut is_known = true;
        for rule in in_order(model) {
            let id = &*rule.id.text;
            let errs = self.erring.contains(id) || is_known && self.erring_before.contains(id);
            if errs {
                errors.push(id);
            }
            let matches = Some(id) == if is_known { self.decided_before } else { self.decided };
            if errs && rule.effect == Effect::Deny || matches && !errs {
                return (Some(rule), errors);
            }
            is_known &= Some(id) != self.decided_before;
        }
        (None, errors)
    }
}

/// The rules in the order in which they are tried.
fn in_order<'m>(model: &'m Model<'_>) -> impl Iterator<Item = &'m Rule> {
    let step = |rule: &Rule| (!rule.bypass, rule.effect == Effect::Permit);
    let steps = [(false, true), (true, false), (true, true)];
    steps.into_iter().flat_map(move |of| model.rules.iter().filter(move |rule| step(rule) == of))
}

/// Whether the decision is that of this rule.
fn says(decision: &Decision<'_>, rule: &Rule) -> bool {
    decision.rule.as_ref().is_some_and(|decided| *decided.id == rule.id.text)
        && decision.effect == rule.effect
        && decision.reason == rule.reason
        && decision.bypass == rule.bypass
        && decision.obligations[..] == rule.obligations[..]
}

/// Whether the decision is a default deny in a word that the type may give.
fn denies_by_default(
    model: &Model<'_>,
    request: &Request<'_>,
    decision: &Decision<'_>,
    verdict: &Verdict,
) -> bool {
    let is_default = decision.effect == Effect::Deny
        && decision.rule.is_none()
        && !decision.bypass
        && decision.obligations.is_empty();
    let declared = model.types.iter().find(|of| of.name.text == request.resource.resource_type);
    let does = |action: &str| action == request.action;
    let declared = declared.filter(|of| of.actions.iter().any(|action| does(&action.text)));
    let lines = declared.map_or(&[][..], |of| &of.otherwise);
    // Which line would hold is known only where the default denied without a limit, too.
    let later = match verdict.rule {
        Some(_) => Some(lines),
        None => after(lines, &verdict.reason),
    };
    let same = verdict.rule.is_none() && decision.reason == verdict.reason;
    let by_later = later.is_some_and(|lines| {
        decision.reason == "no_matching_policy"
            || lines.iter().any(|line| decision.reason == line.reason)
    });
    is_default && (same || by_later)
}

/// The lines after the first one that has this reason and asks something.
fn after<'l>(lines: &'l [OtherwiseLine], reason: &str) -> Option<&'l [OtherwiseLine]> {
    let asks = |line: &OtherwiseLine| line.actors.is_some() || line.when.is_some();
    let held = lines.iter().position(|line| line.reason == reason && asks(line))?;
    Some(&lines[held + 1..])
}
