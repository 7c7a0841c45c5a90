use core::iter::Peekable;
use core::str::Chars;

use super::conversions::{padded_exponent, rounded, string_of, write_double};
use super::fault::Fault;
use super::functions::Answer;
use super::value::Value;

const PRECISION_MAX: usize = 100;

/// `s.format(l)`
pub(super) fn method(name: &str, operands: &[Value]) -> Answer {
    match (name, operands) {
        ("format", [Value::String(text), Value::List(items)]) => {
            Some(format(text, items).map(Value::String))
        }
        _ => None,
    }
}

fn format(text: &str, items: &[Value]) -> Result<String, Fault> {
    let (mut result, mut items) = (String::new(), items.iter());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            result.push(letter);
        } else if letters.next_if_eq(&'%').is_some() {
            result.push('%');
        } else {
            let precision = precision(&mut letters)?;
            let clause = letters.next().ok_or(Fault::InvalidArgument)?;
            let item = items.next().ok_or(Fault::InvalidArgument)?;
            result.push_str(&written(clause, precision, item)?);
        }
    }
    Ok(result)
}

/// `.3`, if it stands there.
fn precision(letters: &mut Peekable<Chars<'_>>) -> Result<Option<usize>, Fault> {
    if letters.next_if_eq(&'.').is_none() {
        return Ok(None);
    }
    let mut digits = String::new();
    while let Some(digit) = letters.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    let precision = digits.parse().ok().filter(|precision| *precision <= PRECISION_MAX);
    precision.map(Some).ok_or(Fault::InvalidArgument)
}

fn written(clause: char, precision: Option<usize>, item: &Value) -> Result<String, Fault> {
    let text = match (clause, precision) {
        ('f' | 'e', _) => number(clause, precision.unwrap_or(6), item),
        ('s', None) => return plain(item),
        ('d', None) => decimal(item),
        ('b', None) => match item {
            Value::Bool(value) => Some(u8::from(*value).to_string()),
            _ => in_base(item, |whole| format!("{whole:b}")),
        },
        ('o', None) => in_base(item, |whole| format!("{whole:o}")),
        ('x', None) => hexadecimal(item),
        ('X', None) => hexadecimal(item).map(|text| text.to_uppercase()),
        _ => None,
    };
    text.ok_or(Fault::InvalidArgument)
}

/// `%s`
fn plain(item: &Value) -> Result<String, Fault> {
    if let Value::Double(value) = item {
        return Ok(digits(*value));
    }
    if let Some(text) = string_of(item) {
        return text;
    }
    match item {
        Value::Null => Ok("null".to_owned()),
        Value::Type(name) => Ok(name.clone()),
        Value::List(items) => {
            let items = items.iter().map(plain).collect::<Result<Vec<_>, _>>()?;
            Ok(format!("[{}]", items.join(", ")))
        }
        Value::Map(entries) => {
            let texts = entries.iter().map(|(key, value)| Ok((plain(key)?, plain(value)?)));
            let mut texts = texts.collect::<Result<Vec<_>, Fault>>()?;
            texts.sort_by(|(left, _), (right, _)| left.cmp(right));
            let texts: Vec<_> =
                texts.iter().map(|(key, value)| format!("{key}: {value}")).collect();
            Ok(format!("{{{}}}", texts.join(", ")))
        }
        _ => Err(Fault::InvalidArgument),
    }
}

/// `%d`
fn decimal(item: &Value) -> Option<String> {
    match item {
        Value::Int(value) => Some(value.to_string()),
        Value::Uint(value) => Some(value.to_string()),
        Value::Double(value) => Some(digits(*value)),
        _ => None,
    }
}

/// A double without an exponent.
fn digits(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { write_double(value) }
}

/// `%f`, `%e`
fn number(clause: char, precision: usize, item: &Value) -> Option<String> {
    let value = rounded(item)?;
    Some(match clause {
        _ if !value.is_finite() => write_double(value),
        'f' => format!("{value:.precision$}"),
        _ => padded_exponent(&format!("{value:.precision$e}")),
    })
}

/// `%x`, in small letters.
fn hexadecimal(item: &Value) -> Option<String> {
    let octets = match item {
        Value::String(text) => text.as_bytes(),
        Value::Bytes(octets) => octets,
        _ => return in_base(item, |whole| format!("{whole:x}")),
    };
    Some(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

/// A whole number in another base, with a sign before what its magnitude looks like.
fn in_base(item: &Value, digits: impl Fn(u64) -> String) -> Option<String> {
    match item {
        Value::Int(value) if *value < 0 => Some(format!("-{}", digits(value.unsigned_abs()))),
        Value::Int(value) => Some(digits(value.unsigned_abs())),
        Value::Uint(value) => Some(digits(*value)),
        _ => None,
    }
}
