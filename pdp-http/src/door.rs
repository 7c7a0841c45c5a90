//! The paths, and what all of them share.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use pdp_service::{Refusal, RefusalKind, Service, Upkeep};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Hosts, admin, evaluate, openapi, policies, problem, state};

/// What the handlers share.
pub struct Door {
    pub(crate) service: Arc<Service>,
    pub(crate) upkeep: Arc<dyn Upkeep>,
    pub(crate) metrics: Box<dyn Fn() -> String + Send + Sync>,
    pub(crate) hosts: Hosts,
    pub(crate) limits: Limits,
    pub(crate) places: Semaphore,
}

/// What one request may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes a body may have, that of a change set apart.
    pub body_bytes_max: usize,
    /// How long the body may take to come.
    pub body_timeout: Duration,
    /// How many requests there may be in a batch.
    pub batch_max: usize,
    /// How many requests are worked on at once; further ones are refused.
    pub requests_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes_max: 1024 * 1024,
            body_timeout: Duration::from_secs(10),
            batch_max: 1_000,
            requests_max: 1_000,
        }
    }
}

impl Door {
    /// A door to `service`, which `upkeep` keeps true; `metrics` gives the text of `/metrics`.
    pub fn new(
        service: Arc<Service>,
        upkeep: Arc<dyn Upkeep>,
        metrics: impl Fn() -> String + Send + Sync + 'static,
        hosts: Hosts,
        limits: Limits,
    ) -> Self {
        let places = Semaphore::new(limits.requests_max);
        Door { service, upkeep, metrics: Box::new(metrics), hosts, limits, places }
    }

    /// A place to work on a request.
    pub(crate) fn place(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.places.try_acquire().map_err(|_| {
            let message = format!("{} requests are worked on already", self.limits.requests_max);
            Refusal::new(RefusalKind::Overloaded, message)
        })
    }
}

/// All paths of the door.
pub fn router(door: Arc<Door>) -> Router {
    Router::new()
        .route("/internal/pdp/evaluate", post(evaluate::one))
        .route("/internal/pdp/evaluate/batch", post(evaluate::batch))
        .route("/internal/pdp/policies", get(policies::counts))
        .route("/admin/status", get(admin::status))
        .route("/admin/reload", post(admin::reload))
        .route("/admin/facts", post(admin::facts))
        .route("/health", get(state::health))
        .route("/ready", get(state::ready))
        .route("/metrics", get(state::metrics))
        .route("/openapi.json", get(openapi::serve))
        .fallback(problem::no_path)
        .method_not_allowed_fallback(problem::no_method)
        .with_state(door)
}
