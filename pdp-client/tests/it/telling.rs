use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use pdp_client::{Client, GuardLayer, Question};
use pdp_core::ActorType;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::doors::listen;
use crate::support::{both, on_board, patient};

/// The heads of requests, the last one last.
type Heads = Arc<Mutex<Vec<HeaderMap>>>;

/// A server that refuses and notes what it is told; where it is.
async fn listening(stop: &CancellationToken) -> (String, Heads) {
    let told = Heads::default();
    let heads = Arc::clone(&told);
    let handler = move |request: Request| {
        heads.lock().expect("no panic").push(request.headers().clone());
        std::future::ready(StatusCode::INTERNAL_SERVER_ERROR)
    };
    let router = Router::new().fallback(handler);
    (listen("127.0.0.1:0", &pdp_listen::Security::Clear, router, stop).await, told)
}

#[tokio::test]
async fn a_server_is_told_who_asks_under_which_id_and_for_how_long() {
    let stop = CancellationToken::new();
    let (address, told) = listening(&stop).await;
    for (name, builder) in both(&address, &address) {
        let builder = builder.key("sesame").deadline(Duration::from_secs(20));
        let client = builder.build().expect("settings");
        let named = client.under("req-7").expect("a header");
        for (client, id) in [(&named, Some("req-7")), (&client, None)] {
            client.ask(&on_board("user:1", "read")).await.expect_err("a refusal");
            let head = told.lock().expect("no panic").pop().expect(name);
            assert!(!head.contains_key("traceparent"), "{name}");
            let text = |name| head.get(name).map(|value| value.to_str().expect("text"));
            assert_eq!(text("authorization"), Some("Bearer sesame"), "{name}");
            assert_eq!(text("x-request-id"), id, "{name}");
            assert!(text("user-agent").expect(name).starts_with("pdp-client/"), "{name}");
            if name == "grpc" {
                let left = text("grpc-timeout").expect("a deadline");
                let (number, unit) = left.split_at(left.len() - 1);
                let number: u64 = number.parse().expect("a number");
                let left = match unit {
                    "n" => Duration::from_nanos(number),
                    "u" => Duration::from_micros(number),
                    "m" => Duration::from_millis(number),
                    _ => panic!("{left}"),
                };
                assert!(left <= Duration::from_secs(20), "{left:?}");
                assert!(left > Duration::from_secs(10), "{left:?}");
            }
        }
    }
    stop.cancel();
}

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[tokio::test]
async fn a_server_is_told_of_which_trace_a_question_is_part() {
    let stop = CancellationToken::new();
    let (address, told) = listening(&stop).await;
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", TRACE.parse().expect("a header"));
    headers.append("tracestate", "a=1".parse().expect("a header"));
    headers.append("tracestate", "b=2".parse().expect("a header"));
    headers.insert("authorization", "Bearer of-somebody-else".parse().expect("a header"));
    for (name, builder) in both(&address, &address) {
        let client = patient(builder);
        let clients = [
            (client.in_trace(TRACE).expect("a header"), Some(TRACE), 0),
            (client.in_trace_of(&headers), Some(TRACE), 2),
            (client.in_trace_of(&headers).in_trace_of(&HeaderMap::new()), None, 0),
        ];
        for (client, trace, states) in clients {
            client.ask(&on_board("user:1", "read")).await.expect_err("a refusal");
            let head = told.lock().expect("no panic").pop().expect(name);
            let stated = head.get("traceparent").map(|value| value.to_str().expect("text"));
            assert_eq!((stated, head.get_all("tracestate").iter().count()), (trace, states));
            assert!(!head.contains_key("authorization"), "{name}");
        }
        assert!(client.in_trace("00-\n").is_err());
    }
    stop.cancel();
}

#[tokio::test]
async fn a_guard_goes_on_with_the_trace_of_what_it_guards() {
    let stop = CancellationToken::new();
    let (address, told) = listening(&stop).await;
    for (name, builder) in both(&address, &address) {
        let question = |_: &Parts| {
            Some(Question::new((ActorType::Human, "user:1"), "read", ("board", "news")))
        };
        let guard = GuardLayer::new(patient(builder), question)
            .asking(|client: &Client, head: &Parts| client.in_trace_of(&head.headers));
        let service = Router::new().layer(guard);
        for trace in [Some(TRACE), None] {
            let mut request = Request::new(Body::empty());
            if let Some(trace) = trace {
                request.headers_mut().insert("traceparent", trace.parse().expect("a header"));
            }
            let response = service.clone().oneshot(request).await.expect("it cannot fail");
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            let head = told.lock().expect("no panic").pop().expect(name);
            let stated = head.get("traceparent").map(|value| value.to_str().expect("text"));
            assert_eq!(stated, trace, "{name}");
        }
    }
    stop.cancel();
}
