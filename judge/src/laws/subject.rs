//! What laws are checked on.

use pdp_core::{Decision, Engine, Fault, Policies, Scratch};

use super::Checked;
use crate::compare::{change_set, of_decision, with_request};
use crate::question::question;
use crate::{Dice, PolicyFile, PolicySet, Texts, Tree, Wish};

/// A policy set and requests.
pub(super) struct Subject {
    pub(super) set: PolicySet,
    pub(super) questions: Vec<Tree>,
}

/// The answers to the requests of a subject.
pub(super) type Answers = Vec<Option<Decision<'static>>>;

/// How many requests a law asks.
const QUESTIONS: usize = 20;

impl Subject {
    pub(super) fn draw(dice: &mut Dice<'_>) -> Self {
        Subject::of(dice, Wish::default())
    }

    pub(super) fn of(dice: &mut Dice<'_>, wish: Wish) -> Self {
        let set = PolicySet::draw(dice, wish);
        let questions = (0..QUESTIONS).map(|_| question(dice, &set.vocabulary)).collect();
        Subject { set, questions }
    }

    /// The answers of policies of these files; `None` if the engine refuses them.
    pub(super) fn answers(&self, files: &[PolicyFile]) -> Option<Answers> {
        Some(self.ask(&compiled(files)?))
    }

    /// The answers of `policies`, with one scratch for all.
    pub(super) fn ask(&self, policies: &Policies) -> Answers {
        let mut scratch = Scratch::new();
        let ask = |tree| {
            with_request(tree, |request| policies.evaluate(request, &mut scratch).into_owned())
        };
        self.questions.iter().map(ask).collect()
    }

    /// Whether `fits` holds of all pairs of answers to the same request; if not, the example.
    pub(super) fn hold(
        &self,
        before: &Answers,
        after: &Answers,
        fits: impl Fn(&Decision<'_>, &Decision<'_>) -> bool,
        story: &str,
    ) -> Checked {
        for (question, pair) in self.questions.iter().zip(before.iter().zip(after)) {
            if let (Some(before), Some(after)) = pair
                && !fits(before, after)
            {
                return Checked::Broken(format!(
                    "{}{story}\n--- request\n{}\nbefore: {}\nafter:  {}",
                    Texts::new(&self.set.files),
                    question.to_json(),
                    of_decision(before),
                    of_decision(after),
                ));
            }
        }
        Checked::Held(before.len())
    }

    /// Whether a fact holds of each answer; if not, the example.
    pub(super) fn hold_each(
        &self,
        answers: &Answers,
        fits: impl Fn(&Decision<'_>) -> bool,
        story: &str,
    ) -> Checked {
        self.hold(answers, answers, |answer, _| fits(answer), story)
    }
}

/// The policies of these files; `None` if the engine refuses them.
pub(super) fn compiled(files: &[PolicyFile]) -> Option<Policies> {
    Texts::new(files).policies().ok()
}

/// An engine with these files.
pub(super) fn engine(files: &[PolicyFile]) -> Option<Engine> {
    compiled(files).map(Engine::new)
}

/// Applies a change set; whether the engine accepts it.
///
/// # Panics
///
/// If it cannot be read: drawn change sets can be.
pub(super) fn apply(engine: &Engine, tree: &Tree) -> bool {
    let change_set = change_set(tree).unwrap_or_else(|error| panic!("{}\n{error}", tree.to_json()));
    engine.apply(&change_set).is_ok()
}

/// Everything but which policies decided, and where their rules stand.
pub(super) fn same(before: &Decision<'_>, after: &Decision<'_>) -> bool {
    of_decision(before) == of_decision(after)
}

/// The same, but for the causes of errors.
pub(super) fn same_but_causes(before: &Decision<'_>, after: &Decision<'_>) -> bool {
    let rule = |decision: &Decision<'_>| decision.rule.as_ref().map(|rule| rule.id.to_string());
    let erring = |decision: &Decision<'_>| -> Vec<String> {
        decision.errors.iter().map(|error| error.rule.id.to_string()).collect()
    };
    before.effect == after.effect
        && before.reason == after.reason
        && before.bypass == after.bypass
        && before.obligations == after.obligations
        && rule(before) == rule(after)
        && erring(before) == erring(after)
}

/// The same, but for what messages quote of conditions.
pub(super) fn same_but_quotations(before: &Decision<'_>, after: &Decision<'_>) -> bool {
    let faults = |decision: &Decision<'_>| -> Vec<Fault> {
        decision.errors.iter().map(|error| error.fault).collect()
    };
    same_but_causes(before, after) && faults(before) == faults(after)
}

/// The effect, and whether a bypass rule decided.
pub(super) fn same_effect(before: &Decision<'_>, after: &Decision<'_>) -> bool {
    (before.effect, before.bypass) == (after.effect, after.bypass)
}

/// The text of files, for stories.
pub(super) fn shown(title: &str, files: &[PolicyFile]) -> String {
    format!("=== {title}\n{}", Texts::new(files))
}
