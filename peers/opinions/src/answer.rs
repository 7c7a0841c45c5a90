//! What an evaluator says of an expression.

use pdp_cel::Stored;

#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A value.
    Value(Stored),
    /// A value that is an optional or holds one; nothing more is compared of it.
    Optional,
    /// No value, and why.
    Error(String),
    /// A function or form that this evaluator does not have.
    NotOffered(String),
}

impl Answer {
    pub(crate) fn shown(&self) -> String {
        match self {
            Answer::Value(value) => format!("{value:?}"),
            Answer::Optional => "an optional".to_owned(),
            Answer::Error(message) => format!("error: {message}"),
            Answer::NotOffered(what) => format!("not offered: {what}"),
        }
    }
}
