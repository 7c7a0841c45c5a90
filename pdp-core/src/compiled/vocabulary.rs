use pdp_cel::Type;

use super::{Map, NodeId, RelationIndex, TypeIndex};
use crate::compile::bits;
use crate::model::AttributeSource;

/// Names that policies use, and what they stand for.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    pub(crate) type_indexes: Map<Box<str>, TypeIndex>,
    pub(crate) types: Vec<TypeInfo>,
    /// Attributes of actors.
    pub(crate) actor_attributes: Vec<AttributeInfo>,
    /// Other spellings of roles: each to the number of the role.
    pub(crate) aliases: Map<Box<str>, u32>,
}

/// What there is to know of a type.
#[derive(Debug, Default)]
pub(crate) struct TypeInfo {
    pub(crate) name: Box<str>,
    /// Whether ids carry the type.
    pub(crate) prefixed: bool,
    /// Relations and links by [`RelationIndex`].
    pub(crate) relations: Vec<RelationInfo>,
    /// Their names.
    pub(crate) relation_names: Vec<Box<str>>,
    /// For each of them its parts, as they were written; none of a link. Nothing is decided by them.
    pub(crate) parts: Vec<Box<[Part]>>,
    /// Relations of what links point to that rules ask; each has the position behind those of
    /// [`TypeInfo::relations`] and of the ones before it.
    pub(crate) through: Vec<Step>,
    /// Relations that facts may state for actors, as bits.
    pub(crate) direct: u64,
    /// Those whose closure has steps, and those whose closure has conditions.
    pub(crate) leading: u64,
    pub(crate) conditional: u64,
    /// Links by which a resource belongs to a tenant, as bits.
    pub(crate) tenant_links: u64,
    /// Attributes by position.
    pub(crate) attributes: Vec<AttributeInfo>,
}

/// An attribute.
#[derive(Debug)]
pub(crate) struct AttributeInfo {
    pub(crate) name: Box<str>,
    pub(crate) value_type: Type,
    pub(crate) max: u32,
    pub(crate) source: AttributeSource,
}

/// A relation or link.
#[derive(Debug)]
pub(crate) enum RelationInfo {
    Union(Closure),
    Link { target: TypeIndex, same_id: bool },
}

/// All that a relation is a union of, with the relations of the same resource that imply it.
#[derive(Debug, Default)]
pub(crate) struct Closure {
    /// Direct relations, as bits.
    pub(crate) direct: u64,
    /// Relations of the resources that links point to.
    pub(crate) steps: Vec<Step>,
    /// Conditions on the resource.
    pub(crate) conditions: Vec<NodeId>,
}

/// A part of a relation, as it was written.
#[derive(Debug)]
pub(crate) enum Part {
    Direct,
    Relation(RelationIndex),
    Through(Step),
    When(Box<str>),
}

/// A relation of the resources that a link points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step {
    pub(crate) link: RelationIndex,
    pub(crate) relation: RelationIndex,
}

impl TypeInfo {
    /// The direct relations that give one of these relations, as bits.
    #[inline]
    pub(crate) fn direct_of(&self, relations: u64) -> u64 {
        self.closures(relations).fold(0, |mask, closure| mask | closure.direct)
    }

    /// The closures of some relations, given as bits.
    #[inline]
    pub(crate) fn closures(&self, relations: u64) -> impl Iterator<Item = &Closure> {
        bits(relations).filter_map(|relation| self.closure(relation))
    }

    /// The closure of a relation; `None` for a link.
    pub(crate) fn closure(&self, relation: RelationIndex) -> Option<&Closure> {
        match self.relations.get(usize::from(relation)) {
            Some(RelationInfo::Union(closure)) => Some(closure),
            _ => None,
        }
    }
}
