//! Rules become lists, long ones with keys by which a request finds those that it can match.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Compiler;
use super::gathered::{Applicable, Gathered, OfAction, OfType};
use super::keys::{Guard, guards};
use super::marks::Marker;
use super::questions::{Asked, Questions, Scope};
use crate::compiled::{
    Candidate, Cell, Dispatch, Fork, Key, List, Lists, Map, NodeId, OtherwiseLine, Phase, Run,
    Test, Tests, TypeDispatch, TypeInfo, number,
};

/// So many rules are tried one by one: finding the keys of a request takes as long.
const FEW: usize = 4;

/// How often all rules together may stand under keys; beyond that lists stay plain.
const COPIES_MAX: usize = 8_000_000;

impl Compiler<'_> {
    /// The compiled form of the rules that were gathered.
    pub(super) fn dispatch(&self, gathered: Gathered, types: &mut [TypeInfo]) -> Dispatch {
        let Gathered { targets, bypass_actions, undeclared, types: of_types } = gathered;
        let mut maker = Maker {
            compiler: self,
            questions: Questions::new(&self.builder, types),
            lists: Lists::default(),
            forks: 0,
            scope: None,
            marker: None,
            targets: 0,
        };
        let undeclared = maker.list([(Phase::Bypass, &undeclared[..])]);
        let of_types = of_types.into_iter().zip(0..).map(|(of_type, index)| {
            maker.scope = Some(index);
            maker.of_type(&of_type)
        });
        let of_types = of_types.collect();
        let Maker { questions, lists, .. } = maker;
        let Asked { tests, value_tests, texts, through } = questions.finish();
        for (info, through) in types.iter_mut().zip(through) {
            info.through = through;
        }
        Dispatch {
            types: of_types,
            targets,
            undeclared,
            lists,
            tests,
            value_tests,
            texts,
            bypass_actions,
        }
    }
}

struct Maker<'c, 'm> {
    compiler: &'c Compiler<'m>,
    questions: Questions<'c>,
    lists: Lists,
    forks: u32,
    scope: Scope,
    /// Where marks are made: not where a request is about no declared action.
    marker: Option<Marker<'c>>,
    /// How many actions the types before have.
    targets: usize,
}

/// A rule on its way into a list: what is still asked, and what of that could be a key.
#[derive(Clone)]
struct Item {
    phase: Phase,
    rule: u32,
    parts: Rc<[NodeId]>,
    guards: Rc<[Guard]>,
}

impl Maker<'_, '_> {
    fn of_type(&mut self, of_type: &OfType) -> TypeDispatch {
        let OfType { actions, undeclared, otherwise } = of_type;
        let otherwise: Vec<OtherwiseLine> =
            otherwise.iter().map(|line| self.otherwise(line)).collect();
        let asks_facts = otherwise.iter().any(|line| self.asks_facts(line.tests));
        let cells = actions.iter().map(|of_action| {
            let cell = self.cell(of_action);
            Cell { asks_facts: cell.asks_facts || asks_facts, ..cell }
        });
        let cells: Vec<Cell> = cells.collect();
        let begin = self.targets;
        self.targets += cells.len();
        TypeDispatch {
            cells,
            targets: begin..self.targets,
            undeclared: self.list([(Phase::Bypass, &undeclared[..])]),
            otherwise,
        }
    }

    fn asks_facts(&self, tests: Tests) -> bool {
        self.questions.of(tests).iter().any(Test::asks_facts)
    }

    fn otherwise(&mut self, (condition, reason): &(NodeId, Box<str>)) -> OtherwiseLine {
        let parts = self.compiler.builder.parts(*condition);
        OtherwiseLine { tests: self.questions.tests(&parts, self.scope), reason: reason.clone() }
    }

    fn cell(&mut self, of_action: &OfAction) -> Cell {
        let OfAction { bypass, deny, permit } = of_action;
        let begin = self.lists.candidates.len();
        self.marker = Some(Marker::new(&self.compiler.builder));
        let (of_none, of_tenants) = self.compiler.by_tenants(deny);
        let rules =
            [(Phase::Bypass, &bypass[..]), (Phase::Deny, &of_none), (Phase::Permit, permit)];
        let mut cell = Cell { rules: self.list(rules), ..Cell::default() };
        if !of_tenants.is_empty() {
            cell.deny_of_all = self.list([(Phase::Deny, deny)]);
            for (tenant, own) in &of_tenants {
                cell.deny_of_tenants.insert(*tenant, self.list([(Phase::Deny, own)]));
            }
        }
        cell.marks = self.marker.take().map(Marker::finish).unwrap_or_default();
        let mut made = self.lists.candidates[begin..].iter();
        // To which tenants a resource belongs is a question of facts.
        cell.asks_facts = !of_tenants.is_empty()
            || cell.marks.ask_facts()
            || made.any(|candidate| self.asks_facts(candidate.tests));
        cell
    }

    /// The list of rules; those of each phase are in order, and the phases are.
    fn list<const N: usize>(&mut self, phases: [(Phase, &[Applicable]); N]) -> List {
        let builder = &self.compiler.builder;
        let is_long = phases.iter().map(|(_, rules)| rules.len()).sum::<usize>() > FEW;
        let mut items = Vec::new();
        for (phase, rules) in phases {
            for Applicable { rule, condition } in rules {
                let parts = builder.parts(*condition);
                let guards =
                    if is_long { guards(builder, &parts, &mut self.lists) } else { Vec::new() };
                items.push(Item { phase, rule: *rule, parts: parts.into(), guards: guards.into() });
            }
        }
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
        let mut fork = Fork::new(self.forks);
        self.forks += 1;
        for (key, items) in branches {
            fork.note(key);
            let list = self.forked(&items, false);
            self.lists.add_branch(fork.number, key, list);
        }
        fork
    }

    fn run(&mut self, items: &[Item]) -> Run {
        let first = number(self.lists.candidates.len());
        let mut up_to = [0; 3];
        for Item { phase, rule, parts, .. } in items {
            let (marks, parts) = match &mut self.marker {
                Some(marker) => marker.take(parts),
                None => (0, parts.to_vec()),
            };
            let tests = self.questions.tests(&parts, self.scope);
            self.lists.candidates.push(Candidate { rule: *rule, phase: *phase, marks, tests });
            up_to[*phase as usize..].iter_mut().for_each(|count| *count += 1);
        }
        Run { first, up_to }
    }
}

impl Item {
    /// What is left to be asked of requests that have a key of the guard.
    fn led_by(&self, guard: &Guard) -> Item {
        let parts = self.parts.iter().filter(|part| !(guard.is_all && **part == guard.part));
        let others = self.guards.iter().filter(|other| other.part != guard.part);
        Item {
            phase: self.phase,
            rule: self.rule,
            parts: parts.copied().collect(),
            guards: others.cloned().collect(),
        }
    }
}
