use super::Bulk;
use crate::Type;

/// What is known of an expression before it is evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its type.
    pub value_type: Type,
    /// Whether it may be absent.
    pub absence: Absence,
    /// How large its value may be.
    pub bulk: Bulk,
    /// How many steps evaluating it takes at most.
    pub cost: u64,
    /// How deep it nests, with all that its names stand for.
    pub depth: usize,
}

/// Whether a value may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It is there, or evaluating it is a fault; `??` would do nothing.
    Never,
    /// It is a fault where it is absent, and `??` may stand behind it.
    Possible,
    /// It was declared so: that it may be absent must be dealt with.
    Declared,
}

impl Known {
    /// A value of a type, which takes one step.
    pub fn new(value_type: Type) -> Self {
        Known { value_type, absence: Absence::Never, bulk: Bulk::NONE, cost: 1, depth: 1 }
    }

    /// The same with a size.
    #[must_use]
    pub fn with(self, bulk: Bulk) -> Self {
        Known { bulk, ..self }
    }

    /// The same, made of parts: one step after theirs.
    pub(super) fn over<'k>(self, parts: impl IntoIterator<Item = &'k Known>) -> Self {
        let (mut cost, mut depth) = (1, 0);
        for part in parts {
            cost = part.cost.saturating_add(cost);
            depth = part.depth.max(depth);
        }
        Known { cost, depth: depth + 1, ..self }
    }

    /// The same for so many steps more.
    pub(super) fn costing(self, steps: u64) -> Self {
        Known { cost: self.cost.saturating_add(steps), ..self }
    }
}
