//! What is counted of decisions, by the names that `docs/operations.md` explains.

use pdp_core::{Effect, Policies, Request};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry};

use crate::RefusalKind;
use crate::service::Made;

/// The label of all types that no policy declares: requests must not invent labels.
const OTHER: &str = "other";

/// Upper bounds of the buckets of durations of decisions, in seconds.
const SECONDS: [f64; 10] = [2e-7, 5e-7, 1e-6, 2e-6, 5e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

/// The counters of a service. They take the same memory however much is counted, and whether or
/// not anybody looks at them.
#[derive(Debug)]
pub(crate) struct Meter {
    registry: Registry,
    decisions: IntCounterVec,
    refused: IntCounterVec,
    seconds: HistogramVec,
}

impl Meter {
    pub(crate) fn new() -> Self {
        let labels = ["door", "effect", "reason", "type"];
        let decisions = Opts::new("pdp_decisions_total", "Decisions that were answered.");
        let refused = Opts::new("pdp_refused_total", "Requests that were refused.");
        let seconds = HistogramOpts::new("pdp_decision_seconds", "How long decisions took.");
        let made = "the names are well-formed, and no two are the same";
        let decisions = IntCounterVec::new(decisions, &labels).expect(made);
        let refused = IntCounterVec::new(refused, &["door", "kind"]).expect(made);
        let seconds = HistogramVec::new(seconds.buckets(SECONDS.to_vec()), &["door"]).expect(made);
        let registry = Registry::new();
        registry.register(Box::new(decisions.clone())).expect(made);
        registry.register(Box::new(refused.clone())).expect(made);
        registry.register(Box::new(seconds.clone())).expect(made);
        Meter { registry, decisions, refused, seconds }
    }

    /// Where others may register what they count.
    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Counts the decisions of one question or batch; those with the same labels at once.
    pub(crate) fn decided(
        &self,
        door: &str,
        policies: &Policies,
        requests: &[Request<'_>],
        made: &Made<'_>,
    ) {
        let seconds = self.seconds.with_label_values(&[door]).local();
        let mut counted: Option<(Labels<'_>, u64)> = None;
        for (request, decision) in requests.iter().zip(&made.decisions) {
            seconds.observe(made.duration.as_secs_f64());
            let labels = Labels {
                effect: decision.effect,
                reason: &decision.reason,
                resource_type: request.resource.resource_type,
            };
            counted = match counted {
                Some((before, count)) if before == labels => Some((before, count + 1)),
                before => {
                    self.count(door, policies, before);
                    Some((labels, 1))
                }
            };
        }
        self.count(door, policies, counted);
        seconds.flush();
    }

    fn count(&self, door: &str, policies: &Policies, counted: Option<(Labels<'_>, u64)>) {
        let Some((Labels { effect, reason, resource_type }, count)) = counted else { return };
        let is_declared = policies.declares_type(resource_type);
        let resource_type = if is_declared { resource_type } else { OTHER };
        let labels = [door, effect.as_str(), reason, resource_type];
        self.decisions.with_label_values(&labels).inc_by(count);
    }

    pub(crate) fn refused(&self, door: &str, kind: RefusalKind) {
        self.refused.with_label_values(&[door, kind.as_str()]).inc();
    }
}

/// What tells decisions of one door apart where they are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Labels<'a> {
    effect: Effect,
    reason: &'a str,
    resource_type: &'a str,
}
