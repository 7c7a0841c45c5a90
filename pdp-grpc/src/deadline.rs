//! The deadline of a call.

use std::time::Duration;

use http::HeaderMap;
use pdp_service::{Refusal, RefusalKind};
use tokio::time::timeout;

/// Does what a caller waits for, as long as it waits. tonic keeps deadlines, too, in the part of it
/// that listens, which is not ours.
pub(crate) async fn within<R>(
    headers: &HeaderMap,
    work: impl Future<Output = Result<R, Refusal>>,
) -> Result<R, Refusal> {
    let Some(deadline) = stated(headers)? else { return work.await };
    timeout(deadline, work).await.unwrap_or_else(|_| {
        Err(Refusal::new(RefusalKind::Late, "the deadline of the call has passed"))
    })
}

/// How long the caller waits: at most eight digits and a unit.
fn stated(headers: &HeaderMap) -> Result<Option<Duration>, Refusal> {
    let Some(stated) = headers.get("grpc-timeout") else { return Ok(None) };
    let time = stated.to_str().ok().and_then(read);
    time.map(Some).ok_or_else(|| Refusal::new(RefusalKind::Syntax, "`grpc-timeout` is no time"))
}

fn read(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3_600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}
