//! What an actor is told in the place of what it asked for: `application/problem+json` (RFC 9457).
//!
//! Why is for whoever runs the service. An actor that learned the reason of a deny would learn the
//! policies by trying.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

/// The decision is a deny, or there is nothing that could be decided.
pub(crate) fn denied<B: From<String>>() -> Response<B> {
    problem(StatusCode::FORBIDDEN)
}

/// There is no decision.
pub(crate) fn undecided<B: From<String>>() -> Response<B> {
    problem(StatusCode::SERVICE_UNAVAILABLE)
}

/// No guard ran.
#[cfg(feature = "axum")]
pub(crate) fn unguarded<B: From<String>>() -> Response<B> {
    problem(StatusCode::INTERNAL_SERVER_ERROR)
}

fn problem<B: From<String>>(status: StatusCode) -> Response<B> {
    let title = status.canonical_reason().unwrap_or_default();
    let text = serde_json::json!({"title": title, "status": status.as_u16()}).to_string();
    let mut response = Response::new(B::from(text));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
