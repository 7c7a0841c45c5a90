//! The engine and the oracle, side by side.

use std::collections::BTreeSet;
use std::fmt;

use pdp_core::model::Model;
use pdp_core::wire::{self, RequestDocument};
use pdp_core::{
    ChangeSet, Decision, Effect, Engine, Fault, Policies, PolicyErrors, Request, Scratch,
    SourceText,
};
use pdp_testing::{Oracle, Verdict};

use crate::{PolicyFile, Tree};

/// The texts of a policy set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// Path and text of each file.
    pub files: Vec<(String, String)>,
}

impl Texts {
    /// Writes the files.
    pub fn new(files: &[PolicyFile]) -> Self {
        let text = |file: &PolicyFile| (file.path.clone(), file.tree.to_yaml());
        Texts { files: files.iter().map(text).collect() }
    }

    /// The policies, as the engine compiles them.
    ///
    /// # Errors
    ///
    /// Why the engine refuses them.
    pub fn policies(&self) -> Result<Policies, PolicyErrors> {
        Policies::from_sources(&self.sources())
    }

    /// The model, from which the oracle reads.
    ///
    /// # Errors
    ///
    /// Why the texts cannot be read.
    pub fn model(&self) -> Result<Model<'_>, PolicyErrors> {
        Model::parse(&self.sources())
    }

    fn sources(&self) -> Vec<SourceText<'_>> {
        self.files.iter().map(|(path, text)| SourceText { path, text }).collect()
    }
}

impl fmt::Display for Texts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, text) in &self.files {
            write!(formatter, "--- {path}\n{text}")?;
        }
        Ok(())
    }
}

/// An engine and an oracle with the same policies and facts.
#[derive(Debug)]
pub struct Sides<'m> {
    /// The engine.
    pub engine: Engine,
    /// The oracle.
    pub oracle: Oracle<'m>,
    /// Used for all questions, so that nothing of one may stay for the next.
    scratch: Scratch,
}

/// How strictly two answers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Everything is the same.
    Exact,
    /// The engine may be wrong about relations that need more sets than the walk limit: then it
    /// says so, and permits nothing that the oracle denies.
    WalksMayEnd,
}

impl<'m> Sides<'m> {
    /// Both sides of a policy set, without words of run time.
    pub fn new(policies: Policies, model: &'m Model<'m>) -> Self {
        let engine = Engine::new(policies);
        Sides { engine, oracle: Oracle::new(model), scratch: Scratch::new() }
    }

    /// Applies a change set on both sides; whether they accepted it.
    ///
    /// # Errors
    ///
    /// What the two said, if one of them accepts what the other refuses.
    pub fn apply(&mut self, change_set: &ChangeSet) -> Result<bool, Difference> {
        let engine = self.engine.apply(change_set).map(|_| ()).map_err(|error| error.to_string());
        agree(engine, self.oracle.apply(change_set))
    }

    /// Gives both sides new files; whether they accepted them.
    ///
    /// # Errors
    ///
    /// What the two said, if one of them accepts what the other refuses.
    pub fn reload(&mut self, policies: Policies, model: &'m Model<'m>) -> Result<bool, Difference> {
        let engine = self.engine.reload(policies).map(|_| ()).map_err(|error| error.to_string());
        agree(engine, self.oracle.reload(model))
    }

    /// Whether both sides list the same facts: those of the files, and those that hold.
    ///
    /// # Errors
    ///
    /// Both lists, if they are not the same.
    pub fn compare_facts(&self) -> Result<(), Difference> {
        let present = self.engine.present();
        let layers = [
            (pdp_core::Layer::Files, pdp_testing::Layer::Files),
            (pdp_core::Layer::Present, pdp_testing::Layer::Both),
        ];
        for (engine, oracle) in layers {
            let written = |fact| serde_json::to_value(&fact).unwrap_or_default().to_string();
            let engine: BTreeSet<String> = present.facts(engine).map(written).collect();
            let read = |fact: String| match serde_json::from_str::<serde_json::Value>(&fact) {
                Ok(fact) => fact.to_string(),
                Err(error) => format!("{fact}: {error}"),
            };
            let oracle: BTreeSet<String> =
                self.oracle.facts(oracle).into_iter().map(read).collect();
            if engine != oracle {
                let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| {
                    format!("lists alone {:?}", these.difference(those).collect::<Vec<_>>())
                };
                let (engine, oracle) = (only(&engine, &oracle), only(&oracle, &engine));
                return Err(Difference { engine, oracle });
            }
        }
        Ok(())
    }

    /// Asks both sides; what they answered.
    ///
    /// # Errors
    ///
    /// What the two said, if it is not the same.
    pub fn ask(
        &mut self,
        request: &Request<'_>,
        strictness: Strictness,
    ) -> Result<Answered, Difference> {
        let policies = self.engine.present();
        let decision = policies.evaluate(request, &mut self.scratch);
        let verdict = self.oracle.decide(request);
        let fits = same(&decision, &verdict, strictness)
            || (strictness == Strictness::WalksMayEnd && excused(&decision, &verdict));
        if fits {
            Ok(Answered::new(&decision))
        } else {
            Err(Difference { engine: of_decision(&decision), oracle: of_verdict(&verdict) })
        }
    }
}

fn agree(engine: Result<(), String>, oracle: Result<(), String>) -> Result<bool, Difference> {
    if engine.is_ok() == oracle.is_ok() {
        return Ok(engine.is_ok());
    }
    let said = |answer: Result<(), String>| match answer {
        Ok(()) => "accepted".to_owned(),
        Err(why) => format!("refused: {why}"),
    };
    Err(Difference { engine: said(engine), oracle: said(oracle) })
}

/// Whether two answers are the same. Where several causes could be named for a rule that could not
/// be evaluated, the engine names one of them.
fn same(decision: &Decision<'_>, verdict: &Verdict, strictness: Strictness) -> bool {
    let rule = decision.rule.as_ref().map(|rule| rule.id.as_ref());
    let errors = decision.errors.iter().zip(&verdict.errors).all(|(error, erring)| {
        let walk = strictness == Strictness::WalksMayEnd && error.fault == Fault::WalkLimit;
        error.rule.id == erring.rule && (erring.causes.contains(error.fault.as_str()) || walk)
    });
    decision.effect == verdict.effect
        && decision.reason == verdict.reason
        && rule == verdict.rule.as_deref()
        && decision.bypass == verdict.bypass
        && decision.obligations[..] == verdict.obligations[..]
        && decision.errors.len() == verdict.errors.len()
        && errors
}

/// Whether the walk limit excuses an answer: it makes errors of what the oracle can answer and
/// nothing else. So more rules than the oracle's could not be evaluated (with the walk limit as a
/// cause, though perhaps another is named), those of the oracle among them unless one of the others
/// denied before; or the limit was met by nothing but lines that choose the word of the default
/// deny. In no case is permitted what the oracle denies.
fn excused(decision: &Decision<'_>, verdict: &Verdict) -> bool {
    let permits_more = decision.effect == Effect::Permit && verdict.effect == Effect::Deny;
    let errs = |rule: &str| decision.errors.iter().any(|error| error.rule.id == rule);
    let more = decision
        .errors
        .iter()
        .any(|error| verdict.errors.iter().all(|erring| erring.rule != error.rule.id));
    let kept = verdict.errors.iter().all(|erring| errs(&erring.rule));
    let erring_deny = decision.effect == Effect::Deny
        && decision.rule.as_ref().is_some_and(|rule| errs(&rule.id));
    let words_only = decision.rule.is_none() && verdict.rule.is_none() && !more && kept;
    !permits_more && (more && (kept || erring_deny) || words_only)
}

/// Two answers that are not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What the engine said.
    pub engine: String,
    /// What the oracle said.
    pub oracle: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "engine: {}\noracle: {}", self.engine, self.oracle)
    }
}

/// The words of a decision, without those that no oracle knows.
pub fn of_decision(decision: &Decision<'_>) -> String {
    let rule = decision.rule.as_ref().map(|rule| rule.id.as_ref());
    let errors: Vec<String> = decision
        .errors
        .iter()
        .map(|error| format!("{}: {} ({})", error.rule.id, error.fault.as_str(), error.message))
        .collect();
    format!(
        "{} reason={:?} rule={rule:?} bypass={} obligations={:?} errors={errors:?}",
        decision.effect.as_str(),
        decision.reason,
        decision.bypass,
        &decision.obligations[..],
    )
}

fn of_verdict(verdict: &Verdict) -> String {
    let errors: Vec<String> =
        verdict.errors.iter().map(|error| format!("{}: {:?}", error.rule, error.causes)).collect();
    format!(
        "{} reason={:?} rule={:?} bypass={} obligations={:?} errors={errors:?}",
        verdict.effect.as_str(),
        verdict.reason,
        verdict.rule,
        verdict.bypass,
        verdict.obligations,
    )
}

/// By what a request was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A bypass rule.
    Bypass,
    /// A deny rule that matched.
    Deny,
    /// A deny rule that could not be evaluated.
    ErringDeny,
    /// A permit rule.
    Permit,
    /// The default deny, in a word of the type.
    Otherwise,
    /// The default deny, in the word of the language.
    NoPolicy,
}

impl Step {
    /// All of them.
    pub const ALL: [Step; 6] =
        [Step::Bypass, Step::Deny, Step::ErringDeny, Step::Permit, Step::Otherwise, Step::NoPolicy];
}

/// How a request was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// By what.
    pub step: Step,
    /// Whether some rule could not be evaluated.
    pub with_errors: bool,
}

impl Answered {
    fn new(decision: &Decision<'_>) -> Self {
        let deciding = decision.rule.as_ref().map(|rule| &rule.id);
        let erring = decision.errors.last().map(|error| &error.rule.id);
        let step = match (decision.effect, deciding) {
            (Effect::Permit, _) if decision.bypass => Step::Bypass,
            (Effect::Permit, _) => Step::Permit,
            (Effect::Deny, Some(_)) if deciding == erring => Step::ErringDeny,
            (Effect::Deny, Some(_)) => Step::Deny,
            (Effect::Deny, None) if decision.reason == "no_matching_policy" => Step::NoPolicy,
            (Effect::Deny, None) => Step::Otherwise,
        };
        Answered { step, with_errors: !decision.errors.is_empty() }
    }
}

/// Reads a change set as it travels; `None` if it is no change set at all.
pub fn change_set(tree: &Tree) -> Option<ChangeSet> {
    wire::parse_change_set(tree.to_json().as_bytes()).ok()
}

/// Reads a request as it travels and asks something of it; `None` if it is no request.
pub fn with_request<T>(tree: &Tree, ask: impl FnOnce(&Request<'_>) -> T) -> Option<T> {
    let json = tree.to_json();
    let document = RequestDocument::parse(json.as_bytes()).ok()?;
    Some(ask(&document.request()))
}
