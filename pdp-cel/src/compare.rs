//! Equality and order of values, across the types of numbers.

use std::cmp::Ordering;

use crate::Fault;
use crate::fault::Meter;
use crate::operand::Operand;

/// Which of two values is the smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Order {
    /// The order of the values turned round: `a < b` is `b > a`.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Order::Less => Order::Greater,
            Order::LessOrEqual => Order::GreaterOrEqual,
            Order::Greater => Order::Less,
            Order::GreaterOrEqual => Order::LessOrEqual,
        }
    }

    /// Whether values that compare so stand in this order.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Order::Less => ordering.is_lt(),
            Order::LessOrEqual => ordering.is_le(),
            Order::Greater => ordering.is_gt(),
            Order::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// Whether two values are equal. Numbers are compared exactly whatever their types; values of other
/// types are not equal.
///
/// # Errors
///
/// [`Fault::Limit`]
pub fn equal(left: &Operand<'_>, right: &Operand<'_>, meter: &mut Meter) -> Result<bool, Fault> {
    meter.step(1)?;
    is_equal(left, right, meter)
}

/// Whether two values are equal whose step was taken.
fn is_equal(left: &Operand<'_>, right: &Operand<'_>, meter: &mut Meter) -> Result<bool, Fault> {
    Ok(match (left, right) {
        (Operand::Text(left), Operand::Text(right)) => {
            meter.compare(left.len().min(right.len()))?;
            **left == **right
        }
        (Operand::Bytes(left), Operand::Bytes(right)) => {
            meter.compare(left.len().min(right.len()))?;
            **left == **right
        }
        (Operand::Null, Operand::Null) => true,
        (Operand::Bool(left), Operand::Bool(right)) => left == right,
        (Operand::Timestamp(left), Operand::Timestamp(right)) => left == right,
        (Operand::Duration(left), Operand::Duration(right)) => left == right,
        (Operand::Ip(left), Operand::Ip(right)) => left == right,
        (Operand::Cidr(left), Operand::Cidr(right)) => left == right,
        (Operand::Type(left), Operand::Type(right)) => left == right,
        (Operand::List(left), Operand::List(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for (left, right) in left.iter().zip(right.iter()) {
                if !equal(&left, &right, meter)? {
                    return Ok(false);
                }
            }
            true
        }
        (Operand::Map(left), Operand::Map(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for (key, value) in left.iter() {
                let Some(other) = right.value(&key) else { return Ok(false) };
                if !equal(&value, &other, meter)? {
                    return Ok(false);
                }
            }
            true
        }
        (Operand::Optional(left), Operand::Optional(right)) => match (left, right) {
            (None, None) => true,
            (Some(left), Some(right)) => is_equal(left, right, meter)?,
            _ => false,
        },
        _ => number_order(left, right) == Some(Ordering::Equal),
    })
}

/// How two values compare; `None` inside for a number that is none.
///
/// # Errors
///
/// [`Fault::NoSuchOverload`] for values of types that have no order, [`Fault::Limit`].
#[inline]
pub(crate) fn order(
    left: &Operand<'_>,
    right: &Operand<'_>,
    meter: &mut Meter,
) -> Result<Option<Ordering>, Fault> {
    Ok(match (left, right) {
        (Operand::Bool(left), Operand::Bool(right)) => Some(left.cmp(right)),
        // Byte order of UTF-8 is the order of code points.
        (Operand::Text(left), Operand::Text(right)) => {
            meter.compare(left.len().min(right.len()))?;
            Some((**left).cmp(&**right))
        }
        (Operand::Bytes(left), Operand::Bytes(right)) => {
            meter.compare(left.len().min(right.len()))?;
            Some((**left).cmp(&**right))
        }
        (Operand::Timestamp(left), Operand::Timestamp(right)) => Some(left.cmp(right)),
        (Operand::Duration(left), Operand::Duration(right)) => Some(left.cmp(right)),
        (
            Operand::Int(_) | Operand::Uint(_) | Operand::Double(_),
            Operand::Int(_) | Operand::Uint(_) | Operand::Double(_),
        ) => number_order(left, right),
        _ => return Err(Fault::NoSuchOverload),
    })
}

/// Whether a value has a place in [`key_order`]: a truth value, a number that is one, a text.
pub(crate) fn has_key_order(value: &Operand<'_>) -> bool {
    match value {
        Operand::Bool(_) | Operand::Int(_) | Operand::Uint(_) | Operand::Text(_) => true,
        Operand::Double(value) => !value.is_nan(),
        _ => false,
    }
}

/// The order of keys in maps: truth values, numbers, texts. Other values are no keys and equal to
/// none.
pub(crate) fn key_order(left: &Operand<'_>, right: &Operand<'_>) -> Ordering {
    let class = |operand: &Operand<'_>| match operand {
        Operand::Bool(_) => 0,
        Operand::Int(_) | Operand::Uint(_) | Operand::Double(_) => 1,
        Operand::Text(_) => 2,
        _ => 3,
    };
    class(left).cmp(&class(right)).then_with(|| match (left, right) {
        (Operand::Bool(left), Operand::Bool(right)) => left.cmp(right),
        (Operand::Text(left), Operand::Text(right)) => (**left).cmp(&**right),
        _ => number_order(left, right).unwrap_or(Ordering::Less),
    })
}

fn number_order(left: &Operand<'_>, right: &Operand<'_>) -> Option<Ordering> {
    match (left, right) {
        (Operand::Int(left), Operand::Int(right)) => Some(left.cmp(right)),
        (Operand::Uint(left), Operand::Uint(right)) => Some(left.cmp(right)),
        (Operand::Double(left), Operand::Double(right)) => left.partial_cmp(right),
        (Operand::Double(left), right) => {
            let (whole, end) = whole(right)?;
            whole_and_double(whole, *left, end).map(Ordering::reverse)
        }
        (left, Operand::Double(right)) => {
            let (whole, end) = whole(left)?;
            whole_and_double(whole, *right, end)
        }
        (left, right) => Some(whole(left)?.0.cmp(&whole(right)?.0)),
    }
}

const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;
const TWO_POW_64: f64 = 18_446_744_073_709_551_616.0;

/// A whole number, and the first double behind the range of its type.
fn whole(number: &Operand<'_>) -> Option<(i128, f64)> {
    match number {
        Operand::Int(value) => Some((i128::from(*value), TWO_POW_63)),
        Operand::Uint(value) => Some((i128::from(*value), TWO_POW_64)),
        _ => None,
    }
}

/// Compares without rounding where both are in the range: the double is cut to its whole part, and
/// the fraction breaks the tie. Behind the range CEL rounds: the greatest whole number is equal to
/// the power of two behind it.
fn whole_and_double(whole: i128, double: f64, end: f64) -> Option<Ordering> {
    if double.is_nan() {
        return None;
    }
    if double.abs() >= end {
        #[expect(clippy::cast_precision_loss, reason = "rounded on purpose")]
        return (whole as f64).partial_cmp(&double);
    }
    #[expect(clippy::cast_possible_truncation, reason = "cut on purpose, within the range")]
    let cut = double.trunc() as i128;
    Some(whole.cmp(&cut).then_with(|| 0.0_f64.total_cmp(&(double.fract() + 0.0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_and_doubles_compare_exactly() {
        let order = |whole: i64, double| whole_and_double(whole.into(), double, TWO_POW_63);
        assert_eq!(order(1, 1.0), Some(Ordering::Equal));
        assert_eq!(order(0, -0.0), Some(Ordering::Equal));
        assert_eq!(order(1, 1.5), Some(Ordering::Less));
        assert_eq!(order(-1, -1.5), Some(Ordering::Greater));
        assert_eq!(order(9_007_199_254_740_993, 9_007_199_254_740_992.0), Some(Ordering::Greater));
        assert_eq!(order(i64::MAX - 1_024, TWO_POW_63), Some(Ordering::Less));
        assert_eq!(order(i64::MAX, TWO_POW_63), Some(Ordering::Equal));
        assert_eq!(order(i64::MIN, f64::NEG_INFINITY), Some(Ordering::Greater));
        let uint = whole_and_double((1 << 63) + 1, TWO_POW_63, TWO_POW_64);
        assert_eq!(uint, Some(Ordering::Greater));
        assert_eq!(order(0, f64::NAN), None);
    }

    #[test]
    fn keys_are_the_same_across_the_types_of_numbers() {
        assert_eq!(key_order(&Operand::Int(1), &Operand::Uint(1)), Ordering::Equal);
        assert_eq!(key_order(&Operand::Double(1.0), &Operand::Int(1)), Ordering::Equal);
        assert_eq!(key_order(&Operand::Int(-1), &Operand::Uint(u64::MAX)), Ordering::Less);
        assert_eq!(key_order(&Operand::Bool(true), &Operand::Int(1)), Ordering::Less);
        assert_ne!(key_order(&Operand::Null, &Operand::Null), Ordering::Equal);
    }
}
