use std::time::Duration;

use axum::Router;
use pdp_listen::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
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
