//! One connection, from the handshake to its end.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use crate::listener::Accepted;
use crate::{Limits, Peer, Security};

/// How long a connection goes on after it was told to stop: so long a request may be under way that
/// was sent before.
const UNDER_WAY: Duration = Duration::from_millis(100);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How the connections of one listener are served.
#[derive(Clone)]
pub(crate) struct Connections {
    protocols: Builder<TokioExecutor>,
    security: Security,
    head_timeout: Duration,
    stop: CancellationToken,
}

impl Connections {
    pub(crate) fn new(limits: &Limits, security: Security, stop: CancellationToken) -> Self {
        let mut protocols = Builder::new(TokioExecutor::new());
        let head_bytes_max = usize::try_from(limits.head_bytes_max).unwrap_or(usize::MAX);
        protocols
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_timeout)
            // The smallest buffer that hyper takes is 8 KiB.
            .max_buf_size(head_bytes_max.max(8 * 1024));
        protocols
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams_max)
            .max_header_list_size(limits.head_bytes_max)
            // Who opens and resets streams faster than they are taken is cut off.
            .max_pending_accept_reset_streams(20)
            .max_local_error_reset_streams(1_024)
            .keep_alive_interval(limits.head_timeout)
            .keep_alive_timeout(limits.head_timeout);
        Connections { protocols, security, head_timeout: limits.head_timeout, stop }
    }

    /// Serves a connection until it ends.
    pub(crate) fn serve<S, B>(
        &self,
        accepted: Accepted,
        service: S,
    ) -> impl Future<Output = ()> + Send + 'static
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<BoxError>,
    {
        let this = self.clone();
        async move {
            match accepted {
                Accepted::Unix(stream) => {
                    let peer = Peer { address: None, is_local: true, names: Arc::new([]) };
                    this.exchange(stream, peer, service).await;
                }
                Accepted::Tcp(stream, address) => {
                    // Answers are short: they are sent at once.
                    let _ = stream.set_nodelay(true);
                    let here = stream.local_addr().ok();
                    let handshake = this.security.handshake(stream);
                    match timeout(this.head_timeout, handshake).await {
                        Ok(Ok((stream, names))) => {
                            let peer = tcp_peer(address, here, names);
                            this.exchange(stream, peer, service).await;
                        }
                        Ok(Err(error)) => tracing::debug!(%address, %error, "no TLS"),
                        Err(_) => tracing::debug!(%address, "no TLS in time"),
                    }
                }
            }
        }
    }

    /// Answers the requests of a connection.
    async fn exchange<I, S, B>(&self, stream: I, peer: Peer, service: S)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<BoxError>,
    {
        let has_asked = Arc::new(AtomicBool::new(false));
        let asks = Arc::clone(&has_asked);
        let service = service_fn(move |mut request: Request<Incoming>| {
            asks.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(peer.clone());
            service.clone().call(request)
        });
        let mut connection =
            std::pin::pin!(self.protocols.serve_connection(TokioIo::new(stream), service));
        let mut deadline = std::pin::pin!(sleep(self.head_timeout));
        let mut waits = true;
        let mut stopping = std::pin::pin!(self.stopping());
        let mut stops = true;
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection ended");
                    }
                    return;
                }
                () = &mut deadline, if waits => {
                    waits = false;
                    if !has_asked.load(Ordering::Relaxed) {
                        return;
                    }
                }
                () = &mut stopping, if stops => {
                    stops = false;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }

    /// Ready when the connection is to end after what is open.
    async fn stopping(&self) {
        self.stop.cancelled().await;
        sleep(UNDER_WAY).await;
    }
}

fn tcp_peer(address: SocketAddr, here: Option<SocketAddr>, names: Arc<[String]>) -> Peer {
    let is_loopback = |address: SocketAddr| address.ip().to_canonical().is_loopback();
    let is_local = is_loopback(address) && here.is_some_and(is_loopback);
    Peer { address: Some(address.ip().to_canonical()), is_local, names }
}
