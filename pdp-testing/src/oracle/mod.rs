//! The policy language once more, written from `docs/policy-language.md` alone.
//!
//! It shares nothing with the engine but the parsed model and the types of requests, change sets
//! and values. It is slow and obvious: it scans all facts, sweeps over relations until nothing
//! changes, and knows no walk limit. What it says is what the page says, so the engine can be held
//! against it. It expects sets that the engine accepts.

pub mod cel;
mod change;
mod condition;
mod fact;
mod listing;
mod pattern;
mod question;
mod truth;
mod value;
mod vocabulary;

use std::collections::BTreeSet;

use pdp_core::model::{Bypass, Model, Rule};
use pdp_core::{ChangeSet, Effect, Obligation, Request};

use fact::{Facts, Key, To, Word, Words};
use pattern::Regexes;
use question::Question;
use truth::Truth;

/// A policy set and the words of run time, as the documentation of the policy language reads them.
#[derive(Clone, Debug)]
pub struct Oracle<'m> {
    model: &'m Model<'m>,
    regexes: Regexes,
    /// Change sets that were applied.
    applied: Vec<ChangeSet>,
    words: Words,
    /// The facts that hold: those of the files with the words over them.
    facts: Facts,
}

/// Which facts are meant (section 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Those that the files state.
    Files,
    /// Those that run time says hold.
    RunTime,
    /// Those that hold.
    Both,
}

/// What the documentation says of a request (section 5).
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Permit or deny.
    pub effect: Effect,
    /// The stable word for why.
    pub reason: String,
    /// The id of the rule that decided; `None` on a default deny.
    pub rule: Option<String>,
    /// Whether a bypass rule decided.
    pub bypass: bool,
    /// What the caller must do for the decision to hold.
    pub obligations: Vec<Obligation>,
    /// The rules that could not be evaluated, in the order in which they were tried.
    pub errors: Vec<ErringRule>,
}

/// A rule that could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErringRule {
    /// The rule's id.
    pub rule: String,
    /// The words of all faults that could be named as its cause; a decision names one of them.
    pub causes: BTreeSet<&'static str>,
}

impl<'m> Oracle<'m> {
    /// The oracle of a policy set that the engine accepts.
    ///
    /// # Panics
    ///
    /// If a regular expression of the set does not compile. On other sets that the engine refuses,
    /// the oracle may panic when it is asked.
    pub fn new(model: &'m Model<'m>) -> Self {
        Oracle {
            model,
            regexes: pattern::regexes(model),
            applied: Vec::new(),
            words: Words::new(),
            facts: fact::of_files(model),
        }
    }

    /// Applies a change set, whole or not at all (section 11). One that was applied already
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// Why it is refused, in words. Nothing has changed then.
    pub fn apply(&mut self, change_set: &ChangeSet) -> Result<(), String> {
        if let Some(earlier) = self.applied.iter().find(|earlier| earlier.id == change_set.id) {
            let same = earlier == change_set;
            return same.then_some(()).ok_or_else(|| format!("`{}` was another text", earlier.id));
        }
        if change_set.changes.is_empty() {
            return Err("a change set has at least one change".to_owned());
        }
        let (mut words, mut facts) = (self.words.clone(), self.facts.clone());
        for change in &change_set.changes {
            for (key, word) in change::words(self.model, &facts, change)? {
                say(&mut words, key, word);
            }
            facts = fact::overlay(fact::of_files(self.model), &words);
        }
        (self.words, self.facts) = (words, facts);
        self.applied.push(change_set.clone());
        Ok(())
    }

    /// Takes the files anew and keeps the words of run time (section 11).
    ///
    /// # Errors
    ///
    /// The first word of run time that cannot be said of the new files, and why. Nothing has
    /// changed then.
    ///
    /// # Panics
    ///
    /// Like [`Oracle::new`].
    pub fn reload(&mut self, model: &'m Model<'m>) -> Result<(), String> {
        let mut words = Words::new();
        for (key, word) in &self.words {
            let mut key = key.clone();
            // The new files may have other aliases.
            if let Key::Relation { to: To::Role { role, .. }, .. } = &mut key {
                *role = vocabulary::role(model, role).to_owned();
            }
            let word = change::sayable(model, &key, word)?;
            say(&mut words, key, Some(word));
        }
        self.facts = fact::overlay(fact::of_files(model), &words);
        self.regexes = pattern::regexes(model);
        (self.model, self.words) = (model, words);
        Ok(())
    }

    /// The facts of a layer, each as JSON in the form of a fact alone in `docs/wire.md`: on one
    /// line, keys in byte order, actors in the short form where that can be read, values of
    /// attributes as ones of the declared type.
    pub fn facts(&self, layer: Layer) -> BTreeSet<String> {
        let facts = match layer {
            Layer::Files => fact::of_files(self.model),
            Layer::RunTime => fact::overlay(Facts::new(), &self.words),
            Layer::Both => self.facts.clone(),
        };
        facts.iter().map(|(key, beside)| listing::write(self.model, key, beside)).collect()
    }

    /// Decides a request (section 5).
    ///
    /// # Panics
    ///
    /// Only on sets that the engine refuses.
    pub fn decide(&self, request: &Request<'_>) -> Verdict {
        let question = Question::new(self.model, &self.facts, &self.regexes, request);
        let mut errors = Vec::new();
        for step in [Step::Bypass, Step::Deny, Step::Permit] {
            let rules = self.model.rules.iter().filter(|rule| Step::of(rule) == step);
            for rule in rules.filter(|_| step != Step::Bypass || self.may_bypass(request)) {
                let decides = match question.rule(rule) {
                    Truth::No => false,
                    Truth::Yes => true,
                    Truth::Error(causes) => {
                        errors.push(ErringRule { rule: rule.id.text.clone(), causes });
                        // Only a deny rule decides in its place all the same.
                        step == Step::Deny
                    }
                };
                if decides {
                    return Verdict {
                        effect: rule.effect,
                        reason: rule.reason.clone(),
                        rule: Some(rule.id.text.clone()),
                        bypass: step == Step::Bypass,
                        obligations: rule.obligations.clone(),
                        errors,
                    };
                }
            }
        }
        Verdict {
            effect: Effect::Deny,
            reason: self.default_reason(&question),
            rule: None,
            bypass: false,
            obligations: Vec::new(),
            errors,
        }
    }

    /// Whether the setting `bypass` lets bypass rules decide the request.
    fn may_bypass(&self, request: &Request<'_>) -> bool {
        match &self.model.settings.bypass {
            Bypass::All => true,
            Bypass::Off => false,
            Bypass::Actions(actions) => actions.iter().any(|word| word.text == request.action),
        }
    }

    /// The reason of the default deny: that of the first line of the type's `otherwise` that holds.
    fn default_reason(&self, question: &Question<'_>) -> String {
        let resource_type = &question.request.resource.resource_type;
        let declared = vocabulary::resource_type(self.model, resource_type);
        let lines = declared.filter(|_| question.declares_action()).map(|found| &found.otherwise);
        let mut lines = lines.into_iter().flatten();
        let holding = lines.find(|line| {
            let (resource, actors) = (line.resource.as_ref(), line.actors.as_ref());
            question.matches(resource, actors, line.when.as_ref()) == Truth::Yes
        });
        holding.map_or("no_matching_policy", |line| &line.reason).to_owned()
    }
}

/// The steps of a decision in which rules are tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Bypass,
    Deny,
    Permit,
}

impl Step {
    fn of(rule: &Rule) -> Self {
        match (rule.bypass, rule.effect) {
            (true, _) => Step::Bypass,
            (false, Effect::Deny) => Step::Deny,
            (false, Effect::Permit) => Step::Permit,
        }
    }
}

/// Says a word of a fact in place of an earlier one, or with `None` takes that one back.
fn say(words: &mut Words, key: Key, word: Option<Word>) {
    words.retain(|(other, _)| *other != key);
    words.extend(word.map(|word| (key, word)));
}
