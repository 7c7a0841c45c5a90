//! `Evaluate` and `EvaluateBatch`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use pdp_core::wire::{REQUEST_BYTES_MAX, RequestDocument, RequestError, check_count};
use pdp_service::Limits;

use crate::v1::{EvaluateBatchRequest, EvaluateBatchResponse, EvaluateRequest};
use crate::{Door, call, convert, frame};

/// Decides one request.
pub(crate) async fn one(State(door): State<Arc<Door>>, request: Request) -> Response {
    let bytes_max = door.limits.body_bytes_max.min(REQUEST_BYTES_MAX);
    call::respond(&door, request, bytes_max, async |visitor, caller, request: EvaluateRequest| {
        let documents = [convert::document(request)?];
        let visit = visitor.visit();
        let decided = door.service.decide(&visit, caller, &documents, |answers| {
            frame::response(&answers.first().map(convert::answer).unwrap_or_default())
        });
        decided.await
    })
    .await
}

/// Decides several requests by one revision.
pub(crate) async fn batch(State(door): State<Arc<Door>>, request: Request) -> Response {
    let Limits { body_bytes_max, batch_max, .. } = door.limits;
    call::respond(&door, request, body_bytes_max, async |visitor, caller, batch| {
        let documents = documents(batch, batch_max)?;
        let visit = visitor.visit();
        let decided = door.service.decide(&visit, caller, &documents, |answers| {
            let decisions = answers.iter().map(convert::answer).collect();
            frame::response(&EvaluateBatchResponse { decisions })
        });
        decided.await
    })
    .await
}

/// A batch is read whole or not at all.
fn documents(
    batch: EvaluateBatchRequest,
    requests_max: usize,
) -> Result<Vec<RequestDocument<'static>>, RequestError> {
    check_count(batch.requests.len(), requests_max)?;
    let documents = batch.requests.into_iter().enumerate().map(|(index, request)| {
        convert::document(request).map_err(|error| match error.field {
            // As in JSON: a limit of the whole is not the fault of one field.
            None => error,
            Some(_) => error.within(&format!("requests[{index}]")),
        })
    });
    documents.collect()
}
