use core::cmp::Ordering;

use super::conversions::rounded;
use super::fault::Fault;
use super::functions::Answer;
use super::order::order;
use super::value::Value;

/// Functions of `math` (section 6).
pub(super) fn function(name: &str, operands: &[Value]) -> Answer {
    let name = name.strip_prefix("math.")?;
    match (name, operands) {
        ("greatest", _) => extreme(operands, Ordering::Greater),
        ("least", _) => extreme(operands, Ordering::Less),
        (_, [Value::Double(value)]) => of_double(name, *value),
        (_, [Value::Int(value)]) => of_int(name, *value),
        (_, [Value::Uint(value)]) => of_uint(name, *value),
        ("bitShiftLeft" | "bitShiftRight", [value, Value::Int(by)]) => shift(name, value, *by),
        (_, [Value::Int(left), Value::Int(right)]) => {
            let bits = bits(name, left.cast_unsigned(), right.cast_unsigned())?;
            Some(Ok(Value::Int(bits.cast_signed())))
        }
        (_, [Value::Uint(left), Value::Uint(right)]) => {
            bits(name, *left, *right).map(|bits| Ok(Value::Uint(bits)))
        }
        _ => None,
    }
}

/// The first of the numbers that none comes before in the given direction.
fn extreme(operands: &[Value], direction: Ordering) -> Answer {
    let numbers = match operands {
        [Value::List(items)] => items,
        _ => operands,
    };
    if !numbers.iter().all(Value::is_number) {
        return None;
    }
    if numbers.iter().any(|number| matches!(number, Value::Double(value) if value.is_nan())) {
        return Some(Err(Fault::InvalidArgument));
    }
    let mut numbers = numbers.iter();
    let Some(mut best) = numbers.next() else {
        return Some(Err(Fault::InvalidArgument));
    };
    for number in numbers {
        if order(number, best).flatten() == Some(direction) {
            best = number;
        }
    }
    Some(Ok(best.clone()))
}

fn of_double(name: &str, value: f64) -> Answer {
    Some(Ok(Value::Double(match name {
        "ceil" => value.ceil(),
        "floor" => value.floor(),
        "round" => value.round(),
        "trunc" => value.trunc(),
        "abs" => value.abs(),
        "sign" if value.is_nan() => value,
        "sign" if value == 0.0 => 0.0,
        "sign" => value.signum(),
        "sqrt" => value.sqrt(),
        "isNaN" => return Some(Ok(Value::Bool(value.is_nan()))),
        "isInf" => return Some(Ok(Value::Bool(value.is_infinite()))),
        "isFinite" => return Some(Ok(Value::Bool(value.is_finite()))),
        _ => return None,
    })))
}

fn of_int(name: &str, value: i64) -> Answer {
    Some(match name {
        "abs" => value.checked_abs().map(Value::Int).ok_or(Fault::Overflow),
        "sign" => Ok(Value::Int(value.signum())),
        "sqrt" => Ok(root(&Value::Int(value))),
        "bitNot" => Ok(Value::Int(!value)),
        _ => return None,
    })
}

fn of_uint(name: &str, value: u64) -> Answer {
    Some(Ok(match name {
        "abs" => Value::Uint(value),
        "sign" => Value::Uint(value.min(1)),
        "sqrt" => root(&Value::Uint(value)),
        "bitNot" => Value::Uint(!value),
        _ => return None,
    }))
}

fn root(value: &Value) -> Value {
    Value::Double(rounded(value).expect("it is a number").sqrt())
}

fn bits(name: &str, left: u64, right: u64) -> Option<u64> {
    match name {
        "bitAnd" => Some(left & right),
        "bitOr" => Some(left | right),
        "bitXor" => Some(left ^ right),
        _ => None,
    }
}

fn shift(name: &str, value: &Value, by: i64) -> Answer {
    let bits = match value {
        Value::Int(value) => value.cast_unsigned(),
        Value::Uint(value) => *value,
        _ => return None,
    };
    if by < 0 {
        return Some(Err(Fault::InvalidArgument));
    }
    // Far more than there are bits leaves nothing, like as many.
    let by = u32::try_from(by).unwrap_or(u32::MAX);
    let shifted = if name == "bitShiftLeft" { bits.checked_shl(by) } else { bits.checked_shr(by) };
    let shifted = shifted.unwrap_or(0);
    Some(Ok(match value {
        Value::Int(_) => Value::Int(shifted.cast_signed()),
        _ => Value::Uint(shifted),
    }))
}
