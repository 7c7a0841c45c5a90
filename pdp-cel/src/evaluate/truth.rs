use crate::program::NodeId;
use crate::{Fault, Program};

/// Whether something holds, or why that cannot be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It does not.
    No,
    /// It does.
    Yes,
    /// It cannot be said.
    Fault(Failure),
}

/// Why a node has no value, and which node that was. Failures are ordered as their nodes were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Failure {
    /// The node.
    pub node: NodeId,
    /// What was wrong.
    pub fault: Fault,
}

impl Truth {
    /// The opposite; of a fault, the same fault.
    #[must_use]
    pub fn opposite(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Yes => Truth::No,
            fault @ Truth::Fault(_) => fault,
        }
    }

    /// Three-valued "all" (`decisive` is [`Truth::No`]) and "any" ([`Truth::Yes`]): the decisive
    /// value if any part has it, else the first fault, else the other value.
    pub fn combine(parts: impl Iterator<Item = Truth>, decisive: Truth) -> Truth {
        let mut combined = decisive.opposite();
        for part in parts {
            if part == decisive {
                return decisive;
            }
            if let (Truth::Fault(_), Truth::No | Truth::Yes) = (part, combined) {
                combined = part;
            }
        }
        combined
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Truth::Yes } else { Truth::No }
    }
}

impl Program {
    /// The text of the expression that a node was made of, as far as it is kept: for nodes whose
    /// evaluation can fail.
    pub fn origin(&self, node: NodeId) -> Option<&str> {
        let index = self.origins.binary_search_by_key(&node, |(node, _)| *node).ok()?;
        Some(&self.origins[index].1)
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, No, Yes};
    use super::*;

    #[test]
    fn no_decides_all_and_yes_decides_any() {
        let fault = |node| Truth::Fault(Failure { node, fault: Fault::Overflow });
        let all = |parts: &[Truth]| Truth::combine(parts.iter().copied(), No);
        let any = |parts: &[Truth]| Truth::combine(parts.iter().copied(), Yes);
        assert_eq!(all(&[]), Yes);
        assert_eq!(all(&[Yes, fault(1), No]), No);
        assert_eq!(all(&[Yes, fault(1), fault(2), Yes]), fault(1));
        assert_eq!(any(&[]), No);
        assert_eq!(any(&[No, fault(1), Yes]), Yes);
        assert_eq!(any(&[No, fault(2), No]), fault(2));
        assert_eq!(fault(3).opposite(), fault(3));
    }
}
