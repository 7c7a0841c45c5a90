//! Refusals as HTTP: the one table of statuses, and `application/problem+json` (RFC 9457).

use axum::body::Body;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;
use pdp_service::{Refusal, RefusalKind};
use serde::Serialize;

/// The status of each kind of refusal.
fn status(refusal: &Refusal) -> StatusCode {
    match refusal.kind {
        RefusalKind::Syntax => StatusCode::BAD_REQUEST,
        RefusalKind::Shape | RefusalKind::Unknown => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::Size if refusal.field.is_some() => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::Size => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalKind::Conflict => StatusCode::CONFLICT,
        RefusalKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        RefusalKind::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        RefusalKind::Late => StatusCode::REQUEST_TIMEOUT,
        RefusalKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[derive(Serialize)]
struct Problem<'a> {
    title: &'a str,
    status: u16,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    detail: &'a str,
}

/// The response to what was refused.
pub(crate) fn response(refusal: &Refusal) -> Response<Full<Bytes>> {
    let status = status(refusal);
    let mut response =
        problem(status, refusal.kind.as_str(), refusal.field.as_deref(), &refusal.message);
    let header = match refusal.kind {
        RefusalKind::Unauthenticated => (WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
        RefusalKind::Overloaded => (RETRY_AFTER, HeaderValue::from_static("1")),
        _ => return response,
    };
    response.headers_mut().insert(header.0, header.1);
    response
}

pub(crate) async fn no_path() -> Response<Body> {
    problem(StatusCode::NOT_FOUND, "path", None, "there is no such path").map(Body::new)
}

pub(crate) async fn no_method() -> Response<Body> {
    let detail = "the path does not take this method";
    problem(StatusCode::METHOD_NOT_ALLOWED, "method", None, detail).map(Body::new)
}

fn problem(
    status: StatusCode,
    kind: &str,
    field: Option<&str>,
    detail: &str,
) -> Response<Full<Bytes>> {
    let title = status.canonical_reason().unwrap_or_default();
    let problem = Problem { title, status: status.as_u16(), kind, field, detail };
    let text = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
