//! Values while a condition is evaluated: borrowed, never copied.

use std::cmp::Ordering;

use crate::compiled::{Order, Stored};
use crate::model::{ScalarType, Type, exact_double};
use crate::{Actor, Policies, Text, Timestamp, Value};

#[derive(Clone, Debug)]
pub(crate) enum Operand<'e> {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(&'e str),
    Timestamp(Timestamp),
    List(List<'e>),
}

/// A list, wherever its items are.
#[derive(Clone, Debug)]
pub(crate) enum List<'e> {
    Stored(&'e [Stored]),
    /// Values of the request; each was found to be of the type.
    Values(&'e [Value<'e>], ScalarType),
    /// The actor's roles, aliases resolved.
    Roles(&'e [Text<'e>], &'e Policies),
    /// The actor's tenants, those of memberships among them.
    Tenants(Actor<'e>),
    /// Items of a list that is written out and not constant.
    Items(Vec<Operand<'e>>),
}

impl<'e> Operand<'e> {
    pub(crate) fn stored(value: &'e Stored) -> Self {
        match value {
            Stored::Bool(value) => Operand::Bool(*value),
            Stored::Int(value) => Operand::Int(*value),
            Stored::Double(bits) => Operand::Double(f64::from_bits(*bits)),
            Stored::String(text) => Operand::Text(text),
            Stored::Timestamp(time) => Operand::Timestamp(*time),
            Stored::List(items) => Operand::List(List::Stored(items)),
        }
    }

    /// A value of the request, if it is of the declared type. The same rules as [`Type::admit`],
    /// without making a new value.
    pub(super) fn bound(value: &'e Value<'e>, value_type: Type) -> Option<Self> {
        match (value_type, value) {
            (Type::Scalar(scalar), value) => bound_scalar(value, scalar),
            (Type::List(element), Value::List(items)) => {
                let fits = items.iter().all(|item| bound_scalar(item, element).is_some());
                fits.then_some(Operand::List(List::Values(items, element)))
            }
            (Type::List(_), _) => None,
        }
    }
}

fn bound_scalar<'e>(value: &'e Value<'e>, scalar: ScalarType) -> Option<Operand<'e>> {
    match (scalar, value) {
        (ScalarType::Bool, Value::Bool(value)) => Some(Operand::Bool(*value)),
        (ScalarType::Int, Value::Int(value)) => Some(Operand::Int(*value)),
        (ScalarType::Double, Value::Double(value)) => Some(Operand::Double(*value)),
        (ScalarType::Double, Value::Int(value)) => exact_double(*value).map(Operand::Double),
        (ScalarType::String, Value::String(text)) => Some(Operand::Text(text)),
        (ScalarType::Timestamp, Value::Timestamp(time)) => Some(Operand::Timestamp(*time)),
        (ScalarType::Timestamp, Value::String(text)) => {
            Timestamp::parse(text).ok().map(Operand::Timestamp)
        }
        _ => None,
    }
}

impl<'e> List<'e> {
    fn len(&self) -> usize {
        match self {
            List::Stored(items) => items.len(),
            List::Values(items, _) => items.len(),
            List::Roles(roles, _) => roles.len(),
            List::Tenants(actor) => actor.tenants.len() + actor.memberships.len(),
            List::Items(items) => items.len(),
        }
    }

    fn item(&self, index: usize) -> Option<Operand<'e>> {
        match self {
            List::Stored(items) => items.get(index).map(Operand::stored),
            List::Values(items, scalar) => {
                items.get(index).and_then(|item| bound_scalar(item, *scalar))
            }
            List::Roles(roles, policies) => {
                roles.get(index).map(|role| Operand::Text(policies.role_name(role)))
            }
            List::Tenants(actor) => {
                let tenant = actor.tenants.get(index).or_else(|| {
                    let membership = actor.memberships.get(index.checked_sub(actor.tenants.len())?);
                    membership.map(|membership| &membership.tenant)
                });
                tenant.map(|tenant| Operand::Text(tenant))
            }
            List::Items(items) => items.get(index).cloned(),
        }
    }

    pub(super) fn contains(&self, element: &Operand<'_>) -> bool {
        (0..self.len()).any(|index| self.item(index).is_some_and(|item| equal(&item, element)))
    }
}

/// Whether two values are equal; integers and other numbers are compared exactly.
pub(crate) fn equal(left: &Operand<'_>, right: &Operand<'_>) -> bool {
    match (left, right) {
        (Operand::Bool(left), Operand::Bool(right)) => left == right,
        (Operand::Text(left), Operand::Text(right)) => left == right,
        (Operand::Timestamp(left), Operand::Timestamp(right)) => left == right,
        (Operand::List(left), Operand::List(right)) => {
            left.len() == right.len()
                && (0..left.len()).all(|index| match (left.item(index), right.item(index)) {
                    (Some(left), Some(right)) => equal(&left, &right),
                    _ => false,
                })
        }
        _ => numeric_order(left, right) == Some(Ordering::Equal),
    }
}

/// Whether the values stand in this order. Values of types that have none do not; the checker
/// lets no such pair through.
pub(crate) fn compare(order: Order, left: &Operand<'_>, right: &Operand<'_>) -> bool {
    let ordering = match (left, right) {
        (Operand::Bool(left), Operand::Bool(right)) => Some(left.cmp(right)),
        // Byte order of UTF-8 is the order of code points.
        (Operand::Text(left), Operand::Text(right)) => Some(left.cmp(right)),
        (Operand::Timestamp(left), Operand::Timestamp(right)) => Some(left.cmp(right)),
        _ => numeric_order(left, right),
    };
    ordering.is_some_and(|ordering| match order {
        Order::Less => ordering.is_lt(),
        Order::LessOrEqual => ordering.is_le(),
        Order::Greater => ordering.is_gt(),
        Order::GreaterOrEqual => ordering.is_ge(),
    })
}

/// Whether a constant list holds the value.
pub(crate) fn is_in(element: &Operand<'_>, items: &[Stored]) -> bool {
    List::Stored(items).contains(element)
}

fn numeric_order(left: &Operand<'_>, right: &Operand<'_>) -> Option<Ordering> {
    match (left, right) {
        (Operand::Int(left), Operand::Int(right)) => Some(left.cmp(right)),
        (Operand::Double(left), Operand::Double(right)) => left.partial_cmp(right),
        (Operand::Int(left), Operand::Double(right)) => int_and_double(*left, *right),
        (Operand::Double(left), Operand::Int(right)) => {
            int_and_double(*right, *left).map(Ordering::reverse)
        }
        _ => None,
    }
}

/// Compares without rounding: the double is cut to its whole part, which fits 64 bits unless it is
/// beyond every integer, and the fraction breaks the tie.
fn int_and_double(int: i64, double: f64) -> Option<Ordering> {
    const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;
    if double.is_nan() {
        return None;
    }
    if double >= TWO_POW_63 {
        return Some(Ordering::Less);
    }
    if double < -TWO_POW_63 {
        return Some(Ordering::Greater);
    }
    #[expect(clippy::cast_possible_truncation, reason = "cut on purpose, within the range")]
    let whole = double.trunc() as i64;
    Some(int.cmp(&whole).then_with(|| 0.0_f64.total_cmp(&(double.fract() + 0.0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_doubles_compare_exactly() {
        let order = |int, double| int_and_double(int, double);
        assert_eq!(order(1, 1.0), Some(Ordering::Equal));
        assert_eq!(order(0, -0.0), Some(Ordering::Equal));
        assert_eq!(order(1, 1.5), Some(Ordering::Less));
        assert_eq!(order(-1, -1.5), Some(Ordering::Greater));
        assert_eq!(order(9_007_199_254_740_993, 9_007_199_254_740_992.0), Some(Ordering::Greater));
        assert_eq!(order(i64::MAX, 9_223_372_036_854_775_808.0), Some(Ordering::Less));
        assert_eq!(order(i64::MIN, -9_223_372_036_854_775_808.0), Some(Ordering::Equal));
        assert_eq!(order(i64::MIN, f64::NEG_INFINITY), Some(Ordering::Greater));
        assert_eq!(order(0, f64::NAN), None);
    }
}
