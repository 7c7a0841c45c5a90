use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use pdp_listen::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::server::{PREFACE, SETTINGS, Server};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn who_floods_with_frames_that_ask_nothing_is_cut() {
    let limits = Limits { head_timeout: Duration::from_hours(1), ..Limits::default() };
    let server = Server::start(Router::new(), limits).await;
    let ping = b"\0\0\x08\x06\0\0\0\0\0pingpong";
    let priority = b"\0\0\x05\x02\0\0\0\0\x03\0\0\0\0\x01";
    for frame in [SETTINGS, ping, priority] {
        let stream = TcpStream::connect(&server.address).await.expect("a connection");
        let (mut reads, mut writes) = stream.into_split();
        // What is answered is read: who does not read is cut for another reason.
        let reading = tokio::spawn(async move {
            let mut answers = Vec::new();
            let _ = reads.read_to_end(&mut answers).await;
        });
        writes.write_all(PREFACE).await.expect("a preface");
        writes.write_all(SETTINGS).await.expect("settings");
        let flood = frame.repeat(1_000);
        let flooding = async { while writes.write_all(&flood).await.is_ok() {} };
        timeout(PATIENCE, flooding).await.expect("the connection is cut");
        reading.await.expect("an end");
    }
    server.end().await;
}

/// Requests for `/` that are taken back at once (CVE-2023-44487).
fn taken_back() -> Vec<u8> {
    let mut sent = [PREFACE, SETTINGS].concat();
    for number in 0..200_u32 {
        let stream_id = (2 * number + 1).to_be_bytes();
        // `GET http://localhost/`, whole in one frame; and RST_STREAM with CANCEL.
        sent.extend(b"\0\0\x0e\x01\x05");
        sent.extend(stream_id);
        sent.extend(b"\x82\x86\x84\x01\x09localhost");
        sent.extend(b"\0\0\x04\x03\0");
        sent.extend(stream_id);
        sent.extend(8_u32.to_be_bytes());
    }
    sent
}

#[tokio::test]
async fn who_is_cut_again_and_again_waits_and_nobody_else() {
    for flood in [taken_back(), [PREFACE, &SETTINGS.repeat(3_000)].concat()] {
        punishes(flood).await;
    }
}

/// Many connections are flooded with this; what comes of it.
async fn punishes(flood: Vec<u8>) {
    let server = Arc::new(Server::start(Router::new(), Limits::default()).await);
    let mut before = TcpStream::connect(&server.address).await.expect("a connection");
    let flood = Arc::new(flood);
    let floods: Vec<_> = (0..800)
        .map(|_| {
            let (server, flood) = (Arc::clone(&server), Arc::clone(&flood));
            tokio::spawn(async move { server.exchange(&flood).await })
        })
        .collect();
    for flooding in floods {
        timeout(PATIENCE, flooding).await.expect("the connection is cut").expect("no panic");
    }
    let other = TcpSocket::new_v4().expect("a socket");
    other.bind("127.0.0.2:0".parse().expect("an address")).expect("this machine has it");
    let address = server.address.parse().expect("an address");
    let others = async {
        let mut other = other.connect(address).await.expect("a connection");
        for stream in [&mut other, &mut before] {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("a question");
            stream.read_u8().await.expect("an answer");
        }
    };
    let mut same = pin!(server.ask("/"));
    tokio::select! {
        biased;
        answer = &mut same => panic!("it did not wait: {answer}"),
        () = others => {}
    }
    assert!(timeout(PATIENCE, same).await.expect("in the end").contains("404"));
}
