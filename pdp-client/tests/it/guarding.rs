use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use http::request::Parts;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use pdp_client::{Client, GuardLayer, InProcess, Permitted, Question};
use pdp_core::{ActorType, Decider, Engine};
use tower::ServiceExt;

use crate::doors::Plan;
use crate::support::{board, patient};

/// The header that says who acts. In earnest something before the guard would have checked it.
fn question(head: &Parts) -> Option<Question> {
    let user = head.headers.get("x-user")?.to_str().ok()?;
    let action = head.uri.path().trim_start_matches('/');
    Some(Question::new((ActorType::Human, user), action, ("board", "news")))
}

/// A service of which every handler counts that it was called.
fn service<D>(decider: D, calls: &Arc<AtomicUsize>) -> Router
where
    D: Decider + Send + Sync + 'static,
{
    let calls = Arc::clone(calls);
    let handler = async move |permitted: Permitted| {
        calls.fetch_add(1, Ordering::SeqCst);
        let obligations = permitted.obligations().iter();
        let duties = obligations
            .map(|duty| format!("{}:{:?}", duty.obligation_type, duty.properties.value("level")));
        let decision = permitted.decision();
        format!("{} {}", decision.reason, duties.collect::<String>())
    };
    Router::new()
        .fallback(get(handler))
        .layer(GuardLayer::new(decider, question).fulfilling(["log"]))
}

async fn ask(service: &Router, user: &str, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("x-user", user).body(Body::empty()).expect("a request");
    read(service.clone().oneshot(request).await.expect("it cannot fail")).await
}

async fn read(response: Response) -> (StatusCode, String) {
    let (head, body) = response.into_parts();
    if !head.status.is_success() {
        assert_eq!(head.headers["content-type"], "application/problem+json");
    }
    let body = body.collect().await.expect("a body").to_bytes();
    (head.status, String::from_utf8(body.to_vec()).expect("text"))
}

async fn guards<D>(decider: D)
where
    D: Decider + Send + Sync + 'static,
{
    let calls = Arc::new(AtomicUsize::new(0));
    let service = service(decider, &calls);
    let (status, body) = ask(&service, "user:1", "/read").await;
    assert_eq!((status, &*body), (StatusCode::OK, "member "));
    let (status, body) = ask(&service, "user:1", "/audit").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("log:Some(String(\"info\"))"), "{body}");
    assert_eq!(calls.load(Ordering::SeqCst), 2);

    for (user, path) in [("user:666", "/read"), ("user:1", "/burn"), ("agent:1", "/read")] {
        let (status, body) = ask(&service, user, path).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{user} {path}");
        assert_eq!(body, r#"{"status":403,"title":"Forbidden"}"#);
    }
    // Nobody is known to act.
    let request = Request::get("/read").body(Body::empty()).expect("a request");
    let response = service.clone().oneshot(request).await.expect("it cannot fail");
    assert_eq!(read(response).await.0, StatusCode::FORBIDDEN);
    assert_eq!(calls.load(Ordering::SeqCst), 2, "no other handler was called");
}

#[tokio::test]
async fn a_service_is_guarded_in_the_process() {
    guards(InProcess(Arc::new(Engine::new(board())))).await;
    guards(board()).await;
}

#[tokio::test]
async fn a_service_is_guarded_over_both_doors() {
    let doors = Plan::local(board()).open().await;
    guards(patient(Client::http(&doors.http))).await;
    guards(patient(Client::grpc(&doors.grpc))).await;
}

#[tokio::test]
async fn without_a_decision_nothing_is_let_through() {
    let calls = Arc::new(AtomicUsize::new(0));
    for builder in [Client::http("unix:/nowhere"), Client::grpc("unix:/nowhere")] {
        let service = service(patient(builder), &calls);
        for _ in 0..10 {
            let (status, body) = ask(&service, "user:1", "/read").await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(body, r#"{"status":503,"title":"Service Unavailable"}"#);
        }
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_guard_that_was_forgotten_leaves_nothing_open() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let handler = async move |_: Permitted| {
        count.fetch_add(1, Ordering::SeqCst);
    };
    let service = Router::new().fallback(get(handler));
    let (status, body) = ask(&service, "user:1", "/read").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(body, r#"{"status":500,"title":"Internal Server Error"}"#);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_obligation_that_nobody_carries_out_is_a_deny() {
    let handler = async |permitted: Permitted| permitted.decision().reason.to_string();
    let guard = GuardLayer::new(board(), question);
    let service = Router::new().fallback(get(handler)).layer(guard);
    assert_eq!(ask(&service, "user:1", "/read").await.0, StatusCode::OK);
    assert_eq!(ask(&service, "user:1", "/audit").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_inner_guard_decides_for_itself() {
    let handler = async |permitted: Permitted| permitted.decision().reason.to_string();
    let audit =
        |_: &Parts| Some(Question::new((ActorType::Human, "user:1"), "audit", ("board", "news")));
    let nothing = |_: &Parts| None;
    let inner = Router::new().fallback(get(handler));
    let audited = inner
        .clone()
        .layer(GuardLayer::new(board(), audit).fulfilling(["log"]))
        .layer(GuardLayer::new(board(), question));
    let (status, body) = ask(&audited, "user:1", "/read").await;
    assert_eq!((status, &*body), (StatusCode::OK, "auditors"));
    let closed =
        inner.layer(GuardLayer::new(board(), nothing)).layer(GuardLayer::new(board(), question));
    assert_eq!(ask(&closed, "user:1", "/read").await.0, StatusCode::FORBIDDEN);
}
