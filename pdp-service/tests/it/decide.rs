use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use pdp_core::wire::{RequestError, RequestErrorKind};
use pdp_service::{Caller, Credential, Refusal, RefusalKind, Right, Service, Visit};
use serde_json::{Value, json};

use crate::support::{Shelf, ask, gate, request, service, visit};

const HUMAN: &str = r#"{"actor_id": "user:1", "actor_type": "human"}"#;
const EDITOR: &str = r#"{"actor_id": "user:1", "actor_type": "human", "roles": ["editor"]}"#;

/// The answer to one request.
fn answer(service: &Service, caller: &Caller, request: &str) -> Value {
    ask(service, caller, &[request]).expect("an answer")[0].take()
}

fn last_record(shelf: &Shelf) -> Value {
    shelf.records.lock().expect("no panic").pop().expect("a record")
}

/// The caller who may not assert identities.
fn search(service: &Service) -> Arc<Caller> {
    let names = ["search.internal".to_owned()];
    service.admit(Credential::Certificate(&names), Right::Evaluate).expect("search")
}

#[test]
fn a_decision_is_answered_and_recorded_once_under_one_id() {
    let shelf = Arc::new(Shelf::default());
    let service = service(&shelf);
    let answer = answer(&service, &gate(&service), &request(EDITOR, "write"));
    assert_eq!((&answer["effect"], &answer["reason"]), (&json!("permit"), &json!("editors")));
    assert_eq!(answer.get("dropped"), None);
    // The milliseconds of the time, 7 for the version, and what the host draws.
    assert_eq!(answer["decision_id"], "01a22161-ff7a-7707-8707-070707070707");
    let record = last_record(&shelf);
    assert!(shelf.records.lock().expect("no panic").is_empty());
    assert_eq!(record["decision_id"], answer["decision_id"]);
    assert_eq!(record["request"]["now"], "2026-11-28T09:00:00.25Z");
    assert_eq!(record["request"]["actor"]["roles"], json!(["editor"]));
    assert_eq!(record["decision"]["rule"]["id"], "editors");
    for (field, value) in [
        ("kind", "decision"),
        ("time", "2026-11-28T09:00:00.25Z"),
        ("request_id", "r-1"),
        ("caller", "gate"),
        ("door", "http"),
        ("ip_address", "127.0.0.1"),
        ("user_agent", "curl/8"),
    ] {
        assert_eq!(record[field], value, "{field}");
    }
}

#[test]
fn a_batch_is_recorded_one_by_one() {
    let shelf = Arc::new(Shelf::default());
    let service = service(&shelf);
    let requests = [request(EDITOR, "write"), request(HUMAN, "write"), request(EDITOR, "nothing")];
    let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
    let answers = ask(&service, &gate(&service), &requests).expect("answers");
    let answers = answers.as_array().expect("a list");
    let reasons: Vec<_> = answers.iter().map(|answer| &answer["reason"]).collect();
    assert_eq!(reasons, ["editors", "no_matching_policy", "no_matching_policy"]);
    // What the host draws, and what follows it.
    let ids: Vec<_> = answers.iter().map(|answer| &answer["decision_id"]).collect();
    assert_eq!(
        ids,
        [
            "01a22161-ff7a-7707-8707-070707070707",
            "01a22161-ff7a-7707-8707-070707070708",
            "01a22161-ff7a-7707-8707-070707070709",
        ]
    );
    let records = shelf.records.lock().expect("no panic");
    let recorded: Vec<_> = records.iter().map(|record| &record["decision"]["reason"]).collect();
    assert_eq!(recorded, reasons);
}

/// Each of these claims permits where it counts.
#[test]
fn who_may_not_assert_identities_says_only_what_is_asked() {
    let shelf = Arc::new(Shelf::default());
    let service = service(&shelf);
    let plain = r#"{"actor_id": "service:search", "actor_type": "service"}"#;
    let read = answer(&service, &search(&service), &request(plain, "read"));
    assert_eq!((&read["reason"], read.get("dropped")), (&json!("viewers"), None));
    for (claim, field) in [
        (r#""roles": ["root"]"#, "actor.roles"),
        (r#""roles": ["editor"]"#, "actor.roles"),
        (r#""microdao_ids": ["t:1"]"#, "actor.microdao_ids"),
        (r#""memberships": [{"microdao_id": "t:1", "role": "x"}]"#, "actor.memberships"),
        (r#""attributes": {"level": 9}"#, "actor.attributes"),
    ] {
        let actor =
            format!(r#"{{"actor_id": "service:search", "actor_type": "service", {claim}}}"#);
        let trusted = answer(&service, &gate(&service), &request(&actor, "write"));
        assert_eq!(trusted["effect"], "permit", "{claim}");
        let answer = answer(&service, &search(&service), &request(&actor, "write"));
        assert_eq!((&answer["effect"], &answer["dropped"]), (&json!("deny"), &json!([field])));
        let recorded = &last_record(&shelf)["request"]["actor"];
        for list in ["roles", "microdao_ids", "memberships"] {
            assert_eq!(recorded[list], json!([]), "{claim}");
        }
    }
}

#[test]
fn type_and_time_are_those_of_the_entry_and_of_the_host() {
    let shelf = Arc::new(Shelf::default());
    let service = service(&shelf);
    let human = r#"{"actor_id": "service:search", "actor_type": "human"}"#;
    let late = request(human, "write").replacen('{', r#"{"now": "2031-01-01T00:00:00Z", "#, 1);
    assert_eq!(answer(&service, &gate(&service), &late)["reason"], "late");
    let narrowed = answer(&service, &search(&service), &late);
    assert_eq!(narrowed["dropped"], json!(["actor.actor_type", "now"]));
    assert_eq!(narrowed["reason"], "no_matching_policy");
    let record = last_record(&shelf);
    assert_eq!(record["request"]["actor"]["actor_type"], "service");
    assert_eq!(record["request"]["now"], "2026-11-28T09:00:00.25Z");
}

#[test]
fn a_caller_asks_about_no_actor_but_those_of_its_entry() {
    let shelf = Arc::new(Shelf::default());
    let service = service(&shelf);
    let search = search(&service);
    let own = request(r#"{"actor_id": "service:search", "actor_type": "service"}"#, "read");
    for id in ["user:1", "service:search ", "*"] {
        let other = request(&format!(r#"{{"actor_id": "{id}", "actor_type": "service"}}"#), "read");
        let refusal = ask(&service, &search, &[&other]).expect_err(id);
        assert_eq!(refusal.kind, RefusalKind::Forbidden);
        assert_eq!(refusal.field.as_deref(), Some("actor.actor_id"));
        // One of a batch that may not be asked, and none is decided.
        let refusal = ask(&service, &search, &[&own, &other]).expect_err(id);
        assert_eq!(refusal.field.as_deref(), Some("requests[1].actor.actor_id"));
    }
    assert!(shelf.records.lock().expect("no panic").is_empty());
}

#[test]
fn a_permit_without_a_record_is_not_given() {
    let shelf = Arc::new(Shelf { fails: true, ..Shelf::default() });
    let service = service(&shelf);
    let root = r#"{"actor_id": "user:1", "actor_type": "human", "roles": ["root"]}"#;
    for actor in [EDITOR, root] {
        let answer = answer(&service, &gate(&service), &request(actor, "write"));
        assert_eq!(
            (&answer["effect"], &answer["reason"]),
            (&json!("deny"), &json!("audit_unavailable"))
        );
        assert_eq!((&answer["rule"], &answer["bypass"]), (&json!(null), &json!(false)));
        assert_eq!(answer["policy"]["revision"], 1);
    }
    let deny = answer(&service, &gate(&service), &request(HUMAN, "write"));
    assert_eq!(deny["reason"], "no_matching_policy");
}

#[test]
fn what_is_refused_is_recorded_as_refused() {
    let shelf = Arc::new(Shelf::default());
    let service = service(&shelf);
    let (kind, field) = (RequestErrorKind::Shape, Some("action".to_owned()));
    let error = RequestError { kind, field, message: "missing".to_owned() };
    pollster::block_on(service.refuse(&visit(), Some("gate"), &Refusal::from(error)));
    let record = last_record(&shelf);
    assert_eq!(record["error"], json!({"kind": "shape", "field": "action", "message": "missing"}));
    let how = [&record["kind"], &record["caller"], &record["door"], &record["request_id"]];
    assert_eq!(how, ["refused", "gate", "http", "r-1"]);

    let nobody = Refusal::new(RefusalKind::Unauthenticated, "unknown key");
    let bare = Visit {
        door: "grpc",
        request_id: None,
        address: None,
        user_agent: None,
        trace: None,
        told: None,
    };
    pollster::block_on(service.refuse(&bare, None, &nobody));
    let record = last_record(&shelf);
    assert_eq!(record["error"], json!({"kind": "unauthenticated", "message": "unknown key"}));
    assert_eq!((record.get("caller"), &record["door"]), (None, &json!("grpc")));
}

/// Who waits for a record is one more to be kept in mind where there are too many already.
#[test]
fn a_refusal_for_overload_has_a_record_and_does_not_wait_for_it() {
    let shelf = Arc::new(Shelf { hangs: true, ..Shelf::default() });
    let service = service(&shelf);
    let refuse = |kind| {
        let (visit, refusal) = (visit(), Refusal::new(kind, "too much"));
        let mut refusing = pin!(service.refuse(&visit, None, &refusal));
        let ready = refusing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        (ready, last_record(&shelf)["error"]["kind"].take())
    };
    assert_eq!(refuse(RefusalKind::Overloaded), (true, json!("overloaded")));
    assert_eq!(refuse(RefusalKind::Size), (false, json!("size")));
}
