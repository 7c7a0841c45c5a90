//! Decisions that are the same need to be made for Python once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use pdp_core::{Effect, Obligations, Policies, Text};
use pyo3::prelude::*;

use crate::decision::Decision;

/// The decisions of one revision, by what decided. Those without errors depend on the rule and its
/// words alone, or on the words of a default deny; no more of them are kept than there are rules
/// and reasons.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    of: Mutex<Option<Revision>>,
}

#[derive(Debug)]
struct Revision {
    /// Held, so that its words stay where they are.
    policies: Arc<Policies>,
    decisions: HashMap<Words, Py<Decision>, foldhash::fast::RandomState>,
}

/// Where the words of a decision stand in the policies that lend them.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Words {
    reason: (usize, usize),
    rule: Option<(usize, usize)>,
    permits: bool,
}

impl Words {
    /// Nothing, where the decision has words of its own.
    fn of(decision: &pdp_core::Decision<'_>) -> Option<Self> {
        let lent =
            decision.errors.is_empty() && matches!(decision.obligations, Obligations::Borrowed(_));
        let place = |text: &Text<'_>| match text {
            Text::Borrowed(text) if lent => Some((text.as_ptr().addr(), text.len())),
            _ => None,
        };
        let rule = decision.rule.as_ref();
        let place_of_rule = rule.and_then(|rule| place(&rule.id));
        if rule.is_some() && place_of_rule.is_none() {
            return None;
        }
        let permits = decision.effect == Effect::Permit;
        Some(Words { reason: place(&decision.reason)?, rule: place_of_rule, permits })
    }
}

impl Outcomes {
    /// The decision as Python has it.
    pub(crate) fn shared(
        &self,
        py: Python<'_>,
        policies: &Arc<Policies>,
        decision: pdp_core::Decision<'_>,
    ) -> PyResult<Py<Decision>> {
        let Some(words) = Words::of(&decision) else {
            return Py::new(py, Decision::new(py, decision));
        };
        if let Some(known) = self.known(py, policies, &words) {
            return Ok(known);
        }
        // What follows may run any code of Python, and so must not be done under the lock.
        let made = Py::new(py, Decision::new(py, decision))?;
        self.keep(py, policies, words, &made);
        Ok(made)
    }

    fn known(
        &self,
        py: Python<'_>,
        policies: &Arc<Policies>,
        words: &Words,
    ) -> Option<Py<Decision>> {
        let of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = of.as_ref().filter(|of| Arc::ptr_eq(&of.policies, policies))?;
        revision.decisions.get(words).map(|known| known.clone_ref(py))
    }

    fn keep(&self, py: Python<'_>, policies: &Arc<Policies>, words: Words, made: &Py<Decision>) {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = of.as_ref().is_some_and(|of| Arc::ptr_eq(&of.policies, policies));
        let before = if is_known { None } else { of.take() };
        let revision = of.get_or_insert_with(|| Revision {
            policies: Arc::clone(policies),
            decisions: HashMap::default(),
        });
        revision.decisions.insert(words, made.clone_ref(py));
        drop(of);
        // Letting go of the decisions of another revision may run code of Python, too.
        drop(before);
    }
}
