//! A service with small policies, a made-up time, and a sink that keeps what it is told.

use std::future::{pending, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pdp_core::wire::{Answer, RequestDocument};
use pdp_core::{
    AuditError, AuditRecord, AuditSink, Engine, Policies, Recording, SourceText, Timestamp,
};
use pdp_service::{Caller, Callers, Credential, Host, Refusal, Right, Service, Visit};
use serde_json::Value;

const POLICIES: &str = "
version: 1
types:
  document:
    actions: [read, write]
    relations: {viewer: direct}
actor: {attributes: {level: {type: int?, from: request}}}
rules:
  - {id: root, effect: permit, bypass: true, actors: {role: root}}
  - {id: late, effect: deny, actions: write, when: \"now > timestamp('2030-01-01T00:00:00Z')\"}
  - {id: viewers, effect: permit, resource: document, actions: read, actors: {relation: viewer}}
  - {id: high, effect: permit, actions: write, when: \"(actor.level ?? 0) > 3\"}
  - {id: editors, effect: permit, actions: write, actors: {role: editor}}
  - {id: tenants, effect: permit, actions: write, actors: {tenant: 't:1'}}
facts:
  document:handbook: {viewer: service:search}
";

pub const CALLERS: &str = r#"
[[caller]]
name = "gate"
keys = ["sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"]
rights = ["evaluate", "assert_identity"]

[[caller]]
name = "search"
certificates = ["spiffe://example/search", "search.internal"]
rights = ["evaluate"]
actors = [{ id = "service:search", type = "service" }]

[[caller]]
name = "keeper"
local = true
rights = ["admin"]
"#;

/// The key of the caller `gate`.
pub const KEY: &str = "key";

/// A time that stands still.
struct Standstill(Timestamp);

impl Host for Standstill {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> [u8; 10] {
        [7; 10]
    }
}

/// Keeps records as they are written; stores none if it is told to fail, and has none of them safe
/// if it is told to hang.
#[derive(Default)]
pub struct Shelf {
    pub records: Mutex<Vec<Value>>,
    pub fails: bool,
    pub hangs: bool,
}

impl AuditSink for Shelf {
    fn record<'a>(&'a self, record: &'a AuditRecord<'a>) -> Recording<'a> {
        if self.fails {
            return Box::pin(ready(Err(AuditError::new("the disk is full"))));
        }
        let json = serde_json::to_value(record).expect("JSON");
        self.records.lock().expect("no panic").push(json);
        if self.hangs { Box::pin(pending()) } else { Box::pin(ready(Ok(()))) }
    }
}

pub fn service(sink: &Arc<Shelf>) -> Service {
    let policies = Policies::from_sources(&[SourceText { path: "p.yaml", text: POLICIES }]);
    let engine = Arc::new(Engine::new(policies.expect("policies")));
    let callers = Callers::parse(CALLERS).expect("callers");
    let time = Timestamp::parse("2026-11-28T09:00:00.25Z").expect("a time");
    let sink = Arc::clone(sink) as Arc<dyn AuditSink>;
    Service::new(engine, callers, Some(sink), Arc::new(Standstill(time)))
}

pub fn visit() -> Visit<'static> {
    Visit {
        door: "http",
        request_id: Some("r-1"),
        address: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        user_agent: Some("curl/8"),
        trace: None,
        told: None,
    }
}

pub fn gate(service: &Service) -> Arc<Caller> {
    service.admit(Credential::Key(KEY), Right::Evaluate).expect("the gate")
}

/// What a caller is answered, as JSON.
pub fn ask(service: &Service, caller: &Caller, requests: &[&str]) -> Result<Value, Refusal> {
    let documents: Vec<RequestDocument<'_>> = requests
        .iter()
        .map(|json| RequestDocument::parse(json.as_bytes()).expect("a request"))
        .collect();
    let visit = visit();
    let answer = service.decide(&visit, caller, &documents, |answers| {
        let mut json = Vec::new();
        Answer::write_batch(answers, &mut json);
        let mut answers: Value = serde_json::from_slice(&json).expect("JSON");
        answers["decisions"].take()
    });
    pollster::block_on(answer)
}

/// A request about a document, of an actor that is JSON.
pub fn request(actor: &str, action: &str) -> String {
    format!(
        r#"{{"actor": {actor}, "action": "{action}", "resource": {{"type": "document", "id": "handbook"}}}}"#
    )
}
