//! The floor of the workload *rules*: names as numbers, and each rule in the list of what only the
//! requests that may fulfil it have.

mod key;
mod names;

use super::table::PairTable;
use crate::asked::Asked;
use crate::rules::{Known, Rule, RuleEffect, RuleSet, TYPES};
use key::{BLOCKED, Guard, Key, LEAD, MEMBER, OWNER, Seen, VIEWER};
use names::Names;

const BYPASS: u8 = 1;
const DENY: u8 = 2;
const PERMIT: u8 = 4;

/// The engine.
#[derive(Debug)]
pub struct RulesFloor<'a> {
    names: Names,
    /// For each kind of guard, by number, the rules behind it.
    lists: [Vec<Vec<Entry>>; Guard::KINDS],
    /// The rules that have none.
    always: Vec<Entry>,
    known: &'a [Known],
    /// For each id, by number, what is known of the resource of each type: its place plus one.
    known_by_id: Vec<[u8; TYPES.len()]>,
    /// How actors are related to known resources.
    related: PairTable,
}

/// A rule: its effect, for which pairs of type and action it is, and what is left to ask.
#[derive(Clone, Debug)]
struct Entry {
    targets: u64,
    effect: u8,
    keys: Box<[Key]>,
}

/// A request in the form that the floor takes: type and action are numbers.
#[derive(Clone, Copy, Debug)]
pub struct RulesRequest<'a> {
    asked: &'a Asked,
    resource_type: usize,
    target: u64,
}

impl<'a> RulesRequest<'a> {
    /// The request of a draw.
    ///
    /// # Panics
    ///
    /// Where the draw is none of the workload.
    pub fn new(asked: &'a Asked) -> Self {
        let resource_type = TYPES.iter().position(|one| one.name == asked.resource_type);
        let resource_type = resource_type.expect("a type of the workload");
        let actions = TYPES[resource_type].actions;
        let action = actions.iter().position(|action| *action == asked.action);
        let target = target(resource_type, action.unwrap_or(UNDECLARED));
        RulesRequest { asked, resource_type, target }
    }
}

impl<'a> RulesFloor<'a> {
    /// Puts rules and facts into tables.
    pub fn new(set: &'a RuleSet) -> Self {
        let mut floor = RulesFloor {
            names: Names::new(),
            lists: Default::default(),
            always: Vec::new(),
            known: &set.world.known,
            known_by_id: Vec::new(),
            related: PairTable::new(),
        };
        for (place, known) in set.world.known.iter().enumerate() {
            floor.add_known(set, place, known);
        }
        for rule in &set.rules {
            floor.add(rule);
        }
        floor.known_by_id.resize(floor.names.ids.len(), [0; TYPES.len()]);
        floor
    }

    fn add_known(&mut self, set: &RuleSet, place: usize, known: &Known) {
        let id = self.names.ids.intern(&known.id) as usize;
        self.known_by_id.resize(self.known_by_id.len().max(id + 1), [0; TYPES.len()]);
        let resource_type = TYPES.iter().position(|one| one.name == known.resource_type);
        self.known_by_id[id][resource_type.expect("a type of the workload")] =
            u8::try_from(place + 1).expect("few are known");
        let team = &set.world.known_teams[known.team];
        let mut relate = |actors: &[usize], bits| {
            for actor in actors {
                let actor = self.names.actors.intern(&set.world.actors[*actor].id);
                self.related.add(actor, u32::try_from(place).expect("few are known"), bits);
            }
        };
        relate(&[known.owner], OWNER | VIEWER);
        relate(&known.viewers, VIEWER);
        relate(&known.blocked, BLOCKED);
        relate(&[team.lead], LEAD | MEMBER | VIEWER);
        relate(&team.members, MEMBER | VIEWER);
    }

    fn add(&mut self, rule: &Rule) {
        let mut keys = Key::of(rule, &mut self.names);
        let effect = match rule.effect {
            RuleEffect::Bypass => BYPASS,
            RuleEffect::Deny => DENY,
            RuleEffect::Permit => PERMIT,
        };
        let rarest = (0..keys.len()).filter_map(|at| Some((keys[at].guards()?, at))).min();
        let Some((guards, at)) = rarest else {
            self.always.push(Entry { targets: targets(rule), effect, keys: keys.into() });
            return;
        };
        if keys[at].is_guard() {
            keys.remove(at);
        }
        let entry = Entry { targets: targets(rule), effect, keys: keys.into() };
        for Guard { kind, number } in guards {
            let lists = &mut self.lists[kind];
            lists.resize(lists.len().max(number as usize + 1), Vec::new());
            lists[number as usize].push(entry.clone());
        }
    }

    /// Whether the request is permitted.
    #[inline]
    pub fn permits(&self, request: &RulesRequest<'_>) -> bool {
        let mut seen = self.names.see(request.asked);
        let places = seen.id.and_then(|id| self.known_by_id.get(id as usize));
        let place = places.map_or(0, |places| places[request.resource_type]);
        if place > 0 {
            seen.known = Some(&self.known[usize::from(place) - 1]);
            seen.related =
                seen.actor.map_or(0, |actor| self.related.bits(actor, u32::from(place) - 1));
        }
        let mut effects = fulfilled(&self.always, request, &seen, 0);
        seen.guards(|Guard { kind, number }| {
            if let Some(list) = self.lists[kind].get(number as usize) {
                effects |= fulfilled(list, request, &seen, effects);
            }
        });
        effects & BYPASS != 0 || effects & (DENY | PERMIT) == PERMIT
    }
}

/// The effects of the rules in a list that hold, where they have none of those that are had.
#[inline]
fn fulfilled(list: &[Entry], request: &RulesRequest<'_>, seen: &Seen<'_>, had: u8) -> u8 {
    list.iter().fold(had, |had, entry| {
        let asks = entry.targets & request.target != 0 && had & entry.effect == 0;
        if asks && entry.keys.iter().all(|key| key.holds(seen)) { had | entry.effect } else { had }
    })
}

/// Behind the actions of a type.
const UNDECLARED: usize = 4;

fn target(resource_type: usize, action: usize) -> u64 {
    1 << (resource_type * (UNDECLARED + 1) + action)
}

/// The pairs of type and action that a rule is for.
fn targets(rule: &Rule) -> u64 {
    let mut targets = 0;
    for (index, one) in TYPES.iter().enumerate() {
        if !rule.types.is_empty() && !rule.types.contains(&one.name) {
            continue;
        }
        for (action, name) in one.actions.iter().enumerate() {
            if rule.actions.is_empty() || rule.actions.contains(name) {
                targets |= target(index, action);
            }
        }
        if rule.actions.is_empty() && rule.effect == RuleEffect::Bypass {
            targets |= target(index, UNDECLARED);
        }
    }
    targets
}
