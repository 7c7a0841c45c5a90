use crate::{Timestamp, Value};

/// A value of a declared type, as constants and facts hold it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stored {
    Bool(bool),
    Int(i64),
    /// The bits of the number, so that equal constants are found by hashing.
    Double(u64),
    String(Box<str>),
    Timestamp(Timestamp),
    List(Box<[Stored]>),
}

impl Stored {
    /// The value, if it is of a type that policies can declare.
    pub(crate) fn new(value: &Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Stored::Bool(*value),
            Value::Int(value) => Stored::Int(*value),
            Value::Double(value) => Stored::Double(value.to_bits()),
            Value::String(text) => Stored::String(text.as_ref().into()),
            Value::Timestamp(value) => Stored::Timestamp(*value),
            Value::List(items) => {
                Stored::List(items.iter().map(Stored::new).collect::<Option<_>>()?)
            }
            Value::Null | Value::Uint(_) | Value::Map(_) => return None,
        })
    }
}
