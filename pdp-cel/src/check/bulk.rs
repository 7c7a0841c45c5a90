use crate::{Type, Value};

/// How large a value may be: an upper bound of its items, those of items among them, and of the
/// bytes of all of its texts together.
///
/// Of the sizes of single items nothing is known but their sum. What is done with each of them costs
/// most where one holds everything, if it costs more than in proportion, as `x.join(x)` does; in
/// proportion, it is all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bulk {
    /// Items of lists and entries of maps.
    pub items: u64,
    /// Bytes of texts.
    pub bytes: u64,
}

/// A whole number, time or address, written out.
const WRITTEN_BYTES: u64 = 64;

impl Bulk {
    /// Of a value of fixed size.
    pub const NONE: Bulk = Bulk { items: 0, bytes: 0 };

    /// Of a number, time or address that is written out.
    pub(super) const WRITTEN: Bulk = Bulk { items: 0, bytes: WRITTEN_BYTES };

    /// Of a value that a request or a fact may state: lists, maps and values of open type.
    pub const STATED: Bulk = Bulk { items: 500, bytes: 64 * 1024 };

    /// Of a text that a request or a fact may state.
    pub const STATED_TEXT: Bulk = Bulk { items: 0, bytes: 16 * 1024 };

    /// Of a value of a declared type that may have so many items or, if it is a text, bytes.
    pub fn of_stated(declared: &Type, max: u32) -> Self {
        match declared {
            Type::List(_) | Type::Map(..) | Type::Any => {
                let items = u64::from(max);
                let bytes = Bulk::STATED.bytes * items.div_ceil(Bulk::STATED.items);
                Bulk { items, bytes }
            }
            Type::String => Bulk { items: 0, bytes: u64::from(max) },
            _ => Bulk::NONE,
        }
    }

    /// Whether a value of a declared type is larger than this.
    pub fn is_exceeded_by(self, value: &Value<'_>, declared: &Type) -> bool {
        match (declared, value) {
            (Type::String, Value::String(text)) => text.len() as u64 > self.bytes,
            (Type::List(_) | Type::Map(..) | Type::Any, value) => self.left_after(value).is_none(),
            _ => false,
        }
    }

    /// What is left of this after a value; `None` if it is larger.
    fn left_after(self, value: &Value<'_>) -> Option<Bulk> {
        match value {
            Value::String(text) => self.less(0, text.len()),
            Value::Bytes(bytes) => self.less(0, bytes.len()),
            Value::List(items) => {
                let left = self.less(items.len(), 0)?;
                items.iter().try_fold(left, Bulk::left_after)
            }
            Value::Map(map) => {
                let left = self.less(map.len(), 0)?;
                map.iter().try_fold(left, |left, (name, value)| {
                    left.less(0, name.len())?.left_after(value)
                })
            }
            _ => Some(self),
        }
    }

    fn less(self, items: usize, bytes: usize) -> Option<Bulk> {
        let items = self.items.checked_sub(items as u64)?;
        Some(Bulk { items, bytes: self.bytes.checked_sub(bytes as u64)? })
    }

    /// Of a text of so many bytes.
    pub fn of_bytes(bytes: usize) -> Self {
        Bulk { items: 0, bytes: bytes as u64 }
    }

    /// Of one item that holds everything, without the item itself.
    pub(super) fn largest_item(self) -> Self {
        Bulk { items: self.items.saturating_sub(1), ..self }
    }

    /// Of as much of it as a value of a type may hold.
    pub(super) fn within(self, value_type: &Type) -> Self {
        match value_type {
            Type::String | Type::Bytes => Bulk { items: 0, ..self },
            Type::List(element) => Bulk { items: self.items, bytes: self.within(element).bytes },
            Type::Map(key, value) => {
                let bytes = self.within(key).bytes.max(self.within(value).bytes);
                Bulk { items: self.items, bytes }
            }
            Type::Optional(inner) => self.within(inner),
            Type::Any => self,
            _ => Bulk::NONE,
        }
    }

    /// Of one item, on average.
    pub(super) fn item(self) -> Self {
        let items = self.items.max(1);
        Bulk { items: self.items / items, bytes: self.bytes.div_ceil(items) }.largest_item()
    }

    /// Both together.
    pub(super) fn and(self, other: Bulk) -> Self {
        Bulk {
            items: self.items.saturating_add(other.items),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    /// Either.
    pub(super) fn or(self, other: Bulk) -> Self {
        Bulk { items: self.items.max(other.items), bytes: self.bytes.max(other.bytes) }
    }

    /// So many of it.
    pub(super) fn times(self, count: u64) -> Self {
        Bulk { items: self.items.saturating_mul(count), bytes: self.bytes.saturating_mul(count) }
    }

    /// The steps of comparing all of it with something. Keys of maps are looked up.
    pub(super) fn compared(self) -> u64 {
        self.items.saturating_mul(2).saturating_add(self.bytes / 64).saturating_add(1)
    }

    /// The steps of looking for a text in it.
    pub(super) fn searched_for(self, part: Bulk) -> u64 {
        self.bytes.saturating_add(part.bytes) / 4
    }

    /// The steps of looking at all of it once.
    pub(super) fn scan(self) -> u64 {
        self.items.saturating_mul(9).saturating_add(self.bytes / 16).saturating_add(1)
    }

    /// The steps of making all of it anew.
    pub(super) fn made(self) -> u64 {
        self.items.saturating_mul(9).saturating_add(self.bytes / 16).saturating_add(5)
    }
}
