//! What an engine lists of facts, held against the oracle's lists.

use std::collections::BTreeSet;

use pdp_core::{Change, Layer, Operation, Policies, Statement};
use pdp_testing::Oracle;
use serde::Serialize;
use serde_json::Value;

use crate::Difference;

/// What policies list of facts and words, in an order that is always the same. What is listed
/// twice stands here twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// What the files say.
    pub of_files: Vec<String>,
    /// What holds.
    pub present: Vec<String>,
    /// What run time said, in its order.
    pub words: Vec<String>,
    /// What of it makes a difference to the files, in its order.
    pub difference: Vec<String>,
}

impl Listing {
    /// What these policies list.
    pub fn of(policies: &Policies) -> Self {
        let facts = |layer| sorted(policies.facts(layer).map(|fact| json(&fact)));
        Listing {
            of_files: facts(Layer::Files),
            present: facts(Layer::Present),
            words: policies.words().map(|word| json(&word)).collect(),
            difference: policies.difference().map(|word| json(&word)).collect(),
        }
    }
}

/// Whether engine and oracle list the same, everything once: the facts of the files, those that
/// hold, those that run time says hold. The words that run time said of other facts must make the
/// difference between these lists.
///
/// # Errors
///
/// What one of them lists alone.
pub(crate) fn compare(policies: &Policies, oracle: &Oracle<'_>) -> Result<(), Difference> {
    let listing = Listing::of(policies);
    let of_oracle = |layer| sorted(oracle.facts(layer).into_iter().map(|fact| normal(&fact)));
    let added = policies.words().filter(|word| word.operation == Operation::Add);
    let added = sorted(added.map(|word| json(&word.statement)));
    let different = different(policies);
    for (title, engine, oracle) in [
        ("files", &listing.of_files, of_oracle(pdp_testing::Layer::Files)),
        ("present", &listing.present, of_oracle(pdp_testing::Layer::Both)),
        ("run time", &added, of_oracle(pdp_testing::Layer::RunTime)),
        ("difference", &listing.difference, different),
        ("facts that run time speaks of", &spoken_of(policies), each_once(spoken_of(policies))),
    ] {
        if *engine != oracle {
            return Err(differ(title, engine, &oracle));
        }
    }
    Ok(())
}

/// The words that make a difference to what the files say: an added fact that they do not state, or
/// not so, and a removed one that they do.
fn different(policies: &Policies) -> Vec<String> {
    let stated: BTreeSet<String> = policies.facts(Layer::Files).map(|fact| json(&fact)).collect();
    let keys: BTreeSet<String> =
        policies.facts(Layer::Files).map(|fact| json(&key(&fact))).collect();
    let differs = |word: &Change| match word.operation {
        Operation::Add => !stated.contains(&json(&word.statement)),
        _ => keys.contains(&json(&word.statement)),
    };
    policies.words().filter(differs).map(|word| json(&word)).collect()
}

/// The facts of which run time said a word.
fn spoken_of(policies: &Policies) -> Vec<String> {
    sorted(policies.words().map(|word| json(&key(&word.statement))))
}

/// The fact without what is said beside it: neither `until` nor a value.
pub(crate) fn key(fact: &Statement) -> Statement {
    let mut key = fact.clone();
    match &mut key {
        Statement::Relation { actors, .. } => {
            actors.iter_mut().for_each(|actor| actor.until = None);
        }
        Statement::ResourceAttribute { value, .. } | Statement::ActorAttribute { value, .. } => {
            *value = None;
        }
        _ => {}
    }
    key
}

fn differ(title: &str, engine: &[String], oracle: &[String]) -> Difference {
    let alone = |these: &[String], those: &[String]| {
        let mut left = those.to_vec();
        let mut alone: Vec<&String> = Vec::new();
        for fact in these {
            match left.iter().position(|other| other == fact) {
                Some(index) => drop(left.swap_remove(index)),
                None => alone.push(fact),
            }
        }
        format!("{title}: lists alone {alone:?}")
    };
    Difference { engine: alone(engine, oracle), oracle: alone(oracle, engine) }
}

fn sorted(facts: impl Iterator<Item = String>) -> Vec<String> {
    let mut facts: Vec<String> = facts.collect();
    facts.sort_unstable();
    facts
}

fn each_once(mut facts: Vec<String>) -> Vec<String> {
    facts.dedup();
    facts
}

/// JSON with its keys in one order.
fn json(value: &impl Serialize) -> String {
    serde_json::to_value(value).expect("facts and words can be written").to_string()
}

fn normal(fact: &str) -> String {
    serde_json::from_str(fact)
        .map_or_else(|error| format!("{fact}: {error}"), |fact: Value| fact.to_string())
}
