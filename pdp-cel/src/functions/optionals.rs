//! Values that may be missing.

use super::{Function, Made};
use crate::Fault;
use crate::fault::Meter;
use crate::operand::{List, Operand};
use crate::time::Duration;

/// `optional.of(x)`, `x.hasValue()` …
pub(super) fn call<'e>(
    function: Function,
    arguments: &[Operand<'e>],
    meter: &mut Meter,
) -> Made<'e> {
    meter.allocate(size_of::<Operand<'_>>())?;
    match (function, arguments) {
        (Function::OptionalNone, []) => Ok(Operand::Optional(None)),
        (Function::OptionalOfNonZero, [value]) if is_zero(value) => Ok(Operand::Optional(None)),
        (Function::OptionalOf | Function::OptionalOfNonZero, [value]) => {
            Ok(Operand::some(value.clone()))
        }
        (Function::HasValue, [Operand::Optional(value)]) => Ok(Operand::Bool(value.is_some())),
        (Function::Value, [Operand::Optional(Some(value))]) => Ok((**value).clone()),
        (Function::Value, [Operand::Optional(None)]) => Err(Fault::EmptyOptional),
        (Function::Unwrap, [Operand::List(list)]) => unwrapped(list, meter),
        (Function::First, [Operand::List(list)]) => Ok(end_of(list, 0)),
        (Function::Last, [Operand::List(list)]) => Ok(end_of(list, list.len().wrapping_sub(1))),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn end_of<'e>(list: &List<'e>, index: usize) -> Operand<'e> {
    list.item(index).map_or(Operand::Optional(None), Operand::some)
}

/// The values of those items that have one.
fn unwrapped<'e>(list: &List<'e>, meter: &mut Meter) -> Made<'e> {
    meter.allocate(list.len() * size_of::<Operand<'_>>())?;
    let mut values = Vec::new();
    for item in list.iter() {
        match item {
            Operand::Optional(Some(value)) => values.push((*value).clone()),
            Operand::Optional(None) => {}
            _ => return Err(Fault::NoSuchOverload),
        }
    }
    Ok(Operand::list(values))
}

/// Whether a value is the one that its type begins with: nothing, zero, empty.
fn is_zero(value: &Operand<'_>) -> bool {
    match value {
        Operand::Null => true,
        Operand::Bool(value) => !value,
        Operand::Int(value) => *value == 0,
        Operand::Uint(value) => *value == 0,
        Operand::Double(value) => *value == 0.0,
        Operand::Text(text) => text.is_empty(),
        Operand::Bytes(bytes) => bytes.is_empty(),
        Operand::List(list) => list.is_empty(),
        Operand::Map(map) => map.is_empty(),
        Operand::Timestamp(time) => time.unix_seconds() == 0 && time.nanoseconds() == 0,
        Operand::Duration(length) => Duration::from_seconds(0).as_ref() == Ok(length),
        Operand::Optional(_) | Operand::Ip(_) | Operand::Cidr(_) | Operand::Type(_) => false,
    }
}
