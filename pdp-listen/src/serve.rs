//! Takes connections and serves them, until it is told to stop.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_service::Service;

use crate::connection::Connections;
use crate::listener::Accepted;
use crate::{Limits, Listener, Security};

/// How long to wait after the system could not give a connection, such as where there are no file
/// descriptors left: trying at once would only burn time.
const PAUSE: Duration = Duration::from_millis(20);

/// Serves connections by `service` until `stop` is cancelled; then takes those that had come before
/// and no more, lets requests that are open end, and returns when they have, or after
/// [`Limits::drain_timeout`].
///
/// What is wrong with one connection ends that connection alone.
pub async fn serve<S, B>(
    listener: Listener,
    security: Security,
    limits: &Limits,
    service: S,
    stop: CancellationToken,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send + 'static,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let connections = Connections::new(limits, security, stop.clone());
    let tasks = TaskTracker::new();
    while let Some(accepted) = next(&listener, &stop).await {
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(PAUSE).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            tracing::warn!("a connection was closed: there are {} already", limits.connections_max);
            continue;
        };
        let serving = connections.serve(accepted, service.clone());
        tasks.spawn(async move {
            serving.await;
            drop(place);
        });
    }
    drop(listener);
    tasks.close();
    if timeout(limits.drain_timeout, tasks.wait()).await.is_err() {
        tracing::warn!("{} connections were cut: they took too long to end", tasks.len());
    }
}

/// The next connection; when it is to stop, those that wait already, and then `None`.
async fn next(listener: &Listener, stop: &CancellationToken) -> Option<io::Result<Accepted>> {
    tokio::select! {
        biased;
        accepted = listener.accept() => Some(accepted),
        () = stop.cancelled() => None,
    }
}
