//! The workload *varied*: the workload *seed* in other words. What an engine gains only where
//! policies are worded like those of *seed*, it loses here.
//!
//! Documents, requests and answers are those of *seed*, and so is the reference. What differs:
//!
//! - all relations and links have other names, and facts are stated in the section `facts`;
//! - one rule of each type has a `when`, over the context, the actor or an attribute; all of them
//!   hold for every request that the rule would permit;
//! - who manages channels and agents is a derived role;
//! - one rule denies to ids of a pattern, which name nothing;
//! - ten rules of each type are never fulfilled: they name roles, actors, tenants and resources that
//!   no request names.

use std::fmt::Display;

use crate::{
    seed::{ActorIndex, Channel, MicrodaoRole, Seed},
    yaml::PolicyText,
};

/// The rules, those that nobody fulfils, and the documents, of which there must be ten or more. One
/// file holds all documents, so there can be some 200 000.
pub fn texts(seed: &Seed) -> Vec<PolicyText> {
    let file = |path: &str, text| PolicyText { path: path.to_owned(), text };
    vec![
        file("rules.yaml", RULES.to_owned()),
        file("unused.yaml", unused()),
        file("facts.yaml", facts(seed)),
        file("attributes.yaml", attributes(seed)),
    ]
}

const RULES: &str = include_str!("varied.yaml");

const TYPES: [&str; 5] = ["microdao", "usage", "channel", "tool", "agent"];

fn unused() -> String {
    let mut text = String::from("version: 1\nrules:\n");
    for name in TYPES {
        for (index, (effect, resource, actors)) in UNUSED.into_iter().enumerate() {
            text.push_str(&format!(
                "  - {{id: unused-{name}-{index}, effect: {effect}, resource: {{type: {name}{resource}}}, actors: {{{actors}}}}}\n"
            ));
        }
    }
    text
}

/// Effect, what more is said of the resource, and the actors.
const UNUSED: [(&str, &str, &str); 10] = [
    ("permit", "", "role: retired-clerk"),
    ("permit", "", "role: retired-guard, type: human"),
    ("permit", "", "any: [{role: retired-cook}, {role: retired-nurse}]"),
    ("permit", "", "id: 'contractor:7'"),
    ("permit", "", "id: 'contractor:west-*'"),
    ("permit", ", id: legacy-1", "type: human"),
    ("permit", ", id: 'legacy/*'", "type: agent"),
    ("deny", "", "tenant: gone-1"),
    ("deny", "", "tenant: gone-2, not: {role: retired-clerk}"),
    ("deny", ", known: true", "all: [{role: retired-clerk}, {role: retired-guard}]"),
];

fn facts(seed: &Seed) -> String {
    let ids = |actors: &[ActorIndex]| list(actors.iter().map(|&actor| id(seed, actor)));
    let mut text = String::from("version: 1\nfacts:\n");
    for microdao in &seed.microdaos {
        let everyone = microdao.open.then_some("user:*");
        let residents = microdao.members.iter().map(|&actor| id(seed, actor)).chain(everyone);
        text.push_str(&format!(
            "  \"microdao:{}\": {{founder: {}, steward: {}, resident: {}}}\n",
            microdao.id,
            ids(&microdao.owners),
            ids(&microdao.admins),
            list(residents)
        ));
    }
    for channel in &seed.channels {
        text.push_str(&format!(
            "  \"channel:{}\": {{home: \"{}\", guest_list: {}, banned: {}}}\n",
            channel.id,
            home(seed, channel),
            guest_list(seed, channel),
            ids(&channel.blocked)
        ));
    }
    for tool in &seed.tools {
        let roles = tool.allowed_roles.iter().map(|role| format!("role:{role}"));
        text.push_str(&format!(
            "  \"tool:{}\": {{runner: {}, runner_role: {}}}\n",
            tool.id,
            ids(&tool.allowed_agents),
            list(roles)
        ));
    }
    for agent in &seed.agents {
        text.push_str(&format!(
            "  \"agent:{}\": {{home: \"microdao:{}\", keeper: \"{}\"}}\n",
            agent.id,
            seed.microdao(agent.microdao).id,
            id(seed, agent.owner)
        ));
    }
    text
}

fn attributes(seed: &Seed) -> String {
    let mut text = String::from("version: 1\nattributes:\n  resources:\n");
    for (index, channel) in seed.channels.iter().enumerate() {
        text.push_str(&format!("    \"channel:{}\": {{level: {}}}\n", channel.id, index % 10));
    }
    for tool in &seed.tools {
        text.push_str(&format!("    \"tool:{}\": {{enabled: true}}\n", tool.id));
    }
    text
}

fn home(seed: &Seed, channel: &Channel) -> String {
    format!("microdao:{}", seed.microdao(channel.microdao).id)
}

fn guest_list(seed: &Seed, channel: &Channel) -> String {
    list(channel.allowed_roles.iter().map(|role| {
        let relation = match role {
            MicrodaoRole::Owner => "founder",
            MicrodaoRole::Admin => "steward",
            MicrodaoRole::Member => "resident",
        };
        format!("{}#{relation}", home(seed, channel))
    }))
}

fn id(seed: &Seed, actor: ActorIndex) -> &str {
    &seed.population.actor(actor).id
}

/// `["a", "b"]`
fn list(items: impl Iterator<Item = impl Display>) -> String {
    let items: Vec<String> = items.map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", items.join(", "))
}
