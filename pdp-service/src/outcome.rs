//! What became of a request, for a layer around the door.

use std::sync::OnceLock;

use pdp_core::{Effect, PolicyVersion};

use crate::RefusalKind;

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was decided.
    Decision {
        /// The id of the decision, under which its record stands.
        id: String,
        /// Permit or deny.
        effect: Effect,
        /// The stable word for why.
        reason: String,
        /// The id of the rule that decided, if one did.
        rule: Option<String>,
        /// Which policies and facts decided.
        policy: PolicyVersion,
    },
    /// It asked for several decisions.
    Batch {
        /// How many of them are permits.
        permits: usize,
        /// How many of them are denies.
        denies: usize,
    },
    /// It was refused.
    Refusal(RefusalKind),
}

/// Where a service says what became of a request, if somebody wants to know.
///
/// A layer around a door puts one, in an `Arc`, among the extensions of a request, and reads it when
/// the door has answered. Where there is none nothing is written down.
#[derive(Debug, Default)]
pub struct Told(OnceLock<Outcome>);

impl Told {
    /// What became of the request; `None` where it was no question.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.0.get()
    }

    /// Only the first outcome counts: there is one of each request.
    pub(crate) fn tell(&self, outcome: Outcome) {
        let _ = self.0.set(outcome);
    }
}
