//! Why a door gives no decision.

use pdp_core::wire::{RequestError, RequestErrorKind};
use pdp_core::{ChangeError, ChangeErrorKind, OVERLOADED};

/// A door refuses: there is no decision, and who asked must deny.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default())]
pub struct Refusal {
    /// What kind of refusal it is.
    pub kind: RefusalKind,
    /// The field of the request that is meant, if one is.
    pub field: Option<String>,
    /// Why, in one line, for people.
    pub message: String,
}

/// Kinds of refusals. Each door has one table that says what they are in its protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// The request cannot be read at all.
    Syntax,
    /// A field is missing, unknown, given twice or of the wrong type.
    Shape,
    /// Something is over a limit.
    Size,
    /// It names what is not declared.
    Unknown,
    /// It conflicts with what was done before.
    Conflict,
    /// It could not be told who asks.
    Unauthenticated,
    /// Who asks may not.
    Forbidden,
    /// There is too much to do; later it may work.
    Overloaded,
    /// It took too long.
    Late,
    /// A reload, or what else was asked for, failed.
    Failed,
}

impl RefusalKind {
    /// The word for the kind on the wire and in records.
    pub fn as_str(self) -> &'static str {
        match self {
            RefusalKind::Syntax => "syntax",
            RefusalKind::Shape => "shape",
            RefusalKind::Size => "size",
            RefusalKind::Unknown => "unknown",
            RefusalKind::Conflict => "conflict",
            RefusalKind::Unauthenticated => "unauthenticated",
            RefusalKind::Forbidden => "forbidden",
            RefusalKind::Overloaded => OVERLOADED,
            RefusalKind::Late => "late",
            RefusalKind::Failed => "failed",
        }
    }
}

impl Refusal {
    /// A refusal that means no field.
    pub fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Refusal { kind, field: None, message: message.into() }
    }

    /// A refusal that means a field.
    pub fn of_field(kind: RefusalKind, field: &str, message: impl Into<String>) -> Self {
        Refusal { kind, field: Some(field.to_owned()), message: message.into() }
    }

    /// The same refusal of a request that stands in `field` of something larger.
    #[must_use]
    pub(crate) fn within(mut self, field: &str) -> Self {
        self.field = Some(match self.field {
            Some(inner) => format!("{field}.{inner}"),
            None => field.to_owned(),
        });
        self
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        let kind = match error.kind {
            RequestErrorKind::Syntax => RefusalKind::Syntax,
            RequestErrorKind::Shape => RefusalKind::Shape,
            RequestErrorKind::Size => RefusalKind::Size,
        };
        Refusal { kind, field: error.field, message: error.message }
    }
}

impl From<ChangeError> for Refusal {
    fn from(error: ChangeError) -> Self {
        let kind = match error.kind {
            ChangeErrorKind::Syntax => RefusalKind::Syntax,
            ChangeErrorKind::Size => RefusalKind::Size,
            ChangeErrorKind::Unknown => RefusalKind::Unknown,
            ChangeErrorKind::Conflict => RefusalKind::Conflict,
            // What is declared and cannot be stated like this; and kinds yet to come.
            _ => RefusalKind::Shape,
        };
        Refusal { kind, field: error.field, message: error.message }
    }
}
