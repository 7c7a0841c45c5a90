use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that sends bytes, whatever it is asked over HTTP.
pub struct Raw {
    pub address: String,
    /// How often it was asked.
    pub asked: Arc<AtomicUsize>,
}

/// What becomes of the connection after the bytes.
#[derive(Clone, Copy, PartialEq)]
pub enum Then {
    Close,
    Wait,
}

impl Raw {
    pub async fn send(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (asked, bytes) = (Arc::new(AtomicUsize::new(0)), bytes.into());
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (bytes, count) = (bytes.clone(), Arc::clone(&count));
                tokio::spawn(async move {
                    if !read_request(&mut stream).await {
                        return;
                    }
                    count.fetch_add(1, Ordering::SeqCst);
                    let _ = stream.write_all(&bytes).await;
                    if then == Then::Wait {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Raw { address, asked }
    }

    /// A 200 whose body is this.
    pub async fn answer(body: &str) -> Self {
        Self::send(response("200 OK", body), Then::Close).await
    }
}

pub fn response(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Reads a head, and the body that it announces; whether they came.
async fn read_request(stream: &mut tokio::net::TcpStream) -> bool {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().expect("a length"));
            if body.len() >= length {
                return true;
            }
        }
        if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
            return false;
        }
    }
}
