use super::fault::Fault;
use super::functions::Answer;
use super::value::Value;

/// Functions that make optionals (section 6).
pub(super) fn function(name: &str, operands: &[Value]) -> Answer {
    match (name, operands) {
        ("optional.none", []) => Some(Ok(Value::Optional(None))),
        ("optional.ofNonZeroValue", [value]) if is_zero(value) => Some(Ok(Value::Optional(None))),
        ("optional.of" | "optional.ofNonZeroValue", [value]) => {
            Some(Ok(Value::some(value.clone())))
        }
        ("optional.unwrap", [Value::List(items)]) => unwrap(items),
        _ => None,
    }
}

/// Methods of optionals, and of lists that make some (section 6).
pub(super) fn method(name: &str, operands: &[Value]) -> Answer {
    match operands {
        [Value::Optional(own)] => match name {
            "hasValue" => Some(Ok(Value::Bool(own.is_some()))),
            "value" => Some(own.as_deref().cloned().ok_or(Fault::EmptyOptional)),
            _ => None,
        },
        [Value::List(items)] => match name {
            "unwrapOpt" => unwrap(items),
            "first" => Some(Ok(Value::Optional(items.first().cloned().map(Box::new)))),
            "last" => Some(Ok(Value::Optional(items.last().cloned().map(Box::new)))),
            _ => None,
        },
        _ => None,
    }
}

/// The values of those that have one; nothing but optionals is taken.
fn unwrap(items: &[Value]) -> Answer {
    let value = |item: &Value| match item {
        Value::Optional(value) => Some(value.as_deref().cloned()),
        _ => None,
    };
    let values = items.iter().map(value).collect::<Option<Vec<_>>>()?;
    Some(Ok(Value::List(values.into_iter().flatten().collect())))
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null
        | Value::Bool(false)
        | Value::Int(0)
        | Value::Uint(0)
        | Value::Timestamp(0)
        | Value::Duration(0) => true,
        Value::Double(value) => *value == 0.0,
        Value::String(text) => text.is_empty(),
        Value::Bytes(octets) => octets.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        _ => false,
    }
}
