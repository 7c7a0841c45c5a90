use std::time::Instant;

use pdp_grpc::v1::{self, value::Kind};
use serde_json::{Value, json};
use tonic::Code;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus};
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServiceResponse};

use super::client::Client;
use super::messages::{of_kind, request, shown};
use crate::serve::answers::{EVALUATE, REQUEST, seeds};
use crate::serve::server::{PATIENCE, Server, records};
use crate::support::folder;

const SERVICE: &str = "pdp.v1.PolicyDecisionService";

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// What a door answers, its id apart, which it must have.
fn without_id(mut answer: Value) -> Value {
    let id = answer.as_object_mut().expect("an object").remove("decision_id");
    assert_eq!(id.and_then(|id| id.as_str().map(str::len)), Some(36));
    answer
}

#[test]
fn the_seeds_are_decided_as_over_http() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let client = Client::of(&server);
    let requests: Vec<_> = seeds().iter().map(|line| request(&json(line))).collect();
    let batch = v1::EvaluateBatchRequest { requests: requests.clone() };
    let batch = client.call::<_, v1::EvaluateBatchResponse>("EvaluateBatch", batch, &[]);
    let batch = batch.expect("decisions").into_inner().decisions;
    assert!(requests.len() > 8 && batch.len() == requests.len());
    for ((line, request), of_batch) in seeds().iter().zip(requests).zip(&batch) {
        let over_http = without_id(server.post(EVALUATE, line).json());
        let answer = client.evaluate(request).expect("a decision");
        assert_eq!(answer.decision_id.len(), 36);
        assert_eq!(shown(&answer), over_http, "{line}");
        assert_eq!(shown(of_batch), over_http, "{line}");
    }
}

/// A policy whose rules tell values apart that doubles, or careless readers, hold for the same.
const EXACT: &str = "
version: 1
types: {door: {actions: [open]}}
context: {value: any}
rules:
  - {id: int, effect: permit, resource: door, when: 'type(context.value) == int && context.value == 12', obligations: [{type: show, properties: {text: a, list: [1, 2.5, null, true, {deep: 9007199254740993}]}}]}
  - {id: double, effect: permit, resource: door, when: 'type(context.value) == double && context.value == 12.0'}
  - {id: large, effect: permit, resource: door, when: 'context.value == 9007199254740993'}
  - {id: unsigned, effect: permit, resource: door, when: 'type(context.value) == uint && context.value == 18446744073709551615u'}
  - {id: least, effect: permit, resource: door, when: 'context.value == -9223372036854775808'}
  - {id: nothing, effect: permit, resource: door, when: 'context.value == null'}
  - {id: nested, effect: permit, resource: door, when: 'context.value[0] == 1 && context.value[1].a == [true, false]'}
  - {id: negative, effect: permit, resource: door, when: 'type(context.value) == double && string(context.value) == \"-0\"'}
  - {id: zero, effect: permit, resource: door, when: 'type(context.value) == double && string(context.value) == \"0\"'}
";

fn open(value: &str) -> String {
    format!(
        r#"{{"actor": {{"actor_id": "user:1", "actor_type": "human"}}, "action": "open", "resource": {{"type": "door", "id": "front"}}, "context": {{"value": {value}}}}}"#
    )
}

#[test]
fn values_are_exact() {
    let folder = folder(&[("policies/a.yaml", EXACT)]);
    let server = Server::start(folder.path(), &["--policies", "policies"]);
    let client = Client::of(&server);
    let cases = [
        ("12", Kind::IntValue(12), "int"),
        ("12", Kind::UintValue(12), "int"),
        ("12.0", Kind::DoubleValue(12.0), "double"),
        ("9007199254740993", Kind::IntValue((1 << 53) + 1), "large"),
        ("9007199254740992", Kind::IntValue(1 << 53), "no_matching_policy"),
        ("18446744073709551615", Kind::UintValue(u64::MAX), "unsigned"),
        ("-9223372036854775808", Kind::IntValue(i64::MIN), "least"),
        ("null", Kind::NullValue(0), "nothing"),
        ("-0", Kind::DoubleValue(-0.0), "negative"),
        ("-0.0", Kind::DoubleValue(-0.0), "negative"),
        ("0.0", Kind::DoubleValue(0.0), "zero"),
    ];
    for (text, kind, reason) in cases {
        let mut asked = request(&json(&open("null")));
        asked.context[0].value = Some(of_kind(kind.clone()));
        let answer = client.evaluate(asked).expect("a decision");
        assert_eq!(answer.reason, reason, "{kind:?}");
        let over_http = without_id(server.post(EVALUATE, &open(text)).json());
        assert_eq!(shown(&answer), over_http, "{text}");
    }
    let nested = json(&open(r#"[1, {"a": [true, false]}]"#));
    assert_eq!(client.evaluate(request(&nested)).expect("a decision").reason, "nested");
    let none = open("1").replace(r#""value": 1"#, "");
    let answer = client.evaluate(request(&json(&none))).expect("a decision");
    assert_eq!(answer.errors[0].fault, "context_missing");
    assert_eq!(shown(&answer), without_id(server.post(EVALUATE, &none).json()));
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 9_007_199_254_740_992.0, -1e300] {
        let mut asked = request(&nested);
        asked.context[0].value = Some(of_kind(Kind::DoubleValue(number)));
        let refused = client.evaluate(asked).expect_err("a refusal");
        assert_eq!(refused.code(), Code::InvalidArgument, "{number}");
        assert!(refused.message().contains("64 bits do not hold exactly"), "{refused:?}");
    }
    let over_http = server.post(EVALUATE, &open("9007199254740992.0"));
    assert_eq!((over_http.status, over_http.json()["kind"].as_str()), (422, Some("shape")));
}

#[test]
fn a_question_keeps_its_name_and_is_recorded() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let client = Client::of(&server);
    let metadata = [("x-request-id", "case 7"), ("user-agent", "a-gate/1")];
    let asked = request(&json(REQUEST));
    let answer = client.call::<_, v1::EvaluateResponse>("Evaluate", asked.clone(), &metadata);
    let answer = answer.expect("a decision");
    assert_eq!(answer.metadata().get("x-request-id").expect("an id"), "case 7");
    let wrong = v1::EvaluateRequest { action: "a\u{7}".to_owned(), ..asked };
    let refused = client.call::<_, v1::EvaluateResponse>("Evaluate", wrong, &metadata);
    let refused = refused.expect_err("a refusal");
    assert_eq!(refused.metadata().get("x-request-id").expect("an id"), "case 7");
    let records = records(&folder.path().join("state/audit.jsonl"));
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["decision_id"], answer.into_inner().decision_id);
    assert_eq!((&records[0]["kind"], &records[1]["kind"]), (&json!("decision"), &json!("refused")));
    assert_eq!(records[1]["error"]["field"], "action");
    for record in records {
        assert_eq!((&record["door"], &record["request_id"]), (&json!("grpc"), &json!("case 7")));
        assert_eq!(
            (&record["ip_address"], &record["caller"]),
            (&json!("127.0.0.1"), &json!("local"))
        );
        assert!(record["user_agent"].as_str().is_some_and(|agent| agent.starts_with("a-gate/1")));
    }
    assert_eq!(server.metric(r#"pdp_refused_total{door="grpc",kind="shape"}"#), 1);
}

#[test]
fn what_is_loaded_is_what_http_says() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let status = Client::of(&server).call::<_, v1::PolicyStatusResponse>(
        "PolicyStatus",
        v1::PolicyStatusRequest {},
        &[],
    );
    let status = status.expect("a status").into_inner();
    let counts = server.curl("/internal/pdp/policies", &[]).json();
    let policy = status.policy.expect("a version");
    assert_eq!(
        (json!(policy.digest), json!(policy.revision)),
        (counts["digest"].clone(), counts["revision"].clone())
    );
    assert_eq!(
        (json!(status.rules), json!(status.facts)),
        (counts["rules"].clone(), counts["facts"].clone())
    );
    assert_eq!(json!(status.loaded_at), counts["loaded_at"]);
    assert_eq!((status.last_error, &counts["last_error"]), (None, &Value::Null));
    assert!(status.sections.len() > 4);
    for section in status.sections {
        assert_eq!(json!(section.value), counts[&section.key], "{}", section.key);
    }
}

#[test]
fn health_is_told_until_the_door_closes() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--limits-drain-seconds", "600"]);
    let client = Client::of(&server);
    let mut health = HealthClient::new(client.channel.clone());
    let ask = |service: &str| HealthCheckRequest { service: service.to_owned() };
    client.runtime.block_on(async {
        for service in ["", SERVICE] {
            let status = health.check(ask(service)).await.expect("a status").into_inner().status();
            assert_eq!(status, ServingStatus::Serving, "{service}");
        }
        let unknown = health.check(ask("pdp.v2")).await.expect_err("no such service");
        assert_eq!(unknown.code(), Code::NotFound);
        let mut watched = health.watch(ask(SERVICE)).await.expect("a stream").into_inner();
        let mut next =
            async || tokio::time::timeout(PATIENCE, watched.message()).await.expect("in time");
        assert_eq!(next().await.expect("a status").expect("one").status(), ServingStatus::Serving);
        server.signal("TERM");
        assert_eq!(
            next().await.expect("a status").expect("one").status(),
            ServingStatus::NotServing
        );
        // The stream ends, so that who watches does not keep the process.
        assert!(next().await.expect("an end").is_none());
    });
    drop((health, client));
    let begun = Instant::now();
    assert!(server.end().success());
    assert!(begun.elapsed() < PATIENCE);
}

/// A stream of questions on which nothing is asked ends with the door.
#[test]
fn who_asks_nothing_does_not_keep_the_process() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--limits-drain-seconds", "600"]);
    let client = Client::of(&server);
    let mut reflection = ServerReflectionClient::new(client.channel.clone());
    client.runtime.block_on(async {
        let nothing = tokio_stream::pending::<ServerReflectionRequest>();
        let answers = reflection.server_reflection_info(nothing).await.expect("a stream");
        server.signal("TERM");
        let mut answers = answers.into_inner();
        let next = tokio::time::timeout(PATIENCE, answers.message()).await.expect("in time");
        assert!(next.expect("an end").is_none());
    });
    drop((reflection, client));
    let begun = Instant::now();
    assert!(server.end().success());
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
fn the_door_describes_itself() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let client = Client::of(&server);
    let ask = |message| {
        let request =
            ServerReflectionRequest { host: String::new(), message_request: Some(message) };
        let mut reflection = ServerReflectionClient::new(client.channel.clone());
        let answer = client.runtime.block_on(async {
            let stream = tokio_stream::once(request);
            let mut answers =
                reflection.server_reflection_info(stream).await.expect("answers").into_inner();
            answers.message().await.expect("an answer").expect("one")
        });
        answer.message_response.expect("an answer")
    };
    let MessageResponse::ListServicesResponse(services) =
        ask(MessageRequest::ListServices(String::new()))
    else {
        panic!("no list")
    };
    let names: Vec<_> = services.service.into_iter().map(|ServiceResponse { name }| name).collect();
    assert!(names.iter().any(|name| name == SERVICE), "{names:?}");
    for symbol in [SERVICE, "pdp.v1.Value", "google.protobuf.NullValue", "grpc.health.v1.Health"] {
        let found = ask(MessageRequest::FileContainingSymbol(symbol.to_owned()));
        assert!(matches!(found, MessageResponse::FileDescriptorResponse(_)), "{symbol}: {found:?}");
    }
}
