use std::ops::Range;

use super::App;
use crate::random::Random;

/// An entity by its place in its hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntityIndex(pub usize);

/// The entities of one hierarchy.
#[derive(Debug)]
pub struct Hierarchy {
    /// The application that they belong to.
    pub app: App,
    /// The entities.
    pub entities: Vec<Entity>,
}

/// Somebody or something.
#[derive(Debug)]
pub struct Entity {
    /// Its type.
    pub kind: Kind,
    /// Type and id, `document:doc_3`.
    pub name: String,
    /// What it is directly in.
    pub parents: Vec<EntityIndex>,
    /// What else is known of it.
    pub details: Details,
}

/// What is known of an entity beside what it is in.
#[derive(Debug)]
pub enum Details {
    /// Nothing.
    None,
    /// Of a user of *gdrive*.
    User {
        /// What is in it was shared with the user.
        view: EntityIndex,
        /// Documents that the user owns.
        documents: Vec<EntityIndex>,
        /// Folders that the user owns.
        folders: Vec<EntityIndex>,
    },
    /// Of a view.
    View {
        /// The user or group that sees what is in it.
        of: EntityIndex,
    },
    /// Of a document.
    Document {
        /// Whether everybody may read it.
        is_public: bool,
    },
    /// Of a repository.
    Repository {
        /// Permissions to read, triage, write, maintain and administer: whoever is in one has it.
        permissions: [EntityIndex; 5],
        /// An organisation.
        owner: EntityIndex,
    },
    /// Of an organisation.
    Organization {
        /// Permissions to read, write and administer what it owns.
        permissions: [EntityIndex; 3],
    },
    /// Of a list.
    List {
        /// A user.
        owner: EntityIndex,
        /// A team.
        readers: EntityIndex,
        /// A team.
        editors: EntityIndex,
    },
}

/// The type of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says what it is")]
pub enum Kind {
    User,
    Group,
    Document,
    Folder,
    View,
    Repository,
    Organization,
    Permission,
    Team,
    List,
    Application,
}

impl Kind {
    /// The word for it in policies.
    pub fn word(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Group => "group",
            Kind::Document => "document",
            Kind::Folder => "folder",
            Kind::View => "view",
            Kind::Repository => "repository",
            Kind::Organization => "organization",
            Kind::Permission => "permission",
            Kind::Team => "team",
            Kind::List => "list",
            Kind::Application => "application",
        }
    }
}

impl Entity {
    /// The id alone.
    pub fn id(&self) -> &str {
        &self.name[self.kind.word().len() + 1..]
    }
}

impl Hierarchy {
    pub(super) fn new(app: App) -> Self {
        Hierarchy { app, entities: Vec::new() }
    }

    pub(super) fn add(
        &mut self,
        kind: Kind,
        id: &str,
        parents: Vec<EntityIndex>,
        details: Details,
    ) {
        let name = format!("{}:{id}", kind.word());
        self.entities.push(Entity { kind, name, parents, details });
    }

    /// The entity at `index`.
    pub fn entity(&self, index: EntityIndex) -> &Entity {
        &self.entities[index.0]
    }

    /// The entities of a type.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = EntityIndex> {
        let all = self.entities.iter().enumerate();
        all.filter(move |(_, entity)| entity.kind == kind).map(|(index, _)| EntityIndex(index))
    }
}

/// The probability of every edge.
const EDGE_PERCENT: u64 = 5;

/// Whether there is an edge.
pub(super) fn connects(random: &mut Random) -> bool {
    random.happens(EDGE_PERCENT)
}

/// Those of some entities to which there is an edge.
pub(super) fn connected(random: &mut Random, among: Range<usize>) -> Vec<EntityIndex> {
    among.filter(|_| connects(random)).map(EntityIndex).collect()
}

/// One of some entities.
pub(super) fn any(random: &mut Random, among: Range<usize>) -> EntityIndex {
    EntityIndex(random.between(among.start, among.end - 1))
}
