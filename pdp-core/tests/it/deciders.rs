use std::sync::Mutex;

use pdp_core::wire::RequestDocument;
use pdp_core::{Decider, Decision, Effect, Policies, Request, Resource, Scratch};

use crate::support::{human, policies};

const POLICY: &str = "
version: 1
types: {door: {actions: [open, close]}}
rules: [{id: open, effect: permit, obligations: [{type: log}]}]
";

/// Permits what the inner decider permits, unless the action is not lent.
struct Narrowed<D> {
    inner: D,
    lent: &'static str,
}

impl<D: Decider + Sync> Decider for Narrowed<D> {
    type Error = D::Error;

    async fn decide<'a>(&'a self, request: &'a Request<'a>) -> Result<Decision<'a>, D::Error> {
        let mut decision = self.inner.decide(request).await?;
        if request.action != self.lent {
            decision.effect = Effect::Deny;
            decision.reason = "not_lent".into();
        }
        Ok(decision)
    }
}

/// Sends requests as text to policies elsewhere, which may be away; owns what comes back.
struct Remote {
    elsewhere: Mutex<Option<Policies>>,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the decision point does not answer")]
struct Away;

impl Decider for Remote {
    type Error = Away;

    async fn decide<'a>(&'a self, request: &'a Request<'a>) -> Result<Decision<'a>, Away> {
        let sent = serde_json::to_vec(request).map_err(|_| Away)?;
        let elsewhere = self.elsewhere.lock().map_err(|_| Away)?;
        let received = RequestDocument::parse(&sent).map_err(|_| Away)?;
        let policies = elsewhere.as_ref().ok_or(Away)?;
        Ok(policies.evaluate(&received.request(), &mut Scratch::new()).into_owned())
    }
}

/// What a door does: it knows no more than the trait.
fn door<D: Decider>(decider: &D, action: &str) -> Result<String, D::Error> {
    let request = Request::new(human("user:1"), action, Resource::new("door", "a"));
    let decision = pollster::block_on(decider.decide(&request))?;
    Ok(format!("{} {} {}", decision.effect.as_str(), decision.reason, decision.obligations.len()))
}

#[test]
fn engine_wrapper_and_remote_serve_one_door() {
    let engine = policies(POLICY);
    assert_eq!(door(&engine, "open").as_deref(), Ok("permit open 1"));
    let narrowed = Narrowed { inner: engine, lent: "open" };
    assert_eq!(door(&narrowed, "open").as_deref(), Ok("permit open 1"));
    assert_eq!(door(&narrowed, "close").as_deref(), Ok("deny not_lent 1"));
    let remote = Remote { elsewhere: Mutex::new(Some(policies(POLICY))) };
    assert_eq!(door(&remote, "open").as_deref(), Ok("permit open 1"));
    let both = Narrowed { inner: remote, lent: "close" };
    assert_eq!(door(&both, "open").as_deref(), Ok("deny not_lent 1"));
    *both.inner.elsewhere.lock().expect("nobody holds it") = None;
    assert_eq!(door(&both, "close"), Err(Away));
}
