//! The body of a request, as far as it may be read.

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use pdp_service::{Refusal, RefusalKind};
use tokio::time::timeout;

use crate::Door;

/// Reads a body of at most `bytes_max` bytes.
pub(crate) async fn read(door: &Door, body: Body, bytes_max: usize) -> Result<Bytes, Refusal> {
    timeout(door.limits.body_timeout, collect(door, body, bytes_max))
        .await
        .unwrap_or_else(|_| Err(Refusal::new(RefusalKind::Late, "the body took too long to come")))
}

async fn collect(door: &Door, mut body: Body, bytes_max: usize) -> Result<Bytes, Refusal> {
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
        collected.extend_from_slice(&data);
    }
    Ok(collected.into())
}
