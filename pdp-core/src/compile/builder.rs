//! Puts the program of a policy set together: expressions over leaves.

use pdp_cel::{Cost, Extent, NodeId, Program, RegexError, Stored};

use crate::compiled::{
    Dispatch, FaultId, Id, Leaf, Leaves, Map, RelationInfo, Test, TextTable, TypeInfo, number,
};
use crate::{Fault, HostFunction};

/// Builds programs.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pub(super) expressions: pdp_cel::Builder,
    leaves: Leaves,
    leaf_ids: Map<Leaf, pdp_cel::Leaf>,
    fault_ids: Map<(Fault, Box<str>), FaultId>,
    roles: TextTable,
    aliases: Map<Box<str>, u32>,
}

impl Builder {
    /// A builder that knows the numbers of some roles already.
    pub(super) fn new(functions: Vec<HostFunction>, roles: TextTable) -> Self {
        Builder { expressions: pdp_cel::Builder::new(functions), roles, ..Builder::default() }
    }

    /// What all of the parts of a node must be, if it is "all of them"; else itself.
    pub(super) fn parts(&self, node: NodeId) -> Vec<NodeId> {
        self.expressions.parts_of_all(node)
    }

    /// Of which parts any must be, if a node is "any of them"; else itself.
    pub(super) fn alternatives(&self, node: NodeId) -> Vec<NodeId> {
        self.expressions.parts_of_any(node)
    }

    /// What must not be, if a node is "not".
    pub(super) fn negated(&self, node: NodeId) -> Option<NodeId> {
        self.expressions.negated(node)
    }

    pub(super) fn bool(&mut self, value: bool) -> NodeId {
        self.expressions.bool(value)
    }

    pub(super) fn as_bool(&self, node: NodeId) -> Option<bool> {
        self.expressions.as_bool(node)
    }

    pub(super) fn text(&mut self, text: &str) -> NodeId {
        self.expressions.constant(Stored::String(text.into()))
    }

    pub(super) fn all(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.expressions.all(parts)
    }

    pub(super) fn any(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.expressions.any(parts)
    }

    pub(super) fn not(&mut self, part: NodeId) -> NodeId {
        self.expressions.not(part)
    }

    pub(super) fn equal(&mut self, left: NodeId, right: NodeId) -> NodeId {
        self.expressions.equal(left, right)
    }

    /// The node that says whether a text fits a glob.
    pub(super) fn fits_glob(&mut self, text: NodeId, pattern: &str) -> NodeId {
        self.expressions.fits_glob(text, pattern)
    }

    /// The node that says whether the whole of a text fits a regular expression.
    pub(super) fn fits_regex(&mut self, text: NodeId, regex: &str) -> Result<NodeId, RegexError> {
        self.expressions.fits_regex(text, regex, Extent::Whole)
    }

    pub(super) fn cost(&self, node: NodeId) -> Cost {
        self.expressions.cost(node)
    }

    /// The node of a leaf.
    pub(super) fn leaf(&mut self, leaf: Leaf) -> NodeId {
        let weight = weight(&leaf);
        let leaves = &mut self.leaves.leaves;
        let index = *self.leaf_ids.entry(leaf).or_insert_with_key(|leaf| {
            leaves.push(leaf.clone());
            number(leaves.len() - 1)
        });
        self.expressions.leaf(index, weight)
    }

    /// The leaf that a node is, if it is one.
    pub(super) fn as_leaf(&self, node: NodeId) -> Option<&Leaf> {
        self.expressions.as_leaf(node).map(|index| self.leaf_of(index))
    }

    pub(super) fn leaf_of(&self, index: pdp_cel::Leaf) -> &Leaf {
        &self.leaves.leaves[index as usize]
    }

    /// The id that a node is, if it is one.
    pub(super) fn as_id(&self, node: NodeId) -> Option<Id> {
        match self.as_leaf(node)? {
            Leaf::ActorId => Some(Id::Actor),
            Leaf::ResourceId => Some(Id::Resource),
            _ => None,
        }
    }

    pub(super) fn role_node(&mut self, role: &str) -> NodeId {
        let role = self.role(role);
        self.leaf(Leaf::Role(role))
    }

    /// The number of a role.
    pub(super) fn role(&mut self, role: &str) -> u32 {
        match self.aliases.get(role) {
            Some(index) => *index,
            None => self.roles.intern(role),
        }
    }

    /// All that a role is called.
    pub(super) fn spellings(&self, role: u32) -> impl Iterator<Item = &str> {
        let own = Some(self.roles.text(role)).filter(|own| !self.aliases.contains_key(*own));
        let aliases = self.aliases.iter().filter(move |(_, of)| **of == role);
        own.into_iter().chain(aliases.map(|(alias, _)| &**alias))
    }

    pub(super) fn alias(&mut self, alias: &str, role: &str) {
        let role = self.roles.intern(role);
        self.aliases.insert(alias.into(), role);
    }

    pub(super) fn fault(&mut self, fault: Fault, message: String) -> FaultId {
        let faults = &mut self.leaves.faults;
        *self.fault_ids.entry((fault, message.into())).or_insert_with_key(|key| {
            faults.push(key.clone());
            number(faults.len() - 1)
        })
    }

    /// The program, its leaves, the roles that were given numbers, and their aliases.
    pub(super) fn finish(
        self,
        dispatch: &Dispatch,
        types: &[TypeInfo],
    ) -> (Program, Leaves, TextTable, Map<Box<str>, u32>) {
        let program = self.expressions.finish(roots(dispatch, types));
        (program, self.leaves, self.roles, self.aliases)
    }
}

/// The nodes that rules, lines of `otherwise` and relations ask for.
fn roots(dispatch: &Dispatch, types: &[TypeInfo]) -> Vec<NodeId> {
    let candidates = dispatch.lists.candidates.iter().map(|candidate| candidate.tests);
    let lines = dispatch.types.iter().flat_map(|of_type| &of_type.otherwise);
    let tests = candidates.chain(lines.map(|line| line.tests));
    let tests = tests.flat_map(|tests| dispatch.of(tests));
    let mut roots: Vec<NodeId> = tests.filter_map(Test::node).collect();
    for relation in types.iter().flat_map(|info| &info.relations) {
        if let RelationInfo::Union(closure) = relation {
            roots.extend(&closure.conditions);
        }
    }
    roots
}

/// What asking a leaf costs, in comparisons.
fn weight(leaf: &Leaf) -> u32 {
    match leaf {
        Leaf::ActorTypes(_) | Leaf::Action | Leaf::ActorId | Leaf::ActorType => 0,
        Leaf::ResourceId | Leaf::ResourceType | Leaf::Now(_) | Leaf::Known => 1,
        Leaf::Slot(_) | Leaf::Linked(_) => 2,
        Leaf::Role(_) | Leaf::Tenant(_) | Leaf::ActorRoles(_) | Leaf::ActorTenants(_) => 3,
        Leaf::BelongsTo(_) => 16,
        Leaf::Related(_) | Leaf::RelatedThrough { .. } => 32,
    }
}
