//! The one place where the parts of a server are put together.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use pdp_listen::{Address, Answering, Listener, Security};
use pdp_service::{Callers, Hosts, Limits, Service, System, Upkeep};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::audit::Audit;
use super::export::Export;
use super::metrics::{self, LookedUp};
use super::settings::{Listening, Settings};
use super::trace::Traced;
use super::{callers, notify, policies, tls};

/// Serves until the process is told to end.
pub(crate) async fn run(settings: &Settings) -> Result<()> {
    let (http, grpc) = (addresses(&settings.http)?, addresses(&settings.grpc)?);
    let (known, callers_file) = callers::load(&settings.callers)?;
    check_reach(&http, &grpc, &known)?;
    let security = tls::open(&settings.tls)?;
    tls::check(&settings.tls, &security, http.iter().chain(&grpc), &known)?;
    warn_of_defaults(settings);
    let kept = policies::load(settings)?;
    let audit = Audit::open(settings)?;
    let export = Export::open(&settings.otel)?;

    let (engine, upkeep) = (Arc::clone(&kept.engine), Arc::clone(&kept.upkeep));
    let sink = audit.as_ref().map(Audit::sink);
    let service = Arc::new(Service::new(Arc::clone(&engine), known, sink, Arc::new(System)));
    let metrics = service.metrics().clone();
    let (known_upkeep, audited) = (Arc::clone(&upkeep), audit.clone());
    LookedUp { engine, upkeep: known_upkeep, audit: audited, security: security.clone() }
        .register(&metrics)?;
    if let Some(file) = callers_file {
        tokio::spawn(file.keep(Arc::clone(&service)));
    }
    if let Security::Tls(tls) = &security {
        tokio::spawn(tls::keep(Arc::clone(tls), settings.tls.certificate.clone()));
    }
    let stop = stop_at_signal(Arc::clone(&upkeep), audit.clone())?;
    // All before any is served: callers of one could take the files that another one needs.
    let (http, grpc) = (listeners(&http).await?, listeners(&grpc).await?);
    let open = TaskTracker::new();
    let doors = Doors { settings, security, stop: stop.clone(), open };
    let http_door = pdp_http::Door::new(
        Arc::clone(&service),
        Arc::clone(&upkeep),
        move || metrics::text(&metrics),
        hosts(&settings.http),
        limits(settings),
    );
    let http_door = pdp_http::Open::new(Arc::new(http_door));
    doors.open(http, &Traced::new(http_door, "http", &pdp_http::PATHS, export.clone()));
    let grpc_door = pdp_grpc::Door::new(service, upkeep, hosts(&settings.grpc), limits(settings));
    let grpc_door = pdp_grpc::Open::new(Arc::new(grpc_door), stop);
    doors.open(grpc, &Traced::new(grpc_door, "grpc", &pdp_grpc::PATHS, export.clone()));
    notify::ready();
    doors.closed().await;
    drop(kept.watch);
    if let Some(audit) = audit {
        audit.lines.close().context("records cannot be kept")?;
    }
    if let Some(export) = export {
        export.close().await;
    }
    tracing::info!("all requests were answered");
    Ok(())
}

/// The doors of a process.
struct Doors<'s> {
    settings: &'s Settings,
    security: Security,
    stop: CancellationToken,
    open: TaskTracker,
}

impl Doors<'_> {
    /// Serves what comes to the sockets of a door.
    fn open(&self, listeners: Vec<Listener>, door: &Traced<impl Answering + Sync>) {
        for listener in listeners {
            tracing::info!(address = %listener.address(), door = door.name(), "listening");
            let (door, stop) = (door.clone(), self.stop.clone());
            let (limits, security) = (connection_limits(self.settings), self.security.clone());
            self.open.spawn(async move {
                pdp_listen::serve(listener, security, &limits, door, stop).await;
            });
        }
    }

    /// Ready when the process was told to end and all requests were answered.
    async fn closed(self) {
        self.open.close();
        self.open.wait().await;
    }
}

fn addresses(listening: &Listening) -> Result<Vec<Address>> {
    Ok(listening.listen.iter().map(|text| text.parse()).collect::<Result<_, _>>()?)
}

async fn listeners(addresses: &[Address]) -> Result<Vec<Listener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        listeners.push(Listener::bind(address).await?);
    }
    Ok(listeners)
}

/// Where others than this machine reach a door, it must be told who asks.
fn check_reach(http: &[Address], grpc: &[Address], callers: &Callers) -> Result<()> {
    let mut addresses = http.iter().chain(grpc).peekable();
    if addresses.peek().is_none() {
        bail!("no door listens anywhere: see the settings `http.listen` and `grpc.listen`");
    }
    match addresses.find(|address| !address.is_local()) {
        Some(address) if !callers.has_remote() => bail!(
            "{address} can be reached from other machines, and there is no caller with a key or a certificate: \
             see the setting `callers`"
        ),
        _ => Ok(()),
    }
}

fn warn_of_defaults(settings: &Settings) {
    if settings.callers.as_os_str().is_empty() {
        tracing::warn!(
            policies = if settings.policies.is_empty() { "shipped" } else { "given" },
            "whoever is on this machine may ask, and state any identity: see the setting `callers`"
        );
    }
}

fn hosts(listening: &Listening) -> Hosts {
    match listening.hosts.as_slice() {
        [] => Hosts::loopback(),
        hosts => Hosts::Only(hosts.to_vec()),
    }
}

fn limits(settings: &Settings) -> Limits {
    let limits = &settings.limits;
    Limits {
        body_bytes_max: limits.body_bytes,
        bodies_bytes_max: limits.bodies_bytes,
        body_timeout: Duration::from_secs(limits.body_seconds),
        batch_max: limits.batch_requests,
        requests_max: limits.requests,
    }
}

fn connection_limits(settings: &Settings) -> pdp_listen::Limits {
    let limits = &settings.limits;
    pdp_listen::Limits {
        connections_max: limits.connections,
        head_timeout: Duration::from_secs(limits.head_seconds),
        head_bytes_max: limits.head_bytes,
        streams_max: limits.streams,
        answer_timeout: Duration::from_secs(limits.answer_seconds),
        idle_timeout: Duration::from_secs(limits.idle_seconds),
        drain_timeout: Duration::from_secs(limits.drain_seconds),
    }
}

/// Cancelled at SIGTERM or SIGINT; at SIGHUP policies are loaded anew, and the file of records is
/// opened anew, for those who move it away.
fn stop_at_signal(upkeep: Arc<dyn Upkeep>, audit: Option<Audit>) -> Result<CancellationToken> {
    let stop = CancellationToken::new();
    let told = stop.clone();
    let listen = |kind| signal(kind).context("cannot listen to signals");
    let (mut terminate, mut interrupt) =
        (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    let mut hangup = listen(SignalKind::hangup())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => {
                    if let Some(audit) = &audit {
                        audit.lines.reopen();
                    }
                    let upkeep = Arc::clone(&upkeep);
                    // What comes of it stands in the log.
                    drop(tokio::task::spawn_blocking(move || upkeep.reload()));
                }
            }
        }
        tracing::info!("told to end");
        notify::stopping();
        told.cancel();
    });
    Ok(stop)
}
