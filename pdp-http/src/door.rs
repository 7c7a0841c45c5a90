//! The paths, and what all of them share.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use pdp_service::{Hosts, Limits, Places, Room, Service, Upkeep};

use crate::{admin, evaluate, openapi, policies, problem, state};

/// What the handlers share.
pub struct Door {
    pub(crate) service: Arc<Service>,
    pub(crate) upkeep: Arc<dyn Upkeep>,
    pub(crate) metrics: Box<dyn Fn() -> String + Send + Sync>,
    pub(crate) hosts: Hosts,
    pub(crate) limits: Limits,
    pub(crate) places: Places,
    pub(crate) room: Room,
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
        let places = Places::new(limits.requests_max);
        let room = Room::new(limits.bodies_bytes_max);
        Door { service, upkeep, metrics: Box::new(metrics), hosts, limits, places, room }
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
