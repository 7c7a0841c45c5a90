//! Messages become the tree that the JSON would be.

use pdp_core::wire::{
    DOUBLE_MAX, ID_BYTES_MAX, REQUEST_DEPTH_MAX, RequestError, RequestErrorKind, printable,
};
use pdp_core::{Map, Value};

use crate::v1;
use crate::v1::value::Kind;

/// The entries of a map, as they came.
pub type Entries = Vec<(String, Option<v1::Value>)>;

/// An object with these fields, those without a value left out.
pub fn object<const N: usize>(
    fields: [(&'static str, Option<Value<'static>>); N],
) -> Value<'static> {
    let mut map = Map::new();
    for (name, value) in fields {
        if let Some(value) = value {
            map.insert(name, value);
        }
    }
    Value::Map(map)
}

/// A text.
pub fn text(text: String) -> Value<'static> {
    Value::String(text.into())
}

/// A list of texts.
pub fn texts(texts: Vec<String>) -> Value<'static> {
    Value::List(texts.into_iter().map(text).collect())
}

/// An object of any names, which stands at a depth; the whole is at depth 1.
///
/// # Errors
///
/// [`RequestError`] for a key that stands twice or is too long, for a value that is none, and for
/// what is nested too deep.
pub fn map(entries: Entries, depth: usize) -> Result<Value<'static>, RequestError> {
    if depth > REQUEST_DEPTH_MAX {
        return Err(too_deep());
    }
    let mut pairs = Vec::with_capacity(entries.len());
    for (name, held) in entries {
        if name.len() > ID_BYTES_MAX {
            let message = format!("a key of more than {ID_BYTES_MAX} bytes");
            return Err(error(RequestErrorKind::Size, message));
        }
        pairs.push((name.into(), value(held.unwrap_or_default(), depth)?));
    }
    let map = Map::from_entries(pairs);
    map.map(Value::Map).map_err(|name| {
        error(RequestErrorKind::Shape, format!("key `{}` is given twice", printable(&name)))
    })
}

/// What is nested deeper than anything that travels may be.
pub fn too_deep() -> RequestError {
    error(RequestErrorKind::Size, format!("nested more than {REQUEST_DEPTH_MAX} deep"))
}

fn list(values: Vec<v1::Value>, depth: usize) -> Result<Value<'static>, RequestError> {
    if depth > REQUEST_DEPTH_MAX {
        return Err(too_deep());
    }
    values.into_iter().map(|item| value(item, depth)).collect::<Result<_, _>>().map(Value::List)
}

/// A value that stands in something at a depth. Numbers become what the reader of JSON makes of
/// them.
fn value(value: v1::Value, depth: usize) -> Result<Value<'static>, RequestError> {
    match value.kind {
        None => Err(error(RequestErrorKind::Shape, "a value of which nothing is set")),
        Some(Kind::NullValue(_)) => Ok(Value::Null),
        Some(Kind::BoolValue(value)) => Ok(Value::Bool(value)),
        Some(Kind::IntValue(number)) => Ok(Value::Int(number)),
        Some(Kind::UintValue(number)) => {
            Ok(i64::try_from(number).map_or(Value::Uint(number), Value::Int))
        }
        // What is no number is not below anything either.
        Some(Kind::DoubleValue(number)) if number.abs() < DOUBLE_MAX => Ok(Value::Double(number)),
        Some(Kind::DoubleValue(_)) => {
            Err(error(RequestErrorKind::Shape, "a number that 64 bits do not hold exactly"))
        }
        Some(Kind::StringValue(value)) => Ok(text(value)),
        Some(Kind::ListValue(items)) => list(items.values, depth + 1),
        Some(Kind::MapValue(fields)) => {
            let entries = fields.fields.into_iter().map(|entry| (entry.key, entry.value));
            map(entries.collect(), depth + 1)
        }
    }
}

fn error(kind: RequestErrorKind, message: impl Into<String>) -> RequestError {
    RequestError { kind, field: None, message: message.into() }
}
