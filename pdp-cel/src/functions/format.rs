//! `text.format(list)`: `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X`, `%%`.

use super::Made;
use crate::Fault;
use crate::fault::Meter;
use crate::operand::Operand;
use crate::text_form::{Notation, append};

/// Digits behind the point where none are asked for.
const PRECISION: usize = 6;

/// No more digits behind the point can be asked for.
const PRECISION_MAX: usize = 100;

pub(super) fn call<'e>(arguments: &[Operand<'e>], meter: &mut Meter) -> Made<'e> {
    let [Operand::Text(text), Operand::List(values)] = arguments else {
        return Err(Fault::NoSuchOverload);
    };
    let mut out = String::new();
    let mut rest: &str = text;
    let mut next = 0;
    while let Some((plain, clause)) = rest.split_once('%') {
        append(&mut out, plain, meter)?;
        if let Some(behind) = clause.strip_prefix('%') {
            append(&mut out, "%", meter)?;
            rest = behind;
            continue;
        }
        let (precision, verb, behind) = clause_of(clause)?;
        let value = values.item(next).ok_or(Fault::InvalidArgument)?;
        next += 1;
        formatted(&value, verb, precision, &mut out, meter)?;
        rest = behind;
    }
    append(&mut out, rest, meter)?;
    Ok(Operand::made(out))
}

/// The precision and the letter of a clause, and what stands behind it.
fn clause_of(clause: &str) -> Result<(Option<usize>, char, &str), Fault> {
    let (precision, verb) = match clause.strip_prefix('.') {
        Some(rest) => {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let precision = rest[..digits].parse().map_err(|_| Fault::InvalidArgument)?;
            (Some(precision), &rest[digits..])
        }
        None => (None, clause),
    };
    if precision.is_some_and(|precision| precision > PRECISION_MAX) {
        return Err(Fault::InvalidArgument);
    }
    let letter = verb.chars().next().ok_or(Fault::InvalidArgument)?;
    if precision.is_some() && !matches!(letter, 'f' | 'e') {
        return Err(Fault::InvalidArgument);
    }
    Ok((precision, letter, &verb[letter.len_utf8()..]))
}

fn formatted(
    value: &Operand<'_>,
    verb: char,
    precision: Option<usize>,
    out: &mut String,
    meter: &mut Meter,
) -> Result<(), Fault> {
    match verb {
        's' => value.write_to(out, Notation::Digits, meter),
        'd' => match value {
            Operand::Int(_) | Operand::Uint(_) | Operand::Double(_) => {
                value.write_to(out, Notation::Digits, meter)
            }
            _ => Err(Fault::InvalidArgument),
        },
        'f' | 'e' => {
            let number = number(value)?;
            if !number.is_finite() {
                return Operand::Double(number).write_to(out, Notation::Digits, meter);
            }
            let precision = precision.unwrap_or(PRECISION);
            let text = if verb == 'f' {
                format!("{number:.precision$}")
            } else {
                scientific(number, precision)
            };
            append(out, &text, meter)
        }
        'b' | 'o' | 'x' | 'X' => append(out, &in_base(value, verb, meter)?, meter),
        _ => Err(Fault::InvalidArgument),
    }
}

fn number(value: &Operand<'_>) -> Result<f64, Fault> {
    #[expect(clippy::cast_precision_loss, reason = "as `double()` rounds")]
    match value {
        Operand::Double(value) => Ok(*value),
        Operand::Int(value) => Ok(*value as f64),
        Operand::Uint(value) => Ok(*value as f64),
        _ => Err(Fault::InvalidArgument),
    }
}

/// `1.052033e+03`
fn scientific(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

fn in_base(value: &Operand<'_>, verb: char, meter: &mut Meter) -> Result<String, Fault> {
    let (sign, number) = match value {
        Operand::Int(value) => (if *value < 0 { "-" } else { "" }, value.unsigned_abs()),
        Operand::Uint(value) => ("", *value),
        Operand::Bool(value) if verb == 'b' => ("", u64::from(*value)),
        Operand::Text(text) if matches!(verb, 'x' | 'X') => {
            return octets(text.as_bytes(), verb, meter);
        }
        Operand::Bytes(bytes) if matches!(verb, 'x' | 'X') => return octets(bytes, verb, meter),
        _ => return Err(Fault::InvalidArgument),
    };
    Ok(match verb {
        'b' => format!("{sign}{number:b}"),
        'o' => format!("{sign}{number:o}"),
        'x' => format!("{sign}{number:x}"),
        _ => format!("{sign}{number:X}"),
    })
}

fn octets(bytes: &[u8], verb: char, meter: &mut Meter) -> Result<String, Fault> {
    meter.allocate(2 * bytes.len())?;
    Ok(bytes
        .iter()
        .map(|byte| if verb == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") })
        .collect())
}
