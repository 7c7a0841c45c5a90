//! Opens connections.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use tower_service::Service;

use crate::remote::address::{Address, Place};
use crate::remote::stream::Stream;

/// How long a connection is worked on. It may be longer than a call waits.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection that nobody uses is good for. A door ends idle ones after 10 s, if it was
/// not told otherwise; half of that keeps clear of the moment in which both ends are wrong.
pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// How many connections wait that came too late for their calls.
const LATE_MAX: usize = 4;

/// Opens connections to one address.
///
/// A connection that takes longer than the call that wanted it is kept for the next one. Otherwise
/// a handshake that takes longer than a deadline would be begun anew by every call, and none would
/// ever be answered.
#[derive(Clone)]
pub(crate) struct Connector(Arc<Shared>);

struct Shared {
    address: Address,
    #[cfg(feature = "tls")]
    tls: Option<crate::remote::tls::Handshake>,
    late: Mutex<Vec<(Instant, Stream)>>,
}

impl Connector {
    pub(crate) fn new(
        #[cfg(feature = "tls")] tls: Option<crate::remote::tls::Handshake>,
        address: Address,
    ) -> Self {
        Connector(Arc::new(Shared {
            address,
            #[cfg(feature = "tls")]
            tls,
            late: Mutex::default(),
        }))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Stream>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            if let Some(stream) = shared.take_late() {
                return Ok(TokioIo::new(stream));
            }
            let (sender, receiver) = oneshot::channel();
            tokio::spawn(async move {
                let opened = match timeout(CONNECT_TIMEOUT, shared.open()).await {
                    Ok(opened) => opened,
                    Err(_) => Err(io::ErrorKind::TimedOut.into()),
                };
                if let Err(Ok(stream)) = sender.send(opened) {
                    shared.keep_late(stream);
                }
            });
            receiver
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::ConnectionAborted.into()))
                .map(TokioIo::new)
        })
    }
}

impl Shared {
    async fn open(&self) -> io::Result<Stream> {
        let stream = match &self.address.place {
            Place::Unix(path) => return UnixStream::connect(path).await.map(Stream::new),
            Place::Tcp { host, port } => TcpStream::connect((host.as_str(), *port)).await?,
        };
        // Questions are short: they are sent at once.
        stream.set_nodelay(true)?;
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            return tls.open(stream).await.map(Stream::new);
        }
        Ok(Stream::new(stream))
    }

    fn take_late(&self) -> Option<Stream> {
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        late.retain(|(since, _)| since.elapsed() < IDLE_TIMEOUT);
        late.pop().map(|(_, stream)| stream)
    }

    fn keep_late(&self, stream: Stream) {
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        if late.len() < LATE_MAX {
            late.push((Instant::now(), stream));
        }
    }
}
