//! The paths, and what all of them share.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use pdp_service::{Hosts, Limits, Places, Room, Service, Upkeep};

use crate::{admin, evaluate, openapi, policies, problem, state};

/// Where one request is decided, and where several are.
pub(crate) const ONE_PATH: &str = "/internal/pdp/evaluate";
pub(crate) const BATCH_PATH: &str = "/internal/pdp/evaluate/batch";

/// All paths of the door.
pub const PATHS: [&str; 10] = [
    ONE_PATH,
    BATCH_PATH,
    "/internal/pdp/policies",
    "/admin/status",
    "/admin/reload",
    "/admin/facts",
    "/health",
    "/ready",
    "/metrics",
    "/openapi.json",
];

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

/// What answers at all paths of the door.
pub fn router(door: Arc<Door>) -> Router {
    let methods = [
        post(evaluate::one),
        post(evaluate::batch),
        get(policies::counts),
        get(admin::status),
        post(admin::reload),
        post(admin::facts),
        get(state::health),
        get(state::ready),
        get(state::metrics),
        get(openapi::serve),
    ];
    let paths = PATHS.into_iter().zip(methods);
    paths
        .fold(Router::new(), |router, (path, methods)| router.route(path, methods))
        .fallback(problem::no_path)
        .method_not_allowed_fallback(problem::no_method)
        .with_state(door)
}
