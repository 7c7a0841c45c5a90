//! The smallest expression that still makes two evaluators differ.

use crate::generate::{Case, Grammar};
use crate::tree::Node;

/// Tries smaller expressions until none of them makes `differs` true.
pub(crate) fn shrunk(
    case: &Case,
    grammar: &Grammar,
    mut differs: impl FnMut(&Case) -> bool,
) -> Case {
    let mut smallest = case.clone();
    while let Some(tree) = smaller(&smallest.tree, grammar).into_iter().find_map(|tree| {
        let candidate = Case { tree, bindings: smallest.bindings.clone() };
        differs(&candidate).then_some(candidate.tree)
    }) {
        smallest.tree = tree;
    }
    let text = smallest.tree.text();
    smallest.bindings.retain(|name, _| text.contains(name.as_str()));
    smallest
}

/// Smaller trees, those that may save most first.
fn smaller(tree: &Node, grammar: &Grammar) -> Vec<Node> {
    let descendants = tree.descendants();
    let mut found: Vec<Node> = descendants.iter().rev().map(|node| (*node).clone()).collect();
    let nodes = std::iter::once(tree).chain(descendants.iter().copied());
    for (place, node) in nodes.enumerate() {
        let below = node.descendants().into_iter().filter(|other| other.kind == node.kind);
        for other in below.cloned().chain(grammar.simplest(&node.kind)) {
            found.push(tree.replaced(place, &other));
        }
    }
    let size = |tree: &Node| (tree.descendants().len(), tree.text().len());
    let own = size(tree);
    found.retain(|candidate| size(candidate) < own);
    found.sort_by_key(size);
    found
}
