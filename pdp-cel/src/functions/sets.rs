//! Lists as sets: the order and number of equal items do not matter.

use super::{Function, Made};
use crate::Fault;
use crate::compare::{equal, has_key_order, key_order};
use crate::fault::Meter;
use crate::operand::{List, Operand};

/// Up to so many items, they are looked for one by one.
const SCANNED_MAX: usize = 8;

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
        Function::SetsContains => Set::new(left, meter)?.contains_all(right, meter)?,
        Function::SetsEquivalent => {
            Set::new(left, meter)?.contains_all(right, meter)?
                && Set::new(right, meter)?.contains_all(left, meter)?
        }
        _ => Set::new(left, meter)?.contains_one(right, meter)?,
    };
    Ok(Operand::Bool(holds))
}

/// A list in which items are looked for.
enum Set<'l, 'e> {
    /// One by one.
    Scanned(&'l List<'e>),
    /// By their order.
    Sorted(Vec<Operand<'e>>),
}

impl<'l, 'e> Set<'l, 'e> {
    fn new(list: &'l List<'e>, meter: &mut Meter) -> Result<Self, Fault> {
        if list.len() <= SCANNED_MAX || !list.iter().all(|item| has_key_order(&item)) {
            return Ok(Set::Scanned(list));
        }
        meter.step(list.len() * SORTING)?;
        meter.allocate(list.len() * size_of::<Operand<'_>>())?;
        let mut items: Vec<Operand<'e>> = list.iter().collect();
        items.sort_unstable_by(key_order);
        Ok(Set::Sorted(items))
    }

    fn contains(&self, value: &Operand<'_>, meter: &mut Meter) -> Result<bool, Fault> {
        match self {
            Set::Scanned(list) => contains(list, value, meter),
            Set::Sorted(items) => {
                meter.step(SORTING)?;
                let found = items.binary_search_by(|item| key_order(item, value));
                Ok(has_key_order(value) && found.is_ok())
            }
        }
    }

    fn contains_all(&self, items: &List<'_>, meter: &mut Meter) -> Result<bool, Fault> {
        for item in items.iter() {
            if !self.contains(&item, meter)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn contains_one(&self, items: &List<'_>, meter: &mut Meter) -> Result<bool, Fault> {
        for item in items.iter() {
            if self.contains(&item, meter)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The steps of finding the place of an item among thousands.
pub(crate) const SORTING: usize = 16;

/// Whether a list holds a value.
pub(crate) fn contains(
    list: &List<'_>,
    value: &Operand<'_>,
    meter: &mut Meter,
) -> Result<bool, Fault> {
    // The kinds of items differ, but most lists are texts, and so is what is looked for.
    if let (List::Stored(items), Operand::Text(text)) = (list, value) {
        meter.step(items.len())?;
        let mut texts = items.iter();
        return Ok(
            texts.any(|item| matches!(item, crate::Stored::String(item) if **item == **text))
        );
    }
    for item in list.iter() {
        if equal(&item, value, meter)? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stored;

    #[test]
    fn sorted_or_not_the_same_items_are_found() {
        let items: Vec<Stored> =
            (0..20).map(Stored::Int).chain([Stored::Double(f64::NAN.to_bits())]).collect();
        let mut meter = Meter::default();
        let holds = |list: &[Stored], value: Operand<'_>, meter: &mut Meter| {
            let list = List::Stored(list);
            Set::new(&list, meter).and_then(|set| set.contains(&value, meter))
        };
        assert_eq!(holds(&items[..20], Operand::Uint(7), &mut meter), Ok(true));
        assert_eq!(holds(&items[..20], Operand::Double(7.5), &mut meter), Ok(false));
        assert_eq!(holds(&items, Operand::Double(f64::NAN), &mut meter), Ok(false));
        assert_eq!(holds(&items, Operand::Double(7.0), &mut meter), Ok(true));
    }
}
