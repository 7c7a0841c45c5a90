//! `Evaluate` and `EvaluateBatch`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use pdp_core::wire::{REQUEST_BYTES_MAX, RequestDocument, RequestError, check_count};
use pdp_service::Limits;

use crate::v1::{EvaluateBatchRequest, EvaluateRequest};
use crate::write::Writer;
use crate::{Door, call, convert, frame, quick};

/// Decides one request.
pub(crate) async fn one(State(door): State<Arc<Door>>, request: Request) -> Response {
    let door = &*door;
    let bytes_max = door.limits.body_bytes_max.min(REQUEST_BYTES_MAX);
    call::respond(door, request, bytes_max, async |visitor, caller, message| {
        let documents = [document(door, message)?];
        let visit = visitor.visit();
        let decided = door.service.decide(&visit, caller, &documents, |answers| {
            let answer = answers.first().expect("one was asked for");
            frame::response(|frame| Writer::default().answer(answer, frame))
        });
        decided.await
    })
    .await
}

/// Decides several requests by one revision.
pub(crate) async fn batch(State(door): State<Arc<Door>>, request: Request) -> Response {
    let door = &*door;
    let Limits { body_bytes_max, batch_max, .. } = door.limits;
    call::respond(door, request, body_bytes_max, async |visitor, caller, message| {
        let documents = documents(door, message, batch_max)?;
        let visit = visitor.visit();
        let decided = door.service.decide(&visit, caller, &documents, |answers| {
            frame::response(|frame| Writer::default().answers(answers, frame))
        });
        decided.await
    })
    .await
}

fn document<'b>(door: &Door, message: &'b [u8]) -> Result<RequestDocument<'b>, RequestError> {
    match quick::request(message) {
        Some(document) => Ok(document),
        None => convert::document(call::decode::<EvaluateRequest>(&door.schema, message)?),
    }
}

/// A batch is read whole or not at all.
fn documents<'b>(
    door: &Door,
    message: &'b [u8],
    requests_max: usize,
) -> Result<Vec<RequestDocument<'b>>, RequestError> {
    if let Some(documents) = quick::batch(message, requests_max) {
        return Ok(documents);
    }
    let batch: EvaluateBatchRequest = call::decode(&door.schema, message)?;
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
