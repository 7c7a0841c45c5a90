//! Smaller expressions for the same finding.

use super::tree::Node;
use super::{Case, Grammar};

/// The smallest case for which `holds` is still true that leaving out parts comes to.
pub fn shrunk(case: &Case, mut holds: impl FnMut(&Case) -> bool) -> Case {
    let mut smallest = case.clone();
    while let Some(tree) = smaller(&smallest.tree).into_iter().find_map(|tree| {
        let candidate = Case { tree, variables: smallest.variables.clone() };
        holds(&candidate).then_some(candidate.tree)
    }) {
        smallest.tree = tree;
    }
    let text = smallest.tree.text();
    // `r.v1` may be read as `r.?v1`.
    let last = |name: &str| name.rsplit('.').next().is_some_and(|last| text.contains(last));
    smallest.variables.retain(|name, _| last(name));
    smallest
}

/// Smaller trees, those that may save most first.
fn smaller(tree: &Node) -> Vec<Node> {
    let descendants = tree.descendants();
    let mut found: Vec<Node> = descendants.iter().rev().map(|node| (*node).clone()).collect();
    let nodes = std::iter::once(tree).chain(descendants.iter().copied());
    for (place, node) in nodes.enumerate() {
        let below = node.descendants().into_iter().filter(|other| other.kind == node.kind);
        for other in below.cloned().chain(Grammar::simplest(&node.kind)) {
            found.push(tree.replaced(place, &other));
        }
    }
    let size = |tree: &Node| (tree.descendants().len(), tree.text().len());
    let own = size(tree);
    found.retain(|candidate| size(candidate) < own);
    found.sort_by_key(size);
    found
}
