//! Sizes, types, and values of one type made of values of another.

use std::rc::Rc;

use super::{Function, Made, count};
use crate::Fault;
use crate::fault::Meter;
use crate::operand::{Octets, Operand, Words};
use crate::text_form::Notation;
use crate::time::{Duration, Timestamp};

/// `size(x)`, `type(x)`, `dyn(x)`
pub(super) fn about<'e>(
    function: Function,
    arguments: &[Operand<'e>],
    meter: &mut Meter,
) -> Made<'e> {
    let [value] = arguments else { return Err(Fault::NoSuchOverload) };
    match function {
        Function::Type => Ok(Operand::Type(value.kind())),
        Function::Dyn => Ok(value.clone()),
        _ => Ok(count(match value {
            Operand::Text(text) => {
                meter.scan(text.len())?;
                text.chars().count()
            }
            Operand::Bytes(bytes) => bytes.len(),
            Operand::List(list) => list.len(),
            Operand::Map(map) => map.len(),
            _ => return Err(Fault::NoSuchOverload),
        })),
    }
}

/// `bool(x)`, `int(x)`, `string(x)` …
pub(super) fn convert<'e>(
    function: Function,
    arguments: &[Operand<'e>],
    meter: &mut Meter,
) -> Made<'e> {
    let [value] = arguments else { return Err(Fault::NoSuchOverload) };
    match (function, value) {
        (Function::Bool, Operand::Bool(_))
        | (Function::Int, Operand::Int(_))
        | (Function::Uint, Operand::Uint(_))
        | (Function::Double, Operand::Double(_))
        | (Function::String, Operand::Text(_))
        | (Function::Bytes, Operand::Bytes(_))
        | (Function::Timestamp, Operand::Timestamp(_))
        | (Function::Duration, Operand::Duration(_)) => Ok(value.clone()),
        (Function::Bool, Operand::Text(text)) => bool_of(text),
        (Function::Int, value) => int(value),
        (Function::Uint, value) => uint(value),
        (Function::Double, value) => double(value),
        (Function::String, value) => string(value, meter),
        (Function::Bytes, Operand::Text(text)) => {
            meter.allocate(text.len())?;
            Ok(Operand::Bytes(match text {
                Words::Lent(text) => Octets::Lent(text.as_bytes()),
                Words::Made(text) => Octets::Made(Rc::from(text.as_bytes())),
            }))
        }
        (Function::Timestamp, Operand::Text(text)) => {
            Timestamp::parse(text).map(Operand::Timestamp).map_err(|_| Fault::InvalidArgument)
        }
        (Function::Timestamp, Operand::Int(seconds)) => {
            Timestamp::from_unix(*seconds, 0).map(Operand::Timestamp).map_err(|_| Fault::Overflow)
        }
        (Function::Duration, Operand::Text(text)) => {
            Duration::parse(text).map(Operand::Duration).map_err(|_| Fault::InvalidArgument)
        }
        _ => Err(Fault::NoSuchOverload),
    }
}

fn bool_of<'e>(text: &str) -> Made<'e> {
    match text {
        "true" | "True" | "TRUE" | "t" | "1" => Ok(Operand::Bool(true)),
        "false" | "False" | "FALSE" | "f" | "0" => Ok(Operand::Bool(false)),
        _ => Err(Fault::InvalidArgument),
    }
}

fn int<'e>(value: &Operand<'_>) -> Made<'e> {
    match value {
        Operand::Uint(value) => i64::try_from(*value).map_err(|_| Fault::Overflow),
        // The bounds themselves are left out: doubles near them skip integers.
        Operand::Double(value) if *value > -TWO_POW_63 && *value < TWO_POW_63 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "cut on purpose, within the range")]
            Ok(*value as i64)
        }
        Operand::Double(_) => Err(Fault::Overflow),
        Operand::Text(text) => whole_number(text)?.parse().map_err(|_| Fault::InvalidArgument),
        Operand::Timestamp(time) => Ok(time.unix_seconds()),
        _ => Err(Fault::NoSuchOverload),
    }
    .map(Operand::Int)
}

const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;
const TWO_POW_64: f64 = 18_446_744_073_709_551_616.0;

fn uint<'e>(value: &Operand<'_>) -> Made<'e> {
    match value {
        Operand::Int(value) => u64::try_from(*value).map_err(|_| Fault::Overflow),
        Operand::Double(value) if *value >= 0.0 && *value < TWO_POW_64 =>
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "cut on purpose, within the range"
            )]
            Ok(*value as u64)
        }
        Operand::Double(_) => Err(Fault::Overflow),
        Operand::Text(text) if text.starts_with('+') => Err(Fault::InvalidArgument),
        Operand::Text(text) => whole_number(text)?.parse().map_err(|_| Fault::InvalidArgument),
        _ => Err(Fault::NoSuchOverload),
    }
    .map(Operand::Uint)
}

/// A text that may be a whole number; longer ones are refused unread.
fn whole_number(text: &str) -> Result<&str, Fault> {
    if text.len() > 32 { Err(Fault::InvalidArgument) } else { Ok(text) }
}

fn double<'e>(value: &Operand<'_>) -> Made<'e> {
    #[expect(clippy::cast_precision_loss, reason = "CEL rounds to the nearest double")]
    match value {
        Operand::Int(value) => Ok(*value as f64),
        Operand::Uint(value) => Ok(*value as f64),
        Operand::Text(text) => double_of(text),
        _ => Err(Fault::NoSuchOverload),
    }
    .map(Operand::Double)
}

/// The number that a text is; `inf` and the like in any case, as in CEL.
fn double_of(text: &str) -> Result<f64, Fault> {
    if text.len() > 1_024 {
        return Err(Fault::InvalidArgument);
    }
    let number = text.parse::<f64>().map_err(|_| Fault::InvalidArgument)?;
    let written_out = text.bytes().any(|byte| byte.is_ascii_digit());
    if number.is_infinite() && written_out { Err(Fault::InvalidArgument) } else { Ok(number) }
}

fn string<'e>(value: &Operand<'e>, meter: &mut Meter) -> Made<'e> {
    match value {
        Operand::Null
        | Operand::List(_)
        | Operand::Map(_)
        | Operand::Optional(_)
        | Operand::Type(_) => Err(Fault::NoSuchOverload),
        Operand::Bytes(Octets::Lent(bytes)) => {
            meter.scan(bytes.len())?;
            std::str::from_utf8(bytes).map(Operand::text).map_err(|_| Fault::InvalidArgument)
        }
        value => {
            let mut text = String::new();
            value.write_to(&mut text, Notation::Exponent, meter)?;
            Ok(Operand::made(text))
        }
    }
}
