//! The extension `math`.

use std::cmp::Ordering;

use super::{Function, Made};
use crate::Fault;
use crate::compare::order;
use crate::fault::Meter;
use crate::operand::Operand;

/// `math.greatest(a, b, …)`, `math.bitAnd(a, b)`, `math.round(x)` …
pub(super) fn call<'e>(
    function: Function,
    arguments: &[Operand<'e>],
    meter: &mut Meter,
) -> Made<'e> {
    use Function as F;
    match (function, arguments) {
        (F::Greatest, _) => extreme(arguments, Ordering::Greater, meter),
        (F::Least, _) => extreme(arguments, Ordering::Less, meter),
        (F::BitNot, [Operand::Int(value)]) => Ok(Operand::Int(!value)),
        (F::BitNot, [Operand::Uint(value)]) => Ok(Operand::Uint(!value)),
        (_, [value]) => of_one(function, value),
        (F::ShiftLeft | F::ShiftRight, [value, Operand::Int(bits)]) => {
            shifted(function, value, *bits)
        }
        (_, [Operand::Int(left), Operand::Int(right)]) => {
            bits(function, *left, *right).map(Operand::Int)
        }
        (_, [Operand::Uint(left), Operand::Uint(right)]) => {
            bits(function, *left, *right).map(Operand::Uint)
        }
        _ => Err(Fault::NoSuchOverload),
    }
}

/// The greatest or least of several numbers, or of one list of them; the first of equal ones.
fn extreme<'e>(arguments: &[Operand<'e>], wanted: Ordering, meter: &mut Meter) -> Made<'e> {
    match arguments {
        [Operand::List(list)] => extreme_of(|| list.iter(), wanted, meter),
        _ => extreme_of(|| arguments.iter().cloned(), wanted, meter),
    }
}

fn extreme_of<'e, I: Iterator<Item = Operand<'e>>>(
    numbers: impl Fn() -> I,
    wanted: Ordering,
    meter: &mut Meter,
) -> Made<'e> {
    let is_number =
        |item: Operand<'_>| matches!(item, Operand::Int(_) | Operand::Uint(_) | Operand::Double(_));
    if !numbers().all(is_number) {
        return Err(Fault::NoSuchOverload);
    }
    let mut best = None;
    for item in numbers() {
        meter.step(1)?;
        if matches!(item, Operand::Double(value) if value.is_nan()) {
            return Err(Fault::InvalidArgument);
        }
        best = Some(match best {
            Some(best) if order(&item, &best, meter)? != Some(wanted) => best,
            _ => item,
        });
    }
    best.ok_or(Fault::InvalidArgument)
}

fn of_one<'e>(function: Function, value: &Operand<'e>) -> Made<'e> {
    use Function as F;
    Ok(match (function, value) {
        (F::Sign, Operand::Int(value)) => Operand::Int(value.signum()),
        (F::Sign, Operand::Uint(value)) => Operand::Uint((*value).min(1)),
        (F::Sign, Operand::Double(value)) if value.is_nan() => Operand::Double(*value),
        (F::Sign, Operand::Double(value)) if *value == 0.0 => Operand::Double(0.0),
        (F::Sign, Operand::Double(value)) => Operand::Double(value.signum()),
        (F::Abs, Operand::Int(value)) => Operand::Int(value.checked_abs().ok_or(Fault::Overflow)?),
        (F::Abs, Operand::Uint(value)) => Operand::Uint(*value),
        (F::Abs, Operand::Double(value)) => Operand::Double(value.abs()),
        (F::Ceil, Operand::Double(value)) => Operand::Double(value.ceil()),
        (F::Floor, Operand::Double(value)) => Operand::Double(value.floor()),
        (F::Round, Operand::Double(value)) => Operand::Double(value.round()),
        (F::Trunc, Operand::Double(value)) => Operand::Double(value.trunc()),
        (F::IsNan, Operand::Double(value)) => Operand::Bool(value.is_nan()),
        (F::IsInf, Operand::Double(value)) => Operand::Bool(value.is_infinite()),
        (F::IsFinite, Operand::Double(value)) => Operand::Bool(value.is_finite()),
        (F::Sqrt, Operand::Double(value)) => Operand::Double(value.sqrt()),
        #[expect(clippy::cast_precision_loss, reason = "a root has a fraction anyway")]
        (F::Sqrt, Operand::Int(value)) => Operand::Double((*value as f64).sqrt()),
        #[expect(clippy::cast_precision_loss, reason = "a root has a fraction anyway")]
        (F::Sqrt, Operand::Uint(value)) => Operand::Double((*value as f64).sqrt()),
        _ => return Err(Fault::NoSuchOverload),
    })
}

fn bits<T>(function: Function, left: T, right: T) -> Result<T, Fault>
where
    T: std::ops::BitAnd<Output = T> + std::ops::BitOr<Output = T> + std::ops::BitXor<Output = T>,
{
    match function {
        Function::BitAnd => Ok(left & right),
        Function::BitOr => Ok(left | right),
        Function::BitXor => Ok(left ^ right),
        _ => Err(Fault::NoSuchOverload),
    }
}

/// Shifted by so many bits, zeros coming in; nothing is left of a value that is shifted out.
fn shifted<'e>(function: Function, value: &Operand<'e>, bits: i64) -> Made<'e> {
    let bits = u32::try_from(bits.min(64)).map_err(|_| Fault::InvalidArgument)?;
    let shift = |value: u64| {
        let shifted = match function {
            Function::ShiftLeft => value.checked_shl(bits),
            _ => value.checked_shr(bits),
        };
        shifted.unwrap_or(0)
    };
    match value {
        Operand::Int(value) => Ok(Operand::Int(shift(value.cast_unsigned()).cast_signed())),
        Operand::Uint(value) => Ok(Operand::Uint(shift(*value))),
        _ => Err(Fault::NoSuchOverload),
    }
}
