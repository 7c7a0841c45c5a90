//! `POST /internal/pdp/evaluate` and `…/batch`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use pdp_core::wire::{Answer, RequestDocument, RequestError};
use pdp_service::{Limits, Refusal, Right, Visitor};
use serde::Serialize;

use crate::visitor::visitor;
use crate::{Door, body, problem};

/// Reads what is asked.
type Decode = for<'j> fn(&'j [u8], &Limits) -> Result<Vec<RequestDocument<'j>>, RequestError>;
/// Writes what is answered.
type Encode = fn(&[Answer<'_>]) -> Vec<u8>;

/// Decides one request.
pub(crate) async fn one(State(door): State<Arc<Door>>, request: Request) -> Response {
    let decode: Decode = |json, _| Ok(vec![RequestDocument::parse(json)?]);
    respond(&door, request, decode, |answers| json(&answers.first())).await
}

/// Decides several requests by one revision.
pub(crate) async fn batch(State(door): State<Arc<Door>>, request: Request) -> Response {
    let decode: Decode =
        |json, limits| RequestDocument::parse_batch(json, limits.body_bytes_max, limits.batch_max);
    respond(&door, request, decode, |answers| json(&Decisions { decisions: answers })).await
}

#[derive(Serialize)]
struct Decisions<'a> {
    decisions: &'a [Answer<'a>],
}

async fn respond(door: &Door, request: Request, decode: Decode, encode: Encode) -> Response {
    let (parts, body) = request.into_parts();
    let mut visitor = visitor(door, &parts);
    let decided = decide(door, &mut visitor, body, decode, encode).await;
    visitor.answer(decided.map(success), problem::response).await
}

async fn decide(
    door: &Door,
    visitor: &mut Visitor<'_>,
    body: Body,
    decode: Decode,
    encode: Encode,
) -> Result<Vec<u8>, Refusal> {
    let caller = visitor.admit(Right::Evaluate)?;
    let json = body::read(door, body, door.limits.body_bytes_max).await?;
    // Not before the body is there: who sends it slowly would keep the place from others.
    let _place = door.places.take()?;
    let documents = decode(&json, &door.limits)?;
    door.service.decide(&visitor.visit(), &caller, &documents, encode).await
}

/// What was asked for, as JSON.
pub(crate) fn success(json: Vec<u8>) -> Response {
    let headers = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (headers, Body::from(json)).into_response()
}

/// The JSON of something that always has one.
pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("keys are texts, and nothing else fails")
}
