//! `GET /health`, `/ready`, `/metrics`: what anybody may ask.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde_json::json;

use crate::Door;
use crate::evaluate::{json as text, success};

/// The process lives.
pub(crate) async fn health() -> Response {
    success(text(&json!({"status": "ok", "service": "pdp-service"}))).map(Body::new)
}

/// A good set is loaded; and whether it is the one that stands on the disk. Without one a process
/// does not get as far as this.
pub(crate) async fn ready(State(door): State<Arc<Door>>) -> Response {
    let status = door.upkeep.status();
    let version = door.service.engine().present().version();
    success(text(&json!({
        "status": if status.last_error.is_none() { "ready" } else { "stale" },
        "policies_loaded": true,
        "digest": version.digest.to_string(),
        "revision": version.revision,
        "last_error": status.last_error.map(|error| error.message),
    })))
    .map(Body::new)
}

/// Metrics for Prometheus.
pub(crate) async fn metrics(State(door): State<Arc<Door>>) -> Response {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(CONTENT_TYPE, kind)], (door.metrics)()).into_response()
}
