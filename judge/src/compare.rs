//! The engine and the oracle, side by side.

use std::collections::BTreeSet;
use std::fmt;

use pdp_core::model::Model;
use pdp_core::wire::{self, RequestDocument};
use pdp_core::{
    ChangeSet, Decision, Effect, Engine, Policies, PolicyErrors, Request, Scratch, SourceText,
};
use pdp_testing::{Oracle, Verdict};

use crate::{PolicyFile, Tree, walk_limit};

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

/// Policies as an engine compiles them.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// As they are written.
    pub policies: Policies,
    /// Without the setting `walk_limit`, if they have it. The oracle knows no limit.
    pub unlimited: Option<Policies>,
}

impl Compiled {
    /// Compiles files.
    ///
    /// # Errors
    ///
    /// Why the engine refuses them.
    pub fn new(files: &[PolicyFile]) -> Result<Self, PolicyErrors> {
        let policies = Texts::new(files).policies()?;
        let limited = files.iter().any(|file| file.tree.value("walk_limit").is_some());
        let unlimited =
            limited.then(|| Texts::new(&without_limit(files)).policies()).transpose()?;
        Ok(Compiled { policies, unlimited })
    }
}

fn without_limit(files: &[PolicyFile]) -> Vec<PolicyFile> {
    let mut files = files.to_vec();
    for file in &mut files {
        if let Tree::Map(sections) = &mut file.tree {
            sections.retain(|(name, _)| name != "walk_limit");
        }
    }
    files
}

/// An engine and an oracle with the same policies and facts.
#[derive(Debug)]
pub struct Sides<'m> {
    /// The engine.
    pub engine: Engine,
    /// The oracle.
    pub oracle: Oracle<'m>,
    /// The engine without the limit on walks.
    unlimited: Engine,
    /// Whether the files set a limit on walks.
    limited: bool,
    /// What the oracle reads.
    model: &'m Model<'m>,
    /// Used for all questions, so that nothing of one may stay for the next.
    scratch: Scratch,
}

impl<'m> Sides<'m> {
    /// Both sides of a policy set, without words of run time.
    pub fn new(compiled: Compiled, model: &'m Model<'m>) -> Self {
        let Compiled { policies, unlimited } = compiled;
        let limited = unlimited.is_some();
        let unlimited = Engine::new(unlimited.unwrap_or_else(|| policies.clone()));
        let (engine, oracle) = (Engine::new(policies), Oracle::new(model));
        Sides { engine, oracle, unlimited, limited, model, scratch: Scratch::new() }
    }

    /// Applies a change set on both sides; whether they accepted it.
    ///
    /// # Errors
    ///
    /// What the two said, if one of them accepts what the other refuses.
    pub fn apply(&mut self, change_set: &ChangeSet) -> Result<bool, Difference> {
        let said = |engine: &Engine| {
            engine.apply(change_set).map(|_| ()).map_err(|error| error.to_string())
        };
        agree(said(&self.unlimited), said(&self.engine))?;
        agree(said(&self.engine), self.oracle.apply(change_set))
    }

    /// Gives both sides new files; whether they accepted them.
    ///
    /// # Errors
    ///
    /// What the two said, if one of them accepts what the other refuses.
    pub fn reload(&mut self, compiled: Compiled, model: &'m Model<'m>) -> Result<bool, Difference> {
        let Compiled { policies, unlimited } = compiled;
        let limited = unlimited.is_some();
        let said = |engine: &Engine, policies: Policies| {
            engine.reload(policies).map(|_| ()).map_err(|error| error.to_string())
        };
        let without_limit = said(&self.unlimited, unlimited.unwrap_or_else(|| policies.clone()));
        let engine = said(&self.engine, policies);
        agree(without_limit, engine.clone())?;
        let accepted = agree(engine, self.oracle.reload(model))?;
        if accepted {
            (self.limited, self.model) = (limited, model);
        }
        Ok(accepted)
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
    /// Where the files limit walks the engine may answer otherwise, if it answers like the oracle
    /// without the limit and the limit alone can have made the one answer of the other.
    ///
    /// # Errors
    ///
    /// What the two said, if it is not the same.
    pub fn ask(&mut self, request: &Request<'_>) -> Result<Answered, Difference> {
        let (policies, unlimited) = (self.engine.present(), self.unlimited.present());
        let decision = policies.evaluate(request, &mut self.scratch);
        let verdict = self.oracle.decide(request);
        let differ =
            |decision| Difference { engine: of_decision(decision), oracle: of_verdict(&verdict) };
        if !same(&decision, &verdict) {
            let without_limit = unlimited.evaluate(request, &mut Scratch::new());
            if !self.limited || !same(&without_limit, &verdict) {
                return Err(differ(&without_limit));
            }
            if !walk_limit::excuses(self.model, request, &decision, &verdict) {
                return Err(differ(&decision));
            }
        }
        Ok(Answered::new(&decision))
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
fn same(decision: &Decision<'_>, verdict: &Verdict) -> bool {
    let rule = decision.rule.as_ref().map(|rule| rule.id.as_ref());
    let errors = decision.errors.iter().zip(&verdict.errors).all(|(error, erring)| {
        error.rule.id == erring.rule && erring.causes.contains(error.fault.as_str())
    });
    decision.effect == verdict.effect
        && decision.reason == verdict.reason
        && rule == verdict.rule.as_deref()
        && decision.bypass == verdict.bypass
        && decision.obligations[..] == verdict.obligations[..]
        && decision.errors.len() == verdict.errors.len()
        && errors
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
