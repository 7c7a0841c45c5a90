use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use hashbrown::HashTable;
use pdp_cel::Question;

use super::table::is_same;
use super::{List, Lists, Map, Marks, NodeId, RelationIndex, Seed, TypeIndex};
use crate::{Effect, Obligation};

/// Which rules can apply to a request.
#[derive(Debug, Default)]
pub(crate) struct Dispatch {
    /// One for each declared type, in their order.
    pub(crate) types: Vec<TypeDispatch>,
    /// Finds a cell by the names of type and action.
    pub(crate) targets: Targets,
    /// Bypass rules that reach undeclared types.
    pub(crate) undeclared: List,
    pub(crate) lists: Lists,
    /// What conditions ask, those of one side by side; see [`Tests`].
    pub(crate) tests: Vec<Test>,
    pub(crate) value_tests: Vec<ValueTest>,
    /// Tenants that tests name.
    pub(crate) texts: Vec<Box<str>>,
    /// Actions that bypass rules may decide where an action is not declared; `None` for all.
    pub(crate) bypass_actions: Option<Vec<Box<str>>>,
}

impl Dispatch {
    #[inline]
    pub(crate) fn of(&self, tests: Tests) -> &[Test] {
        &self.tests[tests.first as usize..][..tests.count as usize]
    }
}

/// What requests can be about: declared types with their actions.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    known: Vec<Target>,
    numbers: HashTable<u32>,
    seed: Seed,
}

#[derive(Debug)]
struct Target {
    type_name: Box<str>,
    action: Box<str>,
    place: (TypeIndex, u32),
}

impl Targets {
    pub(crate) fn add(&mut self, type_name: &str, action: &str, place: (TypeIndex, u32)) {
        let Targets { known, numbers, seed } = self;
        let number = super::number(known.len());
        let hash = target_hash(seed, type_name, action);
        known.push(Target { type_name: type_name.into(), action: action.into(), place });
        numbers.insert_unique(hash, number, |number| {
            let target = &known[*number as usize];
            target_hash(seed, &target.type_name, &target.action)
        });
    }

    /// The position of an action among those of a type, which stand here.
    pub(crate) fn of_type(&self, targets: Range<usize>, action: &str) -> Option<usize> {
        let targets = &self.known[targets];
        targets.iter().position(|target| is_same(target.action.as_bytes(), action))
    }

    /// The position of the type, and that of the action in it.
    #[inline]
    pub(crate) fn find(&self, type_name: &str, action: &str) -> Option<(TypeIndex, u32)> {
        let number = self.numbers.find(target_hash(&self.seed, type_name, action), |number| {
            let target = &self.known[*number as usize];
            is_same(target.action.as_bytes(), action)
                && is_same(target.type_name.as_bytes(), type_name)
        })?;
        Some(self.known[*number as usize].place)
    }
}

#[inline]
fn target_hash(seed: &Seed, type_name: &str, action: &str) -> u64 {
    let mut hasher = seed.build_hasher();
    hasher.write(type_name.as_bytes());
    hasher.write(action.as_bytes());
    hasher.finish()
}

/// The rules that can apply to resources of one type.
#[derive(Debug, Default)]
pub(crate) struct TypeDispatch {
    /// For each declared action, in their order.
    pub(crate) cells: Vec<Cell>,
    /// Where [`Targets`] has its actions.
    pub(crate) targets: Range<usize>,
    /// Bypass rules that reach undeclared actions.
    pub(crate) undeclared: List,
    /// Conditions and words of the default deny.
    pub(crate) otherwise: Vec<OtherwiseLine>,
}

/// The rules that can apply to one action on one type.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    /// What its rules need.
    pub(crate) marks: Marks,
    /// Where the set has tenants, without the deny rules of those.
    pub(crate) rules: List,
    /// Of the deny rules of all tenants only those of a resource's own are tried.
    pub(crate) deny_of_tenants: Map<u32, List>,
    /// The deny rules of all tenants and of none; only where the set has tenants.
    pub(crate) deny_of_all: List,
    /// Whether anything is asked of facts.
    pub(crate) asks_facts: bool,
}

/// A word of the default deny, and when it is said.
#[derive(Debug)]
pub(crate) struct OtherwiseLine {
    pub(crate) tests: Tests,
    pub(crate) reason: Box<str>,
}

/// All of these of [`Dispatch::tests`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tests {
    pub(crate) first: u32,
    pub(crate) count: u32,
}

/// A part of a condition. What rules ask most has a form of its own, which takes no expression.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Test {
    /// The actor claims the role.
    Role(u32),
    /// The actor's type is one of the mask.
    ActorTypes(u8),
    /// The tenant is one of the actor's; by its position in [`Dispatch::texts`].
    Tenant(u32),
    /// One thing is asked of one value; by its position in [`Dispatch::value_tests`].
    Value {
        number: u32,
        node: NodeId,
        of_facts: bool,
    },
    /// The resource is known, or is not.
    Known(bool),
    /// Whether the actor is related, or is not.
    Related {
        test: RelationTest,
        wanted: bool,
    },
    Expression(NodeId),
}

/// One thing asked of a value that the request or facts have, or of an id.
#[derive(Debug)]
pub(crate) struct ValueTest {
    pub(crate) leaf: pdp_cel::Leaf,
    pub(crate) question: Question,
    /// The answer with which it is passed.
    pub(crate) wanted: bool,
    /// Whether several rules ask it, so that the answer is kept while one request is decided.
    pub(crate) is_shared: bool,
}

/// One of the two ids of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Id {
    Actor,
    Resource,
}

impl Test {
    /// The expression that it may ask.
    pub(crate) fn node(&self) -> Option<NodeId> {
        match self {
            Test::Related { test, .. } => Some(test.node),
            Test::Value { node, .. } | Test::Expression(node) => Some(*node),
            Test::Role(_) | Test::ActorTypes(_) | Test::Tenant(_) | Test::Known(_) => None,
        }
    }

    /// Whether it may ask facts.
    pub(crate) fn asks_facts(&self) -> bool {
        match self {
            Test::Known(_) | Test::Related { .. } | Test::Expression(_) => true,
            Test::Value { of_facts, .. } => *of_facts,
            Test::Role(_) | Test::ActorTypes(_) | Test::Tenant(_) => false,
        }
    }
}

/// The actor has one of some relations on the resource, or on what its links point to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RelationTest {
    /// These relations as [`Closed`](super::Closed) has them; 0 where it does not.
    pub(crate) closed: u64,
    /// The direct relations on the resource that give one of them, as bits.
    pub(crate) direct: u64,
    /// How facts may answer otherwise.
    pub(crate) at_once: Option<AtOnce>,
    /// The whole test as an expression, which walks.
    pub(crate) node: NodeId,
}

/// Relations of one resource, that of the request or what one link points to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtOnce {
    pub(crate) link: Option<RelationIndex>,
    /// The relations, as bits.
    pub(crate) goals: u64,
    /// The direct relations that give one of them, as bits.
    pub(crate) direct: u64,
    /// Whether no link and no condition could give one of them.
    pub(crate) plain: bool,
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
