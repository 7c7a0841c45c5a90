//! The workload as the texts of a policy set.

use std::fmt::Write;

use pdp_core::ActorType;

use super::{
    ActorKey, Condition, Known, KnownTeam, Pattern, ResourceKey, Rule, RuleEffect, RuleSet, TYPES,
    World,
};
use crate::yaml::PolicyText;

/// Rules in one file.
const RULES_OF_A_FILE: usize = 10_000;

impl RuleSet {
    /// The vocabulary and the facts in one file, the rules in as many as they need.
    pub fn texts(&self) -> Vec<PolicyText> {
        let text = format!("{VOCABULARY}{}{}", types(), facts(&self.world));
        let mut files = vec![PolicyText { path: "a-facts.yaml".to_owned(), text }];
        for (index, rules) in self.rules.chunks(RULES_OF_A_FILE).enumerate() {
            let rules: String = rules.iter().map(rule).collect();
            let text = format!("version: 1\nrules:\n{rules}");
            files.push(PolicyText { path: format!("rules-{index:03}.yaml"), text });
        }
        files
    }
}

const VOCABULARY: &str = "version: 1
context: {hour: int?, network: string?}
derived_roles:
  steward:
    actors: {any: [{relation: owner}, {relation: team.lead}], not: {relation: blocked}}
";

fn types() -> String {
    let mut text =
        String::from("types:\n  team: {relations: {lead: direct, member: [direct, lead]}}\n");
    for one in TYPES {
        let actions = one.actions.join(", ");
        text.push_str(&format!(
            "  {}:
    actions: [{actions}]
    relations:
      team: {{to: team}}
      owner: direct
      viewer: [direct, owner, team.member]
      blocked: direct
    attributes: {{archived: bool?, amount: int?}}
",
            one.name
        ));
    }
    text
}

fn facts(world: &World) -> String {
    let mut text = String::from("facts:\n");
    for KnownTeam { id, lead, members } in &world.known_teams {
        let (lead, members) = (ids(world, &[*lead]), ids(world, members));
        text.push_str(&format!("  \"team:{id}\": {{lead: [{lead}], member: [{members}]}}\n"));
    }
    for known in &world.known {
        let Known { resource_type, id, team, owner, viewers, blocked, .. } = known;
        let team = &world.known_teams[*team].id;
        let (owner, viewers) = (ids(world, &[*owner]), ids(world, viewers));
        let blocked = ids(world, blocked);
        text.push_str(&format!(
            "  \"{resource_type}:{id}\": {{team: \"team:{team}\", owner: [{owner}], viewer: [{viewers}], blocked: [{blocked}]}}\n"
        ));
    }
    text.push_str("attributes:\n  resources:\n");
    for Known { resource_type, id, archived, amount, .. } in &world.known {
        let amount = amount.map_or(String::new(), |amount| format!(", amount: {amount}"));
        text.push_str(&format!("    \"{resource_type}:{id}\": {{archived: {archived}{amount}}}\n"));
    }
    text
}

fn ids(world: &World, actors: &[usize]) -> String {
    let ids: Vec<String> =
        actors.iter().map(|&actor| format!("\"{}\"", world.actors[actor].id)).collect();
    ids.join(", ")
}

fn rule(rule: &Rule) -> String {
    let effect = match rule.effect {
        RuleEffect::Bypass => "permit\n    bypass: true",
        RuleEffect::Deny => "deny",
        RuleEffect::Permit => "permit",
    };
    let mut text = format!("  - id: {}\n    effect: {effect}\n", rule.id);
    if let Some(resource) = resource(rule) {
        text.push_str(&format!("    resource: {{{resource}}}\n"));
    }
    if !rule.actions.is_empty() {
        text.push_str(&format!("    actions: [{}]\n", rule.actions.join(", ")));
    }
    if !rule.actors.is_empty() {
        text.push_str(&format!("    actors: {{{}}}\n", actor_keys(&rule.actors)));
    }
    if let Some(condition) = rule.when {
        text.push_str(&format!("    when: \"{}\"\n", words(condition)));
    }
    if let Some(obligation) = rule.obligation {
        text.push_str(&format!("    obligations: [{{type: {obligation}}}]\n"));
    }
    text
}

fn resource(rule: &Rule) -> Option<String> {
    let mut keys: Vec<String> = rule.resource.iter().map(resource_key).collect();
    if !rule.types.is_empty() {
        keys.insert(0, format!("type: [{}]", rule.types.join(", ")));
    }
    if keys.is_empty() { None } else { Some(keys.join(", ")) }
}

fn resource_key(key: &ResourceKey) -> String {
    match key {
        ResourceKey::Id(id) => format!("id: {}", pattern(id)),
        ResourceKey::Known(known) => format!("known: {known}"),
        ResourceKey::Any(keys) => format!("any: [{}]", listed(keys.iter().map(resource_key))),
        ResourceKey::Not(key) => format!("not: {{{}}}", resource_key(key)),
    }
}

fn actor_keys(keys: &[ActorKey]) -> String {
    let keys: Vec<String> = keys.iter().map(actor_key).collect();
    keys.join(", ")
}

fn actor_key(key: &ActorKey) -> String {
    match key {
        ActorKey::Type(ActorType::Human) => "type: human".to_owned(),
        ActorKey::Type(ActorType::Agent) => "type: agent".to_owned(),
        ActorKey::Type(ActorType::Service) => "type: service".to_owned(),
        ActorKey::Id(id) => format!("id: {}", pattern(id)),
        ActorKey::Role(role) => format!("role: {role}"),
        ActorKey::Relation(relation) => format!("relation: {relation}"),
        ActorKey::DerivedRole(role) => format!("derived_role: {role}"),
        ActorKey::Tenant(tenant) => format!("tenant: {tenant}"),
        ActorKey::Any(keys) => format!("any: [{}]", listed(keys.iter().map(actor_key))),
        ActorKey::All(keys) => format!("all: [{}]", listed(keys.iter().map(actor_key))),
        ActorKey::Not(key) => format!("not: {{{}}}", actor_key(key)),
    }
}

/// `{a: b}, {c: d}`
fn listed(keys: impl Iterator<Item = String>) -> String {
    let keys: Vec<String> = keys.map(|key| format!("{{{key}}}")).collect();
    keys.join(", ")
}

fn pattern(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Exact(text) | Pattern::Glob(text) => format!("\"{text}\""),
        Pattern::Numbered(numbered) => {
            let mut text = format!("{{regex: \"{}", numbered.start);
            if !numbered.words.is_empty() {
                write!(text, "({})/", numbered.words.join("|")).expect("a string takes all");
            }
            text.push_str("[0-9]+\"}");
            text
        }
    }
}

fn words(condition: Condition) -> &'static str {
    match condition {
        Condition::OfficeHours => "(context.hour ?? 0) >= 8 && (context.hour ?? 0) < 18",
        Condition::FromOffice => "(context.network ?? '') == 'office'",
        Condition::NotArchived => "!(resource.archived ?? false)",
        Condition::SmallAmount => "(resource.amount ?? 0) < 1000",
    }
}
