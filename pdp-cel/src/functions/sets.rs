//! Lists as sets: the order and number of equal items do not matter.

use super::{Function, Made};
use crate::Fault;
use crate::compare::equal;
use crate::fault::Meter;
use crate::operand::{List, Operand};

/// `sets.contains(a, b)`, `sets.intersects(a, b)`, `sets.equivalent(a, b)`
pub(super) fn call<'e>(
    function: Function,
    arguments: &[Operand<'e>],
    meter: &mut Meter,
) -> Made<'e> {
    let [Operand::List(left), Operand::List(right)] = arguments else {
        return Err(Fault::NoSuchOverload);
    };
    let holds = match function {
        Function::SetsContains => contains_all(left, right, meter)?,
        Function::SetsEquivalent => {
            contains_all(left, right, meter)? && contains_all(right, left, meter)?
        }
        _ => {
            let mut found = false;
            for item in right.iter() {
                found = found || contains(left, &item, meter)?;
            }
            found
        }
    };
    Ok(Operand::Bool(holds))
}

fn contains_all(list: &List<'_>, items: &List<'_>, meter: &mut Meter) -> Result<bool, Fault> {
    for item in items.iter() {
        if !contains(list, &item, meter)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a list holds a value.
pub(crate) fn contains(
    list: &List<'_>,
    value: &Operand<'_>,
    meter: &mut Meter,
) -> Result<bool, Fault> {
    for item in list.iter() {
        if equal(&item, value, meter)? {
            return Ok(true);
        }
    }
    Ok(false)
}
