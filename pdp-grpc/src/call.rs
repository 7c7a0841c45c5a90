//! One call, from its head to its answer.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use pdp_core::wire::RequestError;
use pdp_service::{Caller, Refusal, RefusalKind, Right, Visitor};
use prost::bytes::Bytes;
use prost::{Message, Name};
use tokio::time::timeout;

use crate::schema::{Schema, undecoded};
use crate::visitor::visitor;
use crate::{Door, deadline, frame, status};

/// Answers a call, whose message has at most `bytes_max` bytes, with what `work` comes to.
pub(crate) async fn respond(
    door: &Door,
    request: Request,
    bytes_max: usize,
    work: impl AsyncFnOnce(&Visitor<'_>, &Caller, &[u8]) -> Result<Response, Refusal>,
) -> Response {
    let (head, body) = request.into_parts();
    if let Err(response) = frame::agree(&head.headers) {
        return response;
    }
    let mut visitor = visitor(door, &head);
    let done = async {
        let caller = visitor.admit(Right::Evaluate)?;
        let bytes = receive(door, &head.headers, body, bytes_max).await?;
        // Not before the message is there: who sends it slowly would keep the place from others.
        let _place = door.places.take()?;
        // The deadline ends here: what is decided has its record, and refusing it would make
        // another. Who waits no longer does not look at the answer.
        work(&visitor, &caller, &bytes).await
    };
    let done = done.await;
    visitor.answer(done, |refusal| status::status(refusal).into_http()).await
}

/// Reads the message of a call, as long as its caller and the door wait for it.
async fn receive(
    door: &Door,
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Bytes, Refusal> {
    let reading = frame::read(body, bytes_max, door.room.share());
    deadline::within(headers, async {
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
