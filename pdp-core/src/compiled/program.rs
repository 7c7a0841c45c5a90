use super::{RelationIndex, Stored};
use crate::Fault;
use crate::model::Type;
use crate::pattern::Pattern;

/// A node, by its position in [`Program::nodes`].
pub(crate) type NodeId = u32;

/// A fault, by its position in [`Program::faults`].
pub(crate) type FaultId = u32;

/// All expressions of a policy set in one flat array; equal ones stand there once.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) nodes: Vec<Node>,
    /// For each node, whether several others refer to it and it is worth remembering.
    pub(crate) shared: Vec<bool>,
    pub(crate) constants: Vec<Stored>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) faults: Vec<(Fault, Box<str>)>,
}

/// A value or a condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Constant(u32),
    Builtin(Builtin),
    Slot(u32),
    List(Box<[NodeId]>),
    /// The optional value, or the other one where it is absent.
    Default {
        value: NodeId,
        otherwise: NodeId,
    },
    Present(u32),
    All(Box<[NodeId]>),
    Any(Box<[NodeId]>),
    Not(NodeId),
    Equal {
        left: NodeId,
        right: NodeId,
    },
    Compare {
        order: Order,
        left: NodeId,
        right: NodeId,
    },
    In {
        element: NodeId,
        list: NodeId,
    },
    StartsWith {
        text: NodeId,
        prefix: NodeId,
    },
    EndsWith {
        text: NodeId,
        suffix: NodeId,
    },
    Contains {
        text: NodeId,
        part: NodeId,
    },
    /// The text fits the pattern.
    Fits {
        text: NodeId,
        pattern: u32,
    },
    /// The actor claims the role.
    Role(u32),
    /// The actor's type is one of the mask.
    ActorTypes(u8),
    /// The actor has the relation on the resource.
    Related(RelationIndex),
    /// The actor has the relation on a target of the link.
    RelatedThrough {
        link: RelationIndex,
        relation: RelationIndex,
    },
    /// The resource is known.
    Known,
    /// The link has a target.
    Linked(RelationIndex),
    /// The resource belongs to the tenant.
    BelongsTo(u32),
}

/// What every request has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Builtin {
    ActorId,
    ActorType,
    ActorRoles,
    ActorTenants,
    Action,
    ResourceId,
    ResourceType,
    Now(FaultId),
}

/// Which of two values is the smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A declared value, and what is wrong where it is not there or not what was declared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Slot {
    pub(crate) source: SlotSource,
    pub(crate) value_type: Type,
    pub(crate) optional: bool,
    pub(crate) missing: FaultId,
    pub(crate) wrong_type: FaultId,
}

/// Where a declared value is found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SlotSource {
    Context(Box<str>),
    ActorRequest(Box<str>),
    ResourceRequest(Box<str>),
    /// By its position among the attributes of actors.
    ActorFact(u16),
    /// By its position among the attributes of the type.
    ResourceFact(u16),
}
