//! Who there is, and the few facts.

use std::borrow::Cow;

use pdp_core::ActorType;

use super::{FOLDERS, TYPES};
use crate::random::Random;

/// Everyone who may ask, and what facts say.
#[derive(Debug)]
pub struct World {
    /// Users first, then services, then agents.
    pub actors: Vec<Person>,
    /// How many teams there are.
    pub teams: usize,
    /// How many roles there are.
    pub roles: usize,
    /// How many fleets of services there are.
    pub fleets: usize,
    /// The teams about which there are facts: the first ones.
    pub known_teams: Vec<KnownTeam>,
    /// The resources about which there are facts.
    pub known: Vec<Known>,
    /// The actors that claim each role.
    holders: Vec<Vec<usize>>,
    /// The actors that belong to each team.
    members: Vec<Vec<usize>>,
}

/// One actor.
#[derive(Debug)]
pub struct Person {
    /// `user:<i>`, `service:fleet-<f>-<i>` or `agent:team-<t>-<i>`.
    pub id: String,
    /// Human, service or agent.
    pub actor_type: ActorType,
    /// The claimed roles.
    pub roles: Vec<Cow<'static, str>>,
    /// The teams.
    pub tenants: Vec<Cow<'static, str>>,
}

/// What facts say of a team.
#[derive(Debug)]
pub struct KnownTeam {
    /// Its id.
    pub id: String,
    /// Its lead.
    pub lead: usize,
    /// Some of its members.
    pub members: Vec<usize>,
}

/// What facts say of a resource.
#[derive(Debug)]
pub struct Known {
    /// One of [`TYPES`].
    pub resource_type: &'static str,
    /// Its id.
    pub id: String,
    /// The team that it points to.
    pub team: usize,
    /// Its owner.
    pub owner: usize,
    /// Who else may see it.
    pub viewers: Vec<usize>,
    /// Who is blocked.
    pub blocked: Vec<usize>,
    /// Whether it is archived.
    pub archived: bool,
    /// The amount that it is about, if there is one.
    pub amount: Option<i64>,
}

const KNOWN_TEAMS: usize = 10;
const KNOWN_RESOURCES: usize = 64;
const SERVICES_OF_A_FLEET: usize = 10;

impl World {
    /// With more rules there are more people, roles and teams to write them about.
    pub(super) fn draw(random: &mut Random, rules: usize) -> Self {
        let mut world = Self {
            actors: Vec::new(),
            teams: (rules / 60).max(KNOWN_TEAMS),
            roles: (rules / 20).max(10),
            fleets: (rules / 300).max(3),
            known_teams: Vec::new(),
            known: Vec::new(),
            holders: Vec::new(),
            members: Vec::new(),
        };
        world.holders = vec![Vec::new(); world.roles];
        world.members = vec![Vec::new(); world.teams];
        for index in 0..(rules / 10).max(60) {
            // The first users fill the teams of the facts.
            let first = if index < 6 * KNOWN_TEAMS {
                index % KNOWN_TEAMS
            } else {
                random.index(world.teams)
            };
            world.add(random, format!("user:{index}"), ActorType::Human, Some(first));
        }
        for index in 0..world.fleets * SERVICES_OF_A_FLEET {
            let id = format!("service:fleet-{}-{index}", index / SERVICES_OF_A_FLEET);
            world.add(random, id, ActorType::Service, None);
        }
        for team in 0..world.teams {
            world.add(random, format!("agent:team-{team}-0"), ActorType::Agent, Some(team));
        }
        world.known_teams = (0..KNOWN_TEAMS).map(|team| world.known_team(team)).collect();
        world.known = (0..KNOWN_RESOURCES).map(|index| world.draw_known(random, index)).collect();
        world
    }

    fn add(&mut self, random: &mut Random, id: String, actor_type: ActorType, team: Option<usize>) {
        let actor = self.actors.len();
        let role_count = if actor_type == ActorType::Human { random.between(1, 3) } else { 1 };
        let mut roles = Vec::new();
        for role in (0..role_count).map(|_| random.index(self.roles)) {
            if self.holders[role].last() != Some(&actor) {
                self.holders[role].push(actor);
                roles.push(role_name(role).into());
            }
        }
        if random.happens(1) {
            roles.push(SYSTEM_ADMIN.into());
        }
        if random.happens(2) {
            roles.push(AUDITOR.into());
        }
        let second = random.happens(30).then(|| random.index(self.teams));
        let mut tenants = Vec::new();
        for team in team.into_iter().chain(second) {
            if self.members[team].last() != Some(&actor) {
                self.members[team].push(actor);
                tenants.push(team_name(team).into());
            }
        }
        self.actors.push(Person { id, actor_type, roles, tenants });
    }

    fn known_team(&self, team: usize) -> KnownTeam {
        let members = &self.members[team];
        KnownTeam { id: team_name(team), lead: members[0], members: members[1..5].to_vec() }
    }

    fn draw_known(&self, random: &mut Random, index: usize) -> Known {
        let team = random.index(KNOWN_TEAMS);
        let some = |random: &mut Random, most| {
            let mut actors: Vec<usize> =
                (0..random.between(0, most)).map(|_| random.index(6 * KNOWN_TEAMS)).collect();
            actors.sort_unstable();
            actors.dedup();
            actors
        };
        Known {
            resource_type: TYPES[index % TYPES.len()].name,
            id: resource_id(team, random.index(FOLDERS.len()), index),
            team,
            owner: *random.pick(&self.members[team]),
            viewers: some(random, 3),
            blocked: some(random, 1),
            archived: random.happens(20),
            amount: random.happens(50).then(|| i64::from(random.happens(50)) * 5_000),
        }
    }

    pub(super) fn holder(&self, random: &mut Random, role: usize) -> usize {
        self.one_of(random, &self.holders[role])
    }

    pub(super) fn claiming(&self, random: &mut Random, role: &str) -> usize {
        let claims = |&actor: &usize| self.actors[actor].roles.iter().any(|own| own == role);
        let actors: Vec<usize> = (0..self.actors.len()).filter(claims).collect();
        self.one_of(random, &actors)
    }

    pub(super) fn member(&self, random: &mut Random, team: usize) -> usize {
        self.one_of(random, &self.members[team])
    }

    /// How many users there are: the first of the actors.
    pub(super) fn users(&self) -> usize {
        self.actors.len() - self.fleets * SERVICES_OF_A_FLEET - self.teams
    }

    pub(super) fn anyone(&self, random: &mut Random) -> usize {
        random.index(self.actors.len())
    }

    /// The number of a service within the whole list of actors.
    pub(super) fn service(&self, random: &mut Random, fleet: usize) -> usize {
        self.users() + fleet * SERVICES_OF_A_FLEET + random.index(SERVICES_OF_A_FLEET)
    }

    fn one_of(&self, random: &mut Random, actors: &[usize]) -> usize {
        if actors.is_empty() { self.anyone(random) } else { *random.pick(actors) }
    }
}

/// The role that beats every other rule.
pub(super) const SYSTEM_ADMIN: &str = "system_admin";

/// The role that may read everything.
pub(super) const AUDITOR: &str = "auditor";

pub(super) fn role_name(role: usize) -> String {
    format!("{}-{role}", ["editor", "reviewer", "operator", "clerk", "planner"][role % 5])
}

pub(super) fn team_name(team: usize) -> String {
    format!("team-{team}")
}

pub(super) fn resource_id(team: usize, folder: usize, number: usize) -> String {
    format!("team-{team}/{}/{number}", FOLDERS[folder])
}
