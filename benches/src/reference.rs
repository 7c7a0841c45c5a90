//! The slow, obvious answer to every request of the workload *seed*.

use std::collections::HashMap;

use crate::seed::{
    ActorIndex, ActorKind, Agent, Channel, Draw, Microdao,
    MicrodaoRole::{self, Admin, Member, Owner},
    SYSTEM_ADMIN, Seed, Tool,
};

/// What decides a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The actor claims [`SYSTEM_ADMIN`], which permits everything.
    SystemAdmin,
    /// No document has the id: denied.
    Unknown,
    /// The channel blocks the actor: denied.
    Blocked,
    /// The actor is listed among the owners.
    Owner,
    /// The actor is listed among the admins.
    Admin,
    /// The actor is listed among the members.
    Member,
    /// The microDAO is open, `user:*`, and lists the actor in no other way that counts.
    Everyone,
    /// The tool lists the actor among its agents.
    Agent,
    /// The tool admits a role that the actor claims.
    Role,
    /// Nothing permits it: denied.
    Nothing,
}

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
        !matches!(self.ground(draw), Ground::Unknown | Ground::Blocked | Ground::Nothing)
    }

    /// Why the request is permitted or denied.
    pub fn ground(&self, draw: &Draw<'_>) -> Ground {
        if draw.roles.iter().any(|role| role == SYSTEM_ADMIN) {
            return Ground::SystemAdmin;
        }
        let id = &*draw.resource_id;
        let ground = match draw.resource_type {
            "microdao" | "usage" => {
                self.microdaos.get(id).map(|microdao| self.of_microdao(draw, microdao))
            }
            "channel" => self.channels.get(id).map(|channel| self.of_channel(draw, channel)),
            "tool" => self.tools.get(id).map(|tool| self.of_tool(draw, tool)),
            "agent" => self.agents.get(id).map(|agent| self.of_agent(draw, agent)),
            _ => None,
        };
        ground.unwrap_or(Ground::Unknown)
    }

    fn of_microdao(&self, draw: &Draw<'_>, microdao: &Microdao) -> Ground {
        match (draw.resource_type, draw.action) {
            ("microdao", "read") => self.of_roles(draw, microdao, &[Owner, Admin, Member]),
            ("microdao", "manage" | "invite") | ("usage", "view_usage") => {
                self.of_roles(draw, microdao, &[Owner, Admin])
            }
            _ => Ground::Nothing,
        }
    }

    fn of_channel(&self, draw: &Draw<'_>, channel: &Channel) -> Ground {
        let microdao = self.seed.microdao(channel.microdao);
        match draw.action {
            "read" | "send_message" if self.lists(&channel.blocked, draw) => Ground::Blocked,
            "read" | "send_message" => self.of_roles(draw, microdao, channel.allowed_roles),
            "manage" => self.of_roles(draw, microdao, &[Owner, Admin]),
            _ => Ground::Nothing,
        }
    }

    fn of_tool(&self, draw: &Draw<'_>, tool: &Tool) -> Ground {
        let claims = |allowed: &&str| draw.roles.iter().any(|role| role == allowed);
        if draw.action != "exec_tool" {
            Ground::Nothing
        } else if self.lists(&tool.allowed_agents, draw) {
            Ground::Agent
        } else if tool.allowed_roles.iter().any(claims) {
            Ground::Role
        } else {
            Ground::Nothing
        }
    }

    fn of_agent(&self, draw: &Draw<'_>, agent: &Agent) -> Ground {
        let microdao = self.seed.microdao(agent.microdao);
        match draw.action {
            "read" => self.of_roles(draw, microdao, &[Owner, Admin, Member]),
            "manage" => self.of_roles(draw, microdao, &[Owner, Admin]),
            _ => Ground::Nothing,
        }
    }

    /// The first of the roles that the actor has.
    fn of_roles(&self, draw: &Draw<'_>, microdao: &Microdao, roles: &[MicrodaoRole]) -> Ground {
        let ground = |role: &MicrodaoRole| match role {
            Owner => self.lists(&microdao.owners, draw).then_some(Ground::Owner),
            Admin => self.lists(&microdao.admins, draw).then_some(Ground::Admin),
            Member if self.lists(&microdao.members, draw) => Some(Ground::Member),
            Member => {
                (microdao.open && draw.actor_kind == ActorKind::User).then_some(Ground::Everyone)
            }
        };
        roles.iter().find_map(ground).unwrap_or(Ground::Nothing)
    }

    fn lists(&self, actors: &[ActorIndex], draw: &Draw<'_>) -> bool {
        actors.iter().any(|&actor| *self.seed.population.actor(actor).id == *draw.actor_id)
    }
}

fn by_id<'a, T>(documents: &'a [T], id: impl Fn(&'a T) -> &'a str) -> HashMap<&'a str, &'a T> {
    documents.iter().map(|document| (id(document), document)).collect()
}
