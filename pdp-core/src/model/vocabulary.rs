use pdp_cel::Type;

use super::{Condition, OtherwiseLine, Word};

/// A type of resources.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceType {
    /// Its name.
    pub name: Word,
    /// Whether ids carry the type: a reference is then the id itself.
    pub prefixed: bool,
    /// The actions it declares.
    pub actions: Vec<Word>,
    /// Its relations and links.
    pub relations: Vec<Relation>,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// Lines that choose the reason of the default deny.
    pub otherwise: Vec<OtherwiseLine>,
}

/// A relation or link of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// Its name.
    pub name: Word,
    /// What it is.
    pub definition: RelationDefinition,
}

/// What a relation is.
#[derive(Clone, Debug, PartialEq)]
pub enum RelationDefinition {
    /// A relation of actors: the union of its parts.
    Union(Vec<RelationPart>),
    /// A link to resources of another type.
    Link {
        /// The type of its targets.
        to: Word,
        /// Whether it points, without facts, to the resource with the same id.
        same_id: bool,
        /// Whether the resource belongs to its targets, as to tenants.
        tenant: bool,
    },
}

impl RelationDefinition {
    /// Whether facts may state the relation for actors.
    pub fn is_direct(&self) -> bool {
        match self {
            RelationDefinition::Union(parts) => parts.contains(&RelationPart::Direct),
            RelationDefinition::Link { .. } => false,
        }
    }
}

/// A part of a relation.
#[derive(Clone, Debug, PartialEq)]
pub enum RelationPart {
    /// Stated by facts.
    Direct,
    /// Another relation of the same resource.
    Relation(Word),
    /// A relation of the resources that a link points to.
    Through {
        /// The link.
        link: Word,
        /// The relation on its targets.
        relation: Word,
    },
    /// Computed from the request.
    When(Condition),
}

/// An attribute of resources or actors, or a value of the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: Word,
    /// The type of its values.
    pub value_type: Type,
    /// Whether it may be absent.
    pub optional: bool,
    /// How many items a list, map or open value may have, those of items among them; how many bytes
    /// a text may have. Of no effect on other values.
    pub max: u32,
    /// Who states it.
    pub source: AttributeSource,
    /// Whether audit records leave the value out.
    pub masked: bool,
}

/// Who states an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttributeSource {
    /// Facts; a request cannot.
    Facts,
    /// The request; facts cannot.
    Request,
}

/// The settings of a policy set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which requests bypass rules may decide.
    pub bypass: Bypass,
    /// How many sets answering one relation may visit.
    pub walk_limit: u32,
    /// Whether ids in policy files may hold characters outside ASCII.
    pub non_ascii_ids: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { bypass: Bypass::All, walk_limit: 131_072, non_ascii_ids: false }
    }
}

/// Which requests bypass rules may decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bypass {
    /// Every request.
    All,
    /// None.
    Off,
    /// Those with one of these actions.
    Actions(Vec<Word>),
}
