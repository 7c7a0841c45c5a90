//! The traces that requests are part of.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use pdp_service::TraceParent;
use tracing::{Instrument, Span};

use super::export::{Export, Open};

/// Whose requests are traced, and where their spans go.
#[derive(Clone)]
struct Traced {
    door: &'static str,
    export: Option<Export>,
}

/// The router of a door: what the log says of a request names its trace, and its span is exported.
pub(crate) fn traced(router: &Router, door: &'static str, export: Option<Export>) -> Router {
    let state = Traced { door, export };
    router.clone().layer(middleware::from_fn_with_state(state, answer))
}

async fn answer(State(traced): State<Traced>, mut request: Request, next: Next) -> Response {
    let parent = TraceParent::of(request.headers());
    let context = parent.map_or_else(Span::none, |parent| context(traced.door, &parent));
    let span = traced.export.as_ref().map(|export| export.begin(traced.door, &request, parent));
    // Only what is sent is to be told what became of the request.
    let span = span.filter(Open::is_kept);
    if let Some(span) = &span {
        request.extensions_mut().insert(span.told());
    }
    let response = next.run(request).instrument(context.clone()).await;
    let status = response.status().as_u16();
    context.in_scope(|| tracing::debug!(door = traced.door, status, "answered"));
    if let Some(span) = span {
        span.end(&response);
    }
    response
}

/// What lines of the log name, down to those of the highest level.
fn context(door: &'static str, parent: &TraceParent<'_>) -> Span {
    let trace = parent.trace;
    tracing::error_span!("request", door, trace_id = trace.trace_id, span_id = trace.span_id)
}
