use crate::compiled::{NodeId, Targets};

/// The rules of a set by what they are about, as they were found.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) targets: Targets,
    /// Actions that bypass rules may decide where an action is not declared; `None` for all.
    pub(super) bypass_actions: Option<Vec<Box<str>>>,
    /// Bypass rules that reach undeclared types.
    pub(super) undeclared: Vec<Applicable>,
    /// One for each declared type, in their order.
    pub(super) types: Vec<OfType>,
}

/// The rules that can apply to resources of one type.
#[derive(Default)]
pub(super) struct OfType {
    /// For each declared action, in their order.
    pub(super) actions: Vec<OfAction>,
    /// Bypass rules that reach undeclared actions.
    pub(super) undeclared: Vec<Applicable>,
    /// Conditions and words of the default deny.
    pub(super) otherwise: Vec<(NodeId, Box<str>)>,
}

/// The rules that can apply to one action on one type, each list in the order in which they stand.
#[derive(Default)]
pub(super) struct OfAction {
    pub(super) bypass: Vec<Applicable>,
    pub(super) deny: Vec<Applicable>,
    pub(super) permit: Vec<Applicable>,
}

/// A rule, and what it asks on resources of one type.
#[derive(Clone, Copy)]
pub(super) struct Applicable {
    pub(super) rule: u32,
    pub(super) condition: NodeId,
}
