//! Why there is no decision.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use pdp_core::wire::{AnswerError, RequestError};

/// There is no decision. Whoever gets this must deny.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No answer came within the deadline, which is stated.
    #[error("no answer within {} ms", .0.as_millis())]
    Deadline(Duration),
    /// The decision point, or something in front of it, refused to decide.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// What came is no answer.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// What came answers another number of requests than were asked.
    #[error("{answers} answers to {requests} requests")]
    Count {
        /// How many requests there were.
        requests: usize,
        /// How many answers came.
        answers: usize,
    },
    /// The last calls failed, and this one was not made.
    #[error("not asked, since the last calls failed; again in {} ms", again_after.as_millis())]
    Open {
        /// When a call may be let through; zero where one is on its way that will tell.
        again_after: Duration,
    },
    /// There is no connection, or it broke off.
    #[error("no connection: {}", chain(&**.0))]
    Connection(#[source] Box<dyn Error + Send + Sync>),
    /// The request cannot be sent as it is.
    #[error("the request cannot be sent: {0}")]
    Request(#[source] RequestError),
}

impl ClientError {
    /// Whether the decision point is not well, by this, so that the breaker counts it. A refusal for
    /// which the request or the key is to blame is none.
    pub fn is_failure(&self) -> bool {
        match self {
            ClientError::Deadline(_)
            | ClientError::Answer(_)
            | ClientError::Count { .. }
            | ClientError::Connection(_) => true,
            ClientError::Refused(refused) => refused.status.is_failure(),
            ClientError::Open { .. } | ClientError::Request(_) => false,
        }
    }
}

/// What was answered in the place of a decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {status}{}: {detail}", field.as_ref().map(|field| format!(", {field}")).unwrap_or_default())]
pub struct Refused {
    /// The status.
    pub status: Status,
    /// The word for why, such as `unauthenticated`, as the page of the door lists them; `None`
    /// where whoever refused stated none, such as a proxy.
    pub kind: Option<String>,
    /// The field of the request that is meant, if one is.
    pub field: Option<String>,
    /// Why, in one line, for people who run the service.
    pub detail: String,
}

/// The status of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// That of HTTP.
    Http(u16),
    /// The code of gRPC.
    Grpc(i32),
}

impl Status {
    fn is_failure(self) -> bool {
        match self {
            Status::Http(status) => status >= 500,
            // Unknown, internal, unavailable, data loss: what a server says of itself.
            Status::Grpc(code) => matches!(code, 2 | 13..=15),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Status::Http(status) => write!(formatter, "HTTP {status}"),
            Status::Grpc(code) => write!(formatter, "gRPC {code}"),
        }
    }
}

/// A client cannot be made as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// The address is none.
    #[error("address `{address}`: {message}")]
    Address {
        /// The address.
        address: String,
        /// What is wrong with it.
        message: &'static str,
    },
    /// An address is `https://` and the authority of the server was not said, or the other way
    /// round.
    #[error("TLS goes with `https://`, and is told whom to trust: see `Builder::tls`")]
    Secure,
    /// A certificate or a key cannot be used.
    #[error("TLS: {0}")]
    Tls(String),
    /// A key or an id of a request is something that a header cannot hold.
    #[error("{0}: not text that a header can hold")]
    Header(&'static str),
    /// A setting is zero that must not be.
    #[error("{0}: zero")]
    Zero(&'static str),
}

/// An error and its causes in one line. Those that say what their cause says are left out.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let message = cause.to_string();
        if !text.ends_with(&message) {
            text = format!("{text}: {message}");
        }
        next = cause.source();
    }
    text
}
