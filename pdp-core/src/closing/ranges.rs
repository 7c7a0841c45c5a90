//! What is left, because many actors have it or it leads to very much, becomes ranges: groups of
//! nodes are numbered along a tree that holds as much of the graph as it can, so that what hangs
//! together has numbers behind each other.

use super::graph::{Graph, Node};
use super::{Closing, Root};
use crate::compiled::{Numbered, Ranges, Record};

/// How many ranges there may be, whatever the number of facts; and as many more as there are facts.
const RANGES_MIN: usize = 65_536;

/// How many ranges one relation may have.
const RANGES_OF_ONE: usize = 8_192;

/// Ranges from one number up to another.
type Spans = Vec<(u32, u32)>;

/// Nodes that lead to each other.
#[derive(Clone, Default)]
struct Group {
    nodes: u32,
    /// Groups that it leads to, each once.
    below: Vec<u32>,
    /// How much it leads to, some of it counted twice.
    weight: u32,
    /// The group below which it stands in the tree.
    above: Option<u32>,
    /// What it leads to, itself included; `None` where that depends on requests or is too much.
    spans: Option<Spans>,
    /// Whether what leads to it depends on requests.
    is_open: bool,
}

impl Closing<'_> {
    /// Ranges for the relations that are left, and the resources that they lead to.
    pub(super) fn ranges(&mut self, roots: &[Root]) -> Option<Ranges> {
        let graph = Graph::new(self.edges, roots, super::bounds(self.edges.facts.count).1)?;
        let (members, group_of) = graph.groups();
        let mut groups = groups(&graph, &members, &group_of);
        let begins = numbered(&mut groups);
        spread(&mut groups, &begins, RANGES_MIN + self.edges.facts.count);
        let mut found = Vec::new();
        for (node, group) in graph.nodes.iter().zip(&group_of) {
            let group = &groups[*group as usize];
            let is_node_alone = group.nodes == 1;
            let spans = match &group.spans {
                Some(spans) if !node.is_open && (is_node_alone || !group.is_open) => spans,
                _ => continue,
            };
            let sets: u32 = spans.iter().map(|(begin, end)| end - begin).sum();
            if sets as usize <= self.walk_limit {
                found.push((node.resource, node.position, spans.clone()));
            }
        }
        found.sort_unstable_by_key(|(resource, position, _)| (*resource, *position));
        for (node, number) in graph.nodes.iter().zip(0..) {
            let targets = graph.edges(number).iter().map(|to| graph.nodes[*to as usize].resource);
            for target in targets.filter(|target| *target != node.resource) {
                self.reached[target as usize] |= Record::RANGED;
            }
        }
        let numbered = self.relations_with_places(&graph, &members, &begins);
        let places = self.places(&numbered);
        let (resources, actors) = (self.edges.facts.resources.len(), self.edges.facts.actors.len());
        Some(Ranges::new(resources, found, actors, places, numbered))
    }

    /// The nodes that facts may give to exact actors, each with a number of its own.
    fn relations_with_places(
        &self,
        graph: &Graph,
        members: &[Vec<u32>],
        begins: &[u32],
    ) -> Vec<Numbered> {
        let mut numbered = Vec::new();
        for (nodes, begin) in members.iter().zip(begins) {
            for (node, place) in nodes.iter().zip(*begin..) {
                let Node { resource, position, .. } = graph.nodes[*node as usize];
                let direct = self.edges.info(resource).direct_of(1 << position);
                if direct != 0 {
                    numbered.push(Numbered { resource, direct, place });
                }
            }
        }
        numbered
    }

    /// For each exact actor the numbers of the nodes that facts give it.
    fn places(&self, numbered: &[Numbered]) -> Vec<(u32, u32)> {
        let mut places = Vec::new();
        for Numbered { resource, direct, place } in numbered {
            let own = self.begins[*resource as usize]..self.begins[*resource as usize + 1];
            let held = self.actors[own].iter().filter(|(.., relations)| relations & direct != 0);
            places.extend(held.map(|(_, actor, _)| (*actor, *place)));
        }
        places
    }
}

/// Groups with what they lead to; each stands behind that.
fn groups(graph: &Graph, members: &[Vec<u32>], group_of: &[u32]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::with_capacity(members.len());
    for (nodes, number) in members.iter().zip(0..) {
        let edges = nodes.iter().flat_map(|node| graph.edges(*node));
        let mut below: Vec<u32> = edges.map(|node| group_of[*node as usize]).collect();
        below.sort_unstable();
        below.dedup();
        below.retain(|group| *group != number);
        let count = crate::compiled::number(nodes.len());
        let weights = below.iter().map(|group| groups[*group as usize].weight);
        let weight = weights.fold(count, u32::saturating_add);
        let asks_request = nodes.iter().any(|node| {
            let node = graph.nodes[*node as usize];
            node.asks_request || node.is_open
        });
        let spans = below.iter().all(|group| {
            let group = &groups[*group as usize];
            !group.is_open && group.spans.is_some()
        });
        let spans = spans.then(Vec::new);
        groups.push(Group {
            nodes: count,
            below,
            weight,
            above: None,
            spans,
            is_open: asks_request,
        });
    }
    groups
}

/// Numbers the nodes of groups, those that stand below a group in the tree behind its own; where
/// the numbers of each group begin.
fn numbered(groups: &mut [Group]) -> Vec<u32> {
    // In the tree a group stands below what leads to most: there ranges matter most.
    let mut order: Vec<u32> = (0..crate::compiled::number(groups.len())).collect();
    order.sort_by_key(|group| groups[*group as usize].weight);
    for group in order {
        let below = std::mem::take(&mut groups[group as usize].below);
        below.iter().for_each(|one| groups[*one as usize].above = Some(group));
        groups[group as usize].below = below;
    }
    let mut begins = vec![0; groups.len()];
    let mut next = 0;
    for root in (0..groups.len()).rev() {
        if groups[root].above.is_some() {
            continue;
        }
        let mut open = vec![crate::compiled::number(root)];
        while let Some(group) = open.pop() {
            begins[group as usize] = next;
            let Group { nodes, below, .. } = &groups[group as usize];
            next += nodes;
            open.extend(below.iter().filter(|one| groups[**one as usize].above == Some(group)));
        }
    }
    begins
}

/// Finds what each group leads to, as ranges.
fn spread(groups: &mut [Group], begins: &[u32], mut left: usize) {
    for group in 0..groups.len() {
        if groups[group].spans.is_none() {
            continue;
        }
        let own = (begins[group], begins[group] + groups[group].nodes);
        let mut spans = vec![own];
        let mut is_closed = true;
        for below in &groups[group].below {
            match &groups[*below as usize].spans {
                Some(more) => spans.extend(more),
                None => is_closed = false,
            }
        }
        let spans = joined(spans);
        let fits = is_closed && spans.len() <= RANGES_OF_ONE.min(left);
        left -= if fits { spans.len() } else { 0 };
        groups[group].spans = fits.then_some(spans);
    }
}

/// Ranges without those that are in others or meet them.
fn joined(mut spans: Spans) -> Spans {
    spans.sort_unstable();
    spans.dedup_by(|next, kept| {
        let meets = next.0 <= kept.1;
        if meets {
            kept.1 = kept.1.max(next.1);
        }
        meets
    });
    spans
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn reached(edges: &[Vec<u32>], from: u32) -> BTreeSet<u32> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(node) = open.pop() {
            if reached.insert(node) {
                open.extend(&edges[node as usize]);
            }
        }
        reached
    }

    /// What each node leads to, by the ranges of its group; `None` where it has none.
    fn spanned(edges: &[Vec<u32>], left: usize) -> Vec<Option<BTreeSet<u32>>> {
        let graph = Graph::of(edges);
        let (members, group_of) = graph.groups();
        let mut groups = groups(&graph, &members, &group_of);
        let begins = numbered(&mut groups);
        spread(&mut groups, &begins, left);
        let node_at = |number: u32| {
            let group = begins.iter().zip(&members).position(|(begin, members)| {
                (*begin..*begin + crate::compiled::number(members.len())).contains(&number)
            });
            let group = group.expect("every number is of a group");
            members[group][(number - begins[group]) as usize]
        };
        let spans = group_of.iter().map(|group| {
            let spans = groups[*group as usize].spans.as_ref()?;
            Some(spans.iter().flat_map(|(begin, end)| *begin..*end).map(node_at).collect())
        });
        spans.collect()
    }

    proptest! {
        #[test]
        fn ranges_hold_what_a_walk_reaches(
            edges in (1..24_usize).prop_flat_map(|nodes| {
                let targets = prop::collection::vec(0..u32::try_from(nodes).expect("few"), 0..4);
                prop::collection::vec(targets, nodes)
            }),
            left in prop_oneof![Just(usize::MAX), 0..40_usize],
        ) {
            for (spanned, node) in spanned(&edges, left).into_iter().zip(0..) {
                match spanned {
                    Some(spanned) => prop_assert_eq!(spanned, reached(&edges, node)),
                    None => prop_assert!(left < usize::MAX),
                }
            }
        }
    }

    /// However many lead to a tree from outside, each part of it stays one range.
    #[test]
    fn a_tree_has_one_range_a_node() {
        let mut edges: Vec<Vec<u32>> = (0..1_000).map(|_| Vec::new()).collect();
        for node in 1..1_000_u32 {
            edges[(node as usize - 1) / 8].push(node);
        }
        edges.extend((1..1_000).map(|node| vec![node]));
        let graph = Graph::of(&edges);
        let (members, group_of) = graph.groups();
        let mut groups = groups(&graph, &members, &group_of);
        let begins = numbered(&mut groups);
        spread(&mut groups, &begins, usize::MAX);
        let of = |node: usize| groups[group_of[node] as usize].spans.as_ref().expect("closed");
        assert!((0..1_000).all(|node| of(node).len() == 1));
        assert_eq!(of(0).iter().map(|(begin, end)| end - begin).sum::<u32>(), 1_000);
    }
}
