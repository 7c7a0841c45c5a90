//! No spans: the program was built without what sends them.

use std::sync::Arc;

use anyhow::{Result, ensure};
use axum::http::{HeaderMap, Method, StatusCode};
use pdp_service::{Told, TraceParent};

use super::settings::Otel;

/// There is none.
#[derive(Clone)]
pub(crate) enum Export {}

/// There is none.
pub(crate) enum Open {}

impl Export {
    /// Nothing; who asks for more is told why.
    pub(crate) fn open(settings: &Otel) -> Result<Option<Self>> {
        ensure!(
            settings.endpoint.is_empty(),
            "no spans can be sent: `otel.endpoint` takes a program that was built with `--features otel`"
        );
        Ok(None)
    }

    pub(crate) fn begin(
        &self,
        _: &'static str,
        _: &'static str,
        _: &Method,
        _: &HeaderMap,
        _: Option<TraceParent<'_>>,
    ) -> Open {
        match *self {}
    }

    #[expect(clippy::unused_async, reason = "it is the same as the one that waits")]
    pub(crate) async fn close(self) {
        match self {}
    }
}

impl Open {
    pub(crate) fn is_kept(&self) -> bool {
        match *self {}
    }

    pub(crate) fn told(&self) -> Arc<Told> {
        match *self {}
    }

    pub(crate) fn end(self, _: StatusCode) {
        match self {}
    }
}
