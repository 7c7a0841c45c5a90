use super::{Map, NodeId};
use crate::{Effect, Obligation};

/// Which rules can apply to a request.
#[derive(Debug, Default)]
pub(crate) struct Dispatch {
    /// One for each declared type, in their order.
    pub(crate) types: Vec<TypeDispatch>,
    /// Bypass rules that reach undeclared types.
    pub(crate) undeclared: Vec<Candidate>,
    /// Actions that bypass rules may decide where an action is not declared; `None` for all.
    pub(crate) bypass_actions: Option<Vec<Box<str>>>,
}

/// The rules that can apply to resources of one type.
#[derive(Debug, Default)]
pub(crate) struct TypeDispatch {
    /// For each declared action.
    pub(crate) cells: Map<Box<str>, Cell>,
    /// Bypass rules that reach undeclared actions.
    pub(crate) undeclared: Vec<Candidate>,
    /// Conditions and words of the default deny.
    pub(crate) otherwise: Vec<(NodeId, Box<str>)>,
}

/// The rules that can apply to one action on one type: bypass, deny, permit, each in the order
/// in which they are tried.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    pub(crate) bypass: Vec<Candidate>,
    pub(crate) deny: Vec<Candidate>,
    pub(crate) permit: Vec<Candidate>,
    /// Where the set has tenants, the deny rules once more: those of no tenant and those of each.
    /// Of the rules of all tenants only those of a resource's own are tried.
    pub(crate) deny_of_none: Vec<Candidate>,
    pub(crate) deny_of_tenants: Map<u32, Vec<Candidate>>,
}

/// A rule, and what it asks on resources of one type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) rule: u32,
    pub(crate) condition: NodeId,
}

/// What a rule answers.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: Box<str>,
    pub(crate) file: u32,
    pub(crate) line: u32,
    pub(crate) effect: Effect,
    pub(crate) reason: Box<str>,
    pub(crate) obligations: Box<[Obligation]>,
}
