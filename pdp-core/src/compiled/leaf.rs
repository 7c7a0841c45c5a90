use pdp_cel::{Bulk, Type};

use super::RelationIndex;
use crate::Fault;

/// A position in [`super::Code`]'s faults.
pub(crate) type FaultId = u32;

/// What expressions ask of a request and of facts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Leaf {
    ActorId,
    ActorType,
    /// The actor's roles; the fault if they are too many to be gone through.
    ActorRoles(FaultId),
    /// The actor's tenants; the fault if they are too many to be gone through.
    ActorTenants(FaultId),
    Action,
    ResourceId,
    ResourceType,
    Now(FaultId),
    Slot(Slot),
    /// The actor claims the role.
    Role(u32),
    /// The tenant is one of the actor's.
    Tenant(Box<str>),
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

/// A declared value, and what is wrong where it is not there, not what was declared, or too large.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Slot {
    pub(crate) source: SlotSource,
    pub(crate) value_type: Type,
    /// How large it may be.
    pub(crate) cap: Bulk,
    pub(crate) missing: FaultId,
    pub(crate) wrong_type: FaultId,
    pub(crate) too_large: FaultId,
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

/// Leaves by their numbers, and what can be wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Leaves {
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) faults: Vec<(Fault, Box<str>)>,
}
