//! The workload *seed*: N policy documents of a community platform, its actors, and requests about
//! them.
//!
//! A document is a microDAO, a channel, a tool or an agent. Everything is drawn from fixed seeds,
//! so that two runs, on whatever machine, measure the same thing.

mod actor;
mod document;
mod draw;
mod zipf;

pub use actor::{Actor, ActorIndex, ActorKind, Population, ROLES, SYSTEM_ADMIN, Text};
pub use document::{Agent, Channel, Microdao, MicrodaoIndex, MicrodaoRole, Tool};
pub use draw::{Draw, Draws};

use crate::random::Random;

/// The documents and actors of one size of the workload.
#[derive(Debug)]
pub struct Seed {
    /// All actors: users, agents and services.
    pub population: Population,
    /// 30 % of the documents, at least one.
    pub microdaos: Vec<Microdao>,
    /// 45 % of the documents.
    pub channels: Vec<Channel>,
    /// 15 % of the documents.
    pub tools: Vec<Tool>,
    /// The rest of the documents.
    pub agents: Vec<Agent>,
}

impl Seed {
    /// Draws a workload of `documents` documents (10 to 1 000 000 are measured).
    ///
    /// # Panics
    ///
    /// If `documents` is 0: there is no microDAO to begin with.
    pub fn new(documents: usize) -> Self {
        assert!(documents > 0, "a workload has at least one document");
        let microdao_count = (documents * 30 / 100).max(1);
        let channel_count = documents * 45 / 100;
        let tool_count = documents * 15 / 100;
        let agent_count = documents - microdao_count - channel_count - tool_count;

        // With this seed even ten documents are ordinary: none of their three microDAOs is open to
        // everyone.
        let mut random = Random::new(4);
        let mut population = Population::draw(&mut random, microdao_count, agent_count);
        let microdaos = document::draw_all(microdao_count, |index| {
            Microdao::draw(&mut random, &population, index)
        });
        let channels = document::draw_all(channel_count, |index| {
            Channel::draw(&mut random, &population, &microdaos, index)
        });
        let tools =
            document::draw_all(tool_count, |index| Tool::draw(&mut random, &population, index));
        let agents = document::draw_all(agent_count, |index| {
            Agent::draw(&mut random, &population, &microdaos, index)
        });
        population.join(&microdaos);
        Self { population, microdaos, channels, tools, agents }
    }

    /// The microDAO at `index`.
    pub fn microdao(&self, index: MicrodaoIndex) -> &Microdao {
        &self.microdaos[index.0]
    }
}
