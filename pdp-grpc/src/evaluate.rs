//! `Evaluate` and `EvaluateBatch`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response as AnyResponse;
use http::Response;
use pdp_core::wire::{Answer, REQUEST_BYTES_MAX, RequestDocument, RequestError, check_count};
use pdp_service::{Caller, Refusal, Visitor};

use crate::reply::Reply;
use crate::v1::{EvaluateBatchRequest, EvaluateRequest};
use crate::write::Writer;
use crate::{Door, call, convert, frame, quick};

/// How many bytes the answer to one request usually has.
const USUAL: usize = 320;

/// A kind of question.
#[derive(Clone, Copy)]
pub(crate) enum Question {
    /// One request.
    One,
    /// Several requests, which are decided by one revision.
    Batch,
}

impl Question {
    /// How many bytes its message may have at this door.
    pub(crate) fn bytes_max(self, door: &Door) -> usize {
        match self {
            Question::One => door.limits.body_bytes_max.min(REQUEST_BYTES_MAX),
            Question::Batch => door.limits.body_bytes_max,
        }
    }

    /// Decides what a message asks.
    pub(crate) async fn decide(
        self,
        door: &Door,
        visitor: &Visitor<'_>,
        caller: &Caller,
        message: &[u8],
    ) -> Result<Response<Reply>, Refusal> {
        match self {
            Question::One => {
                let documents = [document(door, message)?];
                let visit = visitor.visit();
                let write = |answers: &[Answer<'_>]| {
                    let answer = answers.first().expect("one was asked for");
                    frame::response(USUAL, |frame| Writer::default().answer(answer, frame))
                };
                door.service.decide(&visit, caller, &documents, write).await
            }
            Question::Batch => {
                let documents = documents(door, message, door.limits.batch_max)?;
                let visit = visitor.visit();
                let write = |answers: &[Answer<'_>]| {
                    let bytes = answers.len() * USUAL;
                    frame::response(bytes, |frame| Writer::default().answers(answers, frame))
                };
                door.service.decide(&visit, caller, &documents, write).await
            }
        }
    }
}

/// Decides one request that came through a router.
pub(crate) async fn one(State(door): State<Arc<Door>>, request: Request) -> AnyResponse {
    call::routed(&door, request, Question::One).await
}

/// Decides a batch that came through a router.
pub(crate) async fn batch(State(door): State<Arc<Door>>, request: Request) -> AnyResponse {
    call::routed(&door, request, Question::Batch).await
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
