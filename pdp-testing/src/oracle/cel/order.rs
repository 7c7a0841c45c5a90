use std::cmp::Ordering;

use super::value::Value;

const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// Whether two values are equal ("Equality", section 1).
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Type(left), Value::Type(right)) => left == right,
        (Value::Ip(left), Value::Ip(right)) => left == right,
        (
            Value::Cidr { address, prefix },
            Value::Cidr { address: other_address, prefix: other_prefix },
        ) => address == other_address && prefix == other_prefix,
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| equal(a, b))
        }
        (Value::Map(left), Value::Map(right)) => {
            let found = |(key, value): &(Value, Value)| {
                entry(right, key).is_some_and(|other| equal(value, other))
            };
            left.len() == right.len() && left.iter().all(found)
        }
        (Value::Optional(left), Value::Optional(right)) => match (left, right) {
            (None, None) => true,
            (Some(left), Some(right)) => equal(left, right),
            _ => false,
        },
        _ => order(left, right).flatten() == Some(Ordering::Equal),
    }
}

/// The value under `key` of a map.
pub(super) fn entry<'m>(entries: &'m [(Value, Value)], key: &Value) -> Option<&'m Value> {
    entries.iter().find(|(own, _)| equal(own, key)).map(|(_, value)| value)
}

/// How two values are ordered ("Order", section 1); `None` if they cannot be, `Some(None)` beside
/// a NaN.
pub fn order(left: &Value, right: &Value) -> Option<Option<Ordering>> {
    let order = match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        // Bytes of UTF-8 have the order of code points.
        (Value::String(left), Value::String(right)) => left.as_bytes().cmp(right.as_bytes()),
        (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
        (Value::Timestamp(left), Value::Timestamp(right))
        | (Value::Duration(left), Value::Duration(right)) => left.cmp(right),
        _ if left.is_number() && right.is_number() => return Some(number_order(left, right)),
        _ => return None,
    };
    Some(Some(order))
}

/// The order in which macros go through the keys of a map: bools, numbers, strings.
pub(super) fn key_order(left: &Value, right: &Value) -> Ordering {
    let rank = |key: &Value| match key {
        Value::Bool(_) => 0,
        Value::String(_) => 2,
        _ => 1,
    };
    let same_rank = || order(left, right).flatten().expect("keys of one rank are ordered");
    rank(left).cmp(&rank(right)).then_with(same_rank)
}

fn number_order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Double(left), Value::Double(right)) => left.partial_cmp(right),
        (Value::Double(double), whole) => beside(whole, *double).map(Ordering::reverse),
        (whole, Value::Double(double)) => beside(whole, *double),
        _ => Some(whole(left).cmp(&whole(right))),
    }
}

/// A whole number beside a double: exactly, but rounded where the double is beyond its type.
fn beside(number: &Value, double: f64) -> Option<Ordering> {
    let beyond = if matches!(number, Value::Int(_)) { TWO_TO_63 } else { TWO_TO_64 };
    let number = whole(number);
    if double.is_nan() {
        None
    } else if double >= beyond {
        #[expect(clippy::cast_precision_loss, reason = "the page says so")]
        (number as f64).partial_cmp(&double)
    } else if double < -TWO_TO_63 {
        Some(Ordering::Greater)
    } else {
        #[expect(clippy::cast_possible_truncation, reason = "within the bounds")]
        let cut = double.trunc() as i128;
        // Equal whole parts: what is left of the double decides.
        Some(number.cmp(&cut).then(0.0_f64.partial_cmp(&double.fract())?))
    }
}

fn whole(number: &Value) -> i128 {
    match number {
        Value::Int(int) => i128::from(*int),
        Value::Uint(uint) => i128::from(*uint),
        _ => unreachable!("only ints and uints are asked for"),
    }
}
