use super::calendar::{
    SECOND, parse_duration, parse_timestamp, timestamp, write_duration, write_timestamp,
};
use super::fault::Fault;
use super::functions::Answer;
use super::value::Value;

const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// Functions on all types (section 4).
pub(super) fn function(name: &str, operands: &[Value]) -> Answer {
    let [value] = operands else {
        return None;
    };
    match name {
        "size" => size(value),
        "type" => Some(Ok(Value::Type(value.kind().to_owned()))),
        "dyn" => Some(Ok(value.clone())),
        "bool" => bool_of(value),
        "int" => int_of(value),
        "uint" => uint_of(value),
        "double" => double_of(value),
        "string" => string_of(value).map(|text| text.map(Value::String)),
        "bytes" => bytes_of(value),
        "timestamp" => timestamp_of(value),
        "duration" => duration_of(value),
        _ => None,
    }
}

/// `x.size()`
pub(super) fn method(name: &str, operands: &[Value]) -> Answer {
    if name == "size" { function(name, operands) } else { None }
}

/// What `string(x)` is; `None` of what it does not take.
pub(super) fn string_of(value: &Value) -> Option<Result<String, Fault>> {
    Some(Ok(match value {
        Value::String(text) => text.clone(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Double(value) => write_double(*value),
        Value::Bool(value) => value.to_string(),
        Value::Bytes(octets) => {
            return Some(String::from_utf8(octets.clone()).map_err(|_| Fault::InvalidArgument));
        }
        Value::Timestamp(value) => write_timestamp(*value),
        Value::Duration(value) => write_duration(*value),
        Value::Ip(address) => address.to_string(),
        Value::Cidr { address, prefix } => format!("{address}/{prefix}"),
        _ => return None,
    }))
}

fn size(value: &Value) -> Answer {
    let size = match value {
        Value::String(text) => text.chars().count(),
        Value::Bytes(octets) => octets.len(),
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        _ => return None,
    };
    Some(Ok(Value::count(size)))
}

fn bool_of(value: &Value) -> Answer {
    match value {
        Value::Bool(_) => Some(Ok(value.clone())),
        Value::String(text) => Some(match text.as_str() {
            "true" | "True" | "TRUE" | "t" | "1" => Ok(Value::Bool(true)),
            "false" | "False" | "FALSE" | "f" | "0" => Ok(Value::Bool(false)),
            _ => Err(Fault::InvalidArgument),
        }),
        _ => None,
    }
}

fn int_of(value: &Value) -> Answer {
    let result = match value {
        Value::Int(value) => Ok(*value),
        Value::Uint(value) => i64::try_from(*value).map_err(|_| Fault::Overflow),
        #[expect(clippy::cast_possible_truncation, reason = "cut towards zero, within the bounds")]
        Value::Double(value) if *value > -TWO_TO_63 && *value < TWO_TO_63 => Ok(*value as i64),
        Value::Double(_) => Err(Fault::Overflow),
        Value::String(text) => {
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            is_digits(digits).and_then(|()| text.parse().map_err(|_| Fault::InvalidArgument))
        }
        Value::Timestamp(value) => Ok(seconds(value.div_euclid(SECOND))),
        _ => return None,
    };
    Some(result.map(Value::Int))
}

fn uint_of(value: &Value) -> Answer {
    let result = match value {
        Value::Uint(value) => Ok(*value),
        Value::Int(value) => u64::try_from(*value).map_err(|_| Fault::Overflow),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "cut towards zero, within the bounds"
        )]
        Value::Double(value) if *value >= 0.0 && *value < TWO_TO_64 => Ok(*value as u64),
        Value::Double(_) => Err(Fault::Overflow),
        Value::String(text) => {
            is_digits(text).and_then(|()| text.parse().map_err(|_| Fault::InvalidArgument))
        }
        _ => return None,
    };
    Some(result.map(Value::Uint))
}

fn double_of(value: &Value) -> Answer {
    let result = match value {
        Value::Double(value) => Ok(*value),
        Value::String(text) => parse_double(text),
        _ => Ok(rounded(value)?),
    };
    Some(result.map(Value::Double))
}

/// A number of any type as a double.
#[expect(clippy::cast_precision_loss, reason = "rounded, says the page")]
pub(super) fn rounded(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::Uint(value) => Some(*value as f64),
        Value::Double(value) => Some(*value),
        _ => None,
    }
}

fn bytes_of(value: &Value) -> Answer {
    match value {
        Value::Bytes(_) => Some(Ok(value.clone())),
        Value::String(text) => Some(Ok(Value::Bytes(text.as_bytes().to_vec()))),
        _ => None,
    }
}

fn timestamp_of(value: &Value) -> Answer {
    match value {
        Value::Timestamp(_) => Some(Ok(value.clone())),
        Value::Int(seconds) => Some(timestamp(i128::from(*seconds) * SECOND)),
        Value::String(text) => Some(parse_timestamp(text).map_err(|_| Fault::InvalidArgument)),
        _ => None,
    }
}

fn duration_of(value: &Value) -> Answer {
    match value {
        Value::Duration(_) => Some(Ok(value.clone())),
        Value::String(text) => Some(parse_duration(text).map_err(|_| Fault::InvalidArgument)),
        _ => None,
    }
}

fn is_digits(text: &str) -> Result<(), Fault> {
    let digits = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    digits.then_some(()).ok_or(Fault::InvalidArgument)
}

fn seconds(value: i128) -> i64 {
    i64::try_from(value).expect("times and spans in range have few seconds")
}

/// A decimal number with optional exponent, or a word.
fn parse_double(text: &str) -> Result<f64, Fault> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => return Ok(sign * f64::INFINITY),
        "nan" => return Ok(f64::NAN),
        _ => {}
    }
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    is_digits(&format!("{whole}{fraction}")).and_then(|()| is_digits(exponent))?;
    let value: f64 = text.parse().map_err(|_| Fault::InvalidArgument)?;
    value.is_finite().then_some(value).ok_or(Fault::InvalidArgument)
}

/// The shortest decimals that read as the same number.
pub(super) fn write_double(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let with_exponent = value != 0.0 && !(1e-4..1e21).contains(&value.abs());
    if with_exponent { padded_exponent(&format!("{value:e}")) } else { value.to_string() }
}

/// An exponent with sign and at least two digits in place of Rust's.
pub(super) fn padded_exponent(text: &str) -> String {
    let (number, exponent) = text.split_once('e').expect("it was written with exponent");
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{number}e{sign}{digits:0>2}")
}
