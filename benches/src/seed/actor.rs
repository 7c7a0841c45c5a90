//! Who asks: users, agents and services, with the roles they claim.

use std::{borrow::Cow, ops::Range, sync::Arc};

use super::Microdao;
use crate::random::Random;

/// Text as a request carries it.
pub type Text = Cow<'static, str>;

/// The roles that users claim and tools admit.
pub const ROLES: [&str; 5] = ["builder", "support", "analyst", "ops", "billing"];

/// The role that 1 % of the users claim beside those and that beats every other rule.
pub const SYSTEM_ADMIN: &str = "system_admin";

const SERVICES: usize = 20;

/// What an actor is; its id begins with the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// A human, `user:<i>`.
    User,
    /// An agent, `agent:<i>`.
    Agent,
    /// A service, `service:<i>`.
    Service,
}

/// The place of an actor in the [`Population`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActorIndex(pub usize);

/// One actor.
#[derive(Debug)]
pub struct Actor {
    /// `user:<i>`, `agent:<i>` or `service:<i>`.
    pub id: String,
    /// What the actor is.
    pub kind: ActorKind,
    /// The claimed roles. Actors with the same roles share them: a decision reads them, and a
    /// request that has just arrived has them at hand, so they should not wait for memory of our
    /// own making.
    pub roles: Arc<[Text]>,
    /// The ids of all microDAOs that list the actor, each once. No rule reads them.
    pub tenants: Vec<Text>,
}

/// All actors of a workload: users first, then agents, then services.
#[derive(Debug)]
pub struct Population {
    actors: Vec<Actor>,
    users: usize,
    agents: usize,
    system_admins: Vec<ActorIndex>,
}

impl Population {
    pub(super) fn draw(random: &mut Random, microdao_count: usize, agent_count: usize) -> Self {
        let users = (5 * microdao_count).max(200);
        let agents = agent_count.max(50);
        let mut role_sets = RoleSets::default();
        let mut actors = Vec::with_capacity(users + agents + SERVICES);
        for index in 0..users {
            let roles = role_sets.share(draw_roles(random));
            actors.push(Actor::new(ActorKind::User, index, roles));
        }
        let none = role_sets.share(Vec::new());
        for index in 0..agents {
            actors.push(Actor::new(ActorKind::Agent, index, Arc::clone(&none)));
        }
        for index in 0..SERVICES {
            actors.push(Actor::new(ActorKind::Service, index, Arc::clone(&none)));
        }
        let system_admins =
            (0..users).filter(|&index| actors[index].is_system_admin()).map(ActorIndex).collect();
        Self { actors, users, agents, system_admins }
    }

    /// The actor at `index`.
    pub fn actor(&self, index: ActorIndex) -> &Actor {
        &self.actors[index.0]
    }

    /// All actors.
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// The users that claim [`SYSTEM_ADMIN`]; there may be none.
    pub fn system_admins(&self) -> &[ActorIndex] {
        &self.system_admins
    }

    pub(super) fn any_user(&self, random: &mut Random) -> ActorIndex {
        draw_from(random, 0..self.users)
    }

    pub(super) fn any_agent(&self, random: &mut Random) -> ActorIndex {
        draw_from(random, self.users..self.users + self.agents)
    }

    pub(super) fn any_user_or_agent(&self, random: &mut Random) -> ActorIndex {
        draw_from(random, 0..self.users + self.agents)
    }

    pub(super) fn any_actor(&self, random: &mut Random) -> ActorIndex {
        draw_from(random, 0..self.actors.len())
    }

    /// Notes with each actor which of `microdaos` list it.
    pub(super) fn join(&mut self, microdaos: &[Microdao]) {
        for microdao in microdaos {
            for index in microdao.listed() {
                let tenants = &mut self.actors[index.0].tenants;
                if tenants.last().is_none_or(|last| *last != microdao.id) {
                    tenants.push(Cow::Owned(microdao.id.clone()));
                }
            }
        }
    }
}

impl Actor {
    fn new(kind: ActorKind, index: usize, roles: Arc<[Text]>) -> Self {
        let prefix = match kind {
            ActorKind::User => "user",
            ActorKind::Agent => "agent",
            ActorKind::Service => "service",
        };
        Self { id: format!("{prefix}:{index}"), kind, roles, tenants: Vec::new() }
    }

    /// Whether the actor claims [`SYSTEM_ADMIN`].
    pub fn is_system_admin(&self) -> bool {
        self.roles.iter().any(|role| role == SYSTEM_ADMIN)
    }
}

/// Draws `count` times and drops what was drawn before, so there may be fewer.
pub(super) fn draw_different<T: PartialEq>(count: usize, mut draw: impl FnMut() -> T) -> Vec<T> {
    let mut drawn = Vec::with_capacity(count);
    for _ in 0..count {
        let next = draw();
        if !drawn.contains(&next) {
            drawn.push(next);
        }
    }
    drawn
}

/// The sets of roles there are; a few dozen at most, so looking through them will do.
#[derive(Default)]
struct RoleSets(Vec<Arc<[Text]>>);

impl RoleSets {
    fn share(&mut self, roles: Vec<Text>) -> Arc<[Text]> {
        if let Some(known) = self.0.iter().find(|known| ***known == *roles) {
            return Arc::clone(known);
        }
        let new: Arc<[Text]> = roles.into();
        self.0.push(Arc::clone(&new));
        new
    }
}

fn draw_roles(random: &mut Random) -> Vec<Text> {
    let count = random.between(0, 2);
    let mut roles = draw_different(count, || Cow::Borrowed(*random.pick(&ROLES)));
    if random.happens(1) {
        roles.push(Cow::Borrowed(SYSTEM_ADMIN));
    }
    roles
}

fn draw_from(random: &mut Random, range: Range<usize>) -> ActorIndex {
    ActorIndex(range.start + random.index(range.len()))
}
