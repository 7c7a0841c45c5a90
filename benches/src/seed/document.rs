//! What is asked about: the four kinds of policy documents.

use super::{ActorIndex, Population, ROLES, actor::draw_different};
use crate::random::Random;

/// The place of a microDAO among those of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MicrodaoIndex(pub usize);

/// How an actor belongs to a microDAO. None includes another: an owner is a member only if listed
/// as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MicrodaoRole {
    /// Listed among the owners.
    Owner,
    /// Listed among the admins.
    Admin,
    /// Listed among the members, or a human where the microDAO is open.
    Member,
}

/// A tenant and who belongs to it.
#[derive(Debug)]
pub struct Microdao {
    /// `md:<i>`.
    pub id: String,
    /// 1 or 2 users.
    pub owners: Vec<ActorIndex>,
    /// 0 to 3 users.
    pub admins: Vec<ActorIndex>,
    /// 3 to 20 users and agents.
    pub members: Vec<ActorIndex>,
    /// Whether the members also list `user:*`, which makes every human one; 5 % do.
    pub open: bool,
}

/// A channel of a microDAO.
#[derive(Debug)]
pub struct Channel {
    /// `channel:<i>`.
    pub id: String,
    /// The microDAO that it belongs to.
    pub microdao: MicrodaoIndex,
    /// Who may read and send messages, unless blocked.
    pub allowed_roles: &'static [MicrodaoRole],
    /// Mostly empty; 30 % of the channels block 1 to 3 actors. System admins are never among them.
    pub blocked: Vec<ActorIndex>,
}

/// A tool and who may run it.
#[derive(Debug)]
pub struct Tool {
    /// `tool:<i>`.
    pub id: String,
    /// 1 to 5 agents.
    pub allowed_agents: Vec<ActorIndex>,
    /// 0 to 2 of [`ROLES`].
    pub allowed_roles: Vec<&'static str>,
}

/// An agent as a resource.
#[derive(Debug)]
pub struct Agent {
    /// `agent:<i>`.
    pub id: String,
    /// The microDAO that it belongs to.
    pub microdao: MicrodaoIndex,
    /// A user. No rule reads it: it is drawn because the text of an agent's policy must name an
    /// owner.
    pub owner: ActorIndex,
}

impl Microdao {
    pub(super) fn draw(random: &mut Random, population: &Population, index: usize) -> Self {
        let (owners, admins, members) =
            (random.between(1, 2), random.between(0, 3), random.between(3, 20));
        Self {
            id: format!("md:{index}"),
            owners: draw_different(owners, || population.any_user(random)),
            admins: draw_different(admins, || population.any_user(random)),
            members: draw_different(members, || population.any_user_or_agent(random)),
            open: random.happens(5),
        }
    }

    /// All actors on the three lists, those on two of them twice.
    pub fn listed(&self) -> impl Iterator<Item = ActorIndex> {
        self.owners.iter().chain(&self.admins).chain(&self.members).copied()
    }
}

impl Channel {
    pub(super) fn draw(
        random: &mut Random,
        population: &Population,
        microdaos: &[Microdao],
        index: usize,
    ) -> Self {
        let microdao = MicrodaoIndex(random.index(microdaos.len()));
        let allowed_roles = *random.pick(&ALLOWED_ROLES);
        let blocked_count = if random.happens(30) { random.between(1, 3) } else { 0 };
        let members = &microdaos[microdao.0].members;
        let mut blocked = draw_different(blocked_count, || {
            if random.happens(70) { *random.pick(members) } else { population.any_user(random) }
        });
        blocked.retain(|&actor| !population.actor(actor).is_system_admin());
        Self { id: format!("channel:{index}"), microdao, allowed_roles, blocked }
    }
}

impl Tool {
    pub(super) fn draw(random: &mut Random, population: &Population, index: usize) -> Self {
        let (agents, roles) = (random.between(1, 5), random.between(0, 2));
        Self {
            id: format!("tool:{index}"),
            allowed_agents: draw_different(agents, || population.any_agent(random)),
            allowed_roles: draw_different(roles, || *random.pick(&ROLES)),
        }
    }
}

impl Agent {
    pub(super) fn draw(
        random: &mut Random,
        population: &Population,
        microdaos: &[Microdao],
        index: usize,
    ) -> Self {
        Self {
            id: format!("agent:{index}"),
            microdao: MicrodaoIndex(random.index(microdaos.len())),
            owner: population.any_user(random),
        }
    }
}

/// Draws `count` documents, numbered from 0.
pub(super) fn draw_all<T>(count: usize, draw: impl FnMut(usize) -> T) -> Vec<T> {
    (0..count).map(draw).collect()
}

/// The sets of roles that channels admit, equally likely; the first counts twice.
const ALLOWED_ROLES: [&[MicrodaoRole]; 6] = {
    use MicrodaoRole::{Admin, Member, Owner};
    [
        &[Owner, Admin, Member],
        &[Owner, Admin, Member],
        &[Admin, Member],
        &[Owner, Admin],
        &[Member],
        &[Owner],
    ]
};
