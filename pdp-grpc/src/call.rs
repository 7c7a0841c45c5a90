//! One call, from its head to its answer.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use pdp_service::{Refusal, RefusalKind, Visitor};
use prost::{Message, Name};
use tokio::time::timeout;

use crate::schema::undecoded;
use crate::visitor::visitor;
use crate::{Door, deadline, frame, status};

/// Answers a call with what `work` comes to, within the deadline of its caller.
pub(crate) async fn respond(
    door: &Door,
    request: Request,
    work: impl AsyncFnOnce(&mut Visitor<'_>, Body) -> Result<Response, Refusal>,
) -> Response {
    let (head, body) = request.into_parts();
    if let Err(response) = frame::agree(&head.headers) {
        return response;
    }
    let mut visitor = visitor(door, &head);
    let done = deadline::within(&head.headers, work(&mut visitor, body)).await;
    visitor.answer(done, |refusal| status::status(refusal).into_http()).await
}

/// Reads the message of a call, of at most `bytes_max` bytes.
pub(crate) async fn message<M: Message + Name + Default>(
    door: &Door,
    body: Body,
    bytes_max: usize,
) -> Result<M, Refusal> {
    let Ok(bytes) = timeout(door.limits.body_timeout, frame::read(body, bytes_max)).await else {
        return Err(Refusal::new(RefusalKind::Late, "the message took too long to come"));
    };
    let bytes = bytes?;
    door.schema.check::<M>(&bytes)?;
    Ok(M::decode(bytes).map_err(|error| undecoded(&error))?)
}
