//! `POST /internal/pdp/evaluate` and `…/batch`.

use std::sync::Arc;

use axum::body::Body as AnyBody;
use axum::extract::{Request, State};
use axum::response::Response as AnyResponse;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Response};
use http_body::Body;
use http_body_util::Full;
use hyper::body::Bytes;
use pdp_core::wire::{Answer, RequestDocument, RequestError};
use pdp_listen::Peer;
use pdp_service::{Limits, Refusal, Right, Visitor};
use serde::Serialize;
use smallvec::{SmallVec, smallvec};

use crate::visitor::visitor;
use crate::{Door, body, problem};

/// How many bytes the answer to one request usually has.
const USUAL: usize = 512;

/// One request, which takes no memory of its own, or those of a batch.
type Documents<'j> = SmallVec<[RequestDocument<'j>; 1]>;

/// A kind of question: how it is read, and how it is answered.
#[derive(Clone, Copy)]
pub(crate) struct Question {
    decode: for<'j> fn(&'j [u8], &Limits) -> Result<Documents<'j>, RequestError>,
    encode: fn(&[Answer<'_>]) -> Vec<u8>,
}

/// One request.
pub(crate) const ONE: Question = Question {
    decode: |json, _| Ok(smallvec![RequestDocument::parse(json)?]),
    encode: |answers| {
        let mut json = Vec::with_capacity(USUAL);
        answers.first().expect("one was asked for").write_json(&mut json);
        json
    },
};

/// Several requests, which are decided by one revision.
pub(crate) const BATCH: Question = Question {
    decode: |json, limits| {
        let batch = RequestDocument::parse_batch(json, limits.body_bytes_max, limits.batch_max)?;
        Ok(batch.into())
    },
    encode: |answers| {
        let mut json = Vec::with_capacity(USUAL * answers.len());
        Answer::write_batch(answers, &mut json);
        json
    },
};

/// Answers one request that came through a router.
pub(crate) async fn one(State(door): State<Arc<Door>>, request: Request) -> AnyResponse {
    routed(&door, request, ONE).await
}

/// Answers a batch that came through a router.
pub(crate) async fn batch(State(door): State<Arc<Door>>, request: Request) -> AnyResponse {
    routed(&door, request, BATCH).await
}

async fn routed(door: &Door, request: Request, question: Question) -> AnyResponse {
    let (head, body) = request.into_parts();
    respond(door, &head, head.extensions.get(), body, question).await.map(AnyBody::new)
}

/// Answers a question of `peer`, whose body came in whatever way.
pub(crate) async fn respond(
    door: &Door,
    head: &Parts,
    peer: Option<&Peer>,
    body: impl Body<Data = Bytes> + Unpin,
    question: Question,
) -> Response<Full<Bytes>> {
    let mut visitor = visitor(door, head, peer);
    let decided = decide(door, &mut visitor, body, question).await;
    visitor.answer(decided.map(success), problem::response).await
}

async fn decide(
    door: &Door,
    visitor: &mut Visitor<'_>,
    body: impl Body<Data = Bytes> + Unpin,
    question: Question,
) -> Result<Vec<u8>, Refusal> {
    let caller = visitor.admit(Right::Evaluate)?;
    let json = body::read(door, body, door.limits.body_bytes_max).await?;
    // Not before the body is there: who sends it slowly would keep the place from others.
    let _place = door.places.take()?;
    let documents = (question.decode)(&json, &door.limits)?;
    door.service.decide(&visitor.visit(), &caller, &documents, question.encode).await
}

/// What was asked for, as JSON.
pub(crate) fn success(json: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(json));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The JSON of something that always has one.
pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("keys are texts, and nothing else fails")
}
