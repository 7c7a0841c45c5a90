use std::collections::BTreeSet;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// A name that nothing declares.
    UnknownName,
    /// A function that no table lists.
    UnknownFunction,
    /// An operator or function does not take what it is given.
    NoSuchOverload,
    /// A number, time or span is out of range.
    Overflow,
    /// A whole number is divided by zero.
    DivisionByZero,
    /// A map lacks a key.
    NoSuchKey,
    /// A list or string lacks a position.
    IndexOutOfRange,
    /// A key comes twice.
    DuplicateKey,
    /// A value that is no key.
    KeyType,
    /// A text or number that a function cannot read.
    InvalidArgument,
    /// An optional has no value.
    EmptyOptional,
    /// It would take too long.
    CostLimit,
    /// A protobuf message.
    Message,
    /// What the host says, in its words.
    Host(String),
}

/// All faults that may be named as the cause; an engine names one of them.
pub type Faults = BTreeSet<Fault>;

/// The values of all parts, or the faults of all that have some.
pub(super) fn together<T>(
    parts: impl IntoIterator<Item = Result<T, Faults>>,
) -> Result<Vec<T>, Faults> {
    let (mut values, mut faults) = (Vec::new(), Faults::new());
    for part in parts {
        match part {
            Ok(value) => values.push(value),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}
