//! Builds the program: equal nodes become one, what is known becomes a constant.

use crate::Fault;
use crate::compiled::{
    Dispatch, FaultId, Map, Node, NodeId, Order, Program, RelationInfo, Set, Slot, Stored,
    TextTable, TypeInfo,
};
use crate::evaluate::{Operand, compare, equal, is_in};
use crate::pattern::{Glob, Pattern, Regex, RegexBudget, RegexError};

#[derive(Default)]
pub(super) struct Builder {
    program: Program,
    roles: TextTable,
    aliases: Map<Box<str>, u32>,
    /// Globs by their text.
    glob_ids: Map<Box<str>, u32>,
    /// Regular expressions by their text, those that are refused among them: each comes again with
    /// every type and rule.
    regex_ids: Map<Box<str>, Result<u32, RegexError>>,
    regex_budget: RegexBudget,
    node_ids: Map<Node, NodeId>,
    constant_ids: Map<Stored, u32>,
    slot_ids: Map<Slot, u32>,
    fault_ids: Map<(Fault, Box<str>), FaultId>,
    /// For each node what evaluating it may take.
    costs: Vec<Cost>,
}

/// What evaluating a node may take: how many nodes are touched, how deep they nest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    pub(super) operations: u32,
    pub(super) depth: u32,
}

impl Builder {
    pub(super) fn bool(&mut self, value: bool) -> NodeId {
        self.constant(Stored::Bool(value))
    }

    pub(super) fn constant(&mut self, value: Stored) -> NodeId {
        let constants = &mut self.program.constants;
        let index = *self.constant_ids.entry(value).or_insert_with_key(|value| {
            constants.push(value.clone());
            number(constants.len() - 1)
        });
        self.add(Node::Constant(index))
    }

    pub(super) fn as_bool(&self, node: NodeId) -> Option<bool> {
        match self.stored(node) {
            Some(Stored::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// The constant that a node is, if it is one.
    pub(super) fn stored(&self, node: NodeId) -> Option<&Stored> {
        match &self.program.nodes[node as usize] {
            Node::Constant(index) => Some(&self.program.constants[*index as usize]),
            _ => None,
        }
    }

    pub(super) fn node(&self, node: NodeId) -> &Node {
        &self.program.nodes[node as usize]
    }

    /// "All of `parts`": "no" if one is, without the parts that are always "yes".
    pub(super) fn all(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.combined(parts, true)
    }

    /// "One of `parts`": "yes" if one is, without the parts that are always "no".
    pub(super) fn any(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.combined(parts, false)
    }

    fn combined(&mut self, parts: impl IntoIterator<Item = NodeId>, is_all: bool) -> NodeId {
        let mut kept: Vec<NodeId> = Vec::new();
        let mut seen = Set::default();
        for part in parts {
            let inner: &[NodeId] = match self.node(part) {
                Node::All(inner) if is_all => inner,
                Node::Any(inner) if !is_all => inner,
                _ => std::slice::from_ref(&part),
            };
            let inner: Vec<NodeId> = inner.into();
            for part in inner {
                match self.as_bool(part) {
                    Some(value) if value == is_all => {}
                    Some(value) => return self.bool(value),
                    None if seen.insert(part) => kept.push(part),
                    None => {}
                }
            }
        }
        match kept[..] {
            [] => self.bool(is_all),
            [part] => part,
            _ if is_all => self.add(Node::All(kept.into())),
            _ => self.add(Node::Any(kept.into())),
        }
    }

    pub(super) fn not(&mut self, part: NodeId) -> NodeId {
        match (self.as_bool(part), self.node(part)) {
            (Some(value), _) => self.bool(!value),
            (None, Node::Not(inner)) => *inner,
            (None, _) => self.add(Node::Not(part)),
        }
    }

    pub(super) fn equal(&mut self, left: NodeId, right: NodeId) -> NodeId {
        match (self.stored(left), self.stored(right)) {
            (Some(a), Some(b)) => {
                let value = equal(&Operand::stored(a), &Operand::stored(b));
                self.bool(value)
            }
            _ => self.add(Node::Equal { left: left.min(right), right: left.max(right) }),
        }
    }

    pub(super) fn compare(&mut self, order: Order, left: NodeId, right: NodeId) -> NodeId {
        match (self.stored(left), self.stored(right)) {
            (Some(a), Some(b)) => {
                let value = compare(order, &Operand::stored(a), &Operand::stored(b));
                self.bool(value)
            }
            _ => self.add(Node::Compare { order, left, right }),
        }
    }

    pub(super) fn is_in(&mut self, element: NodeId, list: NodeId) -> NodeId {
        match (self.stored(element), self.stored(list)) {
            (Some(element), Some(Stored::List(items))) => {
                let value = is_in(&Operand::stored(element), items);
                self.bool(value)
            }
            _ => self.add(Node::In { element, list }),
        }
    }

    pub(super) fn starts_with(&mut self, text: NodeId, prefix: NodeId) -> NodeId {
        match self.stored_texts(text, prefix) {
            Some((text, prefix)) => self.bool(text.starts_with(&*prefix)),
            None => self.add(Node::StartsWith { text, prefix }),
        }
    }

    pub(super) fn ends_with(&mut self, text: NodeId, suffix: NodeId) -> NodeId {
        match self.stored_texts(text, suffix) {
            Some((text, suffix)) => self.bool(text.ends_with(&*suffix)),
            None => self.add(Node::EndsWith { text, suffix }),
        }
    }

    pub(super) fn contains(&mut self, text: NodeId, part: NodeId) -> NodeId {
        match self.stored_texts(text, part) {
            Some((text, part)) => self.bool(text.contains(&*part)),
            None => self.add(Node::Contains { text, part }),
        }
    }

    fn stored_texts(&self, left: NodeId, right: NodeId) -> Option<(Box<str>, Box<str>)> {
        match (self.stored(left)?, self.stored(right)?) {
            (Stored::String(left), Stored::String(right)) => Some((left.clone(), right.clone())),
            _ => None,
        }
    }

    /// A list; a constant if all its items are.
    pub(super) fn list(&mut self, items: Vec<NodeId>) -> NodeId {
        let stored: Option<Vec<Stored>> =
            items.iter().map(|item| self.stored(*item).cloned()).collect();
        match stored {
            Some(stored) => self.constant(Stored::List(stored.into())),
            None => self.add(Node::List(items.into())),
        }
    }

    pub(super) fn role_node(&mut self, role: &str) -> NodeId {
        let role = self.role(role);
        self.add(Node::Role(role))
    }

    /// The number of a role.
    pub(super) fn role(&mut self, role: &str) -> u32 {
        match self.aliases.get(role) {
            Some(index) => *index,
            None => self.roles.intern(role),
        }
    }

    pub(super) fn alias(&mut self, alias: &str, role: &str) {
        let role = self.roles.intern(role);
        self.aliases.insert(alias.into(), role);
    }

    /// The node that says whether a text fits a glob.
    pub(super) fn fits_glob(&mut self, text: NodeId, pattern: &str) -> NodeId {
        let glob = Glob::new(pattern);
        if let Some(prefix) = glob.prefix() {
            let prefix = self.constant(Stored::String(prefix.into()));
            return self.starts_with(text, prefix);
        }
        let patterns = &mut self.program.patterns;
        let index = *self.glob_ids.entry(pattern.into()).or_insert_with(|| {
            patterns.push(Pattern::Glob(glob));
            number(patterns.len() - 1)
        });
        self.add(Node::Fits { text, pattern: index })
    }

    /// The node that says whether a text fits a regular expression. Equal ones are made once.
    pub(super) fn fits_regex(&mut self, text: NodeId, regex: &str) -> Result<NodeId, RegexError> {
        let Builder { program, regex_ids, regex_budget, .. } = self;
        let made = regex_ids.entry(regex.into()).or_insert_with(|| {
            let compiled = Regex::new(regex, regex_budget)?;
            program.patterns.push(Pattern::Regex(Box::new(compiled)));
            Ok(number(program.patterns.len() - 1))
        });
        let index = made.clone()?;
        Ok(self.add(Node::Fits { text, pattern: index }))
    }

    pub(super) fn fault(&mut self, fault: Fault, message: String) -> FaultId {
        let faults = &mut self.program.faults;
        *self.fault_ids.entry((fault, message.into())).or_insert_with_key(|key| {
            faults.push(key.clone());
            number(faults.len() - 1)
        })
    }

    pub(super) fn slot(&mut self, slot: Slot) -> u32 {
        let slots = &mut self.program.slots;
        *self.slot_ids.entry(slot).or_insert_with_key(|slot| {
            slots.push(slot.clone());
            number(slots.len() - 1)
        })
    }

    pub(super) fn add(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.node_ids.get(&node) {
            return *id;
        }
        let children = children(&node);
        let cost = children.iter().map(|child| self.cost(*child)).fold(
            Cost { operations: 1, depth: 1 },
            |sum, child| Cost {
                operations: sum.operations.saturating_add(child.operations),
                depth: sum.depth.max(child.depth + 1),
            },
        );
        let id = number(self.program.nodes.len());
        self.costs.push(cost);
        self.program.nodes.push(node.clone());
        self.node_ids.insert(node, id);
        id
    }

    pub(super) fn cost(&self, node: NodeId) -> Cost {
        self.costs[node as usize]
    }

    /// The program, the roles that were given numbers, and their aliases.
    pub(super) fn finish(
        self,
        dispatch: &Dispatch,
        types: &[TypeInfo],
    ) -> (Program, TextTable, Map<Box<str>, u32>) {
        let mut program = self.program;
        program.shared = shared(&program, dispatch, types);
        (program, self.roles, self.aliases)
    }
}

/// Which nodes several others or rules refer to, and are dearer than a glance.
fn shared(program: &Program, dispatch: &Dispatch, types: &[TypeInfo]) -> Vec<bool> {
    let mut references = vec![0_u32; program.nodes.len()];
    let mut refer = |node: NodeId| references[node as usize] += 1;
    for node in &program.nodes {
        children(node).iter().for_each(|child| refer(*child));
    }
    for dispatch in &dispatch.types {
        for cell in dispatch.cells.values() {
            let candidates = cell.bypass.iter().chain(&cell.deny).chain(&cell.permit);
            candidates.for_each(|candidate| refer(candidate.condition));
        }
        dispatch.otherwise.iter().for_each(|(condition, _)| refer(*condition));
    }
    for relation in types.iter().flat_map(|info| &info.relations) {
        if let RelationInfo::Union(closure) = relation {
            closure.conditions.iter().for_each(|condition| refer(*condition));
        }
    }
    let dear = program.nodes.iter().map(|node| {
        matches!(
            node,
            Node::All(_)
                | Node::Any(_)
                | Node::Equal { .. }
                | Node::Compare { .. }
                | Node::In { .. }
                | Node::StartsWith { .. }
                | Node::EndsWith { .. }
                | Node::Contains { .. }
                | Node::Fits { .. }
                | Node::Role(_)
                | Node::Related(_)
                | Node::RelatedThrough { .. }
        )
    });
    references.iter().zip(dear).map(|(count, dear)| dear && *count > 1).collect()
}

fn children(node: &Node) -> Vec<NodeId> {
    match node {
        Node::List(items) | Node::All(items) | Node::Any(items) => items.to_vec(),
        Node::Default { value: left, otherwise: right }
        | Node::Equal { left, right }
        | Node::Compare { left, right, .. }
        | Node::In { element: left, list: right }
        | Node::StartsWith { text: left, prefix: right }
        | Node::EndsWith { text: left, suffix: right }
        | Node::Contains { text: left, part: right } => vec![*left, *right],
        Node::Not(part) | Node::Fits { text: part, .. } => vec![*part],
        _ => Vec::new(),
    }
}

/// Tables of a program have fewer than 2^32 entries: each stands for bytes of a policy text.
fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a policy set is below 2^32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiled::{Builtin, Candidate, Cell, TypeDispatch};

    fn text(builder: &mut Builder, text: &str) -> NodeId {
        builder.constant(Stored::String(text.into()))
    }

    #[test]
    fn equal_nodes_are_one_and_parts_of_parts_are_parts() {
        let mut builder = Builder::default();
        let [a, b, c] = [Node::Known, Node::Role(1), Node::Role(2)].map(|node| builder.add(node));
        assert_eq!(builder.add(Node::Known), a);
        let (inner, flat) = (builder.all([a, b]), builder.all([a, b, c]));
        assert_eq!(builder.all([inner, c]), flat);
        assert_eq!(builder.all([a, b, c, a]), flat);
        let (other, alternatives) = (builder.any([a, b]), builder.any([a, b, c]));
        assert_eq!(builder.any([other, c]), alternatives);
        // "One of" within "all of" stays as it is.
        assert_eq!(*builder.node(inner), Node::All([a, b].into()));
        let mixed = builder.all([other, c]);
        assert_eq!(*builder.node(mixed), Node::All([other, c].into()));
        let mixed = builder.any([inner, c]);
        assert_eq!(*builder.node(mixed), Node::Any([inner, c].into()));
    }

    #[test]
    fn what_is_known_becomes_a_constant() {
        let mut builder = Builder::default();
        let (yes, no, open) = (builder.bool(true), builder.bool(false), builder.add(Node::Known));
        assert_eq!([builder.all([]), builder.any([])], [yes, no]);
        assert_eq!([builder.all([yes, open]), builder.any([no, open])], [open, open]);
        assert_eq!([builder.all([open, no]), builder.any([open, yes])], [no, yes]);
        let negated = builder.not(open);
        assert_eq!([builder.not(yes), builder.not(negated)], [no, open]);
        assert_ne!(negated, open);

        let [one, two] = [1, 2].map(|number| builder.constant(Stored::Int(number)));
        assert_eq!([builder.equal(one, two), builder.equal(two, two)], [no, yes]);
        let order = |order, builder: &mut Builder| builder.compare(order, one, two);
        assert_eq!(order(Order::Less, &mut builder), yes);
        assert_eq!(order(Order::GreaterOrEqual, &mut builder), no);
        let list = builder.list(vec![two]);
        assert!(matches!(builder.stored(list), Some(Stored::List(_))));
        assert_eq!([builder.is_in(one, list), builder.is_in(two, list)], [no, yes]);

        let [abc, ab, bc] = ["abc", "ab", "bc"].map(|part| text(&mut builder, part));
        assert_eq!([builder.starts_with(abc, ab), builder.starts_with(abc, bc)], [yes, no]);
        assert_eq!([builder.ends_with(abc, ab), builder.ends_with(abc, bc)], [no, yes]);
        assert_eq!([builder.contains(abc, bc), builder.contains(bc, abc)], [yes, no]);
    }

    #[test]
    fn what_is_not_known_stays_a_question() {
        let mut builder = Builder::default();
        let id = builder.add(Node::Builtin(Builtin::ActorId));
        let ab = text(&mut builder, "ab");
        // Either way round it is the same question.
        let equal = builder.equal(id, ab);
        assert_eq!(builder.equal(ab, id), equal);
        let list = builder.list(vec![id, ab]);
        assert_eq!(*builder.node(list), Node::List([id, ab].into()));
        for (node, expected) in [
            (builder.is_in(id, list), Node::In { element: id, list }),
            (builder.starts_with(id, ab), Node::StartsWith { text: id, prefix: ab }),
            (builder.ends_with(id, ab), Node::EndsWith { text: id, suffix: ab }),
            (builder.contains(id, ab), Node::Contains { text: id, part: ab }),
            (
                builder.compare(Order::Less, id, ab),
                Node::Compare { order: Order::Less, left: id, right: ab },
            ),
        ] {
            assert_eq!(*builder.node(node), expected);
        }
    }

    #[test]
    fn what_evaluating_may_take_is_summed() {
        let mut builder = Builder::default();
        let [a, b, c] = [Node::Known, Node::Role(1), Node::Role(2)].map(|node| builder.add(node));
        let cost = |builder: &Builder, node| {
            let Cost { operations, depth } = builder.cost(node);
            (operations, depth)
        };
        assert_eq!(cost(&builder, a), (1, 1));
        let alternatives = builder.any([a, b]);
        assert_eq!(cost(&builder, alternatives), (3, 2));
        let negated = builder.not(alternatives);
        let all = builder.all([negated, c]);
        assert_eq!(cost(&builder, all), (6, 4));
        let (id, ab) = (builder.add(Node::Builtin(Builtin::ActorId)), text(&mut builder, "ab"));
        let equal = builder.equal(id, ab);
        assert_eq!(cost(&builder, equal), (3, 2));
    }

    #[test]
    fn what_several_refer_to_and_is_dearer_than_a_glance_is_remembered() {
        let mut builder = Builder::default();
        let [known, role, other] =
            [Node::Known, Node::Role(1), Node::Role(2)].map(|node| builder.add(node));
        let twice = builder.any([known, role]);
        let once = builder.all([twice, other]);
        let condition = |condition| Candidate { rule: 0, condition };
        let cell = Cell {
            deny: vec![condition(once)],
            permit: vec![condition(twice), condition(known)],
            ..Cell::default()
        };
        let cells = [("read".into(), cell)].into_iter().collect();
        let of_type = TypeDispatch { cells, otherwise: vec![], ..TypeDispatch::default() };
        let dispatch = Dispatch { types: vec![of_type], ..Dispatch::default() };
        let (program, _, _) = builder.finish(&dispatch, &[]);
        let remembered: Vec<NodeId> =
            (0..).zip(&program.shared).filter(|(_, shared)| **shared).map(|(id, _)| id).collect();
        assert_eq!(remembered, [twice]);
    }
}
