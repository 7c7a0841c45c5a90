//! `grpc.health.v1.Health`: a door that can be asked decides; one that closes says so.

use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::server::{HealthReporter, HealthService};

/// The whole server, and the one service that decides.
const NAMES: [&str; 2] = ["", "pdp.v1.PolicyDecisionService"];

/// Serves until `stop`. A process without a good policy set does not get as far as this.
pub(crate) fn server(stop: CancellationToken) -> HealthServer<impl Health> {
    let reporter = HealthReporter::new();
    let service = HealthService::from_health_reporter(reporter.clone());
    tokio::spawn(report(reporter, stop));
    HealthServer::new(service)
}

async fn report(mut reporter: HealthReporter, stop: CancellationToken) {
    for name in NAMES {
        reporter.set_service_status(name, ServingStatus::Serving).await;
    }
    stop.cancelled().await;
    for name in NAMES {
        reporter.set_service_status(name, ServingStatus::NotServing).await;
        // Who watches gets this last word. Without an end of the stream the door could not drain.
        reporter.clear_service_status(name).await;
    }
}
