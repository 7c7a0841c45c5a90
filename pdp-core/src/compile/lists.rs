//! Rules become lists, long ones with keys by which a request finds those that it can match.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Compiler;
use super::gathered::{Applicable, Gathered, OfAction, OfType};
use super::keys::{Guard, guards};
use super::questions::{Questions, Scope};
use crate::compiled::{
    Candidate, Cell, Dispatch, Fork, Key, List, Lists, Map, NodeId, OtherwiseLine, Prefixes, Run,
    TypeDispatch, TypeInfo,
};

/// So many rules are tried one by one.
const FEW: usize = 8;

/// How often all rules together may stand under keys; beyond that lists stay plain.
const COPIES_MAX: usize = 8_000_000;

impl Compiler<'_> {
    /// The compiled form of the rules that were gathered.
    pub(super) fn dispatch(&self, gathered: Gathered, types: &[TypeInfo]) -> Dispatch {
        let Gathered { targets, bypass_actions, undeclared, types: of_types } = gathered;
        let mut maker = Maker {
            compiler: self,
            questions: Questions::new(&self.builder, types),
            lists: Lists::default(),
            beginnings: BTreeMap::new(),
            forks: 0,
            scope: None,
        };
        let undeclared = maker.list(&undeclared);
        let types = of_types.into_iter().zip(0..).map(|(of_type, index)| {
            maker.scope = Some(index);
            maker.of_type(&of_type)
        });
        let types = types.collect();
        let Maker { questions, mut lists, beginnings, .. } = maker;
        let beginnings: Vec<(&str, u32)> =
            beginnings.iter().map(|(text, number)| (&**text, *number)).collect();
        lists.beginnings = Prefixes::new(&beginnings);
        let tests = questions.finish();
        Dispatch { types, targets, undeclared, lists, tests, bypass_actions }
    }
}

struct Maker<'c, 'm> {
    compiler: &'c Compiler<'m>,
    questions: Questions<'c>,
    lists: Lists,
    /// How ids begin that are keys, each with its number.
    beginnings: BTreeMap<Box<str>, u32>,
    forks: u32,
    scope: Scope,
}

/// A rule on its way into a list: what is still asked, and what of that could be a key.
#[derive(Clone)]
struct Item {
    rule: u32,
    parts: Rc<[NodeId]>,
    guards: Rc<[Guard]>,
}

impl Maker<'_, '_> {
    fn of_type(&mut self, of_type: &OfType) -> TypeDispatch {
        let OfType { actions, undeclared, otherwise } = of_type;
        TypeDispatch {
            cells: actions.iter().map(|of_action| self.cell(of_action)).collect(),
            undeclared: self.list(undeclared),
            otherwise: otherwise.iter().map(|line| self.otherwise(line)).collect(),
        }
    }

    fn otherwise(&mut self, (condition, reason): &(NodeId, Box<str>)) -> OtherwiseLine {
        let parts = self.compiler.builder.parts(*condition);
        OtherwiseLine { tests: self.questions.tests(&parts, self.scope), reason: reason.clone() }
    }

    fn cell(&mut self, of_action: &OfAction) -> Cell {
        let OfAction { bypass, deny, permit } = of_action;
        let (bypass, permit) = (self.list(bypass), self.list(permit));
        if self.compiler.tenants.is_empty() {
            return Cell { bypass, deny: self.list(deny), permit, ..Cell::default() };
        }
        let (of_none, of_tenants) = self.compiler.by_tenants(deny);
        let of_tenants = of_tenants.iter().map(|(tenant, own)| (*tenant, self.list(own)));
        let deny_of_tenants = of_tenants.collect();
        let deny_of_all = self.list(deny);
        Cell { bypass, deny: self.list(&of_none), permit, deny_of_tenants, deny_of_all }
    }

    fn list(&mut self, applicable: &[Applicable]) -> List {
        let builder = &self.compiler.builder;
        let is_long = applicable.len() > FEW;
        let items = applicable.iter().map(|Applicable { rule, condition }| {
            let parts = builder.parts(*condition);
            let guards = if is_long {
                guards(builder, &parts, &mut self.lists.words, &mut self.beginnings)
            } else {
                Vec::new()
            };
            Item { rule: *rule, parts: parts.into(), guards: guards.into() }
        });
        let items: Vec<Item> = items.collect();
        self.forked(&items, true)
    }

    /// The list of some rules, as keys tell them apart. Rules with several keys are copied, which
    /// is for the outermost list alone: copies of copies could become very many.
    fn forked(&mut self, items: &[Item], outermost: bool) -> List {
        if items.len() <= FEW {
            return List { always: self.run(items), fork: None };
        }
        let usable = |guard: &&Guard| outermost || guard.keys.len() == 1;
        let mut counts: Map<Key, usize> = Map::default();
        for guard in items.iter().flat_map(|item| item.guards.iter().filter(usable)) {
            guard.keys.iter().for_each(|key| *counts.entry(*key).or_default() += 1);
        }
        let most = |guard: &Guard| guard.keys.iter().map(|key| counts[key]).max();
        let (mut always, mut branches) = (Vec::new(), BTreeMap::<Key, Vec<Item>>::new());
        let mut copies = 0;
        for item in items {
            let best = item.guards.iter().filter(usable).min_by_key(|guard| most(guard));
            // What most rules have tells few of them apart.
            let telling = best.filter(|guard| most(guard) <= Some(items.len() / 2));
            let Some(guard) = telling else {
                always.push(item.clone());
                continue;
            };
            let led = item.led_by(guard);
            copies += guard.keys.len();
            for key in &guard.keys {
                branches.entry(*key).or_default().push(led.clone());
            }
        }
        let too_many = self.lists.candidates.len() + copies > COPIES_MAX;
        if too_many || items.len() - always.len() <= FEW {
            return List { always: self.run(items), fork: None };
        }
        List { always: self.run(&always), fork: Some(self.fork(branches)) }
    }

    fn fork(&mut self, branches: BTreeMap<Key, Vec<Item>>) -> Fork {
        let number = self.forks;
        self.forks += 1;
        let mut kinds = 0;
        for (key, items) in branches {
            kinds |= key.kind.bit();
            let list = self.forked(&items, false);
            self.lists.branches.insert((number, key), list);
        }
        self.lists.kinds |= kinds;
        Fork { number, kinds }
    }

    fn run(&mut self, items: &[Item]) -> Run {
        let first = self.lists.candidates.len();
        for Item { rule, parts, .. } in items {
            let tests = self.questions.tests(parts, self.scope);
            self.lists.candidates.push(Candidate { rule: *rule, tests });
        }
        Run { first: number(first), count: number(items.len()) }
    }
}

impl Item {
    /// What is left to be asked of requests that have a key of the guard.
    fn led_by(&self, guard: &Guard) -> Item {
        let parts = self.parts.iter().filter(|part| !(guard.is_all && **part == guard.part));
        let others = self.guards.iter().filter(|other| other.part != guard.part);
        Item { rule: self.rule, parts: parts.copied().collect(), guards: others.cloned().collect() }
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a policy set is below 2^32 bytes")
}
