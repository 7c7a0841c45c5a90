//! The engine and the oracle, side by side.

use std::collections::HashMap;
use std::fmt;

use pdp_core::model::Model;
use pdp_core::wire::{self, RequestDocument};
use pdp_core::{
    Applied, ChangeError, ChangeSet, Decision, Effect, Engine, Policies, PolicyErrors, Request,
    ResolvedRequest, Scratch, SourceText,
};
use pdp_testing::{Oracle, Verdict};

use crate::{PolicyFile, Tree, listing, walk_limit};

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

    /// The files as the engine takes them.
    pub fn sources(&self) -> Vec<SourceText<'_>> {
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
    /// The change sets that were applied, and the revision that each gave.
    applied: HashMap<String, u64>,
    /// What the oracle reads.
    model: &'m Model<'m>,
    /// The same engine, with all that it found beforehand of relations as ranges.
    ranged: Engine,
    /// Used for all questions, so that nothing of one may stay for the next.
    scratch: Scratch,
}

impl<'m> Sides<'m> {
    /// Both sides of a policy set, without words of run time.
    pub fn new(compiled: Compiled, model: &'m Model<'m>) -> Self {
        let Compiled { policies, unlimited } = compiled;
        let limited = unlimited.is_some();
        let unlimited = Engine::new(unlimited.unwrap_or_else(|| policies.clone()));
        let ranged = Engine::new(policies.closed_as_ranges());
        let (engine, oracle) = (Engine::new(policies), Oracle::new(model));
        let (applied, scratch) = (HashMap::new(), Scratch::new());
        Sides { engine, oracle, unlimited, limited, applied, model, ranged, scratch }
    }

    /// Applies a change set on both sides; whether they accepted it.
    ///
    /// # Errors
    ///
    /// What the two said, if one of them accepts what the other refuses, or if the revision is not
    /// the next one for a new change set and the one that was for any other.
    pub fn apply(&mut self, change_set: &ChangeSet) -> Result<bool, Difference> {
        let before = self.revision();
        let engine = self.engine.apply(change_set).map_err(|error| error.to_string());
        let unlimited = self.unlimited.apply(change_set).map_err(|error| error.to_string());
        agree(unlimited.map(|_| ()), engine.clone().map(|_| ()))?;
        let accepted = agree(engine.clone().map(|_| ()), self.oracle.apply(change_set))?;
        let earlier = self.applied.get(&change_set.id).copied().filter(|_| accepted);
        let repeated = earlier.is_some();
        let after = before + u64::from(accepted && !repeated);
        if let Ok(applied) = engine {
            let expected = Applied { revision: earlier.unwrap_or(after), repeated };
            hold(&applied, &expected)?;
            self.applied.insert(change_set.id.clone(), expected.revision);
            if !repeated {
                let ranged = self.ranged.apply(change_set).map_err(|error| error.to_string());
                agree(ranged.map(|_| ()), Ok(()))?;
            }
        }
        // Every other time, so that relations are asked both ways after changes, too.
        if after.is_multiple_of(2) {
            self.engine.settle();
        }
        if after.is_multiple_of(3) {
            self.range_anew();
        }
        hold(&self.revision(), &after)?;
        Ok(accepted)
    }

    /// Gives both sides new files; whether they accepted them.
    ///
    /// # Errors
    ///
    /// What the two said, if one of them accepts what the other refuses, or if the revision is not
    /// the next one where they accept and the one that was where they refuse.
    pub fn reload(&mut self, compiled: Compiled, model: &'m Model<'m>) -> Result<bool, Difference> {
        let Compiled { policies, unlimited } = compiled;
        let (before, limited) = (self.revision(), unlimited.is_some());
        let said = |engine: &Engine, policies: Policies| {
            engine.reload(policies).map(|_| ()).map_err(|error| error.to_string())
        };
        let without_limit = said(&self.unlimited, unlimited.unwrap_or_else(|| policies.clone()));
        let engine = said(&self.engine, policies);
        agree(without_limit, engine.clone())?;
        let accepted = agree(engine, self.oracle.reload(model))?;
        if accepted {
            (self.limited, self.model) = (limited, model);
            self.range_anew();
        }
        hold(&self.revision(), &(before + u64::from(accepted)))?;
        Ok(accepted)
    }

    fn range_anew(&mut self) {
        self.ranged = Engine::new(self.engine.present().closed_as_ranges());
    }

    fn revision(&self) -> u64 {
        self.engine.present().version().revision
    }

    /// Whether both sides list the same facts and words of run time.
    ///
    /// # Errors
    ///
    /// What one of them lists alone.
    pub fn compare_facts(&self) -> Result<(), Difference> {
        listing::compare(&self.engine.present(), &self.oracle)
    }

    /// Asks both sides; what they answered.
    ///
    /// The engine is asked several times: also without what it found beforehand of relations, with
    /// all of that as ranges, by what was resolved before, and in a batch.
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
        let walked = policies.without_closures();
        let walked = walked.evaluate(request, &mut self.scratch);
        hold(&of_decision(&decision), &of_decision(&walked))?;
        let ranged = self.ranged.present();
        let by_ranges = ranged.evaluate(request, &mut self.scratch);
        hold(&of_decision(&by_ranges), &of_decision(&walked))?;
        self.hold_by_other_doors(&policies, request, &decision)?;
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

impl Sides<'_> {
    /// Whether a request that is resolved before, or stands in a batch, is decided in the same way.
    fn hold_by_other_doors(
        &mut self,
        policies: &Policies,
        request: &Request<'_>,
        decision: &Decision<'_>,
    ) -> Result<(), Difference> {
        let actor = policies.resolve_actor(&request.actor);
        let resource = policies.resolve_resource(&request.resource);
        let resolved = ResolvedRequest {
            context: request.context,
            now: request.now,
            ..ResolvedRequest::new(&actor, request.action, &resource)
        };
        let by_number = policies.evaluate_resolved(&resolved, &mut self.scratch);
        hold(&by_number.as_ref(), &Ok(decision))?;
        let mut batch = Vec::new();
        policies.evaluate_batch(&[*request, *request], &mut self.scratch, &mut batch);
        batch.iter().try_for_each(|one| hold(one, decision))
    }
}

/// Whether the engine said what must be said; the oracle counts no revisions.
fn hold<T: PartialEq + fmt::Debug>(said: &T, expected: &T) -> Result<(), Difference> {
    if said == expected {
        return Ok(());
    }
    Err(Difference { engine: format!("{said:?}"), oracle: format!("{expected:?}") })
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

/// Reads a change set as it travels.
///
/// # Errors
///
/// Why it is no change set at all.
pub fn change_set(tree: &Tree) -> Result<ChangeSet, ChangeError> {
    wire::parse_change_set(tree.to_json().as_bytes())
}

/// Reads a request as it travels and asks something of it; `None` if it is no request.
pub fn with_request<T>(tree: &Tree, ask: impl FnOnce(&Request<'_>) -> T) -> Option<T> {
    let json = tree.to_json();
    let document = RequestDocument::parse(json.as_bytes()).ok()?;
    Some(ask(&document.request()))
}
