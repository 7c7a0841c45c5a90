//! Requests about the rules.

use pdp_core::Map;

use super::{
    Aim, FOLDERS, Known, Place, RuleEffect, RuleSet, TYPES, Type, Who,
    author::NUMBERS,
    world::{resource_id, team_name},
};
use crate::{asked::Asked, random::Random};

impl RuleSet {
    /// 4 096 requests to be asked over and over. A processor learns them by heart: flattering.
    pub fn hot(&self) -> Vec<Asked> {
        self.draws(4_096, 11)
    }

    /// 65 536 other draws of the same kind.
    pub fn distinct(&self) -> Vec<Asked> {
        self.draws(65_536, 12)
    }

    fn draws(&self, count: usize, seed: u64) -> Vec<Asked> {
        let mut random = Random::new(seed);
        (0..count).map(|_| self.draw(&mut random)).collect()
    }

    fn draw(&self, random: &mut Random) -> Asked {
        let mut asked = if random.happens(33) { self.aimed(random) } else { self.any(random) };
        if random.happens(2) {
            asked.action = "purge";
        }
        if random.happens(70) {
            let hour = i64::try_from(random.below(24)).expect("an hour");
            asked.context.insert("hour", hour);
            asked.context.insert("network", *random.pick(&["office", "office", "home"]));
        }
        asked
    }

    /// A request that fits a rule, as far as it can be seen without the facts.
    fn aimed(&self, random: &mut Random) -> Asked {
        let index = self.rule(random);
        let (rule, aim) = (&self.rules[index], &self.aims[index]);
        let known = match aim.who {
            Who::Related(_) | Who::Derived(_) => self.known_at(random, &rule.types, &aim.place),
            _ => None,
        };
        if let Some(known) = known {
            let actor = self.related(random, known);
            let action = action_of(random, &rule.actions, known.resource_type);
            return self.asked(actor, action, known.resource_type, &known.id);
        }
        let types = rule.types.iter().copied();
        let types: Vec<&str> = if rule.types.is_empty() { all_types() } else { types.collect() };
        let resource_type = *random.pick(&types);
        let action = action_of(random, &rule.actions, resource_type);
        let actor = self.actor(random, aim);
        let id = self.id(random, &aim.place);
        self.asked(actor, action, resource_type, &id)
    }

    /// Any rule, or, mostly, one that permits.
    fn rule(&self, random: &mut Random) -> usize {
        let permits_only = random.happens(85);
        loop {
            let index = random.index(self.rules.len());
            if !permits_only || self.rules[index].effect != RuleEffect::Deny {
                return index;
            }
        }
    }

    /// Any actor, and a known resource, one of the actor's team, or any.
    fn any(&self, random: &mut Random) -> Asked {
        let actor = self.world.anyone(random);
        let point = random.below(100);
        if point < 50 {
            let known = random.pick(&self.world.known);
            let actor = if random.happens(80) { self.related(random, known) } else { actor };
            let action = any_action(random, known.resource_type);
            return self.asked(actor, action, known.resource_type, &known.id);
        }
        let mut id = self.id(random, &Place::Anywhere);
        if let Some(team) = self.world.actors[actor].tenants.first()
            && point < 55
        {
            let rest = id.split_once('/').expect("ids are paths").1;
            id = format!("{team}/{rest}");
        }
        let resource_type = random.pick(&TYPES).name;
        let action = any_action(random, resource_type);
        self.asked(actor, action, resource_type, &id)
    }

    fn actor(&self, random: &mut Random, aim: &Aim) -> usize {
        match aim.who {
            Who::Claiming(role) => self.world.claiming(random, role),
            Who::Holder(role) => self.world.holder(random, role),
            Who::Member(team) => self.world.member(random, team),
            Who::Actor(actor) => actor,
            Who::Fleet(fleet) => self.world.service(random, fleet),
            Who::Anyone | Who::Related(_) | Who::Derived(_) => self.world.anyone(random),
        }
    }

    fn known_at(&self, random: &mut Random, types: &[&str], place: &Place) -> Option<&Known> {
        let fits = |known: &&Known| {
            types.contains(&known.resource_type)
                && match place {
                    Place::Anywhere => true,
                    Place::Team(team) | Place::Folder(team, _) | Place::Fours(team) => {
                        team_name(known.team) == team_name(*team)
                    }
                    Place::Exactly(id) => known.id == *id,
                }
        };
        let known: Vec<&Known> = self.world.known.iter().filter(fits).collect();
        if known.is_empty() { None } else { Some(*random.pick(&known)) }
    }

    /// The owner, a viewer, the team's lead, or a member of the team.
    fn related(&self, random: &mut Random, known: &Known) -> usize {
        match random.below(4) {
            0 if !known.viewers.is_empty() => *random.pick(&known.viewers),
            1 => self.world.known_teams[known.team].lead,
            2 => *random.pick(&self.world.known_teams[known.team].members),
            _ => known.owner,
        }
    }

    fn id(&self, random: &mut Random, place: &Place) -> String {
        let (team, folder) = (random.index(self.world.teams), random.index(FOLDERS.len()));
        let number = random.index(NUMBERS);
        match place {
            Place::Anywhere => resource_id(team, folder, number),
            Place::Team(team) => resource_id(*team, folder, number),
            Place::Folder(team, folder) => resource_id(*team, *folder, number),
            Place::Fours(team) => resource_id(*team, folder, 40 + number % 10),
            Place::Exactly(id) => id.clone(),
        }
    }

    fn asked(
        &self,
        actor: usize,
        action: &'static str,
        resource_type: &'static str,
        resource_id: &str,
    ) -> Asked {
        let actor = &self.world.actors[actor];
        Asked {
            actor_id: actor.id.as_str().into(),
            actor_type: actor.actor_type,
            roles: actor.roles.clone().into(),
            tenants: actor.tenants.clone().into(),
            action,
            resource_type,
            resource_id: resource_id.into(),
            context: Map::new(),
        }
    }
}

fn all_types() -> Vec<&'static str> {
    TYPES.iter().map(|resource_type| resource_type.name).collect()
}

/// One of the actions that the rule names and the type declares; if there is none, one of the
/// type's.
fn action_of(random: &mut Random, actions: &[&'static str], resource_type: &str) -> &'static str {
    let Type { actions: declared, .. } = declared(resource_type);
    let both: Vec<&str> =
        actions.iter().copied().filter(|action| declared.contains(action)).collect();
    let actions: &[&str] = if both.is_empty() { declared } else { &both };
    actions[random.index(actions.len())]
}

/// One of the type's actions; most often they read.
fn any_action(random: &mut Random, resource_type: &str) -> &'static str {
    if random.happens(30) { "read" } else { action_of(random, &[], resource_type) }
}

/// The type of this name.
fn declared(name: &str) -> &'static Type {
    let found = TYPES.iter().find(|resource_type| resource_type.name == name);
    found.expect("requests name declared types")
}
