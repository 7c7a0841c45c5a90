use super::{Map, NodeId, RelationIndex, TypeIndex};

/// Names that policies use, and what they stand for.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    pub(crate) type_indexes: Map<Box<str>, TypeIndex>,
    pub(crate) types: Vec<TypeInfo>,
    /// Roles that policies name, aliases among them: each to its number.
    pub(crate) roles: Map<Box<str>, u32>,
    /// For each number the role's own name.
    pub(crate) role_names: Vec<Box<str>>,
}

/// What evaluation needs to know of a type.
#[derive(Debug)]
pub(crate) struct TypeInfo {
    /// Relations and links by [`RelationIndex`].
    pub(crate) relations: Vec<RelationInfo>,
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

/// A relation of the resources that a link points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step {
    pub(crate) link: RelationIndex,
    pub(crate) relation: RelationIndex,
}

impl TypeInfo {
    /// The closure of a relation; `None` for a link.
    pub(crate) fn closure(&self, relation: RelationIndex) -> Option<&Closure> {
        match self.relations.get(usize::from(relation)) {
            Some(RelationInfo::Union(closure)) => Some(closure),
            _ => None,
        }
    }
}
