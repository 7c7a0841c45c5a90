//! The body of a request, as far as it may be read.

use std::pin::pin;

use futures_util::future::poll_immediate;
use http_body::Body;
use http_body_util::BodyExt;
use hyper::body::Bytes;
use pdp_service::{Refusal, RefusalKind};
use tokio::time::timeout;

use crate::Door;

/// Reads a body of at most `bytes_max` bytes.
pub(crate) async fn read(
    door: &Door,
    body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
) -> Result<Bytes, Refusal> {
    let mut reading = pin!(collect(door, body, bytes_max));
    // Most bodies are there, and then no clock has to be set.
    if let Some(read) = poll_immediate(reading.as_mut()).await {
        return read;
    }
    timeout(door.limits.body_timeout, reading)
        .await
        .unwrap_or_else(|_| Err(Refusal::new(RefusalKind::Late, "the body took too long to come")))
}

async fn collect(
    door: &Door,
    mut body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
) -> Result<Bytes, Refusal> {
    let mut share = door.room.share();
    let mut collected = Vec::new();
    while let Some(part) = body.frame().await {
        let part = part.map_err(|_| Refusal::new(RefusalKind::Syntax, "the body broke off"))?;
        let Ok(data) = part.into_data() else { continue };
        if data.len() > bytes_max - collected.len() {
            let message = format!("a body of more than {bytes_max} bytes");
            return Err(Refusal::new(RefusalKind::Size, message));
        }
        share.grow(data.len())?;
        // What came in one part is taken as it came. Parts that wait for others are copied: each
        // might keep a buffer that is far larger than itself.
        if collected.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        collected.extend_from_slice(&data);
    }
    Ok(collected.into())
}
