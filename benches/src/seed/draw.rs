//! Requests about a workload.

use super::{Actor, ActorIndex, ActorKind, MicrodaoIndex, Seed, Text, zipf::Zipf};
use crate::random::Random;

/// One drawn request.
///
/// The ids are its own copies, laid out in the order of the draws: a request that has just arrived
/// lies in the cache, and fetching its text from afar would be charged to the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw<'a> {
    /// Id of the actor.
    pub actor_id: Box<str>,
    /// What the actor is.
    pub actor_kind: ActorKind,
    /// The roles that the actor claims.
    pub roles: &'a [Text],
    /// The microDAOs that list the actor.
    pub tenants: &'a [Text],
    /// The action.
    pub action: &'static str,
    /// `microdao`, `usage`, `channel`, `tool` or `agent`.
    pub resource_type: &'static str,
    /// Id of the resource; `none:<i>` names nothing.
    pub resource_id: Box<str>,
}

/// Draws the request sets of a workload.
#[derive(Debug)]
pub struct Draws<'a> {
    seed: &'a Seed,
    /// All documents, those asked about most often first.
    order: Vec<Document>,
    zipf: Zipf,
}

impl<'a> Draws<'a> {
    /// Shuffles the documents of `seed`.
    pub fn new(seed: &'a Seed) -> Self {
        let mut order: Vec<Document> = (0..seed.microdaos.len()).map(Document::Microdao).collect();
        order.extend((0..seed.channels.len()).map(Document::Channel));
        order.extend((0..seed.tools.len()).map(Document::Tool));
        order.extend((0..seed.agents.len()).map(Document::Agent));
        Random::new(5).shuffle(&mut order);
        let zipf = Zipf::new(order.len());
        Self { seed, order, zipf }
    }

    /// 4 096 requests to be asked over and over. A processor learns them by heart: flattering.
    pub fn hot(&self) -> Vec<Draw<'a>> {
        let mut random = Random::new(6);
        (0..4_096).map(|_| self.draw(&mut random)).collect()
    }

    /// 524 288 draws of the same kind, too many to be learnt: the honest set.
    pub fn distinct(&self) -> Vec<Draw<'a>> {
        self.endless().take(524_288).collect()
    }

    /// The draws of [`Draws::distinct`] and those that would follow, one by one.
    pub fn endless(&self) -> impl Iterator<Item = Draw<'a>> {
        let mut random = Random::new(7);
        std::iter::repeat_with(move || self.draw(&mut random))
    }

    /// 524 288 times any actor sending a message to any channel: nothing is in the cache.
    ///
    /// # Panics
    ///
    /// If the workload has no channel, as with fewer than three documents.
    pub fn uniform(&self) -> Vec<Draw<'a>> {
        let mut random = Random::new(8);
        let mut one = || {
            let channel = random.pick(&self.seed.channels);
            let actor = self.seed.population.any_actor(&mut random);
            self.request(actor, "channel", "send_message", &channel.id)
        };
        (0..524_288).map(|_| one()).collect()
    }

    fn draw(&self, random: &mut Random) -> Draw<'a> {
        let document = self.order[self.zipf.draw(random)];
        let (resource_type, action) = document.draw_action(random);
        let actor = self.draw_actor(random, document);
        if random.happens(5) {
            let unknown = format!("none:{}", random.below(1_000_000));
            let resource_type = if resource_type == "usage" { "microdao" } else { resource_type };
            return self.request(actor, resource_type, action, &unknown);
        }
        self.request(actor, resource_type, action, self.id(document))
    }

    /// 55 % of those who belong to the document, 43 % of all, 2 % of the system admins, as far as
    /// there are any.
    fn draw_actor(&self, random: &mut Random, document: Document) -> ActorIndex {
        let population = &self.seed.population;
        match random.below(100) {
            0..55 => self.draw_listed(random, document),
            55..57 if !population.system_admins().is_empty() => {
                *random.pick(population.system_admins())
            }
            _ => population.any_actor(random),
        }
    }

    /// One entry of the lists of the document's microDAO, or of a tool's agents. The entry `user:*`
    /// is any user.
    fn draw_listed(&self, random: &mut Random, document: Document) -> ActorIndex {
        let seed = self.seed;
        let microdao = match document {
            Document::Microdao(index) => MicrodaoIndex(index),
            Document::Channel(index) => seed.channels[index].microdao,
            Document::Agent(index) => seed.agents[index].microdao,
            Document::Tool(index) => return *random.pick(&seed.tools[index].allowed_agents),
        };
        let microdao = seed.microdao(microdao);
        let entry = random.index(microdao.listed().count() + usize::from(microdao.open));
        let listed = microdao.listed().nth(entry);
        listed.unwrap_or_else(|| seed.population.any_user(random))
    }

    fn id(&self, document: Document) -> &'a str {
        match document {
            Document::Microdao(index) => &self.seed.microdaos[index].id,
            Document::Channel(index) => &self.seed.channels[index].id,
            Document::Tool(index) => &self.seed.tools[index].id,
            Document::Agent(index) => &self.seed.agents[index].id,
        }
    }

    fn request(
        &self,
        actor: ActorIndex,
        resource_type: &'static str,
        action: &'static str,
        resource_id: &str,
    ) -> Draw<'a> {
        let seed: &'a Seed = self.seed;
        let actor: &'a Actor = seed.population.actor(actor);
        Draw {
            actor_id: actor.id.as_str().into(),
            actor_kind: actor.kind,
            roles: &actor.roles,
            tenants: &actor.tenants,
            action,
            resource_type,
            resource_id: resource_id.into(),
        }
    }
}

/// A document by its place among those of its kind.
#[derive(Debug, Clone, Copy)]
enum Document {
    Microdao(usize),
    Channel(usize),
    Tool(usize),
    Agent(usize),
}

impl Document {
    /// The type of resource and the action that a request about the document names.
    fn draw_action(self, random: &mut Random) -> (&'static str, &'static str) {
        let point = random.below(100);
        match self {
            Self::Microdao(_) => match point {
                0..50 => ("microdao", "read"),
                50..70 => ("microdao", "manage"),
                70..80 => ("microdao", "invite"),
                _ => ("usage", "view_usage"),
            },
            Self::Channel(_) => match point {
                0..40 => ("channel", "read"),
                40..90 => ("channel", "send_message"),
                _ => ("channel", "manage"),
            },
            Self::Tool(_) => ("tool", "exec_tool"),
            Self::Agent(_) => match point {
                0..70 => ("agent", "read"),
                _ => ("agent", "manage"),
            },
        }
    }
}
