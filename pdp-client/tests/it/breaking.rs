use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use pdp_client::{BreakerSettings, Client, ClientError};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::doors::{Plan, listen};
use crate::support::{PATIENCE, board, on_board};

/// An HTTP server that is well or not, as it is told, and counts who asks.
struct Patient {
    address: String,
    is_well: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    _stop: tokio_util::sync::DropGuard,
}

impl Patient {
    async fn new() -> Self {
        let doors = Plan::local(board()).open().await;
        let (is_well, asked) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let (well, count, onward) = (Arc::clone(&is_well), Arc::clone(&asked), doors);
        let client = Client::http(&onward.http).deadline(PATIENCE).build().expect("settings");
        let answer = client.ask(&on_board("user:1", "read")).await.expect("an answer");
        let answer = pdp_core::wire::Answer {
            decision_id: &answer.decision_id,
            decision: &answer.decision,
            dropped: &[],
        };
        let mut body = Vec::new();
        answer.write_json(&mut body);
        let handler = move |_: Request, _: Next| {
            count.fetch_add(1, Ordering::SeqCst);
            let response: Response = if well.load(Ordering::SeqCst) {
                body.clone().into_response()
            } else {
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            };
            std::future::ready(response)
        };
        let router = Router::new().fallback(async || ()).layer(from_fn(handler));
        let stop = CancellationToken::new();
        let address = listen("127.0.0.1:0", &pdp_listen::Security::Clear, router, &stop).await;
        Patient { address, is_well, asked, _stop: stop.drop_guard() }
    }
}

#[tokio::test]
async fn it_opens_after_failures_refuses_at_once_and_closes_after_a_probe() {
    let server = Patient::new().await;
    // So long that all that is refused meanwhile is refused within it, on any machine.
    let pause = Duration::from_secs(3);
    let breaker = BreakerSettings { failures: 3, pause };
    let client = Client::http(&server.address).deadline(PATIENCE).breaker(breaker);
    let client = client.build().expect("settings");
    let ask = async || client.ask(&on_board("user:1", "read")).await;
    let asked = || server.asked.load(Ordering::SeqCst);

    ask().await.expect("an answer");
    server.is_well.store(false, Ordering::SeqCst);
    for _ in 0..3 {
        let error = ask().await.expect_err("not well");
        assert!(matches!(error, ClientError::Refused(_)), "{error}");
    }
    assert_eq!(asked(), 4);
    server.is_well.store(true, Ordering::SeqCst);
    for _ in 0..20 {
        match ask().await {
            Err(ClientError::Open { again_after }) => assert!(again_after <= pause),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(asked(), 4, "it was not asked");

    sleep(pause).await;
    ask().await.expect("the probe is answered");
    ask().await.expect("it is closed again");
    assert_eq!(asked(), 6);
}

#[tokio::test]
async fn of_many_one_is_the_probe_and_a_bad_one_opens_it_again() {
    let server = Patient::new().await;
    server.is_well.store(false, Ordering::SeqCst);
    let pause = Duration::from_secs(3);
    let breaker = BreakerSettings { failures: 1, pause };
    let client = Client::http(&server.address).deadline(PATIENCE).breaker(breaker);
    let client = client.build().expect("settings");
    client.ask(&on_board("user:1", "read")).await.expect_err("not well");
    sleep(pause).await;
    let asking = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.ask(&on_board("user:1", "read")).await })
    });
    let mut open = 0;
    for asked in asking.collect::<Vec<_>>() {
        match asked.await.expect("no panic") {
            Err(ClientError::Open { .. }) => open += 1,
            Err(ClientError::Refused(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((open, server.asked.load(Ordering::SeqCst)), (19, 2));
}

#[tokio::test]
async fn a_refusal_that_is_the_callers_fault_does_not_open_it() {
    let doors = Plan::local(board()).open().await;
    let breaker = BreakerSettings { failures: 1, pause: PATIENCE };
    for builder in [Client::http(&doors.http), Client::grpc(&doors.grpc)] {
        let client = builder.deadline(PATIENCE).breaker(breaker).build().expect("settings");
        for _ in 0..3 {
            let error = client.ask(&on_board("", "read")).await.expect_err("no request");
            assert!(matches!(error, ClientError::Refused(_)), "{error}");
        }
        client.ask(&on_board("user:1", "read")).await.expect("an answer");
    }
}
