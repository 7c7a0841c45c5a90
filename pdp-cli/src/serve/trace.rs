//! The traces that requests are part of.

use std::pin::pin;
use std::sync::Arc;

use axum::http::{Request, Response};
use hyper::body::Incoming;
use pdp_listen::{Answering, Peer};
use pdp_service::TraceParent;
use tracing::{Instrument, Span};

use super::export::{Export, Open};

/// A door around which requests are traced: what the log says of a request names its trace, and its
/// span is exported.
#[derive(Clone)]
pub(crate) struct Traced<S> {
    answering: S,
    door: &'static str,
    /// After which spans are named: paths that are none would be names without end.
    paths: &'static [&'static str],
    export: Option<Export>,
}

impl<S: Answering> Traced<S> {
    /// Traces the requests that `answering` answers, as those of `door`, which has these `paths`.
    pub(crate) fn new(
        answering: S,
        door: &'static str,
        paths: &'static [&'static str],
        export: Option<Export>,
    ) -> Self {
        Traced { answering, door, paths, export }
    }

    /// The door.
    pub(crate) fn name(&self) -> &'static str {
        self.door
    }
}

impl<S: Answering + Sync> Answering for Traced<S> {
    type Body = S::Body;

    async fn answer(self, mut request: Request<Incoming>, peer: Arc<Peer>) -> Response<S::Body> {
        let parent = TraceParent::of(request.headers());
        let context = parent.map_or_else(Span::none, |parent| context(self.door, &parent));
        let span = self.export.as_ref().map(|export| {
            let route = route(self.paths, request.uri().path());
            export.begin(self.door, route, request.method(), request.headers(), parent)
        });
        // Only what is sent is to be told what became of the request.
        let span = span.filter(Open::is_kept);
        if let Some(span) = &span {
            request.extensions_mut().insert(span.told());
        }
        // Made where it stays: what is instrumented is a pointer to it.
        let answering = pin!(self.answering.answer(request, peer));
        let response = answering.instrument(context.clone()).await;
        let status = response.status();
        context
            .in_scope(|| tracing::debug!(door = self.door, status = status.as_u16(), "answered"));
        if let Some(span) = span {
            span.end(status);
        }
        response
    }
}

/// What lines of the log name, down to those of the highest level.
fn context(door: &'static str, parent: &TraceParent<'_>) -> Span {
    let trace = parent.trace;
    tracing::error_span!("request", door, trace_id = trace.trace_id, span_id = trace.span_id)
}

/// The one of `paths` that a path is; one that ends in `{*rest}` stands for all that begin like it.
fn route(paths: &[&'static str], path: &str) -> &'static str {
    let is_meant = |known: &&&str| match known.strip_suffix("{*rest}") {
        Some(begin) => path.strip_prefix(begin).is_some_and(|rest| !rest.is_empty()),
        None => path == **known,
    };
    paths.iter().find(is_meant).copied().unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_named_after_a_path_of_its_door_and_no_other() {
        let health = "/grpc.health.v1.Health/{*rest}";
        for (path, wanted) in [
            ("/pdp.v1.PolicyDecisionService/Evaluate", "/pdp.v1.PolicyDecisionService/Evaluate"),
            ("/pdp.v1.PolicyDecisionService/Evaluated", "other"),
            ("/grpc.health.v1.Health/Check", health),
            ("/grpc.health.v1.Health/", "other"),
            ("/health", "other"),
        ] {
            assert_eq!(route(&pdp_grpc::PATHS, path), wanted, "{path}");
        }
        assert_eq!(route(&pdp_http::PATHS, "/health"), "/health");
        assert_eq!(route(&pdp_http::PATHS, "/health/"), "other");
    }
}
