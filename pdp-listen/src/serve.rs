//! Takes connections and serves them, until it is told to stop.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::complaint::Complaint;
use crate::connection::Connections;
use crate::listener::Accepted;
use crate::{Answering, Limits, Listener, Security};

/// How long to wait after the system could not give a connection, such as where there are no file
/// descriptors left: trying at once would only burn time.
const PAUSE: Duration = Duration::from_millis(20);

/// How long connections are taken after the listener was told to stop. Who connected before may
/// not have been noticed yet; its request would be lost.
const LAST_CALL: Duration = Duration::from_millis(50);

/// Serves connections by `service` until `stop` is cancelled; then takes those that had come before
/// and no more, lets requests that are open end, and returns when they have, or after
/// [`Limits::drain_timeout`].
///
/// What is wrong with one connection ends that connection alone.
pub async fn serve(
    listener: Listener,
    security: Security,
    limits: &Limits,
    service: impl Answering,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let connections = Connections::new(limits, security, stop.clone());
    let tasks = TaskTracker::new();
    let (mut failing, mut full) = (Complaint::default(), Complaint::default());
    let mut last_call = pin!(last_call(&stop));
    while let Some(accepted) = next(&listener, last_call.as_mut()).await {
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if let Some(times) = failing.again() {
                    tracing::warn!(%error, times, "connections could not be taken");
                }
                sleep(PAUSE).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            if let Some(times) = full.again() {
                let max = limits.connections_max;
                tracing::warn!(times, "connections were closed: there are {max} already");
            }
            continue;
        };
        let serving = connections.serve(accepted, service.clone());
        tasks.spawn(async move {
            // Given back though the connection ends by a panic.
            let _place = place;
            serving.await;
        });
    }
    drop(listener);
    tasks.close();
    if timeout(limits.drain_timeout, tasks.wait()).await.is_err() {
        tracing::warn!("{} connections were cut: they took too long to end", tasks.len());
    }
}

/// The next connection; `None` after the last call.
async fn next(
    listener: &Listener,
    last_call: Pin<&mut impl Future<Output = ()>>,
) -> Option<io::Result<Accepted>> {
    tokio::select! {
        biased;
        () = last_call => None,
        accepted = listener.accept() => Some(accepted),
    }
}

/// Ready when no more connections are taken.
async fn last_call(stop: &CancellationToken) {
    stop.cancelled().await;
    sleep(LAST_CALL).await;
}
