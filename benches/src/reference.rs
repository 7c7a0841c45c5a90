//! The slow, obvious answer to every request of the workload *seed*.

use std::collections::HashMap;

use crate::seed::{
    ActorIndex, ActorKind, Agent, Channel, Draw, Microdao,
    MicrodaoRole::{self, Admin, Member, Owner},
    SYSTEM_ADMIN, Seed, Tool,
};

/// Answers by walking over the generated lists and comparing text. It shares nothing with the
/// engine, so that the two can only agree by being right.
#[derive(Debug)]
pub struct Reference<'a> {
    seed: &'a Seed,
    microdaos: HashMap<&'a str, &'a Microdao>,
    channels: HashMap<&'a str, &'a Channel>,
    tools: HashMap<&'a str, &'a Tool>,
    agents: HashMap<&'a str, &'a Agent>,
}

impl<'a> Reference<'a> {
    /// Puts the documents of `seed` under their ids.
    pub fn new(seed: &'a Seed) -> Self {
        Self {
            seed,
            microdaos: by_id(&seed.microdaos, |microdao| &microdao.id),
            channels: by_id(&seed.channels, |channel| &channel.id),
            tools: by_id(&seed.tools, |tool| &tool.id),
            agents: by_id(&seed.agents, |agent| &agent.id),
        }
    }

    /// Whether the request is permitted.
    pub fn permits(&self, draw: &Draw<'_>) -> bool {
        if draw.roles.iter().any(|role| role == SYSTEM_ADMIN) {
            return true;
        }
        let id = &*draw.resource_id;
        match draw.resource_type {
            "microdao" | "usage" => {
                self.microdaos.get(id).is_some_and(|microdao| self.permits_microdao(draw, microdao))
            }
            "channel" => {
                self.channels.get(id).is_some_and(|channel| self.permits_channel(draw, channel))
            }
            "tool" => self.tools.get(id).is_some_and(|tool| self.permits_tool(draw, tool)),
            "agent" => self.agents.get(id).is_some_and(|agent| self.permits_agent(draw, agent)),
            _ => false,
        }
    }

    fn permits_microdao(&self, draw: &Draw<'_>, microdao: &Microdao) -> bool {
        match (draw.resource_type, draw.action) {
            ("microdao", "read") => self.has_any(draw, microdao, &[Owner, Admin, Member]),
            ("microdao", "manage" | "invite") | ("usage", "view_usage") => {
                self.has_any(draw, microdao, &[Owner, Admin])
            }
            _ => false,
        }
    }

    fn permits_channel(&self, draw: &Draw<'_>, channel: &Channel) -> bool {
        let microdao = self.seed.microdao(channel.microdao);
        match draw.action {
            "read" | "send_message" => {
                !self.lists(&channel.blocked, draw)
                    && self.has_any(draw, microdao, channel.allowed_roles)
            }
            "manage" => self.has_any(draw, microdao, &[Owner, Admin]),
            _ => false,
        }
    }

    fn permits_tool(&self, draw: &Draw<'_>, tool: &Tool) -> bool {
        draw.action == "exec_tool"
            && (self.lists(&tool.allowed_agents, draw)
                || tool
                    .allowed_roles
                    .iter()
                    .any(|allowed| draw.roles.iter().any(|role| role == allowed)))
    }

    fn permits_agent(&self, draw: &Draw<'_>, agent: &Agent) -> bool {
        let microdao = self.seed.microdao(agent.microdao);
        match draw.action {
            "read" => self.has_any(draw, microdao, &[Owner, Admin, Member]),
            "manage" => self.has_any(draw, microdao, &[Owner, Admin]),
            _ => false,
        }
    }

    fn has_any(&self, draw: &Draw<'_>, microdao: &Microdao, roles: &[MicrodaoRole]) -> bool {
        roles.iter().any(|role| match role {
            Owner => self.lists(&microdao.owners, draw),
            Admin => self.lists(&microdao.admins, draw),
            Member => {
                self.lists(&microdao.members, draw)
                    || (microdao.open && draw.actor_kind == ActorKind::User)
            }
        })
    }

    fn lists(&self, actors: &[ActorIndex], draw: &Draw<'_>) -> bool {
        actors.iter().any(|&actor| *self.seed.population.actor(actor).id == *draw.actor_id)
    }
}

fn by_id<'a, T>(documents: &'a [T], id: impl Fn(&'a T) -> &'a str) -> HashMap<&'a str, &'a T> {
    documents.iter().map(|document| (id(document), document)).collect()
}
