//! How values are written as text.

use std::fmt;

use crate::fault::Meter;
use crate::operand::Operand;
use crate::{Fault, Stored};

impl Operand<'_> {
    /// Appends the value as `string()` and `%s` write it, doubles in a notation of the caller's:
    /// texts without quotes, maps in the order of what their keys look like. An optional has no such
    /// form, nor have bytes that are no text.
    pub(crate) fn write_to(
        &self,
        out: &mut String,
        notation: Notation,
        meter: &mut Meter,
    ) -> Result<(), Fault> {
        match self {
            Operand::Text(text) => append(out, text, meter),
            Operand::Bytes(bytes) => {
                let text = std::str::from_utf8(bytes).map_err(|_| Fault::InvalidArgument)?;
                append(out, text, meter)
            }
            Operand::List(list) => {
                append(out, "[", meter)?;
                for (index, item) in list.iter().enumerate() {
                    append(out, if index > 0 { ", " } else { "" }, meter)?;
                    item.write_to(out, notation, meter)?;
                }
                append(out, "]", meter)
            }
            Operand::Map(map) => {
                let mut lines = Vec::new();
                for (key, value) in map.iter() {
                    let (mut line, mut shown) = (String::new(), String::new());
                    key.write_to(&mut line, notation, meter)?;
                    value.write_to(&mut shown, notation, meter)?;
                    lines.push((line, shown));
                }
                lines.sort();
                append(out, "{", meter)?;
                for (index, (key, value)) in lines.iter().enumerate() {
                    append(out, if index > 0 { ", " } else { "" }, meter)?;
                    // Key and value were paid for when they were written; in maps in maps they are
                    // put together once for each.
                    out.push_str(key);
                    append(out, ": ", meter)?;
                    out.push_str(value);
                }
                append(out, "}", meter)
            }
            Operand::Optional(_) => Err(Fault::NoSuchOverload),
            Operand::Null => append(out, "null", meter),
            Operand::Bool(value) => append(out, if *value { "true" } else { "false" }, meter),
            Operand::Int(value) => append(out, &value.to_string(), meter),
            Operand::Uint(value) => append(out, &value.to_string(), meter),
            Operand::Double(value) => append(out, &notation.of(*value), meter),
            Operand::Timestamp(value) => append(out, &value.to_string(), meter),
            Operand::Duration(value) => append(out, &value.to_string(), meter),
            Operand::Ip(value) => append(out, &value.to_string(), meter),
            Operand::Cidr(value) => append(out, &value.to_string(), meter),
            Operand::Type(kind) => append(out, kind.as_str(), meter),
        }
    }
}

/// Appends text within what may still be taken.
pub(crate) fn append(out: &mut String, text: &str, meter: &mut Meter) -> Result<(), Fault> {
    meter.allocate(text.len())?;
    out.push_str(text);
    Ok(())
}

/// How doubles are written: as the shortest text that reads as the same number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Notation {
    /// With an exponent where it would be long without.
    Exponent,
    /// Digits alone.
    Digits,
}

impl Notation {
    fn of(self, value: f64) -> String {
        if value.is_nan() {
            return "NaN".to_owned();
        }
        if value.is_infinite() {
            return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
        }
        match self {
            Notation::Exponent => with_exponent(value),
            Notation::Digits => value.to_string(),
        }
    }
}

fn with_exponent(value: f64) -> String {
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..21).contains(&exponent) {
        return value.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// As `string()` writes it; bytes that are no text with marks in their place.
impl fmt::Display for Stored {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        let operand = Operand::stored(self);
        match operand.write_to(&mut text, Notation::Exponent, &mut Meter::unlimited()) {
            Ok(()) => formatter.write_str(&text),
            Err(_) => write!(formatter, "{:?}", self.value()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Notation;

    #[test]
    fn numbers_are_written_as_short_as_they_read_back() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (123.456, "123.456"),
            (1e6, "1000000"),
            (1e20, "100000000000000000000"),
            (6.022_14e23, "6.02214e+23"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (-1.5e300, "-1.5e+300"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(Notation::Exponent.of(value), text);
        }
        for (value, text) in
            [(1e-5, "0.00001"), (-1.5e22, "-15000000000000000000000"), (f64::NAN, "NaN")]
        {
            assert_eq!(Notation::Digits.of(value), text);
        }
    }
}
