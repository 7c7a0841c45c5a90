//! The floor of the workload *seed*: one record of 16 octets for a document, one table of pairs.

use super::table::{PairTable, TextTable, hash, prefetch};
use crate::seed::{ActorKind, Draw, MicrodaoRole, ROLES, SYSTEM_ADMIN, Seed};

const OWNER: u8 = 1;
const ADMIN: u8 = 2;
const MEMBER: u8 = 4;
const BLOCKED: u8 = 8;
const AGENT: u8 = 16;
/// In the mask of an action: a block counts.
const BLOCKABLE: u8 = 128;

/// In [`Record::flags`].
const OPEN: u8 = 1;
const HAS_BLOCKS: u8 = 2;

/// The bit of the role that beats all rules, beside those of [`ROLES`].
const SYSTEM: u8 = 128;

const RESOURCE_TYPES: [&str; 5] = ["microdao", "usage", "channel", "tool", "agent"];
/// Types whose resources have a table; the usage of a microDAO has the id of the microDAO.
const TABLES: usize = 4;
const ACTIONS: [&str; 6] = ["read", "manage", "invite", "view_usage", "send_message", "exec_tool"];

#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(16))]
struct Record {
    /// For each action which bits permit it.
    masks: [u8; ACTIONS.len()],
    /// Roles that may run the tool.
    allowed_roles: u8,
    flags: u8,
    /// The document whose members count: a microDAO, or the tool itself.
    group: u32,
    own: u32,
}

/// The engine.
#[derive(Debug)]
pub struct SeedFloor {
    actors: TextTable,
    roles: TextTable,
    ids: [TextTable; TABLES],
    records: [Vec<Record>; TABLES],
    pairs: PairTable,
}

/// A request in the form that the floor takes: type and action are numbers.
#[derive(Clone, Copy, Debug)]
pub struct SeedRequest<'a> {
    actor: &'a str,
    is_human: bool,
    roles: &'a [crate::seed::Text],
    resource_type: u8,
    action: u8,
    id: &'a str,
}

impl<'a> SeedRequest<'a> {
    /// The request of a draw.
    ///
    /// # Panics
    ///
    /// Where the draw is none of the workload.
    pub fn new(draw: &'a Draw<'_>) -> Self {
        SeedRequest {
            actor: &draw.actor_id,
            is_human: draw.actor_kind == ActorKind::User,
            roles: draw.roles,
            resource_type: index_of(&RESOURCE_TYPES, draw.resource_type),
            action: index_of(&ACTIONS, draw.action),
            id: &draw.resource_id,
        }
    }
}

/// A request whose actor and resource were looked up beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Handles {
    actor: Option<u32>,
    is_human: bool,
    roles: u8,
    action: u8,
    table: u8,
    number: Option<u32>,
}

fn index_of(names: &[&str], name: &str) -> u8 {
    let index = names.iter().position(|other| *other == name).expect("a name of the workload");
    u8::try_from(index).expect("few names")
}

fn action(name: &str) -> usize {
    usize::from(index_of(&ACTIONS, name))
}

fn table_of(resource_type: u8) -> usize {
    usize::from(resource_type).saturating_sub(1)
}

impl SeedFloor {
    /// Puts the documents into tables.
    pub fn new(seed: &Seed) -> Self {
        let mut floor = SeedFloor {
            actors: TextTable::new([]),
            roles: TextTable::new(ROLES),
            ids: std::array::from_fn(|_| TextTable::new([])),
            records: std::array::from_fn(|_| Vec::new()),
            pairs: PairTable::new(),
        };
        let mut documents = 0_u32;
        let mut number = || {
            documents += 1;
            documents - 1
        };
        for microdao in &seed.microdaos {
            let own = number();
            floor.list(seed, &microdao.owners, own, OWNER);
            floor.list(seed, &microdao.admins, own, ADMIN);
            floor.list(seed, &microdao.members, own, MEMBER);
            let mut record = Record { group: own, own, ..Record::default() };
            record.flags = if microdao.open { OPEN } else { 0 };
            record.masks[action("read")] = OWNER | ADMIN | MEMBER;
            for name in ["manage", "invite", "view_usage"] {
                record.masks[action(name)] = OWNER | ADMIN;
            }
            floor.record("microdao", &microdao.id, record);
        }
        for channel in &seed.channels {
            let own = number();
            floor.list(seed, &channel.blocked, own, BLOCKED);
            let allowed = channel.allowed_roles.iter().fold(0, |mask, role| mask | bit(*role));
            let mut record = floor.of_microdao(channel.microdao.0, own);
            record.flags |= if channel.blocked.is_empty() { 0 } else { HAS_BLOCKS };
            record.masks[action("read")] = allowed | BLOCKABLE;
            record.masks[action("send_message")] = allowed | BLOCKABLE;
            record.masks[action("manage")] = OWNER | ADMIN;
            floor.record("channel", &channel.id, record);
        }
        for tool in &seed.tools {
            let own = number();
            floor.list(seed, &tool.allowed_agents, own, AGENT);
            let mut record = Record { group: own, own, ..Record::default() };
            record.masks[action("exec_tool")] = AGENT;
            let roles = tool.allowed_roles.iter();
            record.allowed_roles = roles.fold(0, |mask, role| mask | floor.role(role));
            floor.record("tool", &tool.id, record);
        }
        for agent in &seed.agents {
            let mut record = floor.of_microdao(agent.microdao.0, number());
            record.masks[action("read")] = OWNER | ADMIN | MEMBER;
            record.masks[action("manage")] = OWNER | ADMIN;
            floor.record("agent", &agent.id, record);
        }
        floor
    }

    fn list(&mut self, seed: &Seed, actors: &[crate::seed::ActorIndex], document: u32, bit: u8) {
        for actor in actors {
            let actor = self.actors.intern(&seed.population.actor(*actor).id);
            self.pairs.add(actor, document, bit);
        }
    }

    /// A record of what belongs to a microDAO.
    fn of_microdao(&self, microdao: usize, own: u32) -> Record {
        let microdao = &self.records[0][microdao];
        Record { group: microdao.own, flags: microdao.flags & OPEN, own, ..Record::default() }
    }

    fn record(&mut self, resource_type: &str, id: &str, record: Record) {
        let table = table_of(index_of(&RESOURCE_TYPES, resource_type));
        self.ids[table].intern(id);
        self.records[table].push(record);
        assert_eq!(self.ids[table].len(), self.records[table].len(), "ids are given once");
    }

    /// The bit of a role; none for one that no tool names.
    #[inline]
    fn role(&self, role: &str) -> u8 {
        if role == SYSTEM_ADMIN {
            return SYSTEM;
        }
        self.roles.find(hash(role), role).map_or(0, |number| 1 << number)
    }

    #[inline]
    fn held(&self, roles: &[crate::seed::Text]) -> u8 {
        roles.iter().fold(0, |held, role| held | self.role(role))
    }

    /// Whether the request is permitted. With `PREFETCH` memory is asked for before it is needed.
    #[inline]
    pub fn permits<const PREFETCH: bool>(&self, request: &SeedRequest<'_>) -> bool {
        let table = table_of(request.resource_type);
        let (ids, records) = (&self.ids[table], &self.records[table]);
        let (actor_hash, id_hash) = (hash(request.actor), hash(request.id));
        if PREFETCH {
            self.actors.prefetch(actor_hash);
            ids.prefetch(id_hash);
        }
        let held = self.held(request.roles);
        if held & SYSTEM != 0 {
            return true;
        }
        let Some(number) = ids.find(id_hash, request.id) else { return false };
        let record = &records[number as usize];
        if PREFETCH {
            prefetch(record);
        }
        let actor = self.actors.find(actor_hash, request.actor);
        self.decide(record, actor, request.is_human, held, request.action)
    }

    #[inline]
    fn decide(
        &self,
        record: &Record,
        actor: Option<u32>,
        is_human: bool,
        held: u8,
        action: u8,
    ) -> bool {
        let mask = record.masks[usize::from(action)];
        let mut bits = actor.map_or(0, |actor| self.pairs.bits(actor, record.group));
        if record.flags & OPEN != 0 && is_human {
            bits |= MEMBER;
        }
        if mask & BLOCKABLE != 0
            && record.flags & HAS_BLOCKS != 0
            && actor.is_some_and(|actor| self.pairs.bits(actor, record.own) & BLOCKED != 0)
        {
            return false;
        }
        bits & mask & !BLOCKABLE != 0 || held & record.allowed_roles != 0
    }

    /// Looks up what a request names.
    ///
    /// # Panics
    ///
    /// Never: the tables are few.
    pub fn handles(&self, request: &SeedRequest<'_>) -> Handles {
        let table = table_of(request.resource_type);
        Handles {
            actor: self.actors.find(hash(request.actor), request.actor),
            is_human: request.is_human,
            roles: self.held(request.roles),
            action: request.action,
            table: u8::try_from(table).expect("few tables"),
            number: self.ids[table].find(hash(request.id), request.id),
        }
    }

    /// Whether a request that was looked up is permitted.
    #[inline]
    pub fn permits_handles(&self, request: &Handles) -> bool {
        if request.roles & SYSTEM != 0 {
            return true;
        }
        let Some(number) = request.number else { return false };
        let record = &self.records[usize::from(request.table)][number as usize];
        self.decide(record, request.actor, request.is_human, request.roles, request.action)
    }
}

fn bit(role: MicrodaoRole) -> u8 {
    match role {
        MicrodaoRole::Owner => OWNER,
        MicrodaoRole::Admin => ADMIN,
        MicrodaoRole::Member => MEMBER,
    }
}
