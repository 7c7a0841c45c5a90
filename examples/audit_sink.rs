//! A sink of your own: whatever takes a record can keep, count or forward it.

use std::future::ready;
use std::sync::atomic::{AtomicUsize, Ordering};

use pdp_core::{
    Actor, ActorType, AuditEvent, AuditRecord, AuditSink, Decider, Effect, Recording, Request,
    Resource, Timestamp,
};

/// Counts the decisions that denied.
#[derive(Default)]
struct Denied(AtomicUsize);

impl AuditSink for Denied {
    fn record<'a>(&'a self, record: &'a AuditRecord<'a>) -> Recording<'a> {
        if let AuditEvent::Decision { decision, .. } = &record.event {
            self.0.fetch_add(usize::from(decision.effect == Effect::Deny), Ordering::Relaxed);
        }
        Box::pin(ready(Ok(())))
    }
}

fn main() -> anyhow::Result<()> {
    let policies = pdp_source::load(["policies/daarion"])?;
    let denied = Denied::default();
    for (seconds, id) in (1_795_000_000..).zip(["user:1", "user:93", "user:999"]) {
        let now = Timestamp::from_unix(seconds, 0)?;
        let actor = Actor::new(ActorType::Human, id);
        let resource = Resource::new("microdao", "microdao:daarion");
        let request = Request { now: Some(now), ..Request::new(actor, "manage", resource) };
        let decision = pollster::block_on(policies.decide(&request))?;
        // Recorded before it is answered: a permit without a record is never given.
        pollster::block_on(denied.record(&policies.audit_record(&request, &decision, now)))?;
        println!("{id}: {}", decision.effect.as_str());
    }
    println!("denied: {}", denied.0.into_inner());
    Ok(())
}
