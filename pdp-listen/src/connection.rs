//! One connection, from the handshake to its end.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::answer::Answer;
use crate::control::is_cut;
use crate::guarded::Guarded;
use crate::listener::Accepted;
use crate::penalties::Penalties;
use crate::requests::{Requests, Verdict};
use crate::security::Stream;
use crate::{Answering, Limits, Peer, Security};

/// How long a connection goes on after it was told to stop: so long a request may be under way that
/// was sent before.
const UNDER_WAY: Duration = Duration::from_millis(100);

/// How the connections of one listener are served.
#[derive(Clone)]
pub(crate) struct Connections {
    protocols: Builder<TokioExecutor>,
    security: Security,
    limits: Limits,
    penalties: Arc<Penalties>,
    stop: CancellationToken,
}

impl Connections {
    pub(crate) fn new(limits: &Limits, security: Security, stop: CancellationToken) -> Self {
        let mut protocols = Builder::new(TokioExecutor::new());
        let head_bytes_max = usize::try_from(limits.head_bytes_max).unwrap_or(usize::MAX);
        protocols
            .http1()
            // Heads that are late are cut by `Requests`: hyper would make a timer for each of them.
            .header_read_timeout(None)
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
        let penalties = Arc::new(Penalties::new());
        Connections { protocols, security, limits: limits.clone(), penalties, stop }
    }

    /// Serves a connection until it ends.
    pub(crate) fn serve<S: Answering>(
        &self,
        accepted: Accepted,
        service: S,
    ) -> impl Future<Output = ()> + Send + use<S> {
        let this = self.clone();
        async move {
            let address = accepted.address();
            this.turn(address).await;
            let deadline = Instant::now() + this.limits.head_timeout;
            match timeout_at(deadline, this.security.open(accepted)).await {
                Ok(Ok((stream, peer))) => {
                    let ended = this.exchange(stream, peer, service, deadline).await;
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection ended");
                        this.punish(address, &*error);
                    }
                }
                Ok(Err(error)) => tracing::debug!(%error, "no connection"),
                Err(_) => tracing::debug!("no handshake in time"),
            }
        }
    }

    /// Ready when it is the turn of a connection from this address.
    async fn turn(&self, address: Option<IpAddr>) {
        let now = Instant::now().into_std();
        let wait = address.map(|address| self.penalties.wait(address, now)).unwrap_or_default();
        if !wait.is_zero() {
            tokio::select! {
                () = sleep(wait) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    /// Lets the address pay for a connection that ended like this, if it is to blame.
    fn punish(&self, address: Option<IpAddr>, error: &(dyn Error + 'static)) {
        if let Some(address) = address.filter(|_| is_cut(error)) {
            self.penalties.add(address, Instant::now().into_std());
        }
    }

    /// Answers the requests of a connection, of which the first must have come by `deadline`.
    ///
    /// # Errors
    ///
    /// Where it broke off, or was cut for what was sent on it.
    async fn exchange<S: Answering>(
        &self,
        stream: Box<dyn Stream>,
        peer: Peer,
        service: S,
        deadline: Instant,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let requests = Requests::new(&self.limits, deadline);
        let (begun, peer) = (requests.clone(), Arc::new(peer));
        let service = service_fn(move |request: Request<Incoming>| {
            let open = begun.begin(request.version());
            let (service, peer) = (service.clone(), Arc::clone(&peer));
            // What answers is made where it stays: futures are large, and moving them is not free.
            async move {
                let response = service.answer(request, peer).await;
                Ok::<_, Infallible>(response.map(|body| Answer::new(body, open)))
            }
        });
        let stream = Guarded::new(stream, self.limits.answer_timeout);
        let mut connection =
            std::pin::pin!(self.protocols.serve_connection(TokioIo::new(stream), service));
        let mut look = std::pin::pin!(sleep_until(Instant::now()));
        let mut stopping = std::pin::pin!(self.stopping());
        let mut stops = true;
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => return ended,
                () = &mut look => match requests.judge(Instant::now()) {
                    Verdict::Goes(next) => look.as_mut().reset(next),
                    Verdict::Idle => connection.as_mut().graceful_shutdown(),
                    Verdict::Late => {
                        tracing::debug!("a connection was cut: what was to come is late");
                        return Ok(());
                    }
                },
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
