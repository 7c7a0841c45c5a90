use super::Map;

/// Texts, found by what begins with them: a tree of their common beginnings.
#[derive(Debug, Default)]
pub(crate) struct Prefixes {
    /// For each node the number of the text that ends there.
    numbers: Vec<Option<u32>>,
    /// By node and first octet of what comes next.
    edges: Map<(u32, u8), Edge>,
}

#[derive(Debug)]
struct Edge {
    label: Box<[u8]>,
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
        let node = self.numbers.len();
        let (ending, mut rest) = match texts.split_first() {
            Some(((text, number), rest)) if text.len() == common => (Some(*number), rest),
            _ => (None, texts),
        };
        self.numbers.push(ending);
        let node = u32::try_from(node).expect("a policy set is below 2^32 bytes");
        while let Some(((first, _), _)) = rest.split_first() {
            let octet = first.as_bytes()[common];
            let count = rest.partition_point(|(text, _)| text.as_bytes()[common] == octet);
            let (branch, others) = rest.split_at(count);
            let (last, _) = branch[branch.len() - 1];
            let pairs = first.as_bytes()[common..].iter().zip(&last.as_bytes()[common..]);
            let label = &first.as_bytes()[common..];
            let label: Box<[u8]> =
                label[..pairs.take_while(|(one, other)| one == other).count()].into();
            let to = self.node(branch, common + label.len());
            self.edges.insert((node, octet), Edge { label, to });
            rest = others;
        }
        node
    }

    /// Takes `step` on the number of each text with which `text` begins.
    #[inline]
    pub(crate) fn of(&self, text: &str, mut step: impl FnMut(u32)) {
        let (mut node, mut rest) = (0, text.as_bytes());
        while let Some(number) = self.numbers.get(node as usize) {
            number.iter().copied().for_each(&mut step);
            let Some(edge) = rest.first().and_then(|octet| self.edges.get(&(node, *octet))) else {
                return;
            };
            let Some(left) = rest.strip_prefix(&*edge.label) else { return };
            (node, rest) = (edge.to, left);
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
