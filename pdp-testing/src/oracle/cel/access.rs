use super::fault::{Fault, Faults};
use super::order::{entry, equal};
use super::value::Value;

/// What comes of reading something that may be absent.
#[derive(Clone, Debug)]
pub enum Reading {
    /// A value.
    Present(Value),
    /// It is not there; without a `??`, this is the fault.
    Absent(Fault),
    /// It cannot be evaluated.
    Failed(Faults),
}

impl Reading {
    pub(super) fn failed(fault: Fault) -> Self {
        Reading::Failed(Faults::from([fault]))
    }

    /// The same where absence is a fault.
    pub(super) fn required(self) -> Result<Value, Faults> {
        match self {
            Reading::Present(value) => Ok(value),
            Reading::Absent(fault) => Err(Faults::from([fault])),
            Reading::Failed(faults) => Err(faults),
        }
    }
}

impl From<Result<Value, Faults>> for Reading {
    fn from(result: Result<Value, Faults>) -> Self {
        match result {
            Ok(value) => Reading::Present(value),
            Err(faults) => Reading::Failed(faults),
        }
    }
}

/// `value[key]`; `value.field` is the same with the field's name as key.
pub(super) fn look_up(value: &Value, key: &Value) -> Reading {
    match value {
        Value::Map(_) if !is_askable(key) => Reading::failed(Fault::KeyType),
        Value::Map(entries) => match entry(entries, key) {
            Some(value) => Reading::Present(value.clone()),
            None => Reading::Absent(Fault::NoSuchKey),
        },
        Value::List(_) if !key.is_number() => Reading::failed(Fault::NoSuchOverload),
        Value::List(_) if !is_whole(key) => Reading::failed(Fault::InvalidArgument),
        Value::List(items) => {
            let mut numbered = items.iter().enumerate();
            match numbered.find(|(position, _)| equal(&Value::count(*position), key)) {
                Some((_, item)) => Reading::Present(item.clone()),
                None => Reading::Absent(Fault::IndexOutOfRange),
            }
        }
        Value::Optional(None) => Reading::Present(Value::Optional(None)),
        Value::Optional(Some(value)) => look_up_optional(value, key),
        _ => Reading::failed(Fault::NoSuchOverload),
    }
}

/// `value[?key]`, `value.?field`
pub(super) fn look_up_optional(value: &Value, key: &Value) -> Reading {
    // What is looked up in an optional is one already.
    if matches!(value, Value::Optional(_)) {
        return look_up(value, key);
    }
    match look_up(value, key) {
        Reading::Present(value) => Reading::Present(Value::some(value)),
        Reading::Absent(_) => Reading::Present(Value::Optional(None)),
        failed @ Reading::Failed(_) => failed,
    }
}

/// `has(value.field)`
pub(super) fn has(value: &Value, field: &Value) -> Result<Value, Faults> {
    match value {
        Value::Optional(None) => return Ok(Value::Bool(false)),
        Value::Optional(Some(value)) => return has(value, field),
        _ => {}
    }
    match look_up(value, field) {
        Reading::Present(_) => Ok(Value::Bool(true)),
        Reading::Absent(_) => Ok(Value::Bool(false)),
        Reading::Failed(faults) => Err(faults),
    }
}

/// Whether a map can have such a key.
pub(super) fn is_key(key: &Value) -> bool {
    matches!(key, Value::Bool(_) | Value::Int(_) | Value::Uint(_) | Value::String(_))
}

/// Whether a map can be asked for such a key: a double may be the same number as one of its keys.
fn is_askable(key: &Value) -> bool {
    is_key(key) || matches!(key, Value::Double(_))
}

fn is_whole(number: &Value) -> bool {
    !matches!(number, Value::Double(number) if number.fract() != 0.0)
}
