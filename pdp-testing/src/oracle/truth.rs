use std::collections::BTreeSet;

use pdp_core::Fault;

/// The faults that could be named as the cause of an error, by their words.
pub(super) type Causes = BTreeSet<&'static str>;

/// Whether something holds ("Three values", section 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// It does not hold.
    No,
    /// It holds.
    Yes,
    /// It cannot be evaluated.
    Error(Causes),
}

impl Truth {
    /// An error with one cause.
    pub(super) fn fault(fault: Fault) -> Self {
        Truth::Error(Causes::from([fault.as_str()]))
    }

    /// "No" if any part is "no", else an error if any is one.
    pub(super) fn all(parts: impl IntoIterator<Item = Truth>) -> Self {
        let mut causes: Option<Causes> = None;
        for part in parts {
            match part {
                Truth::No => return Truth::No,
                Truth::Yes => {}
                Truth::Error(more) => causes.get_or_insert_default().extend(more),
            }
        }
        causes.map_or(Truth::Yes, Truth::Error)
    }

    /// "Yes" if any part is "yes", else an error if any is one.
    pub(super) fn any(parts: impl IntoIterator<Item = Truth>) -> Self {
        Truth::all(parts.into_iter().map(Truth::not)).not()
    }

    /// The opposite; of an error an error.
    pub(super) fn not(self) -> Self {
        match self {
            Truth::No => Truth::Yes,
            Truth::Yes => Truth::No,
            Truth::Error(causes) => Truth::Error(causes),
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Truth::Yes } else { Truth::No }
    }
}
