//! Relations on resources, and what leads from one to others: sets, and relations of what links
//! point to.

use super::Root;
use super::edges::Edges;
use crate::compiled::{Map, RelationIndex, ResourceIndex};

/// A relation on a resource; or, behind the relations of its type, one on what a link points to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) resource: ResourceIndex,
    pub(super) position: RelationIndex,
    /// Whether facts of the resource say of it what depends on the request.
    pub(super) asks_request: bool,
    /// Whether it cannot be found beforehand at all.
    pub(super) is_open: bool,
    edges: (u32, u32),
}

/// All that some relations lead to.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    edges: Vec<u32>,
    numbers: Map<(ResourceIndex, RelationIndex), u32>,
}

impl Graph {
    /// What `roots` lead to; `None` where that takes more than `steps`.
    pub(super) fn new(edges: Edges<'_>, roots: &[Root], steps: usize) -> Option<Self> {
        let mut graph = Graph::default();
        for (resource, position) in roots {
            graph.number(*resource, *position);
        }
        let mut next = 0;
        while next < graph.nodes.len() {
            graph.expand(edges, next);
            next += 1;
            if graph.nodes.len() + graph.edges.len() > steps {
                return None;
            }
        }
        Some(graph)
    }

    /// A graph of nodes, each with what it leads to.
    #[cfg(test)]
    pub(super) fn of(edges: &[Vec<u32>]) -> Self {
        let mut graph = Graph::default();
        for targets in edges {
            let node = graph.number(crate::compiled::number(graph.nodes.len()), 0);
            let begin = crate::compiled::number(graph.edges.len());
            graph.edges.extend(targets);
            let end = crate::compiled::number(graph.edges.len());
            graph.nodes[node as usize].edges = (begin, end);
        }
        graph
    }

    /// What a node leads to.
    pub(super) fn edges(&self, node: u32) -> &[u32] {
        let (begin, end) = self.nodes[node as usize].edges;
        &self.edges[begin as usize..end as usize]
    }

    /// The number of a node; it is made if it is not there.
    fn number(&mut self, resource: ResourceIndex, position: RelationIndex) -> u32 {
        let Graph { nodes, numbers, .. } = self;
        *numbers.entry((resource, position)).or_insert_with(|| {
            let edges = (0, 0);
            nodes.push(Node { resource, position, asks_request: false, is_open: false, edges });
            crate::compiled::number(nodes.len() - 1)
        })
    }

    /// Finds what a node leads to.
    fn expand(&mut self, edges: Edges<'_>, index: usize) {
        let Node { resource, position, .. } = self.nodes[index];
        let begin = crate::compiled::number(self.edges.len());
        let add = |target, relation| {
            let number = self.number(target, relation);
            self.edges.push(number);
            Ok(())
        };
        let followed = match edges.through(resource, position) {
            Some(step) => edges.of_link(resource, step, add),
            None => edges.of_relations(resource, 1 << position, add),
        };
        let end = crate::compiled::number(self.edges.len());
        let direct = edges.info(resource).direct_of(1 << position);
        let node = &mut self.nodes[index];
        node.edges = (begin, end);
        node.is_open = followed.is_err();
        node.asks_request = edges.depend_on_requests(resource, direct);
    }

    /// Nodes that lead to each other, together, each group behind all that it leads to; and for
    /// each node its group.
    pub(super) fn groups(&self) -> (Vec<Vec<u32>>, Vec<u32>) {
        let mut finder = Groups::new(self.nodes.len());
        for node in 0..crate::compiled::number(self.nodes.len()) {
            finder.find(self, node);
        }
        (finder.found, finder.group_of)
    }
}

/// Tarjan's algorithm, without recursion.
struct Groups {
    found: Vec<Vec<u32>>,
    group_of: Vec<u32>,
    /// When a node was met first, from 1; 0 for never.
    met: Vec<u32>,
    /// The node met first that it is known to lead to and that is in no group yet.
    lowest: Vec<u32>,
    /// Nodes in no group yet.
    open: Vec<u32>,
    count: u32,
}

/// Of a node that is in no group yet.
const NO_GROUP: u32 = u32::MAX;

impl Groups {
    fn new(nodes: usize) -> Self {
        Groups {
            found: Vec::new(),
            group_of: vec![NO_GROUP; nodes],
            met: vec![0; nodes],
            lowest: vec![0; nodes],
            open: Vec::new(),
            count: 0,
        }
    }

    fn find(&mut self, graph: &Graph, root: u32) {
        if self.met[root as usize] != 0 {
            return;
        }
        self.meet(root);
        let mut path = vec![(root, 0_usize)];
        while let Some((node, next)) = path.last_mut() {
            let at = *node as usize;
            if let Some(target) = graph.edges(*node).get(*next).copied() {
                *next += 1;
                if self.met[target as usize] == 0 {
                    self.meet(target);
                    path.push((target, 0));
                } else if self.group_of[target as usize] == NO_GROUP {
                    self.lowest[at] = self.lowest[at].min(self.met[target as usize]);
                }
                continue;
            }
            let node = *node;
            path.pop();
            if let Some((above, _)) = path.last() {
                let above = *above as usize;
                self.lowest[above] = self.lowest[above].min(self.lowest[at]);
            }
            if self.lowest[at] == self.met[at] {
                self.close(node);
            }
        }
    }

    fn meet(&mut self, node: u32) {
        self.count += 1;
        self.met[node as usize] = self.count;
        self.lowest[node as usize] = self.count;
        self.open.push(node);
    }

    /// Those that were met since `first` are one group.
    fn close(&mut self, first: u32) {
        let begin = self.open.iter().rposition(|node| *node == first).unwrap_or_default();
        let group = self.open.split_off(begin);
        let number = crate::compiled::number(self.found.len());
        group.iter().for_each(|node| self.group_of[*node as usize] = number);
        self.found.push(group);
    }
}
