//! Values of attributes and of the context as expressions see them (section 7).

use pdp_cel::Type;
use serde_json::{Value as Json, json};

use super::cel::{Value, parse_cidr, parse_duration, parse_ip, parse_timestamp};

/// Integers up to this magnitude fit `double`.
const DOUBLE_INT_MAX: i64 = 1 << 53;

/// Bytes that the texts in a list, map or open value may have, for each 500 items that it may
/// have.
const BYTES_MAX: usize = 64 * 1024;

/// A value of a request or of a fact.
pub(super) fn stated(value: &pdp_core::Value<'_>) -> Value {
    match value {
        pdp_core::Value::Null => Value::Null,
        pdp_core::Value::Bool(value) => Value::Bool(*value),
        pdp_core::Value::Int(value) => Value::Int(*value),
        pdp_core::Value::Uint(value) => Value::Uint(*value),
        pdp_core::Value::Double(value) => Value::Double(*value),
        pdp_core::Value::String(text) => Value::String(text.to_string()),
        pdp_core::Value::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        pdp_core::Value::Timestamp(time) => timestamp(*time),
        pdp_core::Value::Duration(length) => Value::Duration(length.total_nanoseconds()),
        pdp_core::Value::Ip(address) => Value::Ip(*address),
        pdp_core::Value::Cidr(range) => {
            Value::Cidr { address: range.address(), prefix: range.prefix() }
        }
        pdp_core::Value::List(items) => Value::List(items.iter().map(stated).collect()),
        pdp_core::Value::Map(map) => Value::Map(
            map.iter()
                .map(|(name, value)| (Value::String(name.to_owned()), stated(value)))
                .collect(),
        ),
    }
}

/// A point in time.
pub(super) fn timestamp(time: pdp_core::Timestamp) -> Value {
    let seconds = i128::from(time.unix_seconds()) * 1_000_000_000;
    Value::Timestamp(seconds + i128::from(time.nanoseconds()))
}

/// `value` as one of the declared type, if it fits.
pub(super) fn fit(value: &Value, declared: &Type) -> Option<Value> {
    match (declared, value) {
        (Type::List(element), Value::List(items)) => {
            let items = items.iter().map(|item| fit(item, element));
            items.collect::<Option<Vec<_>>>().map(Value::List)
        }
        (Type::Map(_, of), Value::Map(entries)) => {
            let entries = entries.iter().map(|(key, value)| Some((key.clone(), fit(value, of)?)));
            entries.collect::<Option<Vec<_>>>().map(Value::Map)
        }
        (Type::Any, _)
        | (Type::Bool, Value::Bool(_))
        | (Type::Int, Value::Int(_))
        | (Type::Uint, Value::Uint(_))
        | (Type::Double, Value::Double(_))
        | (Type::String, Value::String(_))
        | (Type::Timestamp, Value::Timestamp(_))
        | (Type::Duration, Value::Duration(_))
        | (Type::Ip, Value::Ip(_))
        | (Type::Cidr, Value::Cidr { .. }) => Some(value.clone()),
        (Type::Uint, Value::Int(int)) => u64::try_from(*int).ok().map(Value::Uint),
        #[expect(clippy::cast_precision_loss, reason = "exact up to the bound")]
        (Type::Double, Value::Int(int)) => {
            (-DOUBLE_INT_MAX..=DOUBLE_INT_MAX).contains(int).then_some(Value::Double(*int as f64))
        }
        (Type::Timestamp, Value::String(text)) => parse_timestamp(text).ok(),
        (Type::Duration, Value::String(text)) => parse_duration(text).ok(),
        (Type::Ip, Value::String(text)) => parse_ip(text).ok().map(Value::Ip),
        (Type::Cidr, Value::String(text)) => {
            parse_cidr(text).ok().map(|(address, prefix)| Value::Cidr { address, prefix })
        }
        _ => None,
    }
}

/// Whether a value is larger than one of its declared type may be.
pub(super) fn is_too_large(value: &Value, declared: &Type, max: u32) -> bool {
    let max = max as usize;
    match (declared, value) {
        (Type::String, Value::String(text)) => text.len() > max,
        (Type::List(_) | Type::Map(..) | Type::Any, value) => {
            let (items, bytes) = size(value);
            items > max || bytes > BYTES_MAX * max.div_ceil(500)
        }
        _ => false,
    }
}

/// The items, those of items among them, and the bytes of all texts.
fn size(value: &Value) -> (usize, usize) {
    let sum = |sizes: Vec<(usize, usize)>, own: usize| {
        sizes.iter().fold((own, 0), |(items, bytes), size| (items + size.0, bytes + size.1))
    };
    match value {
        Value::String(text) => (0, text.len()),
        Value::List(items) => sum(items.iter().map(size).collect(), items.len()),
        Value::Map(entries) => {
            let parts = entries.iter().flat_map(|(key, value)| [size(key), size(value)]);
            sum(parts.collect(), entries.len())
        }
        _ => (0, 0),
    }
}

/// A value of a fact as a change set states it.
pub(super) fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Uint(value) => json!(value),
        Value::Double(value) => json!(value),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (super::cel::text(key), json(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => json!(super::cel::text(other)),
    }
}
