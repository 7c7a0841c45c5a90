use crate::wire::{RequestError, RequestErrorKind};

/// Why a change set is refused. Nothing of it was applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default())]
pub struct ChangeError {
    /// What kind of fault it is.
    pub kind: ChangeErrorKind,
    /// The field that is meant, such as `changes[3].actor`; `None` where no field is.
    pub field: Option<String>,
    /// What is wrong, in one line.
    pub message: String,
}

/// Kinds of faults in change sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeErrorKind {
    /// The text is not JSON.
    Syntax,
    /// A field is missing, unknown, given twice, of the wrong type or not made as it must be.
    Shape,
    /// Something is over a limit.
    Size,
    /// A type, relation or attribute is not declared.
    Unknown,
    /// What is declared cannot be stated like this: a computed relation, a value of another type.
    Refused,
    /// The idempotency key was applied with other changes.
    Conflict,
}

impl ChangeErrorKind {
    /// The word for the kind on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeErrorKind::Syntax => "syntax",
            ChangeErrorKind::Shape => "shape",
            ChangeErrorKind::Size => "size",
            ChangeErrorKind::Unknown => "unknown",
            ChangeErrorKind::Refused => "refused",
            ChangeErrorKind::Conflict => "conflict",
        }
    }
}

impl ChangeError {
    pub(crate) fn new(
        kind: ChangeErrorKind,
        field: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        ChangeError { kind, field: Some(field.into()), message: message.into() }
    }

    /// The same error, of a field within `outer`.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        self.field = Some(match self.field {
            Some(field) => format!("{outer}.{field}"),
            None => outer.to_owned(),
        });
        self
    }
}

impl From<RequestError> for ChangeError {
    fn from(RequestError { kind, field, message }: RequestError) -> Self {
        let kind = match kind {
            RequestErrorKind::Syntax => ChangeErrorKind::Syntax,
            RequestErrorKind::Shape => ChangeErrorKind::Shape,
            RequestErrorKind::Size => ChangeErrorKind::Size,
        };
        ChangeError { kind, field, message }
    }
}
