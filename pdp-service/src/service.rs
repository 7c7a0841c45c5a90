//! Decide, record, answer.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::future::join_all;
use pdp_core::wire::{Answer, RequestDocument};
use pdp_core::{
    Applied, AuditError, AuditEvent, AuditRecord, AuditSink, ChangeSet, Decision, Effect, Engine,
    Obligations, Passage, Policies, Request, Scratch, Timestamp,
};
use prometheus::Registry;
use smallvec::{SmallVec, smallvec};

use crate::host::{NewId, NewIds};
use crate::meter::Meter;
use crate::narrow::narrow;
use crate::{Caller, Callers, Credential, Host, Outcome, Refusal, RefusalKind, Right, Visit};

/// The reason of a deny that stands where a permit could not be recorded.
const UNRECORDED: &str = "audit_unavailable";

thread_local! {
    /// Doors decide on threads of a runtime, several requests each.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::new());
}

/// What all doors of a process share.
pub struct Service {
    engine: Arc<Engine>,
    callers: ArcSwap<Callers>,
    sink: Option<Arc<dyn AuditSink>>,
    host: Arc<dyn Host>,
    meter: Meter,
}

impl Service {
    /// A service that decides by `engine` and records to `sink`; without one nothing is recorded.
    pub fn new(
        engine: Arc<Engine>,
        callers: Callers,
        sink: Option<Arc<dyn AuditSink>>,
        host: Arc<dyn Host>,
    ) -> Self {
        let callers = ArcSwap::from_pointee(callers);
        Service { engine, callers, sink, host, meter: Meter::new() }
    }

    /// What is counted of decisions and refusals, and where others may register what they count.
    pub fn metrics(&self) -> &Registry {
        self.meter.registry()
    }

    /// The engine that decides.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// From now on these may ask.
    pub fn set_callers(&self, callers: Callers) {
        self.callers.store(Arc::new(callers));
    }

    /// Who asks, if it has the right.
    ///
    /// # Errors
    ///
    /// [`Refusal`] of the kinds `unauthenticated` and `forbidden`.
    pub fn admit(&self, credential: Credential<'_>, right: Right) -> Result<Arc<Caller>, Refusal> {
        let caller = Arc::clone(self.callers.load().find(credential)?);
        if caller.may(right) {
            return Ok(caller);
        }
        let message = format!("caller `{}` lacks the right `{}`", caller.name, right.as_str());
        Err(Refusal::new(RefusalKind::Forbidden, message))
    }

    /// Decides requests, all by one revision, records each decision, and gives what `encode` makes
    /// of the answers. A permit that cannot be recorded becomes a deny.
    ///
    /// # Errors
    ///
    /// [`Refusal`] where the caller may not ask one of these; then none is decided.
    pub async fn decide<R>(
        &self,
        visit: &Visit<'_>,
        caller: &Caller,
        documents: &[RequestDocument<'_>],
        encode: impl FnOnce(&[Answer<'_>]) -> R,
    ) -> Result<R, Refusal> {
        // One look at the clock for all: it is not free.
        let now = self.host.now();
        let asked = Asked::new(caller, documents, now)?;
        let policies = self.engine.present();
        let mut made = self.made(&policies, &asked.requests, now);
        self.record(visit, caller, &policies, &asked.requests, &mut made).await;
        self.meter.decided(visit.door, &policies, &asked.requests, &made);
        let answers: FewOrMany<Answer<'_>> = asked
            .dropped
            .iter()
            .zip(&made.decisions)
            .zip(&made.ids)
            .map(|((dropped, decision), id)| Answer { decision_id: id.as_str(), decision, dropped })
            .collect();
        if let Some(told) = visit.told {
            told.tell(outcome(&made));
        }
        Ok(encode(&answers))
    }

    /// Records that a question was refused. The refusal waits for its record, as an answer would,
    /// unless there is too much to do already: then the sink has the record, and tells by its
    /// counters alone what became of it.
    pub async fn refuse(&self, visit: &Visit<'_>, caller: Option<&str>, refusal: &Refusal) {
        self.meter.refused(visit.door, refusal.kind);
        if let Some(told) = visit.told {
            told.tell(Outcome::Refusal(refusal.kind));
        }
        let Some(sink) = &self.sink else { return };
        let time = self.host.now();
        let id = NewIds::new(&*self.host, time).next();
        let event = AuditEvent::Refused {
            kind: refusal.kind.as_str(),
            field: refusal.field.as_deref(),
            message: &refusal.message,
        };
        let passage = passage(visit, caller, id.as_str(), Duration::ZERO);
        let record = AuditRecord { time, event, passage: Some(passage) };
        let recording = sink.record(&record);
        if refusal.kind == RefusalKind::Overloaded {
            return;
        }
        if let Err(error) = recording.await {
            complain(&error);
        }
    }

    /// Applies a change set to the facts of run time.
    ///
    /// # Errors
    ///
    /// [`Refusal`] for the first change that cannot be made.
    pub fn apply(&self, change_set: &ChangeSet) -> Result<Applied, Refusal> {
        self.engine.apply(change_set).map_err(Refusal::from)
    }

    /// Decides all, one after the other. Each took as long as they take in the mean: looking at the
    /// clock for each would take a good part of that.
    fn made<'p>(
        &self,
        policies: &'p Policies,
        requests: &[Request<'_>],
        time: Timestamp,
    ) -> Made<'p> {
        let mut ids = NewIds::new(&*self.host, time);
        let ids = requests.iter().map(|_| ids.next()).collect();
        let begun = self.host.elapsed();
        let decisions = SCRATCH.with_borrow_mut(|scratch| match requests {
            [one] => smallvec![policies.evaluate(one, scratch)],
            several => {
                let mut decisions = Vec::new();
                policies.evaluate_batch(several, scratch, &mut decisions);
                decisions.into()
            }
        });
        let took = self.host.elapsed().saturating_sub(begun);
        let count = u32::try_from(requests.len()).unwrap_or(u32::MAX);
        Made { ids, time, duration: took.checked_div(count).unwrap_or_default(), decisions }
    }

    /// Records all decisions side by side, so that a sink may store them with one write.
    async fn record(
        &self,
        visit: &Visit<'_>,
        caller: &Caller,
        policies: &Policies,
        requests: &[Request<'_>],
        made: &mut Made<'_>,
    ) {
        let Some(sink) = &self.sink else { return };
        let decided = requests.iter().zip(&made.decisions).zip(&made.ids);
        let records: Vec<AuditRecord<'_>> = decided
            .map(|((request, decision), id)| {
                let mut record = policies.audit_record(request, decision, made.time);
                record.passage =
                    Some(passage(visit, Some(&caller.name), id.as_str(), made.duration));
                record
            })
            .collect();
        let outcomes = join_all(records.iter().map(|record| sink.record(record))).await;
        drop(records);
        for (decision, outcome) in made.decisions.iter_mut().zip(outcomes) {
            if let Err(error) = outcome {
                complain(&error);
                withdraw(decision);
            }
        }
    }
}

/// Those of one question, which need no memory of their own, or of a batch.
pub(crate) type FewOrMany<T> = SmallVec<[T; 1]>;

/// The requests as they are decided, and what of each was left out of account.
struct Asked<'a> {
    requests: FewOrMany<Request<'a>>,
    dropped: FewOrMany<Vec<&'static str>>,
}

impl<'a> Asked<'a> {
    /// The requests as far as the caller may make them.
    fn new(
        caller: &Caller,
        documents: &'a [RequestDocument<'_>],
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let (mut requests, mut all_dropped) =
            (FewOrMany::with_capacity(documents.len()), FewOrMany::with_capacity(documents.len()));
        for (index, document) in documents.iter().enumerate() {
            let narrowed = narrow(document.request(), caller);
            let (mut request, dropped) = narrowed.map_err(|refusal| match documents.len() {
                1 => refusal,
                _ => refusal.within(&format!("requests[{index}]")),
            })?;
            request.now = request.now.or(Some(now));
            requests.push(request);
            all_dropped.push(dropped);
        }
        Ok(Asked { requests, dropped: all_dropped })
    }
}

/// The decisions that were made, each with its id.
pub(crate) struct Made<'p> {
    pub(crate) decisions: FewOrMany<Decision<'p>>,
    ids: FewOrMany<NewId>,
    time: Timestamp,
    /// How long each of them took.
    pub(crate) duration: Duration,
}

/// Takes a permit back of which there is no record. A deny stays what it is.
fn withdraw(decision: &mut Decision<'_>) {
    if decision.effect == Effect::Permit {
        *decision = Decision {
            effect: Effect::Deny,
            reason: UNRECORDED.into(),
            rule: None,
            bypass: false,
            obligations: Obligations::Borrowed(&[]),
            errors: Vec::new(),
            policy: decision.policy,
        };
    }
}

fn passage<'a>(
    visit: &Visit<'a>,
    caller: Option<&'a str>,
    decision_id: &'a str,
    duration: Duration,
) -> Passage<'a> {
    let Visit { door, request_id, address, user_agent, trace, told: _ } = *visit;
    Passage { decision_id, request_id, caller, door, address, user_agent, trace, duration }
}

/// What became of a request for these decisions.
fn outcome(made: &Made<'_>) -> Outcome {
    let ([decision], [id]) = (&*made.decisions, &*made.ids) else {
        let is_permit = |decision: &&Decision<'_>| decision.effect == Effect::Permit;
        let permits = made.decisions.iter().filter(is_permit).count();
        return Outcome::Batch { permits, denies: made.decisions.len() - permits };
    };
    Outcome::Decision {
        id: id.as_str().to_owned(),
        effect: decision.effect,
        reason: decision.reason.to_string(),
        rule: decision.rule.as_ref().map(|rule| rule.id.to_string()),
        policy: decision.policy,
    }
}

/// A record was lost: nobody reads of it but in the log.
fn complain(error: &AuditError) {
    tracing::error!(error = error as &dyn std::error::Error, "a record could not be stored");
}
