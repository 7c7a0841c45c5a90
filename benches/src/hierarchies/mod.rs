//! Workload *hierarchies*: the applications *gdrive*, *github* and *tinytodo* by which the paper on
//! Cedar (OOPSLA 2024, arXiv 2403.04651) compares policy languages.
//!
//! A hierarchy has `size` entities of every type; every edge that may be is drawn by itself with
//! the same probability. The rules are those of the packs in `policies`, as they are.

mod draw;
mod entity;
mod facts;
mod gdrive;
mod github;
mod reference;
mod tinytodo;

pub use draw::Draw;
pub use entity::{Details, Entity, EntityIndex, Hierarchy, Kind};
pub use facts::texts;
pub use reference::permits;

use crate::random::Random;

/// How many entities of every type are measured.
pub const SIZES: [usize; 4] = [5, 10, 20, 50];

/// One of the applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum App {
    /// Documents in folders, owned, shared, or public.
    Gdrive,
    /// Repositories with five ranks of permissions, for people, teams and organisations.
    Github,
    /// Lists of tasks, shared with teams.
    Tinytodo,
}

impl App {
    /// All of them.
    pub const ALL: [App; 3] = [App::Gdrive, App::Github, App::Tinytodo];

    /// What the application and its pack are called.
    pub fn name(self) -> &'static str {
        match self {
            App::Gdrive => "gdrive",
            App::Github => "github",
            App::Tinytodo => "tinytodo",
        }
    }

    /// The rules of its pack.
    pub fn rules(self) -> &'static str {
        match self {
            App::Gdrive => include_str!("../../../policies/gdrive/rules.yaml"),
            App::Github => include_str!("../../../policies/github/rules.yaml"),
            App::Tinytodo => include_str!("../../../policies/tinytodo/rules.yaml"),
        }
    }

    /// The actions, each with the only type of resource that it is for.
    pub fn actions(self) -> &'static [(&'static str, Kind)] {
        match self {
            App::Gdrive => &gdrive::ACTIONS,
            App::Github => &github::ACTIONS,
            App::Tinytodo => &tinytodo::ACTIONS,
        }
    }
}

/// Some hierarchies of one application and size, and requests about them.
#[derive(Debug)]
pub struct Hierarchies {
    /// The application.
    pub app: App,
    /// The hierarchies.
    pub hierarchies: Vec<Hierarchy>,
    /// The requests; those of one hierarchy follow each other.
    pub draws: Vec<Draw>,
}

impl Hierarchies {
    /// Draws hierarchies with `size` entities of every type (5 to 50 are measured).
    ///
    /// # Panics
    ///
    /// If `size` is 0: there is nobody who could ask.
    pub fn new(app: App, size: usize) -> Self {
        assert!(size > 0, "a hierarchy has entities");
        let mut random = Random::new(SEED ^ size as u64);
        let mut drawn = Hierarchies { app, hierarchies: Vec::new(), draws: Vec::new() };
        for number in 0..HIERARCHIES {
            let hierarchy = match app {
                App::Gdrive => gdrive::hierarchy(&mut random, size),
                App::Github => github::hierarchy(&mut random, size),
                App::Tinytodo => tinytodo::hierarchy(&mut random, size),
            };
            let requests = (0..REQUESTS).map(|_| Draw::new(&mut random, &hierarchy, number));
            drawn.draws.extend(requests);
            drawn.hierarchies.push(hierarchy);
        }
        drawn
    }

    /// The hierarchy that a request is about.
    pub fn of(&self, draw: &Draw) -> &Hierarchy {
        &self.hierarchies[draw.hierarchy]
    }

    /// For each request whether the reference permits it.
    pub fn wanted(&self) -> Vec<bool> {
        self.draws.iter().map(|draw| permits(self.of(draw), draw)).collect()
    }
}

const SEED: u64 = 0x6f6f_7073_6c61;

/// How many hierarchies there are of one size, and how many requests about each.
const HIERARCHIES: usize = 20;
const REQUESTS: usize = 200;
