//! What is counted of decisions, by the names that `docs/operations.md` explains.

use metrics::{counter, histogram};
use pdp_core::Policies;

use crate::RefusalKind;
use crate::service::Made;

/// The label of all types that no policy declares: requests must not invent labels.
const OTHER: &str = "other";

pub(crate) fn decided(
    door: &'static str,
    policies: &Policies,
    resource_type: &str,
    made: &Made<'_>,
) {
    let decision = &made.decision;
    let is_declared = policies.declares_type(resource_type);
    let resource_type = if is_declared { resource_type } else { OTHER };
    counter!(
        "pdp_decisions_total",
        "door" => door,
        "effect" => decision.effect.as_str(),
        "reason" => decision.reason.to_string(),
        "type" => resource_type.to_owned(),
    )
    .increment(1);
    histogram!("pdp_decision_seconds", "door" => door).record(made.duration);
}

pub(crate) fn refused(door: &'static str, kind: RefusalKind) {
    counter!("pdp_refused_total", "door" => door, "kind" => kind.as_str()).increment(1);
}
