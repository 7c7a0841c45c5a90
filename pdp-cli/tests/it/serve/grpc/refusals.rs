use std::thread;

use pdp_grpc::v1::value::Kind;
use pdp_grpc::v1::{self, evaluate_request::ContextEntry};
use prost::Message;
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::client::{Client, Connection, grpc_status};
use super::messages::{of_kind, request, value};
use super::raw::{GRPC, framed};
use crate::serve::answers::{CALLERS, EVALUATE, REQUEST};
use crate::serve::server::{Server, eventually, records};
use crate::support::folder;

fn asked() -> v1::EvaluateRequest {
    request(&serde_json::from_str(REQUEST).expect("JSON"))
}

/// Code, word and field of what was refused.
fn told(status: &Status) -> (Code, String, Option<String>) {
    let details = status.get_error_details();
    let word = details.error_info().map(|info| info.reason.to_lowercase()).unwrap_or_default();
    let field = details.bad_request().map(|fault| fault.field_violations[0].field.clone());
    (status.code(), word, field)
}

/// Settings that let a batch be large.
const LARGE: [&str; 4] = ["--limits-batch-requests", "20000", "--limits-body-bytes", "16777216"];

/// A batch of so many requests, in its frame.
fn batch(count: usize) -> Vec<u8> {
    framed(&v1::EvaluateBatchRequest { requests: vec![asked(); count] }.encode_to_vec())
}

/// A value in so many lists.
fn nested(depth: usize) -> v1::Value {
    (0..depth).fold(of_kind(Kind::BoolValue(true)), |value, _| {
        of_kind(Kind::ListValue(v1::ListValue { values: vec![value] }))
    })
}

fn in_context(key: &str, value: v1::Value) -> v1::EvaluateRequest {
    let entry = ContextEntry { key: key.to_owned(), value: Some(value) };
    v1::EvaluateRequest { context: vec![entry], ..asked() }
}

fn with_actor(change: impl FnOnce(&mut v1::Actor)) -> v1::EvaluateRequest {
    let mut asked = asked();
    change(asked.actor.as_mut().expect("an actor"));
    asked
}

/// What HTTP says of the same request, with statuses of gRPC.
fn over_http(server: &Server, body: &str) -> (Code, String, Option<String>) {
    let reply = server.post(EVALUATE, body);
    let code = match reply.status {
        400 | 422 => Code::InvalidArgument,
        413 => Code::ResourceExhausted,
        other => panic!("{other}: {reply:?}"),
    };
    let problem = reply.json();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    (code, text(&problem["kind"]).expect("a kind"), text(&problem["field"]))
}

#[test]
fn what_does_not_fit_is_refused_as_over_http() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let client = Client::of(&server);
    let long = "x".repeat(1025);
    let replaced = |from: &str, to: &str| REQUEST.replace(from, to);
    let deep =
        |lists: usize| replaced("12", &format!("{}true{}", "[".repeat(lists), "]".repeat(lists)));
    let cases = [
        (v1::EvaluateRequest::default(), "{}".to_owned()),
        (with_actor(|actor| actor.actor_type = 0), replaced(r#", "actor_type": "human""#, "")),
        (with_actor(|actor| actor.actor_type = 7), replaced("human", "7")),
        (with_actor(|actor| actor.actor_id.clear()), replaced("user:93", "")),
        (with_actor(|actor| actor.actor_id.clone_from(&long)), replaced("user:93", &long)),
        (
            with_actor(|actor| actor.roles = vec!["a".to_owned(), String::new()]),
            replaced(r#"["member"]"#, r#"["a", ""]"#),
        ),
        (
            v1::EvaluateRequest { action: "a\nb".to_owned(), ..asked() },
            replaced("send_message", r"a\nb"),
        ),
        (
            v1::EvaluateRequest { now: Some("noon".to_owned()), ..asked() },
            replaced(r#""context""#, r#""now": "noon", "context""#),
        ),
        (in_context(&long, value(&json!(1))), replaced("message_length", &long)),
        (in_context("a", nested(31)), deep(31)),
        (in_context("a", nested(60)), deep(60)),
    ];
    for (number, (request, body)) in cases.into_iter().enumerate() {
        let status = client.evaluate(request).expect_err("a refusal");
        assert_eq!(told(&status), over_http(&server, &body), "{number}: {status:?}");
    }
    // As deep as may be.
    assert!(client.evaluate(in_context("a", nested(30))).is_ok());
    assert_eq!(server.post(EVALUATE, &deep(30)).status, 200);
    // What JSON cannot say otherwise: a value that is none, a key twice.
    let none = client.evaluate(in_context("a", v1::Value::default())).expect_err("a refusal");
    assert_eq!(told(&none), (Code::InvalidArgument, "shape".to_owned(), None));
    let mut twice = in_context("a", value(&json!(1)));
    twice.context.push(twice.context[0].clone());
    let long_twice = in_context(&"\u{7f}".repeat(1024), value(&json!(1))).context;
    let long_twice =
        v1::EvaluateRequest { context: [long_twice.clone(), long_twice].concat(), ..asked() };
    // What is told fits into a head, however long the key is.
    let status = client.evaluate(long_twice).expect_err("a refusal");
    assert!(status.message().ends_with("…` is given twice"), "{status:?}");
    let twice = client.evaluate(twice).expect_err("a refusal");
    assert!(twice.message().contains("key `a` is given twice"), "{twice:?}");
    assert_eq!(
        told(&twice),
        over_http(
            &server,
            &replaced(r#""message_length""#, r#""message_length": 1, "message_length""#)
        )
    );
}

#[test]
fn a_batch_is_refused_whole() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--limits-batch-requests", "3"]);
    let client = Client::of(&server);
    let ask = |requests: Vec<v1::EvaluateRequest>| {
        let batch = v1::EvaluateBatchRequest { requests };
        client.call::<_, v1::EvaluateBatchResponse>("EvaluateBatch", batch, &[])
    };
    let faulty = with_actor(|actor| actor.actor_id.clear());
    let wanted =
        |word: &str, field: &str| (Code::InvalidArgument, word.to_owned(), Some(field.to_owned()));
    let refused = |requests| told(&ask(requests).expect_err("a refusal"));
    assert_eq!(refused(vec![]), wanted("shape", "requests"));
    assert_eq!(refused(vec![asked(); 4]), wanted("size", "requests"));
    assert_eq!(refused(vec![asked(), faulty]), wanted("shape", "requests[1].actor.actor_id"));
    assert_eq!(ask(vec![asked(); 3]).expect("decisions").into_inner().decisions.len(), 3);
    let records = records(&folder.path().join("state/audit.jsonl"));
    let kinds: Vec<_> = records.iter().map(|record| record["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["refused", "refused", "refused", "decision", "decision", "decision"]);
}

#[test]
fn callers_may_what_their_entry_says() {
    let folder = folder(&[("callers.toml", CALLERS)]);
    let server = Server::start(folder.path(), &["--callers", "callers.toml"]);
    let client = Client::of(&server);
    let ask = |message, metadata: &[(&str, &str)]| {
        client.call::<_, v1::EvaluateResponse>("Evaluate", message, metadata)
    };
    let key = ("authorization", "Bearer key");
    assert_eq!(ask(asked(), &[key]).expect("a decision").into_inner().reason, "channel_member");
    for metadata in
        [&[("authorization", "Bearer kez")][..], &[("authorization", "Basic a2V5")], &[key, key]]
    {
        let refused = ask(asked(), metadata).expect_err("a refusal");
        assert_eq!(told(&refused), (Code::Unauthenticated, "unauthenticated".to_owned(), None));
    }
    let forbidden = |field: Option<&str>| {
        (Code::PermissionDenied, "forbidden".to_owned(), field.map(str::to_owned))
    };
    let refused = ask(asked(), &[]).expect_err("a refusal");
    assert_eq!(told(&refused), forbidden(Some("actor.actor_id")));
    let own = with_actor(|actor| actor.actor_id = "service:worker".to_owned());
    let answer = ask(own, &[]).expect("a decision").into_inner();
    assert_eq!(answer.dropped, ["actor.actor_type", "actor.microdao_ids", "actor.roles"]);
    let refused = ask(asked(), &[("authorization", "Bearer root")]).expect_err("a refusal");
    assert_eq!(told(&refused), forbidden(None));
    let page = ask(asked(), &[("origin", "http://localhost:3000")]).expect_err("a refusal");
    assert_eq!(told(&page), forbidden(Some("Origin")));
    let status = client.call::<_, v1::PolicyStatusResponse>(
        "PolicyStatus",
        v1::PolicyStatusRequest {},
        &[("authorization", "Bearer root")],
    );
    assert_eq!(told(&status.expect_err("a refusal")), forbidden(None));
    let log = records(&folder.path().join("state/audit.jsonl"));
    let by: Vec<_> = log.iter().map(|record| record["caller"].as_str()).collect();
    let [gate, worker] = [Some("gate"), Some("worker")];
    assert_eq!(by, [gate, None, None, None, worker, worker, None, None, None]);
}

/// Who holds the only place is waited for by nobody.
#[test]
fn too_much_to_do_is_said_at_once() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[&LARGE[..], &["--limits-requests", "1"]].concat());
    let address = server.grpc_address();
    let (client, other) = (Client::to(&address), Connection::to(&address));
    let batch = batch(20_000);
    thread::scope(|scope| {
        // Who holds the place is at work: the batch takes its time.
        let hold = || scope.spawn(|| other.call("EvaluateBatch", batch.clone(), &[GRPC]));
        let mut held = hold();
        let mut refused = None;
        eventually("the place is taken", || {
            if held.is_finished() {
                held = hold();
            }
            refused = client.evaluate(asked()).err();
            refused.is_some()
        });
        let refused = refused.expect("a refusal");
        assert_eq!(told(&refused), (Code::Unavailable, "overloaded".to_owned(), None));
        let retry = refused.get_details_retry_info().and_then(|retry| retry.retry_delay);
        assert_eq!(retry.map(|delay| delay.as_secs()), Some(1));
    });
    eventually("the place is free", || client.evaluate(asked()).is_ok());
}

/// Who sends a message slowly keeps no place from others, however many do so.
#[test]
fn a_place_is_taken_when_the_message_is_there() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--limits-requests", "2"]);
    let address = server.grpc_address();
    let (client, other) = (Client::to(&address), Connection::to(&address));
    let slow: Vec<_> =
        (0..10).map(|_| other.runtime.spawn(other.open(vec![0, 0], &[GRPC]))).collect();
    for _ in 0..20 {
        assert!(client.evaluate(asked()).is_ok());
    }
    assert!(slow.iter().all(|slow| !slow.is_finished()));
}

/// The deadline passes while the batch is decided, or its records are written.
#[test]
fn what_is_decided_too_late_has_one_record() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &LARGE);
    let connection = Connection::to(&server.grpc_address());
    let headers = [GRPC, ("grpc-timeout", "500m")];
    eventually("the message is there in time", || {
        connection.call("EvaluateBatch", batch(20_000), &headers);
        !records(&folder.path().join("state/audit.jsonl")).is_empty()
    });
    let records = records(&folder.path().join("state/audit.jsonl"));
    let decided = records.iter().filter(|record| record["kind"] == "decision").count();
    assert_eq!((decided % 20_000, records.len() - decided), (0, 0));
}

#[test]
fn who_is_late_is_cut() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--limits-body-seconds", "1"]);
    let connection = Connection::to(&server.grpc_address());
    // By the limit of the door, and by the deadline of the caller.
    for (headers, message) in [
        (&[GRPC][..], "the message took too long to come"),
        (&[GRPC, ("grpc-timeout", "50m")], "the deadline of the call has passed"),
    ] {
        let response = connection.runtime.block_on(connection.open(vec![0, 0], headers));
        assert_eq!(grpc_status(&response), Some("4"), "{response:?}");
        let records = records(&folder.path().join("state/audit.jsonl"));
        let last = &records.last().expect("a record")["error"];
        assert_eq!((&last["kind"], &last["message"]), (&json!("late"), &json!(message)));
    }
}
