use std::sync::Arc;

use pdp_client::{Client, ClientError, InProcess, Status};
use pdp_core::{Actor, Decider, Effect, Map, Request, Scratch, Timestamp, Value};
use pdp_service::Callers;
use pdp_testing::TestFile;

use crate::doors::{Doors, Plan};
use crate::support::{board, both, on_board, pack, patient};

const CALLERS: &str = r#"
[[caller]]
name = "shop"
keys = ["sha256:d0c04f4b1951e4aeaaec8223ed2039e542f3aae805a6fa7f6d794e5afff5d272"]
rights = ["evaluate", "assert_identity"]

[[caller]]
name = "user 1"
keys = ["sha256:4ed34979183d48bd83ee7f0cda56b87aeb7d54f2abfa423b8b140dd0793af45a"]
rights = ["evaluate"]
actors = [{ id = "user:1", type = "human" }]

[[caller]]
name = "operator"
local = true
rights = ["admin"]
"#;

/// Asks by each client what the files ask, and holds whole decisions against those of the engine.
async fn compare(doors: &Doors, folder: &str, clients: &[Client]) -> usize {
    let root = format!("{}/../policies/{folder}", env!("CARGO_MANIFEST_DIR"));
    let policies = doors.engine.present();
    let mut asked = 0;
    for entry in std::fs::read_dir(&root).expect(&root) {
        let path = entry.expect("an entry").path();
        if !path.to_string_lossy().ends_with("_test.yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a file");
        let file = TestFile::parse(&text).expect("a test file");
        for case in file.cases.iter().filter(|case| !case.matrix) {
            let noon = Timestamp::parse("2026-11-26T12:00:00Z").expect("a time");
            // A door takes its own time where none is stated, the engine none.
            let request = Request { now: case.now.or(Some(noon)), ..case.request() };
            let wanted = policies.evaluate(&request, &mut Scratch::new());
            for client in clients {
                let found = client.decide(&request).await.expect(&case.name);
                assert_eq!(found, wanted, "{}", case.name);
            }
            asked += 1;
        }
    }
    asked
}

#[tokio::test]
async fn both_doors_decide_as_the_engine_does() {
    for (folder, cases_min) in [("daarion", 100), ("agents", 20)] {
        let doors = Plan::local(pack(folder)).open().await;
        let clients = both(&doors.http, &doors.grpc).map(|(_, builder)| patient(builder));
        let asked = compare(&doors, folder, &clients).await;
        assert!(asked >= cases_min, "{folder}: {asked}");
    }
}

#[tokio::test]
async fn unix_sockets_are_doors_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| format!("unix:{}", folder.path().join(name).display());
    let plan = Plan { http: path("http"), grpc: path("grpc"), ..Plan::local(board()) };
    let doors = plan.open().await;
    for (name, builder) in both(&doors.http, &doors.grpc) {
        let client = patient(builder);
        let answer = client.ask(&on_board("user:1", "post")).await.expect(name);
        assert_eq!(answer.decision.effect, Effect::Permit, "{name}");
        let answer = client.ask(&on_board("user:666", "post")).await.expect(name);
        assert_eq!((answer.decision.effect, &*answer.decision.reason), (Effect::Deny, "banned"));
    }
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order() {
    let doors = Plan::local(board()).open().await;
    let requests = [
        on_board("user:1", "read"),
        on_board("user:666", "read"),
        on_board("user:1", "audit"),
        on_board("user:1", "burn"),
    ];
    let policies = doors.engine.present();
    for (name, builder) in both(&doors.http, &doors.grpc) {
        let client = patient(builder);
        let answers = client.ask_batch(&requests).await.expect(name);
        let wanted = requests.map(|request| policies.evaluate(&request, &mut Scratch::new()));
        assert!(answers.iter().map(|answer| &answer.decision).eq(&wanted), "{name}: {answers:?}");
        let ids = answers.iter().map(|answer| &*answer.decision_id);
        assert_eq!(ids.collect::<std::collections::HashSet<_>>().len(), requests.len());
        let refused = client.ask_batch(&[]).await.expect_err("of none");
        assert!(
            matches!(&refused, ClientError::Refused(refused)
            if refused.kind.as_deref() == Some("shape")),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn values_arrive_as_they_were_stated() {
    const POLICY: &str = "
version: 1
types: {door: {actions: [open]}}
context: {whole: int, large: uint, part: double, name: string, list: list(int), map: map(bool)}
rules:
  - id: exactly
    effect: permit
    resource: door
    when: >-
      context.whole == 9007199254740993 && context.large == 18446744073709551615u && context.part == 12.0
      && context.name == 'ä' && context.list == [1, 2] && context.map['yes']
";
    let source = pdp_core::SourceText { path: "door.yaml", text: POLICY };
    let policies = pdp_core::Policies::from_sources(&[source]).expect("policies");
    let doors = Plan::local(policies).open().await;
    let mut context = Map::new();
    context.insert("whole", Value::Int(9_007_199_254_740_993));
    context.insert("large", Value::Uint(u64::MAX));
    context.insert("part", Value::Double(12.0));
    context.insert("name", Value::String("ä".into()));
    context.insert("list", Value::List(vec![Value::Int(1), Value::Int(2)]));
    let mut inner = Map::new();
    inner.insert("yes", Value::Bool(true));
    context.insert("map", Value::Map(inner));
    let actor = Actor::new(pdp_core::ActorType::Service, "service:1");
    let request = Request::new(actor, "open", pdp_core::Resource::new("door", "front"));
    let mut infinite = context.clone();
    infinite.insert("part", Value::List(vec![Value::Double(f64::INFINITY)]));
    for (name, builder) in both(&doors.http, &doors.grpc) {
        let client = patient(builder);
        let answer = client.ask(&Request { context: &context, ..request }).await.expect(name);
        assert_eq!(answer.decision.effect, Effect::Permit, "{name}: {answer:?}");
        let error = client.ask(&Request { context: &infinite, ..request }).await;
        assert!(matches!(error, Err(ClientError::Request(_))), "{name}: {error:?}");
    }
}

#[tokio::test]
async fn who_asks_is_known_by_its_key() {
    let callers = Callers::parse(CALLERS).expect("callers");
    let doors = Plan { callers, ..Plan::local(board()) }.open().await;
    let roles = ["chief".into()];
    let mut request = on_board("user:1", "read");
    request.actor.roles = &roles;
    for (name, builder) in both(&doors.http, &doors.grpc) {
        let answer = patient(builder.clone().key("sesame")).ask(&request).await.expect(name);
        assert_eq!((answer.decision.effect, &*answer.dropped), (Effect::Permit, &[][..]), "{name}");

        let narrow = patient(builder.clone().key("shop key"));
        let answer = narrow.ask(&request).await.expect(name);
        assert_eq!(answer.dropped, ["actor.roles"], "{name}");

        for (builder, kind, statuses) in [
            (
                builder.clone().key("wrong"),
                "unauthenticated",
                [Status::Http(401), Status::Grpc(16)],
            ),
            (builder, "forbidden", [Status::Http(403), Status::Grpc(7)]),
        ] {
            match patient(builder).decide(&request).await {
                Err(ClientError::Refused(refused)) => {
                    assert_eq!(refused.kind.as_deref(), Some(kind), "{name}");
                    assert!(statuses.contains(&refused.status), "{name}: {refused}");
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_request_that_is_none_is_refused_with_its_field() {
    let doors = Plan::local(board()).open().await;
    for (name, builder) in both(&doors.http, &doors.grpc) {
        match patient(builder).ask(&on_board("", "read")).await {
            Err(ClientError::Refused(refused)) => {
                assert_eq!(refused.field.as_deref(), Some("actor.actor_id"), "{name}");
                assert_eq!(refused.detail, "empty", "{name}");
                assert!(!ClientError::from(refused).is_failure(), "{name}: the server is well");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn many_ask_at_once_over_few_connections() {
    let doors = Plan::local(board()).open().await;
    for (name, builder) in both(&doors.http, &doors.grpc) {
        let client = patient(builder.connections(2));
        let asking = (0..200).map(|index| {
            let client = client.clone();
            tokio::spawn(async move {
                let user = if index % 2 == 0 { "user:1" } else { "user:666" };
                let decision =
                    client.ask(&on_board(user, "read")).await.expect("an answer").decision;
                assert_eq!(decision.effect == Effect::Permit, index % 2 == 0);
            })
        });
        for asked in asking.collect::<Vec<_>>() {
            asked.await.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

#[tokio::test]
async fn in_the_process_a_change_counts_at_once() {
    let engine = Arc::new(pdp_core::Engine::new(board()));
    let decider = InProcess(Arc::clone(&engine));
    let request = on_board("user:1", "read");
    let before = decider.decide(&request).await.expect("it cannot fail");
    engine.reload(pack("daarion")).expect("a reload");
    let after = decider.decide(&request).await.expect("it cannot fail");
    assert_eq!((before.effect, after.effect), (Effect::Permit, Effect::Deny));
    assert!(before.policy.revision < after.policy.revision);
}
