use std::time::Duration;

use pdp_core::wire::RequestDocument;
use pdp_core::{
    Actor, AuditEvent, AuditRecord, Map, Passage, Request, Resource, Scratch, Timestamp, Trace,
    Value,
};

use crate::support::{human, policies, texts};

const POLICY: &str = "
version: 1
types:
  door: {actions: [open], attributes: {pin: {type: string?, from: request, masked: true}}}
actor: {attributes: {mail: {type: string?, from: request, masked: true}}}
context: {token: {type: string?, masked: true}, place: string?}
rules: [{id: open, effect: permit}]
";

fn record_of(context: &Map<'_>, attributes: &Map<'_>) -> serde_json::Value {
    let policies = policies(POLICY);
    let (roles, tenants) = (texts(&["r"]), texts(&["t"]));
    let request = Request {
        context,
        now: Timestamp::parse("2026-11-26T09:30:00Z").ok(),
        ..Request::new(
            Actor { roles: &roles, tenants: &tenants, attributes, ..human("user:1") },
            "open",
            Resource { attributes, ..Resource::new("door", "a") },
        )
    };
    let decision = policies.evaluate(&request, &mut Scratch::new());
    let time = Timestamp::parse("2026-11-26T09:30:01Z").expect("a time");
    let record = policies.audit_record(&request, &decision, time);
    serde_json::from_str(&serde_json::to_string(&record).expect("JSON")).expect("JSON")
}

#[test]
fn a_record_holds_the_whole_request_and_decides_again() {
    let mut context = Map::new();
    context.insert("place", "here");
    context.insert("undeclared", Value::List(vec![1.into(), Value::Null]));
    let record = record_of(&context, Map::empty());
    assert_eq!(record["kind"], "decision");
    assert_eq!(record["time"], "2026-11-26T09:30:01Z");
    assert_eq!(record["masked"], serde_json::json!([]));
    assert_eq!(record["decision"]["policy"]["revision"], 1);
    let again = record["request"].to_string();
    let document = RequestDocument::parse(again.as_bytes()).expect("the recorded request");
    let (policies, request) = (policies(POLICY), document.request());
    assert_eq!(request.context, &context);
    assert_eq!((request.actor.roles, request.actor.tenants), (&*texts(&["r"]), &*texts(&["t"])));
    let decision = policies.evaluate(&request, &mut Scratch::new());
    assert_eq!(serde_json::to_value(&decision).expect("JSON"), record["decision"]);
}

#[test]
fn masked_values_are_left_out_and_named() {
    let mut context = Map::new();
    context.insert("token", "s3cret");
    context.insert("place", "here");
    let mut attributes = Map::new();
    attributes.insert("pin", "s3cret");
    attributes.insert("mail", "s3cret");
    let record = record_of(&context, &attributes);
    let masked = ["/actor/attributes/mail", "/resource/attributes/pin", "/context/token"];
    assert_eq!(record["masked"], serde_json::json!(masked));
    for pointer in masked {
        assert!(record["request"].pointer(pointer).expect("there").is_null(), "{pointer}");
    }
    assert_eq!(record["request"]["context"]["place"], "here");
    // What only one side declares is masked on that side only.
    assert_eq!(record["request"]["actor"]["attributes"]["pin"], "s3cret");
}

#[test]
fn a_sink_inside_the_process_does_not_see_masked_values() {
    let policies = policies(POLICY);
    let mut context = Map::new();
    context.insert("token", "s3cret");
    let request = Request {
        context: &context,
        ..Request::new(human("u"), "open", Resource::new("door", "a"))
    };
    let decision = policies.evaluate(&request, &mut Scratch::new());
    let time = Timestamp::from_unix(0, 0).expect("a time");
    let record = policies.audit_record(&request, &decision, time);
    let AuditEvent::Decision { request, .. } = &record.event else { panic!("a decision") };
    assert_eq!(request.request().context.value("token"), Some(&Value::Null));
    assert!(!format!("{record:?}").contains("s3cret"));
}

#[test]
fn a_record_says_how_the_question_came_in() {
    let time = Timestamp::parse("2026-11-26T09:30:01Z").expect("a time");
    let event =
        AuditEvent::Refused { kind: "shape", field: Some("actor.roles[0]"), message: "no text" };
    let passage = Passage {
        decision_id: "01932f6e-0000-7000-8000-000000000000",
        request_id: Some("r 1"),
        caller: Some("messaging"),
        door: "http",
        address: Some([127, 0, 0, 1].into()),
        user_agent: None,
        trace: Some(Trace {
            trace_id: "0af7651916cd43dd8448eb211c80319c",
            span_id: "b7ad6b7169203331",
        }),
        duration: Duration::from_micros(12),
    };
    let record = AuditRecord { time, event: event.clone(), passage: Some(passage) };
    assert_eq!(
        serde_json::to_value(&record).expect("JSON"),
        serde_json::json!({
            "kind": "refused",
            "time": "2026-11-26T09:30:01Z",
            "decision_id": "01932f6e-0000-7000-8000-000000000000",
            "request_id": "r 1",
            "caller": "messaging",
            "door": "http",
            "ip_address": "127.0.0.1",
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "span_id": "b7ad6b7169203331",
            "duration_ns": 12_000,
            "error": {"kind": "shape", "field": "actor.roles[0]", "message": "no text"},
        })
    );
    let record = AuditRecord { time, event, passage: None };
    assert_eq!(serde_json::to_value(&record).expect("JSON").get("door"), None);
}
