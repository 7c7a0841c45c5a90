//! The deadline of a call.

use std::time::Duration;

use http::HeaderMap;
use pdp_service::{Refusal, RefusalKind};
use tokio::time::timeout;

/// Does what a caller waits for, as long as it waits. tonic keeps deadlines, too, in the part of it
/// that listens, which is not ours.
pub(crate) async fn within<R>(
    deadline: Option<Duration>,
    work: impl Future<Output = Result<R, Refusal>>,
) -> Result<R, Refusal> {
    let Some(deadline) = deadline else { return work.await };
    timeout(deadline, work).await.unwrap_or_else(|_| {
        Err(Refusal::new(RefusalKind::Late, "the deadline of the call has passed"))
    })
}

/// How long the caller waits: at most eight digits and a unit.
pub(crate) fn stated(headers: &HeaderMap) -> Result<Option<Duration>, Refusal> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_at_most_eight_digits_and_a_unit() {
        for (text, time) in [
            ("1H", Duration::from_hours(1)),
            ("2M", Duration::from_mins(2)),
            ("0S", Duration::ZERO),
            ("99999999m", Duration::from_millis(99_999_999)),
            ("7u", Duration::from_micros(7)),
            ("8n", Duration::from_nanos(8)),
        ] {
            assert_eq!(read(text), Some(time), "{text}");
        }
        for text in ["", "S", "1", "1s", "-1S", "+1S", "1 S", "1.5S", "100000000S", "1é", "é"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
