//! The workload *seed* as the texts of a policy set.

use std::fmt::{self, Display, Write};

use crate::seed::{ActorIndex, Agent, Channel, Microdao, MicrodaoRole, Population, Seed, Tool};

/// One file of a policy set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyText {
    /// Path relative to the set.
    pub path: String,
    /// The YAML text, less than 32 MiB.
    pub text: String,
}

/// The rules, then the documents in the DAARION sections, lists on one line.
pub fn texts(seed: &Seed) -> Vec<PolicyText> {
    let mut writer = Writer { files: Vec::new(), section: "" };
    writer.files.push(PolicyText { path: "rules.yaml".to_owned(), text: RULES.to_owned() });
    writer.start_file();
    writer.write(seed);
    writer.files
}

/// The rules of the workload, in the policy language.
pub const RULES: &str = include_str!("rules.yaml");

/// Files end when they have passed this size; no single entry comes near the 8 MiB that are left to
/// the limit.
const FILE_BYTES: usize = 24 << 20;

struct Writer {
    files: Vec<PolicyText>,
    /// The section that the last file is in.
    section: &'static str,
}

impl Writer {
    fn write(&mut self, seed: &Seed) {
        write_all(self, seed).expect("writing to a string cannot fail");
    }

    /// The text to which the next entry of `section` belongs.
    fn entry(&mut self, section: &'static str) -> &mut String {
        if self.text().len() > FILE_BYTES {
            self.start_file();
        }
        if self.section != section {
            self.section = section;
            let text = self.text();
            text.push_str(section);
            text.push_str(":\n");
        }
        self.text()
    }

    fn start_file(&mut self) {
        let path = format!("documents-{}.yaml", self.files.len());
        self.files.push(PolicyText { path, text: "version: 1\n".to_owned() });
        self.section = "";
    }

    fn text(&mut self) -> &mut String {
        &mut self.files.last_mut().expect("there is a file from the start").text
    }
}

fn write_all(writer: &mut Writer, seed: &Seed) -> fmt::Result {
    for microdao in &seed.microdaos {
        write_microdao(writer.entry("microdao_policies"), &seed.population, microdao)?;
    }
    for channel in &seed.channels {
        write_channel(writer.entry("channel_policies"), seed, channel)?;
    }
    for tool in &seed.tools {
        write_tool(writer.entry("tool_policies"), &seed.population, tool)?;
    }
    for agent in &seed.agents {
        write_agent(writer.entry("agent_policies"), seed, agent)?;
    }
    Ok(())
}

fn write_microdao(text: &mut String, population: &Population, microdao: &Microdao) -> fmt::Result {
    writeln!(text, "  - microdao_id: \"{}\"", microdao.id)?;
    write_list(text, "owners", ids(population, &microdao.owners))?;
    write_list(text, "admins", ids(population, &microdao.admins))?;
    let everyone = microdao.open.then_some("user:*");
    write_list(text, "members", ids(population, &microdao.members).chain(everyone))
}

fn write_channel(text: &mut String, seed: &Seed, channel: &Channel) -> fmt::Result {
    writeln!(text, "  - channel_id: \"{}\"", channel.id)?;
    writeln!(text, "    microdao_id: \"{}\"", seed.microdao(channel.microdao).id)?;
    write_list(text, "allowed_roles", channel.allowed_roles.iter().copied().map(relation))?;
    write_list(text, "blocked_users", ids(&seed.population, &channel.blocked))
}

fn write_tool(text: &mut String, population: &Population, tool: &Tool) -> fmt::Result {
    writeln!(text, "  - tool_id: \"{}\"", tool.id)?;
    writeln!(text, "    enabled: true")?;
    write_list(text, "allowed_agents", ids(population, &tool.allowed_agents))?;
    write_list(text, "allowed_user_roles", tool.allowed_roles.iter())
}

fn write_agent(text: &mut String, seed: &Seed, agent: &Agent) -> fmt::Result {
    writeln!(text, "  - agent_id: \"{}\"", agent.id)?;
    writeln!(text, "    owner_id: \"{}\"", seed.population.actor(agent.owner).id)?;
    writeln!(text, "    microdao_id: \"{}\"", seed.microdao(agent.microdao).id)
}

fn write_list<T: Display>(
    text: &mut String,
    key: &str,
    items: impl Iterator<Item = T>,
) -> fmt::Result {
    write!(text, "    {key}: [")?;
    for (position, item) in items.enumerate() {
        let comma = if position == 0 { "" } else { ", " };
        write!(text, "{comma}\"{item}\"")?;
    }
    writeln!(text, "]")
}

fn ids<'a>(population: &'a Population, actors: &'a [ActorIndex]) -> impl Iterator<Item = &'a str> {
    actors.iter().map(|&actor| population.actor(actor).id.as_str())
}

/// The relation of a microDAO that makes a role; in the sections it is named like the list.
fn relation(role: MicrodaoRole) -> &'static str {
    match role {
        MicrodaoRole::Owner => "owners",
        MicrodaoRole::Admin => "admins",
        MicrodaoRole::Member => "members",
    }
}
