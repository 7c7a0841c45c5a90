//! One call, from its head to its answer.

use std::pin::pin;

use axum::body::Body as AnyBody;
use axum::extract::Request;
use axum::response::Response as AnyResponse;
use futures_util::future::poll_immediate;
use http::request::Parts;
use http::{HeaderMap, Response};
use http_body::Body;
use pdp_core::wire::RequestError;
use pdp_listen::Peer;
use pdp_service::{Caller, Refusal, RefusalKind, Right, Visitor};
use prost::bytes::Bytes;
use prost::{Message, Name};
use tokio::time::timeout;

use crate::evaluate::Question;
use crate::reply::Reply;
use crate::schema::{Schema, undecoded};
use crate::visitor::visitor;
use crate::{Door, deadline, frame, status};

/// Answers a question that came through a router.
pub(crate) async fn routed(door: &Door, request: Request, question: Question) -> AnyResponse {
    let (head, body) = request.into_parts();
    question_of(door, &head, head.extensions.get(), body, question).await.map(AnyBody::new)
}

/// Answers a question of `peer`, whose message came in whatever way.
pub(crate) async fn question_of(
    door: &Door,
    head: &Parts,
    peer: Option<&Peer>,
    body: impl Body<Data = Bytes> + Unpin,
    question: Question,
) -> Response<Reply> {
    let bytes_max = question.bytes_max(door);
    respond(door, head, peer, body, bytes_max, async |visitor, caller, message| {
        question.decide(door, visitor, caller, message).await
    })
    .await
}

/// Answers a call of `peer`, whose message has at most `bytes_max` bytes, with what `work` comes to.
pub(crate) async fn respond(
    door: &Door,
    head: &Parts,
    peer: Option<&Peer>,
    body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
    work: impl AsyncFnOnce(&Visitor<'_>, &Caller, &[u8]) -> Result<Response<Reply>, Refusal>,
) -> Response<Reply> {
    if let Err(response) = frame::agree(&head.headers) {
        return response;
    }
    let mut visitor = visitor(door, head, peer);
    let done = async {
        let caller = visitor.admit(Right::Evaluate)?;
        let bytes = receive(door, &head.headers, body, bytes_max).await?;
        // Not before the message is there: who sends it slowly would keep the place from others.
        let _place = door.places.take()?;
        // The deadline ends here: what is decided has its record, and refusing it would make
        // another. Who waits no longer does not look at the answer.
        work(&visitor, &caller, &bytes).await
    }
    .await;
    visitor.answer(done, |refusal| status::status(refusal).into_http()).await
}

/// Reads the message of a call, as long as its caller and the door wait for it.
async fn receive(
    door: &Door,
    headers: &HeaderMap,
    body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
) -> Result<Bytes, Refusal> {
    let deadline = deadline::stated(headers)?;
    let mut reading = pin!(frame::read(body, bytes_max, door.room.share()));
    // Most messages are there, and then no clock has to be set.
    if let Some(read) = poll_immediate(reading.as_mut()).await {
        return read;
    }
    deadline::within(deadline, async {
        timeout(door.limits.body_timeout, reading).await.unwrap_or_else(|_| {
            Err(Refusal::new(RefusalKind::Late, "the message took too long to come"))
        })
    })
    .await
}

/// Decodes a message that holds what we know, and nothing else.
pub(crate) fn decode<M: Message + Name + Default>(
    schema: &Schema,
    bytes: &[u8],
) -> Result<M, RequestError> {
    schema.check::<M>(bytes)?;
    M::decode(bytes).map_err(|error| undecoded(&error))
}
