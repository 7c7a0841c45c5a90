use std::time::Duration;

use pdp_client::{BreakerSettings, Client, ClientError};
use pdp_core::Effect;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::doors::Plan;
use crate::raw::{Raw, Then};
use crate::secure::Stage;
use crate::support::{board, both, fails_within, on_board, patient};

const DEADLINE: Duration = Duration::from_millis(50);

/// A breaker that never opens.
const NEVER: BreakerSettings = BreakerSettings { failures: u32::MAX, pause: Duration::ZERO };

/// An address at which nobody listens.
async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_decision() {
    let (tcp, requests) = (nowhere().await, [on_board("user:1", "read")]);
    for address in [&*tcp, "unix:/nowhere/pdp.sock"] {
        for (name, builder) in both(address, address) {
            let client = builder.build().expect("settings");
            for _ in 0..3 {
                let error = fails_within(DEADLINE, client.ask(&requests[0])).await;
                // On a slow machine even that may take too long.
                let fits = matches!(error, ClientError::Connection(_) | ClientError::Deadline(_));
                assert!(fits, "{name} {address}: {error}");
            }
            fails_within(DEADLINE, client.ask_batch(&requests)).await;
        }
    }
}

#[tokio::test]
async fn silence_ends_with_the_deadline() {
    // The system takes the connections; nobody reads what comes over them.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let requests = [on_board("user:1", "read")];
    for (name, builder) in both(&address, &address) {
        // Fewer connections than calls: who waits for a place waits no longer.
        let client = builder.connections(1).breaker(NEVER).build().expect("settings");
        for _ in 0..5 {
            let error = fails_within(DEADLINE, client.ask(&requests[0])).await;
            assert!(matches!(error, ClientError::Deadline(DEADLINE)), "{name}: {error}");
        }
        let error = fails_within(DEADLINE, client.ask_batch(&requests)).await;
        assert!(matches!(error, ClientError::Deadline(DEADLINE)), "{name}: {error}");
        let asking = (0..8).map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                fails_within(DEADLINE, client.ask(&on_board("user:1", "read"))).await
            })
        });
        for asked in asking.collect::<Vec<_>>() {
            let error = asked.await.expect("no panic");
            assert!(matches!(error, ClientError::Deadline(DEADLINE)), "{name}: {error}");
        }
    }
}

#[tokio::test]
async fn a_door_that_comes_back_is_found_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| format!("unix:{}", folder.path().join(name).display());
    let plan = || Plan { http: path("http"), grpc: path("grpc"), ..Plan::local(board()) };
    let clients = both(&path("http"), &path("grpc"))
        .map(|(name, builder)| (name, builder.breaker(NEVER).build().expect("settings")));
    let request = on_board("user:1", "read");
    for _ in 0..3 {
        for (_, client) in &clients {
            client.ask(&request).await.expect_err("nobody is there");
        }
        let doors = plan().open().await;
        for (name, client) in &clients {
            answered(name, client).await;
        }
        drop(doors);
        while [path("http"), path("grpc")]
            .iter()
            .any(|path| std::fs::exists(&path[5..]).expect("a folder"))
        {
            sleep(Duration::from_millis(10)).await;
        }
        // Connections that are open are told that this is the end.
        sleep(Duration::from_millis(300)).await;
    }
}

/// Waits until there is an answer.
async fn answered(name: &str, client: &Client) {
    let mut last = None;
    for _ in 0..600 {
        match client.ask(&on_board("user:1", "read")).await {
            Ok(answer) => return assert_eq!(answer.decision.effect, Effect::Permit),
            Err(error) => last = Some(error),
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("{name}: never answered: {last:?}");
}

#[tokio::test]
async fn a_handshake_that_takes_longer_than_the_deadline_is_not_begun_anew_for_ever() {
    let stage = Stage::new();
    let doors = stage.plan(None).open().await;
    let delay = Duration::from_millis(600);
    for (name, builder) in
        both(&delayed(&doors.http, delay).await, &delayed(&doors.grpc, delay).await)
    {
        let client = builder.tls(stage.tls()).deadline(delay / 3).breaker(NEVER);
        let client = client.build().expect("settings");
        let error = client.ask(&on_board("user:1", "read")).await.expect_err("too early");
        assert!(matches!(error, ClientError::Deadline(_)), "{name}: {error}");
        answered(name, &client).await;
    }
}

#[tokio::test]
async fn a_connection_whose_other_end_has_vanished_is_given_up() {
    let doors = Plan::local(board()).open().await;
    for (name, builder) in [
        ("http", Client::http(&frozen_once(&doors.http).await)),
        ("grpc", Client::grpc(&frozen_once(&doors.grpc).await)),
    ] {
        let client = builder.breaker(NEVER).build().expect("settings");
        answered(name, &client).await;
        sleep(Duration::from_millis(500)).await;
        let error = client.ask(&on_board("user:1", "read")).await.expect_err("nobody is there");
        assert!(matches!(error, ClientError::Deadline(_)), "{name}: {error}");
        answered(name, &client).await;
    }
}

/// Where `address` is reached over a line of which the first connection carries nothing any more
/// after a while, and never ends.
async fn frozen_once(address: &str) -> String {
    let target = address.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let mut is_first = true;
        while let Ok((mut stream, _)) = listener.accept().await {
            let (target, freezes) = (target.clone(), std::mem::take(&mut is_first));
            tokio::spawn(async move {
                let mut onward = TcpStream::connect(target).await.expect("the door");
                let copying = copy_bidirectional(&mut stream, &mut onward);
                if freezes {
                    let _ = tokio::time::timeout(Duration::from_millis(400), copying).await;
                    std::future::pending::<()>().await;
                } else {
                    let _ = copying.await;
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn a_connection_that_was_ended_meanwhile_is_replaced() {
    const DENY: &str = r#"{"decision_id": "a", "effect": "deny", "reason": "r", "rule": null, "bypass": false, "obligations": [], "errors": [], "policy": {"digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000", "revision": 1}}"#;
    // It does not say that it will end.
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", DENY.len());
    let raw = Raw::send(format!("{head}{DENY}"), Then::Close).await;
    let client = patient(Client::http(&raw.address));
    for _ in 0..3 {
        let answer = client.ask(&on_board("user:1", "read")).await.expect("an answer");
        assert_eq!(answer.decision.effect, Effect::Deny);
        sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test]
async fn what_came_after_the_deadline_is_no_decision_though_it_is_there() {
    let raw = Plan::local(board()).open().await;
    let (deadline, slack) = (Duration::from_millis(500), Duration::from_millis(500));
    for (name, builder) in both(&raw.http, &raw.grpc) {
        let client = builder.deadline(deadline).breaker(NEVER).build().expect("settings");
        answered(name, &client).await;
        for turns in [1, 2, 4, 8, 16] {
            let asked = async {
                let begun = std::time::Instant::now();
                (client.ask(&on_board("user:1", "read")).await, begun.elapsed())
            };
            // Everything in this process stands still, at some moment of the call.
            let stopped = async {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
                std::thread::sleep(3 * deadline);
            };
            let ((answer, took), ()) = tokio::join!(asked, stopped);
            assert!(answer.is_err() || took < deadline + slack, "{name} {turns}: {took:?}");
        }
    }
}

/// Where `address` is reached over a line on which connections take a while to be of use.
async fn delayed(address: &str, delay: Duration) -> String {
    let target = address.trim_start_matches("https://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("https://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let target = target.clone();
            tokio::spawn(async move {
                sleep(delay).await;
                let mut onward = TcpStream::connect(target).await.expect("the door");
                let _ = copy_bidirectional(&mut stream, &mut onward).await;
            });
        }
    });
    address
}
