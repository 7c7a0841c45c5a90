/// Texts, found by what begins with them: a tree of their common beginnings.
#[derive(Debug, Default)]
pub(crate) struct Prefixes {
    nodes: Vec<Node>,
    /// The first octet of each edge, those of one node side by side and sorted.
    octets: Vec<u8>,
    edges: Vec<Edge>,
    /// What stands on edges behind their first octets.
    labels: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// The number of the text that ends there.
    number: Option<u32>,
    first_edge: u32,
    edge_count: u16,
}

#[derive(Clone, Copy, Debug, Default)]
struct Edge {
    label_start: u32,
    label_len: u32,
    to: u32,
}

impl Prefixes {
    /// Texts with their numbers; sorted, each once.
    pub(crate) fn new(texts: &[(&str, u32)]) -> Self {
        let mut prefixes = Prefixes::default();
        if !texts.is_empty() {
            prefixes.node(texts, 0);
        }
        prefixes
    }

    /// The node of texts that have their first octets in common.
    fn node(&mut self, texts: &[(&str, u32)], common: usize) -> u32 {
        let node = super::number(self.nodes.len());
        let (number, mut rest) = match texts.split_first() {
            Some(((text, number), rest)) if text.len() == common => (Some(*number), rest),
            _ => (None, texts),
        };
        let mut branches = Vec::new();
        while let Some(((first, _), _)) = rest.split_first() {
            let octet = first.as_bytes()[common];
            let count = rest.partition_point(|(text, _)| text.as_bytes()[common] == octet);
            let (branch, others) = rest.split_at(count);
            branches.push((octet, branch));
            rest = others;
        }
        let first_edge = self.edges.len();
        let edge_count = u16::try_from(branches.len()).expect("there are 256 octets");
        self.nodes.push(Node { number, first_edge: super::number(first_edge), edge_count });
        self.octets.extend(branches.iter().map(|(octet, _)| octet));
        self.edges.resize(first_edge + branches.len(), Edge::default());
        for (index, (_, branch)) in branches.into_iter().enumerate() {
            let edge = self.edge(branch, common + 1);
            self.edges[first_edge + index] = edge;
        }
        node
    }

    /// The edge to what texts have in common behind its first octet.
    fn edge(&mut self, texts: &[(&str, u32)], begin: usize) -> Edge {
        let (first, last) = (texts[0].0.as_bytes(), texts[texts.len() - 1].0.as_bytes());
        let pairs = first[begin..].iter().zip(&last[begin..]);
        let len = pairs.take_while(|(one, other)| one == other).count();
        let label_start = super::number(self.labels.len());
        self.labels.extend_from_slice(&first[begin..begin + len]);
        Edge { label_start, label_len: super::number(len), to: self.node(texts, begin + len) }
    }

    /// Takes `step` on the number of each text with which `text` begins.
    #[inline]
    pub(crate) fn of(&self, text: &str, mut step: impl FnMut(u32)) {
        let Some(mut node) = self.nodes.first() else { return };
        let mut rest = text.as_bytes();
        loop {
            node.number.iter().copied().for_each(&mut step);
            let Some((octet, behind)) = rest.split_first() else { return };
            let first = node.first_edge as usize;
            let octets = &self.octets[first..first + usize::from(node.edge_count)];
            let Some(index) = octets.iter().position(|other| other == octet) else { return };
            let edge = &self.edges[first + index];
            let (start, len) = (edge.label_start as usize, edge.label_len as usize);
            // Labels are short: a call to compare them would cost more than the comparison.
            let label = &self.labels[start..start + len];
            if behind.len() < len || !label.iter().zip(behind).all(|(one, other)| one == other) {
                return;
            }
            rest = &behind[len..];
            node = &self.nodes[edge.to as usize];
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_beginnings_of_a_text_are_found(
            texts in prop::collection::btree_set("[abé]{0,6}", 0..40),
            asked in "[abcé]{0,8}",
        ) {
            let numbered: Vec<(&str, u32)> =
                texts.iter().map(String::as_str).zip(0..).collect();
            let prefixes = Prefixes::new(&numbered);
            let mut found = Vec::new();
            prefixes.of(&asked, |number| found.push(number));
            let wanted: Vec<u32> = numbered
                .iter()
                .filter(|(text, _)| asked.starts_with(text))
                .map(|(_, number)| *number)
                .collect();
            prop_assert_eq!(found.iter().copied().collect::<BTreeSet<_>>().len(), found.len());
            prop_assert_eq!(found, wanted);
        }
    }
}
