//! Expressions in the form in which they are evaluated: nodes in one flat array.

use std::collections::BTreeSet;

use crate::compare::Order;
use crate::functions::Function;
use crate::pattern::Pattern;
use crate::syntax::{BinaryOperator, LoopKind};
use crate::time::Zone;
use crate::{Fault, HostFunction, Stored};

/// A position in [`Program`]'s nodes.
pub type NodeId = u32;

/// A value or condition that the host knows, by a number that the host gave.
pub type Leaf = u32;

/// Expressions; equal ones stand there once.
#[derive(Debug, Default)]
pub struct Program {
    pub(crate) nodes: Vec<Node>,
    /// For each node, whether several others refer to it and it is worth remembering.
    pub(crate) shared: Vec<bool>,
    pub(crate) constants: Vec<Stored>,
    pub(crate) names: Vec<Box<str>>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) zones: Vec<Zone>,
    pub(crate) host_functions: Vec<HostFunction>,
    /// What was written where evaluating may fail, by node.
    pub(crate) origins: Vec<(NodeId, Box<str>)>,
}

/// A value or a condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Constant(u32),
    /// A value that the host knows; a fault where it is absent.
    Leaf(Leaf),
    /// Whether the host has the value.
    Present(Leaf),
    /// The value as an optional.
    MaybeLeaf(Leaf),
    /// A name of a macro, by how many others were known before it.
    Local(u16),
    All(Box<[NodeId]>),
    Any(Box<[NodeId]>),
    Not(NodeId),
    Conditional {
        condition: NodeId,
        yes: NodeId,
        no: NodeId,
    },
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
    Arithmetic {
        operator: BinaryOperator,
        left: NodeId,
        right: NodeId,
    },
    Negate(NodeId),
    /// The value if it is present, or the other one where it is absent.
    Default {
        value: NodeId,
        otherwise: NodeId,
    },
    Field {
        operand: NodeId,
        name: u32,
        optional: bool,
    },
    Has {
        operand: NodeId,
        name: u32,
    },
    Index {
        operand: NodeId,
        index: NodeId,
        optional: bool,
    },
    List(Box<[(NodeId, bool)]>),
    Map(Box<[(NodeId, NodeId, bool)]>),
    Loop(Box<LoopNode>),
    Bind {
        value: NodeId,
        body: NodeId,
        /// The number of its name.
        base: u16,
    },
    OptionalMap {
        target: NodeId,
        body: NodeId,
        flat: bool,
        base: u16,
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
    Call {
        function: Function,
        arguments: Box<[NodeId]>,
    },
    /// A part of a time in a zone that is known beforehand.
    InZone {
        function: Function,
        time: NodeId,
        zone: u32,
    },
    HostCall {
        function: u32,
        arguments: Box<[NodeId]>,
    },
    Fail(Fault),
}

/// A macro that goes through a list or map.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LoopNode {
    pub(crate) kind: LoopKind,
    pub(crate) range: NodeId,
    /// Whether two names are given.
    pub(crate) two: bool,
    /// The number of its first name.
    pub(crate) base: u16,
    pub(crate) filter: Option<NodeId>,
    pub(crate) body: NodeId,
}

impl Program {
    /// Calls `tell` with each leaf that may be what makes a condition hold: not with those below
    /// `!` alone, nor with those in anything but `&&`, `||`, `!` and `? :`. Each is told once.
    pub fn holding_leaves(&self, condition: NodeId, tell: &mut dyn FnMut(Leaf)) {
        let mut seen = BTreeSet::new();
        let mut open = vec![(condition, true)];
        while let Some((node, wanted)) = open.pop() {
            if !seen.insert((node, wanted)) {
                continue;
            }
            match &self.nodes[node as usize] {
                Node::Leaf(leaf) if wanted => tell(*leaf),
                Node::All(parts) | Node::Any(parts) => {
                    open.extend(parts.iter().map(|part| (*part, wanted)));
                }
                Node::Not(part) => open.push((*part, !wanted)),
                Node::Conditional { condition, yes, no } => {
                    open.extend([(*condition, true), (*condition, false)]);
                    open.extend([(*yes, wanted), (*no, wanted)]);
                }
                _ => {}
            }
        }
    }
}

impl Node {
    /// Calls `visit` with each node that this one refers to.
    pub(crate) fn parts(&self, mut visit: impl FnMut(NodeId)) {
        match self {
            Node::Constant(_)
            | Node::Leaf(_)
            | Node::Present(_)
            | Node::MaybeLeaf(_)
            | Node::Local(_)
            | Node::Fail(_) => {}
            Node::All(parts)
            | Node::Any(parts)
            | Node::Call { arguments: parts, .. }
            | Node::HostCall { arguments: parts, .. } => parts.iter().copied().for_each(visit),
            Node::Not(part)
            | Node::Negate(part)
            | Node::Field { operand: part, .. }
            | Node::Has { operand: part, .. }
            | Node::Fits { text: part, .. }
            | Node::InZone { time: part, .. } => visit(*part),
            Node::Conditional { condition, yes, no } => {
                [*condition, *yes, *no].into_iter().for_each(visit);
            }
            Node::Equal { left, right }
            | Node::Compare { left, right, .. }
            | Node::Arithmetic { left, right, .. }
            | Node::In { element: left, list: right }
            | Node::Default { value: left, otherwise: right }
            | Node::Index { operand: left, index: right, .. }
            | Node::Bind { value: left, body: right, .. }
            | Node::OptionalMap { target: left, body: right, .. }
            | Node::StartsWith { text: left, prefix: right }
            | Node::EndsWith { text: left, suffix: right }
            | Node::Contains { text: left, part: right } => {
                visit(*left);
                visit(*right);
            }
            Node::List(items) => items.iter().for_each(|(item, _)| visit(*item)),
            Node::Map(entries) => entries.iter().for_each(|(key, value, _)| {
                visit(*key);
                visit(*value);
            }),
            Node::Loop(inner) => {
                visit(inner.range);
                inner.filter.into_iter().for_each(&mut visit);
                visit(inner.body);
            }
        }
    }
}
