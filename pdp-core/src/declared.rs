//! What policies declare, and what their rules ask, in words: for those who draw or list it.

use std::collections::{BTreeMap, BTreeSet};

use crate::compiled::{
    Code, Leaf, List, NodeId, Part, Phase, RelationIndex, RelationInfo, Step, Test, Tests, TypeInfo,
};
use crate::{Effect, Policies};

/// A type of resources, as policies declare it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredType<'p> {
    /// Its name.
    pub name: &'p str,
    /// Whether ids carry the type: a reference is then the id itself.
    pub prefixed: bool,
    /// The actions it declares.
    pub actions: Vec<&'p str>,
    /// Its relations and links.
    pub relations: Vec<DeclaredRelation<'p>>,
}

/// A relation or link of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredRelation<'p> {
    /// Its name.
    pub name: &'p str,
    /// What it is.
    pub definition: Declared<'p>,
}

/// What a relation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declared<'p> {
    /// A relation of actors: the union of these.
    Union(Vec<DeclaredPart<'p>>),
    /// A link to resources of another type.
    Link {
        /// The type of its targets.
        to: &'p str,
        /// Whether it points, without facts, to the resource with the same id.
        same_id: bool,
    },
}

/// A part of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclaredPart<'p> {
    /// Stated by facts.
    Direct,
    /// Another relation of the same resource.
    Relation(&'p str),
    /// A relation of the resources that a link points to.
    Through {
        /// The link.
        link: &'p str,
        /// The relation on its targets.
        relation: &'p str,
    },
    /// Computed from the request; the condition.
    When(&'p str),
}

/// A relation for which rules ask about resources of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedRelation<'p> {
    /// The link, where it is a relation of the resources that this one points to.
    pub link: Option<&'p str>,
    /// The relation.
    pub relation: &'p str,
    /// What the rules say that ask for it.
    pub effect: Effect,
    /// The actions about which they say it, in the order in which they are declared.
    pub actions: Vec<&'p str>,
}

impl Policies {
    /// The types that the policies declare, in no particular order.
    pub fn types(&self) -> impl Iterator<Item = DeclaredType<'_>> {
        let code = &*self.code;
        let types = &code.vocabulary.types;
        types.iter().enumerate().map(move |(index, info)| DeclaredType {
            name: &info.name,
            prefixed: info.prefixed,
            actions: code.actions(index),
            relations: relations(info, types),
        })
    }

    /// For which relations rules ask about resources of each type, in the order of
    /// [`Policies::types`]: those one of which may be what lets a rule match. What a rule only
    /// denies (`not`) is not among them, nor what a condition hides in more than `&&`, `||`, `!`
    /// and `? :`. Looks at every rule.
    pub fn asked_relations(&self) -> Vec<Vec<AskedRelation<'_>>> {
        let code = &*self.code;
        let branches = code.dispatch.lists.branches_by_fork();
        let types = code.vocabulary.types.iter().zip(&code.dispatch.types).enumerate();
        types
            .map(|(index, (info, dispatch))| {
                let mut asked: BTreeMap<Asked<'_>, BTreeSet<usize>> = BTreeMap::new();
                for (action, cell) in dispatch.cells.iter().enumerate() {
                    let of_tenants = &cell.deny_of_all;
                    for list in [&cell.rules, of_tenants] {
                        code.asked(info, list, &branches, &mut |found| {
                            asked.entry(found).or_default().insert(action);
                        });
                    }
                }
                let actions = code.actions(index);
                let in_words = asked.into_iter().map(|((link, relation, denies), numbers)| {
                    let effect = if denies { Effect::Deny } else { Effect::Permit };
                    let actions = numbers.into_iter().map(|number| actions[number]).collect();
                    AskedRelation { link, relation, effect, actions }
                });
                in_words.collect()
            })
            .collect()
    }
}

/// Link, relation, and whether a rule denies that asks for it.
type Asked<'p> = (Option<&'p str>, &'p str, bool);

impl Code {
    /// The actions of a type, in their order.
    fn actions(&self, type_index: usize) -> Vec<&str> {
        let of_type = self.dispatch.types[type_index].targets.clone();
        self.dispatch.targets.actions(of_type).collect()
    }

    /// Tells for which relations the rules of a list ask.
    fn asked<'p>(
        &'p self,
        info: &'p TypeInfo,
        list: &List,
        branches: &BTreeMap<u32, Vec<&List>>,
        tell: &mut dyn FnMut(Asked<'p>),
    ) {
        let lists = &self.dispatch.lists;
        for candidate in lists.part(list.always.part(Phase::ALL)) {
            let denies = candidate.phase == Phase::Deny;
            self.asked_by(candidate.tests, &mut |leaf| {
                if let Some((link, relation)) = self.in_words(info, leaf) {
                    tell((link, relation, denies));
                }
            });
        }
        let hanging = list.fork.and_then(|fork| branches.get(&fork.number));
        for branch in hanging.into_iter().flatten() {
            self.asked(info, branch, branches, tell);
        }
    }

    fn asked_by(&self, tests: Tests, tell: &mut dyn FnMut(&Leaf)) {
        let mut of_node = |node: NodeId| {
            self.program.holding_leaves(node, &mut |leaf| {
                tell(&self.leaves.leaves[leaf as usize]);
            });
        };
        for test in self.dispatch.of(tests) {
            match test {
                Test::Related { test, wanted: true } => of_node(test.node),
                Test::Any { node, .. } | Test::Expression(node) => of_node(*node),
                _ => {}
            }
        }
    }

    /// Link and relation of a leaf that asks for one.
    fn in_words<'p>(
        &'p self,
        info: &'p TypeInfo,
        leaf: &Leaf,
    ) -> Option<(Option<&'p str>, &'p str)> {
        match *leaf {
            Leaf::Related(relation) => Some((None, name(info, relation))),
            Leaf::RelatedThrough { link, relation } => {
                let RelationInfo::Link { target, .. } = info.relations[usize::from(link)] else {
                    return None;
                };
                let target = &self.vocabulary.types[usize::from(target)];
                Some((Some(name(info, link)), name(target, relation)))
            }
            _ => None,
        }
    }
}

fn relations<'p>(info: &'p TypeInfo, types: &'p [TypeInfo]) -> Vec<DeclaredRelation<'p>> {
    let all = info.relation_names.iter().zip(&info.relations).zip(&info.parts);
    let all = all.map(|((name, definition), parts)| {
        let definition = match definition {
            RelationInfo::Link { target, same_id } => {
                Declared::Link { to: &types[usize::from(*target)].name, same_id: *same_id }
            }
            RelationInfo::Union(_) => {
                Declared::Union(parts.iter().map(|part| part_in_words(info, part, types)).collect())
            }
        };
        DeclaredRelation { name, definition }
    });
    all.collect()
}

fn part_in_words<'p>(
    info: &'p TypeInfo,
    part: &'p Part,
    types: &'p [TypeInfo],
) -> DeclaredPart<'p> {
    match part {
        Part::Direct => DeclaredPart::Direct,
        Part::Relation(relation) => DeclaredPart::Relation(name(info, *relation)),
        Part::Through(Step { link, relation }) => {
            let target = match info.relations[usize::from(*link)] {
                RelationInfo::Link { target, .. } => target,
                RelationInfo::Union(_) => unreachable!("what leads on is a link"),
            };
            let relation = name(&types[usize::from(target)], *relation);
            DeclaredPart::Through { link: name(info, *link), relation }
        }
        Part::When(condition) => DeclaredPart::When(condition),
    }
}

fn name(info: &TypeInfo, relation: RelationIndex) -> &str {
    &info.relation_names[usize::from(relation)]
}
