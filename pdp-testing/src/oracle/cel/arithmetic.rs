use pdp_cel::BinaryOperator;

use super::calendar::{duration, timestamp};
use super::fault::Fault;
use super::order::{entry, equal, order};
use super::value::Value;

/// What an operator between two operands makes of them (section 2).
pub(super) fn binary(
    operator: BinaryOperator,
    left: &Value,
    right: &Value,
) -> Result<Value, Fault> {
    match operator {
        BinaryOperator::Add => add(left, right),
        BinaryOperator::Subtract => subtract(left, right),
        BinaryOperator::Multiply => multiply(left, right),
        BinaryOperator::Divide => divide(left, right),
        BinaryOperator::Remainder => remainder(left, right),
        BinaryOperator::Equal => Ok(Value::Bool(equal(left, right))),
        BinaryOperator::NotEqual => Ok(Value::Bool(!equal(left, right))),
        BinaryOperator::In => within(left, right),
        _ => {
            let order = order(left, right).ok_or(Fault::NoSuchOverload)?;
            Ok(Value::Bool(order.is_some_and(|order| match operator {
                BinaryOperator::Less => order.is_lt(),
                BinaryOperator::LessOrEqual => order.is_le(),
                BinaryOperator::Greater => order.is_gt(),
                _ => order.is_ge(),
            })))
        }
    }
}

/// `-value`
pub(super) fn negate(value: &Value) -> Result<Value, Fault> {
    match value {
        Value::Int(value) => int(value.checked_neg()),
        Value::Double(value) => Ok(Value::Double(-value)),
        Value::Duration(value) => duration(-value),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn add(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => int(left.checked_add(*right)),
        (Value::Uint(left), Value::Uint(right)) => uint(left.checked_add(*right)),
        (Value::Double(left), Value::Double(right)) => Ok(Value::Double(left + right)),
        (Value::String(left), Value::String(right)) => Ok(Value::String(format!("{left}{right}"))),
        (Value::Bytes(left), Value::Bytes(right)) => {
            Ok(Value::Bytes([&left[..], &right[..]].concat()))
        }
        (Value::List(left), Value::List(right)) => {
            Ok(Value::List([&left[..], &right[..]].concat()))
        }
        (Value::Timestamp(left), Value::Duration(right))
        | (Value::Duration(left), Value::Timestamp(right)) => timestamp(left + right),
        (Value::Duration(left), Value::Duration(right)) => duration(left + right),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn subtract(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => int(left.checked_sub(*right)),
        (Value::Uint(left), Value::Uint(right)) => uint(left.checked_sub(*right)),
        (Value::Double(left), Value::Double(right)) => Ok(Value::Double(left - right)),
        (Value::Timestamp(left), Value::Duration(right)) => timestamp(left - right),
        (Value::Timestamp(left), Value::Timestamp(right))
        | (Value::Duration(left), Value::Duration(right)) => duration(left - right),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn multiply(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => int(left.checked_mul(*right)),
        (Value::Uint(left), Value::Uint(right)) => uint(left.checked_mul(*right)),
        (Value::Double(left), Value::Double(right)) => Ok(Value::Double(left * right)),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn divide(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Int(_), Value::Int(0)) | (Value::Uint(_), Value::Uint(0)) => {
            Err(Fault::DivisionByZero)
        }
        (Value::Int(left), Value::Int(right)) => int(left.checked_div(*right)),
        (Value::Uint(left), Value::Uint(right)) => Ok(Value::Uint(left / right)),
        (Value::Double(left), Value::Double(right)) => Ok(Value::Double(left / right)),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn remainder(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Int(_), Value::Int(0)) | (Value::Uint(_), Value::Uint(0)) => {
            Err(Fault::DivisionByZero)
        }
        (Value::Int(left), Value::Int(right)) => {
            left.checked_rem(*right).map(Value::Int).ok_or(Fault::Overflow)
        }
        (Value::Uint(left), Value::Uint(right)) => Ok(Value::Uint(left % right)),
        _ => Err(Fault::NoSuchOverload),
    }
}

/// `left in right`
fn within(left: &Value, right: &Value) -> Result<Value, Fault> {
    match right {
        Value::List(items) => Ok(Value::Bool(items.iter().any(|item| equal(item, left)))),
        Value::Map(entries) => Ok(Value::Bool(entry(entries, left).is_some())),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn int(value: Option<i64>) -> Result<Value, Fault> {
    value.map(Value::Int).ok_or(Fault::Overflow)
}

fn uint(value: Option<u64>) -> Result<Value, Fault> {
    value.map(Value::Uint).ok_or(Fault::Overflow)
}
