//! What rules ask, with numbers for names.

use pdp_core::{ActorType, Map, Value};

use super::names::Names;
use crate::rules::{ActorKey, Condition, FOLDERS, Known, Pattern, ResourceKey, Rule};

/// How an actor is related to a known resource.
pub(super) const OWNER: u8 = 1;
pub(super) const VIEWER: u8 = 2;
pub(super) const BLOCKED: u8 = 4;
pub(super) const LEAD: u8 = 8;
pub(super) const MEMBER: u8 = 16;

/// One thing that a rule asks.
#[derive(Clone, Debug)]
pub(super) enum Key {
    /// A request has what the guard says, or cannot fulfil the rule.
    Has(Guard),
    Type(ActorType),
    Related(u8),
    Steward,
    /// The resource lies in one of these folders, whose bits are given.
    Folders(u8),
    /// The last part of the id begins with 4.
    Fours,
    Known(bool),
    When(Condition),
    Any(Vec<Key>),
    All(Vec<Key>),
    Not(Box<Key>),
}

/// Something that few requests have. The rarest kinds come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Guard {
    pub(super) kind: usize,
    pub(super) number: u32,
}

impl Guard {
    pub(super) const KINDS: usize = 6;
    const ID: usize = 0;
    const ACTOR: usize = 1;
    const FLEET: usize = 2;
    const TEAM_OF_ID: usize = 3;
    const ROLE: usize = 4;
    const TENANT: usize = 5;
}

/// A request in numbers.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    pub(super) actor_type: ActorType,
    pub(super) actor: Option<u32>,
    pub(super) fleet: Option<u32>,
    pub(super) roles: Numbers,
    pub(super) tenants: Numbers,
    pub(super) id: Option<u32>,
    pub(super) team: Option<u32>,
    pub(super) folder: u8,
    pub(super) is_four: bool,
    pub(super) known: Option<&'a Known>,
    pub(super) related: u8,
    pub(super) context: &'a Map<'static>,
}

/// A few numbers: no actor has more roles or teams.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    items: [u32; 8],
    len: usize,
}

impl Numbers {
    #[inline]
    pub(super) fn push(&mut self, number: u32) {
        self.items[self.len] = number;
        self.len += 1;
    }

    #[inline]
    fn items(&self) -> &[u32] {
        &self.items[..self.len]
    }
}

impl Seen<'_> {
    /// Gives all guards that the request has.
    #[inline]
    pub(super) fn guards(&self, mut give: impl FnMut(Guard)) {
        let single = [
            (Guard::ID, self.id),
            (Guard::ACTOR, self.actor),
            (Guard::FLEET, self.fleet),
            (Guard::TEAM_OF_ID, self.team),
        ];
        for (kind, number) in single {
            number.into_iter().for_each(|number| give(Guard { kind, number }));
        }
        for (kind, numbers) in [(Guard::ROLE, &self.roles), (Guard::TENANT, &self.tenants)] {
            numbers.items().iter().for_each(|&number| give(Guard { kind, number }));
        }
    }

    #[inline]
    fn has(&self, Guard { kind, number }: Guard) -> bool {
        match kind {
            Guard::ID => self.id == Some(number),
            Guard::ACTOR => self.actor == Some(number),
            Guard::FLEET => self.fleet == Some(number),
            Guard::TEAM_OF_ID => self.team == Some(number),
            Guard::ROLE => self.roles.items().contains(&number),
            _ => self.tenants.items().contains(&number),
        }
    }
}

impl Key {
    /// What a rule asks beside type and action.
    pub(super) fn of(rule: &Rule, names: &mut Names) -> Vec<Key> {
        let mut keys = Vec::new();
        for key in &rule.resource {
            keys.extend(of_resource(key, names));
        }
        keys.extend(rule.actors.iter().map(|key| of_actor(key, names)));
        keys.extend(rule.when.map(Key::When));
        keys
    }

    /// Of these one is had by every request that fulfils the key.
    pub(super) fn guards(&self) -> Option<Vec<Guard>> {
        match self {
            Key::Has(guard) => Some(vec![*guard]),
            Key::Any(keys) => {
                let guards: Option<Vec<_>> = keys.iter().map(Key::guards).collect();
                let mut guards = guards?.concat();
                guards.sort_unstable_by(|left, right| right.cmp(left));
                Some(guards)
            }
            _ => None,
        }
    }

    /// Whether the key asks nothing but the guard.
    pub(super) fn is_guard(&self) -> bool {
        matches!(self, Key::Has(_))
    }

    #[inline]
    pub(super) fn holds(&self, seen: &Seen<'_>) -> bool {
        match self {
            Key::Has(guard) => seen.has(*guard),
            Key::Type(actor_type) => seen.actor_type == *actor_type,
            Key::Related(bits) => seen.related & bits != 0,
            Key::Steward => seen.related & (OWNER | LEAD) != 0 && seen.related & BLOCKED == 0,
            Key::Folders(bits) => seen.folder & bits != 0,
            Key::Fours => seen.is_four,
            Key::Known(wanted) => seen.known.is_some() == *wanted,
            Key::When(condition) => holds(*condition, seen),
            Key::Any(keys) => keys.iter().any(|key| key.holds(seen)),
            Key::All(keys) => keys.iter().all(|key| key.holds(seen)),
            Key::Not(key) => !key.holds(seen),
        }
    }
}

fn holds(condition: Condition, seen: &Seen<'_>) -> bool {
    match condition {
        Condition::OfficeHours => {
            matches!(seen.context.value("hour"), Some(Value::Int(hour)) if (8..18).contains(hour))
        }
        Condition::FromOffice => {
            matches!(seen.context.value("network"), Some(Value::String(network)) if network == "office")
        }
        Condition::NotArchived => seen.known.is_none_or(|known| !known.archived),
        Condition::SmallAmount => {
            seen.known.and_then(|known| known.amount).is_none_or(|amount| amount < 1_000)
        }
    }
}

fn has(kind: usize, number: u32) -> Key {
    Key::Has(Guard { kind, number })
}

fn of_actor(key: &ActorKey, names: &mut Names) -> Key {
    let mut all = |keys: &[ActorKey]| keys.iter().map(|key| of_actor(key, names)).collect();
    match key {
        ActorKey::Any(keys) => Key::Any(all(keys)),
        ActorKey::All(keys) => Key::All(all(keys)),
        ActorKey::Not(key) => Key::Not(Box::new(of_actor(key, names))),
        ActorKey::Type(actor_type) => Key::Type(*actor_type),
        ActorKey::Role(role) => has(Guard::ROLE, names.roles.intern(role)),
        ActorKey::Tenant(team) => has(Guard::TENANT, names.teams.intern(team)),
        ActorKey::Id(Pattern::Exact(id)) => has(Guard::ACTOR, names.actors.intern(id)),
        ActorKey::Id(Pattern::Glob(fleet)) => of_fleet(fleet.trim_end_matches('*'), names),
        ActorKey::Id(Pattern::Numbered(fleet)) => of_fleet(&fleet.start, names),
        ActorKey::DerivedRole(_) => Key::Steward,
        ActorKey::Relation(relation) => Key::Related(match *relation {
            "owner" => OWNER,
            "viewer" => VIEWER,
            "blocked" => BLOCKED,
            "team.lead" => LEAD,
            "team.member" => MEMBER,
            _ => unreachable!("rules ask for no other relation"),
        }),
    }
}

/// `service:fleet-7-`
fn of_fleet(start: &str, names: &mut Names) -> Key {
    has(Guard::FLEET, names.fleets.intern(start.trim_end_matches('-')))
}

/// A pattern of an id is several keys.
fn of_resource(key: &ResourceKey, names: &mut Names) -> Vec<Key> {
    match key {
        ResourceKey::Known(wanted) => vec![Key::Known(*wanted)],
        ResourceKey::Not(key) => vec![Key::Not(Box::new(Key::All(of_resource(key, names))))],
        ResourceKey::Any(keys) => {
            vec![Key::Any(keys.iter().flat_map(|key| of_resource(key, names)).collect())]
        }
        ResourceKey::Id(Pattern::Exact(id)) => vec![has(Guard::ID, names.ids.intern(id))],
        ResourceKey::Id(Pattern::Numbered(path)) => {
            let team = names.teams.intern(path.start.trim_end_matches('/'));
            let folders = path.words.iter().fold(0, |bits, word| bits | folder(word));
            vec![has(Guard::TEAM_OF_ID, team), Key::Folders(folders)]
        }
        ResourceKey::Id(Pattern::Glob(path)) => of_path(path, names),
    }
}

/// `team-7/*`, `team-7/plans/*`, `team-7/*/4*` or `*/plans/*`
fn of_path(path: &str, names: &mut Names) -> Vec<Key> {
    let parts: Vec<&str> = path.split('/').collect();
    let mut keys = Vec::new();
    if parts[0] != "*" {
        keys.push(has(Guard::TEAM_OF_ID, names.teams.intern(parts[0])));
    }
    if parts[1] != "*" {
        keys.push(Key::Folders(folder(parts[1])));
    }
    if parts.get(2) == Some(&"4*") {
        keys.push(Key::Fours);
    }
    keys
}

fn folder(name: &str) -> u8 {
    let place = FOLDERS.iter().position(|folder| *folder == name);
    1 << place.expect("a folder of the workload")
}
