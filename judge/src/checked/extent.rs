//! How large a value is, and whether it is of a type.

use pdp_cel::{Operand, Stored, Type};

/// No more parts of a value are looked at: what holds one thing many times is small and yet has
/// many parts.
const PARTS_MAX: u64 = 200_000;

/// Items and bytes of a value, as `Bulk` counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) items: u64,
    pub(super) bytes: u64,
}

impl Extent {
    pub(super) fn of(value: &Operand<'_>) -> Self {
        let mut extent = Extent::default();
        extent.add(value);
        extent
    }

    pub(super) fn of_stored(value: &Stored) -> Self {
        Extent::of(&Operand::stored(value))
    }

    fn add(&mut self, value: &Operand<'_>) {
        if self.items > PARTS_MAX {
            return;
        }
        match value {
            Operand::Text(text) => self.bytes += text.len() as u64,
            Operand::Bytes(bytes) => self.bytes += bytes.len() as u64,
            Operand::List(list) => {
                self.items += list.len() as u64;
                list.iter().for_each(|item| self.add(&item));
            }
            Operand::Map(map) => {
                self.items += map.len() as u64;
                for (key, value) in map.iter() {
                    self.add(&key);
                    self.add(&value);
                }
            }
            Operand::Optional(Some(value)) => self.add(value),
            _ => {}
        }
    }
}

/// Whether a value is of a type, all its parts among it.
pub(super) fn is_of(value: &Operand<'_>, expected: &Type) -> bool {
    is_of_within(value, expected, &mut PARTS_MAX.clone())
}

fn is_of_within(value: &Operand<'_>, expected: &Type, left: &mut u64) -> bool {
    if *left == 0 {
        return true;
    }
    *left -= 1;
    match (expected, value) {
        (Type::Any, _)
        | (Type::Null, Operand::Null)
        | (Type::Bool, Operand::Bool(_))
        | (Type::Int, Operand::Int(_))
        | (Type::Uint, Operand::Uint(_))
        | (Type::Double, Operand::Double(_))
        | (Type::String, Operand::Text(_))
        | (Type::Bytes, Operand::Bytes(_))
        | (Type::Timestamp, Operand::Timestamp(_))
        | (Type::Duration, Operand::Duration(_))
        | (Type::Ip, Operand::Ip(_))
        | (Type::Cidr, Operand::Cidr(_))
        | (Type::Type, Operand::Type(_))
        | (Type::Optional(_), Operand::Optional(None)) => true,
        (Type::List(of), Operand::List(list)) => {
            list.iter().all(|item| is_of_within(&item, of, left))
        }
        (Type::Map(key_type, of), Operand::Map(map)) => map.iter().all(|(key, value)| {
            is_of_within(&key, key_type, left) && is_of_within(&value, of, left)
        }),
        (Type::Optional(of), Operand::Optional(Some(value))) => is_of_within(value, of, left),
        _ => false,
    }
}
