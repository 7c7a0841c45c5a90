//! The body of a request, as far as it may be read.

use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use pdp_service::{Limits, Refusal, RefusalKind};
use tokio::time::timeout;

/// Reads a body of at most `bytes_max` bytes.
pub(crate) async fn read(body: Body, bytes_max: usize, limits: &Limits) -> Result<Bytes, Refusal> {
    let collected = Limited::new(body, bytes_max).collect();
    match timeout(limits.body_timeout, collected).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let message = format!("a body of more than {bytes_max} bytes");
            Err(Refusal::new(RefusalKind::Size, message))
        }
        Ok(Err(_)) => Err(Refusal::new(RefusalKind::Syntax, "the body broke off")),
        Err(_) => Err(Refusal::new(RefusalKind::Late, "the body took too long to come")),
    }
}
