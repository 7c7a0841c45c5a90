//! A listener in this process.

use axum::Router;
use pdp_listen::{Address, Limits, Listener, Security, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How HTTP/2 begins.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// SETTINGS of nothing.
pub const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";

/// A listener that serves a router.
pub struct Server {
    pub address: String,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Server {
    pub async fn start(router: Router, limits: Limits) -> Self {
        let address: Address = "127.0.0.1:0".parse().expect("an address");
        let listener = Listener::bind(&address).await.expect("a listener");
        let address = listener.address().to_string();
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        let serving = tokio::spawn(async move {
            serve(listener, Security::Clear, &limits, router, stopping).await;
        });
        Server { address, stop, serving }
    }

    /// All that comes back to what is sent on a connection of its own, until that ends.
    pub async fn exchange(&self, sent: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).await.expect("a connection");
        let mut reply = Vec::new();
        // Where the other end closed without reading, the system says so in either call.
        if stream.write_all(sent).await.is_ok() {
            let _ = stream.read_to_end(&mut reply).await;
        }
        reply
    }

    /// What comes back to one request for `path`.
    pub async fn ask(&self, path: &str) -> String {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        String::from_utf8(self.exchange(request.as_bytes()).await).expect("UTF-8")
    }

    pub async fn end(self) {
        self.stop.cancel();
        self.serving.await.expect("the listener ends");
    }
}
