use crate::compiled::FaultId;

/// Whether something holds, or why that cannot be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    No,
    Yes,
    Fault(FaultId),
}

impl Truth {
    pub(super) fn not(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Yes => Truth::No,
            Truth::Fault(fault) => Truth::Fault(fault),
        }
    }

    /// Three-valued "all" (`decisive` is [`Truth::No`]) and "any" ([`Truth::Yes`]): the decisive
    /// value if any part has it, else the first fault, else the other value.
    pub(super) fn combine(parts: impl Iterator<Item = Truth>, decisive: Truth) -> Truth {
        let mut combined = decisive.not();
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

#[cfg(test)]
mod tests {
    use super::Truth::{self, Fault, No, Yes};

    #[test]
    fn no_decides_all_and_yes_decides_any() {
        let all = |parts: &[Truth]| Truth::combine(parts.iter().copied(), No);
        let any = |parts: &[Truth]| Truth::combine(parts.iter().copied(), Yes);
        assert_eq!(all(&[]), Yes);
        assert_eq!(all(&[Yes, Fault(1), No]), No);
        assert_eq!(all(&[Yes, Fault(1), Fault(2), Yes]), Fault(1));
        assert_eq!(any(&[]), No);
        assert_eq!(any(&[No, Fault(1), Yes]), Yes);
        assert_eq!(any(&[No, Fault(2), No]), Fault(2));
        assert_eq!(Fault(3).not(), Fault(3));
    }
}
