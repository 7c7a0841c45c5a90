use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use pdp_listen::Limits;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::server::{PREFACE, SETTINGS, Server};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_mins(1);
const MOMENT: Duration = Duration::from_millis(300);

/// SETTINGS by which a stream may send one byte.
const ONE_BYTE: &[u8] = b"\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\x01";
/// HEADERS of `GET http://localhost/small` on stream 1.
const GET: &[u8] = b"\0\0\x15\x01\x05\0\0\0\x01\x82\x86\x04\x06/small\x01\x09localhost";

fn router() -> Router {
    Router::new()
        .route("/small", get(async || "small"))
        .route("/large", get(async || Body::from(vec![0; 64 << 20])))
}

fn limits() -> Limits {
    // Those which a test does not set would let it wait in vain.
    let hour = Duration::from_hours(1);
    let all = Limits { head_timeout: hour, answer_timeout: hour, ..Limits::default() };
    Limits { connections_max: 1, idle_timeout: hour, ..all }
}

/// Waits until the only place is free: until the connection that had it was cut.
async fn until_free(server: &Server) {
    let asking = async {
        while !server.ask("/small").await.ends_with("small") {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, asking).await.expect("the connection is cut");
}

#[tokio::test]
async fn who_does_not_read_is_cut() {
    let server = Server::start(router(), Limits { answer_timeout: MOMENT, ..limits() }).await;
    let mut stream = TcpStream::connect(&server.address).await.expect("a connection");
    let begun = Instant::now();
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("a request");
    // The connection is open at this end until the other end cuts it.
    until_free(&server).await;
    assert!(begun.elapsed() >= MOMENT, "{:?}", begun.elapsed());
    drop(stream);
    server.end().await;
}

/// HTTP/2 has a window for each answer, whatever the connection has.
#[tokio::test]
async fn who_gives_an_answer_no_room_is_cut() {
    let server = Server::start(router(), Limits { answer_timeout: MOMENT, ..limits() }).await;
    let begun = Instant::now();
    let sent = [PREFACE, ONE_BYTE, GET].concat();
    let reply = timeout(PATIENCE, server.exchange(&sent)).await.expect("the connection is cut");
    assert!(reply.windows(5).all(|bytes| bytes != b"small"));
    assert!(begun.elapsed() >= MOMENT, "{:?}", begun.elapsed());
    server.end().await;
}

#[tokio::test]
async fn who_asked_once_and_idles_is_cut() {
    let idle = Limits { idle_timeout: MOMENT, head_timeout: 2 * MOMENT, ..limits() };
    let server = Server::start(router(), idle).await;
    let begun = Instant::now();
    let sent = [PREFACE, SETTINGS, GET].concat();
    let reply = timeout(PATIENCE, server.exchange(&sent)).await.expect("the connection is cut");
    assert!(reply.windows(5).any(|bytes| bytes == b"small"));
    assert!(begun.elapsed() >= MOMENT, "{:?}", begun.elapsed());
    server.end().await;
}

/// What a service is long about is no idleness.
#[tokio::test]
async fn who_waits_for_an_answer_is_not_cut() {
    let router = Router::new().route(
        "/small",
        get(async || {
            tokio::time::sleep(4 * MOMENT).await;
            "small"
        }),
    );
    let limits = Limits { idle_timeout: MOMENT, answer_timeout: MOMENT, ..limits() };
    let server = Server::start(router, limits).await;
    assert!(server.ask("/small").await.ends_with("small"));
    server.end().await;
}
