//! One message in a body: a flag, its length, itself.
//!
//! tonic reads messages, too, but calls us when it has one. We must know who asks before we keep a
//! megabyte for it, and record what we refuse.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;
use pdp_service::{Refusal, RefusalKind, Share};
use prost::bytes::{BufMut, Bytes, BytesMut};
use tonic::Status;

use crate::reply::Reply;

/// The flag and the length.
const PREFIX: usize = 5;

/// Reads the one message that a body holds, of at most `bytes_max` bytes. What its prefix announces
/// is held against the limit before anything is kept for it; what is kept, takes its `share`.
pub(crate) async fn read(
    mut body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
    mut share: Share<'_>,
) -> Result<Bytes, Refusal> {
    let mut frame = BytesMut::new();
    while let Some(part) = body.frame().await {
        let part = part.map_err(|_| syntax("the message broke off"))?;
        let Ok(data) = part.into_data() else { continue };
        share.grow(data.len())?;
        // What came in one part is taken as it came. Parts that wait for others are copied: each
        // might keep a buffer that is far larger than itself.
        if frame.is_empty() && body.is_end_stream() {
            check(&data, bytes_max)?;
            return message(&data);
        }
        frame.extend_from_slice(&data);
        check(&frame, bytes_max)?;
    }
    message(&frame.freeze())
}

/// The message that a whole frame holds.
fn message(frame: &Bytes) -> Result<Bytes, Refusal> {
    match length(frame) {
        Some(length) if frame.len() == PREFIX + length => Ok(frame.slice(PREFIX..)),
        None if frame.is_empty() => Err(syntax("no message")),
        _ => Err(syntax("the message broke off")),
    }
}

/// The response that holds one message, which `write` writes: of about so many bytes.
pub(crate) fn response(bytes: usize, write: impl FnOnce(&mut BytesMut)) -> Response<Reply> {
    let mut frame = BytesMut::with_capacity(PREFIX + bytes);
    frame.put_bytes(0, PREFIX);
    write(&mut frame);
    let Ok(length) = u32::try_from(frame.len() - PREFIX) else {
        return Status::out_of_range("the answer is larger than a message may be").into_http();
    };
    frame[1..PREFIX].copy_from_slice(&length.to_be_bytes());
    let mut response = Response::new(Reply::message(frame.freeze()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

/// Whether the head is that of a call, and of one whose messages are not compressed: a megabyte that
/// is compressed may be a thousand. What it is told otherwise is said as gRPC wants it said.
#[expect(clippy::result_large_err, reason = "it is the response")]
pub(crate) fn agree(headers: &HeaderMap) -> Result<(), Response<Reply>> {
    let stated = |name| headers.get(name).map_or(&[][..], HeaderValue::as_bytes);
    if !matches!(stated("content-type"), b"application/grpc" | b"application/grpc+proto") {
        let mut response = Response::new(Reply::default());
        *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(response);
    }
    if !matches!(stated("grpc-encoding"), b"" | b"identity") {
        let mut response: Response<Reply> =
            Status::unimplemented("messages are not compressed here").into_http();
        let accepted = HeaderValue::from_static("identity");
        response.headers_mut().insert("grpc-accept-encoding", accepted);
        return Err(response);
    }
    Ok(())
}

/// Refuses what began as no message can.
fn check(frame: &[u8], bytes_max: usize) -> Result<(), Refusal> {
    if frame.first().is_some_and(|flag| *flag != 0) {
        return Err(syntax("the message is compressed, or the body holds no message"));
    }
    match length(frame) {
        Some(length) if length > bytes_max => {
            let message = format!("a message of more than {bytes_max} bytes");
            Err(Refusal::new(RefusalKind::Size, message))
        }
        Some(length) if frame.len() > PREFIX + length => Err(syntax("more than one message")),
        _ => Ok(()),
    }
}

/// The length that a prefix states, where it is there.
fn length(frame: &[u8]) -> Option<usize> {
    let stated = frame.get(1..PREFIX)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(stated)).ok()
}

fn syntax(message: &str) -> Refusal {
    Refusal::new(RefusalKind::Syntax, message)
}
