//! The vocabulary of a policy set as a picture.

use std::collections::BTreeMap;

use pdp_core::{AskedRelation, Declared, DeclaredPart, DeclaredRelation, DeclaredType, Policies};

use crate::text::{listed, more};
use crate::{Block, BlockKind, Edge, End, Graph, Limits, Row};

impl Graph {
    /// The types that policies declare: their actions, their relations with what these are made of
    /// and what rules permit or deny to who has them, and their links.
    pub fn of_types(policies: &Policies) -> Self {
        Graph::of_types_within(policies, Limits::default())
    }

    /// The same, with limits of one's own.
    pub fn of_types_within(policies: &Policies, limits: Limits) -> Self {
        let mut types: Vec<(DeclaredType<'_>, Vec<AskedRelation<'_>>)> =
            policies.types().zip(policies.asked_relations()).collect();
        types.sort_by(|(left, _), (right, _)| left.name.cmp(right.name));
        let left_out = types.len().saturating_sub(limits.types);
        types.truncate(limits.types);
        let blocks = types.iter().map(|(declared, asked)| block(declared, asked, limits)).collect();
        let mut graph =
            Graph { title: "types and their relations".to_owned(), blocks, edges: edges(&types) };
        if left_out > 0 {
            graph.blocks.push(Block::note(more(left_out, "type")));
        }
        graph.bound_arrows(limits.arrows);
        graph
    }
}

fn block(declared: &DeclaredType<'_>, asked: &[AskedRelation<'_>], limits: Limits) -> Block {
    let mut block = Block::new(BlockKind::Type, declared.name);
    if !declared.actions.is_empty() {
        block.details = listed("actions", &declared.actions, limits.actions);
    }
    block.rows = declared.relations.iter().map(|relation| row(relation, asked, limits)).collect();
    for (link, relation) in through(asked) {
        let details = uses(Some(link), relation, asked, limits);
        block.rows.push(Row { name: format!("{link}.{relation}"), details });
    }
    block
}

/// Relations of what links point to for which rules ask, each once.
fn through<'p>(asked: &[AskedRelation<'p>]) -> Vec<(&'p str, &'p str)> {
    let mut found: Vec<_> =
        asked.iter().filter_map(|one| Some((one.link?, one.relation))).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn row(relation: &DeclaredRelation<'_>, asked: &[AskedRelation<'_>], limits: Limits) -> Row {
    let mut details = Vec::new();
    match &relation.definition {
        Declared::Link { to, same_id } => {
            details.push(format!("link to {to}"));
            if *same_id {
                details.push("with the same id".to_owned());
            }
        }
        Declared::Union(parts) => {
            for part in parts {
                match part {
                    DeclaredPart::Direct => details.push("stated by facts".to_owned()),
                    DeclaredPart::When(condition) => details.push(format!("when {condition}")),
                    // These are arrows.
                    DeclaredPart::Relation(_) | DeclaredPart::Through { .. } => {}
                }
            }
            details.extend(uses(None, relation.name, asked, limits));
        }
    }
    Row { name: relation.name.to_owned(), details }
}

/// What rules do for who has a relation, a line for each effect.
pub(crate) fn uses(
    link: Option<&str>,
    relation: &str,
    asked: &[AskedRelation<'_>],
    limits: Limits,
) -> Vec<String> {
    let of_relation = asked.iter().filter(|one| (one.link, one.relation) == (link, relation));
    of_relation.flat_map(|one| listed(one.effect.as_str(), &one.actions, limits.actions)).collect()
}

fn edges(types: &[(DeclaredType<'_>, Vec<AskedRelation<'_>>)]) -> Vec<Edge> {
    let indexes: BTreeMap<&str, usize> =
        types.iter().enumerate().map(|(index, (declared, _))| (declared.name, index)).collect();
    let mut edges = Vec::new();
    for (block, (declared, asked)) in types.iter().enumerate() {
        // Where a relation of what a link points to stands, if it is drawn.
        let beyond = |link: &str, relation: &str| {
            let target = *indexes.get(target(declared, link)?)?;
            Some(End { block: target, row: position(&types[target].0, relation) })
        };
        let mut arrow = |from: End, row: usize, label: Option<&str>| {
            let (to, label) = (End { block, row: Some(row) }, label.map(str::to_owned));
            edges.push(Edge { from, to, label, dashed: false, link: false });
        };
        for (row, relation) in declared.relations.iter().enumerate() {
            let Declared::Union(parts) = &relation.definition else { continue };
            for part in parts {
                match part {
                    DeclaredPart::Relation(name) => {
                        arrow(End { block, row: position(declared, name) }, row, None);
                    }
                    DeclaredPart::Through { link, relation } => {
                        if let Some(from) = beyond(link, relation) {
                            arrow(from, row, Some(link));
                        }
                    }
                    DeclaredPart::Direct | DeclaredPart::When(_) => {}
                }
            }
        }
        for (index, (link, relation)) in through(asked).into_iter().enumerate() {
            if let Some(from) = beyond(link, relation) {
                // The name of the row says by which link.
                arrow(from, declared.relations.len() + index, None);
            }
        }
        for (row, relation) in declared.relations.iter().enumerate() {
            let Declared::Link { to, .. } = &relation.definition else { continue };
            if let Some(target) = indexes.get(to) {
                edges.push(Edge {
                    from: End { block, row: Some(row) },
                    to: End { block: *target, row: None },
                    label: None,
                    dashed: false,
                    link: true,
                });
            }
        }
    }
    edges
}

fn position(declared: &DeclaredType<'_>, name: &str) -> Option<usize> {
    declared.relations.iter().position(|relation| relation.name == name)
}

/// The type that a link of a type points to.
fn target<'p>(declared: &DeclaredType<'p>, link: &str) -> Option<&'p str> {
    let found = declared.relations.iter().find(|relation| relation.name == link)?;
    match found.definition {
        Declared::Link { to, .. } => Some(to),
        Declared::Union(_) => None,
    }
}
