//! Refusals as gRPC: the one table of status codes, and details (`google.rpc`).

use std::time::Duration;

use pdp_service::{Refusal, RefusalKind};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// Where the kinds of refusals are words, in `google.rpc.ErrorInfo`.
const DOMAIN: &str = "pdp.v1";

/// When to try again, as advice.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The code of each kind of refusal. No method of today changes anything, so that nothing conflicts
/// or fails.
fn code(refusal: &Refusal) -> Code {
    match refusal.kind {
        RefusalKind::Syntax | RefusalKind::Shape | RefusalKind::Unknown => Code::InvalidArgument,
        RefusalKind::Size if refusal.field.is_some() => Code::InvalidArgument,
        RefusalKind::Size => Code::ResourceExhausted,
        RefusalKind::Conflict => Code::Aborted,
        RefusalKind::Unauthenticated => Code::Unauthenticated,
        RefusalKind::Forbidden => Code::PermissionDenied,
        RefusalKind::Overloaded => Code::Unavailable,
        RefusalKind::Late => Code::DeadlineExceeded,
        RefusalKind::Failed => Code::Internal,
    }
}

/// The status of what was refused.
pub(crate) fn status(refusal: &Refusal) -> Status {
    let reason = refusal.kind.as_str().to_uppercase();
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, []);
    if let Some(field) = &refusal.field {
        details.add_bad_request_violation(field, &refusal.message);
    }
    if refusal.kind == RefusalKind::Overloaded {
        details.set_retry_info(Some(RETRY_AFTER));
    }
    Status::with_error_details(code(refusal), refusal.to_string(), details)
}
