//! Statuses become errors.

use std::error::Error;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::{ClientError, Refused};

/// The error that a status is, of a call with this deadline.
pub(crate) fn error(status: Status, deadline: Duration) -> ClientError {
    if status.code() == Code::DeadlineExceeded || is_timeout(&status) {
        return ClientError::Deadline(deadline);
    }
    // What a server sends has no cause on this side.
    if status.source().is_some() {
        return ClientError::Connection(status.into());
    }
    let details = status.get_error_details();
    let violation = details.bad_request().and_then(|fault| fault.field_violations.first());
    let refused = Refused {
        status: crate::Status::Grpc(status.code().into()),
        kind: details.error_info().map(|info| info.reason.to_lowercase()),
        field: violation.map(|violation| violation.field.clone()),
        detail: violation.map_or(status.message(), |violation| &violation.description).to_owned(),
    };
    refused.into()
}

/// Whether tonic ended the call because its time was over.
fn is_timeout(status: &Status) -> bool {
    let mut next = status.source();
    while let Some(cause) = next {
        if cause.is::<tonic::TimeoutExpired>() {
            return true;
        }
        next = cause.source();
    }
    false
}
