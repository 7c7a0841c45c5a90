use std::cmp::Ordering;

use pdp_core::model::{ScalarType, Type};
use pdp_core::{Timestamp, Value};

/// Integers up to this magnitude fit `double` (section 7).
const DOUBLE_INT_MAX: i64 = 1 << 53;

/// `value` as one of the declared type, if it fits (section 7).
pub(super) fn fit(value: &Value<'_>, declared: Type) -> Option<Value<'static>> {
    let scalar = match (declared, value) {
        (Type::List(element), Value::List(items)) => {
            let items = items.iter().map(|item| fit(item, Type::Scalar(element)));
            return items.collect::<Option<Vec<_>>>().map(Value::List);
        }
        (Type::List(_), _) => return None,
        (Type::Scalar(scalar), _) => scalar,
    };
    match (scalar, value) {
        (ScalarType::Bool, Value::Bool(_))
        | (ScalarType::Int, Value::Int(_))
        | (ScalarType::Double, Value::Double(_))
        | (ScalarType::String, Value::String(_))
        | (ScalarType::Timestamp, Value::Timestamp(_)) => Some(value.clone().into_owned()),
        #[expect(clippy::cast_precision_loss, reason = "exact up to the bound")]
        (ScalarType::Double, Value::Int(int)) => {
            (-DOUBLE_INT_MAX..=DOUBLE_INT_MAX).contains(int).then_some(Value::Double(*int as f64))
        }
        (ScalarType::Timestamp, Value::String(text)) => {
            Timestamp::parse(text).ok().map(Value::Timestamp)
        }
        _ => None,
    }
}

/// Whether two values are equal (section 6): numbers as numbers, lists element by element.
pub(super) fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| equal(a, b))
        }
        _ => order(left, right) == Some(Ordering::Equal),
    }
}

/// How two values of one type are ordered (section 6); nothing beside a NaN, which no request can
/// hold, and between values that a well-formed set never compares.
pub(super) fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Double(left), Value::Double(right)) => left.partial_cmp(right),
        (Value::Int(left), Value::Double(right)) => order_mixed(*left, *right),
        (Value::Double(left), Value::Int(right)) => {
            order_mixed(*right, *left).map(Ordering::reverse)
        }
        // Bytes of UTF-8 have the order of code points.
        (Value::String(left), Value::String(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
        (Value::Timestamp(left), Value::Timestamp(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// An integer beside a double, exactly: rounding either to the other's type would call numbers
/// equal that are not.
fn order_mixed(int: i64, double: f64) -> Option<Ordering> {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    if double.is_nan() {
        None
    } else if double >= TWO_TO_63 {
        Some(Ordering::Less)
    } else if double < -TWO_TO_63 {
        Some(Ordering::Greater)
    } else {
        #[expect(clippy::cast_possible_truncation, reason = "within the bounds of i64")]
        let whole = double.trunc() as i64;
        // Equal whole parts: what is left of the double decides.
        Some(int.cmp(&whole).then(0.0_f64.partial_cmp(&double.fract())?))
    }
}
