use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use pdp_cel::Question;

use super::ends::{Ends, SHORT, is_same};
use super::flat_table::FlatTable;
use super::open_table::Slot;
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
    names: Vec<(Box<str>, Box<str>)>,
    places: FlatTable<Target>,
    seed: Seed,
}

/// A type and an action: their names in short, and where they stand.
#[derive(Clone, Copy, Debug, Default)]
struct Target {
    names: Names,
    /// In [`Targets::names`], plus one.
    number: u32,
    place: (TypeIndex, u32),
}

impl Slot for Target {
    fn is_empty(&self) -> bool {
        self.number == 0
    }
}

/// The names of a type and an action, in short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Names {
    ends: [Ends; 2],
    lengths: [usize; 2],
}

impl Names {
    #[inline]
    fn of(type_name: &str, action: &str) -> Self {
        Names {
            ends: [Ends::of(type_name.as_bytes()), Ends::of(action.as_bytes())],
            lengths: [type_name.len(), action.len()],
        }
    }

    /// Whether they say all of both names.
    #[inline]
    fn are_whole(&self) -> bool {
        self.lengths[0].max(self.lengths[1]) <= SHORT
    }

    /// A hash of both names; they are hashed as a whole where they are not short.
    #[inline]
    fn hash(&self, seed: &Seed, type_name: &str, action: &str) -> u64 {
        if !self.are_whole() {
            return seed.hash_one((type_name, action));
        }
        let mut hasher = seed.build_hasher();
        for Ends { first, last } in self.ends {
            hasher.write_u64(first);
            hasher.write_u64(last);
        }
        hasher.finish()
    }
}

impl Targets {
    pub(crate) fn add(&mut self, type_name: &str, action: &str, place: (TypeIndex, u32)) {
        let Targets { names, places, seed } = self;
        names.push((type_name.into(), action.into()));
        let number = super::number(names.len());
        places.insert(Target { names: Names::of(type_name, action), number, place }, |target| {
            let (type_name, action) = &names[target.number as usize - 1];
            target.names.hash(seed, type_name, action)
        });
    }

    /// The actions of a type, which stand here.
    pub(crate) fn actions(&self, targets: Range<usize>) -> impl Iterator<Item = &str> {
        self.names[targets].iter().map(|(_, action)| &**action)
    }

    /// The position of an action among those of a type, which stand here.
    pub(crate) fn of_type(&self, targets: Range<usize>, action: &str) -> Option<usize> {
        self.names[targets].iter().position(|(_, name)| is_same(name.as_bytes(), action))
    }

    /// The position of the type, and that of the action in it.
    #[inline]
    pub(crate) fn find(&self, type_name: &str, action: &str) -> Option<(TypeIndex, u32)> {
        let names = Names::of(type_name, action);
        let found = self.places.find(names.hash(&self.seed, type_name, action), |target| {
            target.names == names
                && (names.are_whole() || self.has_names(target, type_name, action))
        })?;
        Some(found.place)
    }

    #[inline(never)]
    fn has_names(&self, target: &Target, type_name: &str, action: &str) -> bool {
        let (of_type, of_action) = &self.names[target.number as usize - 1];
        **of_type == *type_name && **of_action == *action
    }
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
    /// One of some other tests is passed.
    Any {
        tests: Tests,
        node: NodeId,
        asks_facts: bool,
    },
    Expression(NodeId),
}

/// One thing asked of a value that the request or facts have, or of an id.
#[derive(Debug)]
pub(crate) struct ValueTest {
    pub(crate) leaf: pdp_cel::Leaf,
    pub(crate) question: Question,
    /// The answer where the value is absent, if that is none of an expression.
    pub(crate) absent: Option<bool>,
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
            Test::Value { node, .. } | Test::Any { node, .. } | Test::Expression(node) => {
                Some(*node)
            }
            Test::Role(_) | Test::ActorTypes(_) | Test::Tenant(_) | Test::Known(_) => None,
        }
    }

    /// Whether it may ask facts.
    pub(crate) fn asks_facts(&self) -> bool {
        match self {
            Test::Known(_) | Test::Related { .. } | Test::Expression(_) => true,
            Test::Value { of_facts: asks_facts, .. } | Test::Any { asks_facts, .. } => *asks_facts,
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
