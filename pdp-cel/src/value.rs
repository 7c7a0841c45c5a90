use core::net::IpAddr;
use std::borrow::Cow;

use crate::{Cidr, Duration, Timestamp};

/// Text that is borrowed where it can be and owned where it must be.
pub type Text<'a> = Cow<'a, str>;

/// A value of an attribute, of the context, or of an obligation's properties.
///
/// JSON integers become [`Value::Int`] where they fit 64 signed bits and [`Value::Uint`] above,
/// other JSON numbers [`Value::Double`]. JSON has no bytes, times and addresses; a host may pass them
/// itself, and a string is read as one where the policies declare it so.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// JSON `null`: a value of no declared type.
    Null,
    /// A truth value.
    Bool(bool),
    /// A signed integer of 64 bits.
    Int(i64),
    /// An unsigned integer of 64 bits.
    Uint(u64),
    /// An IEEE 754 number of 64 bits.
    Double(f64),
    /// UTF-8 text.
    String(Text<'a>),
    /// Octets.
    Bytes(Cow<'a, [u8]>),
    /// A point in time.
    Timestamp(Timestamp),
    /// A length of time.
    Duration(Duration),
    /// An IP address.
    Ip(IpAddr),
    /// A range of IP addresses.
    Cidr(Cidr),
    /// Values in order.
    List(Vec<Value<'a>>),
    /// Values by name.
    Map(Map<'a>),
}

impl Value<'_> {
    /// The name of the value's type, as diagnostics write it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Uint(_) => "uint",
            Value::Double(_) => "double",
            Value::String(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::Timestamp(_) => "timestamp",
            Value::Duration(_) => "duration",
            Value::Ip(_) => "ip",
            Value::Cidr(_) => "cidr",
            Value::List(_) => "list",
            Value::Map(_) => "map",
        }
    }

    /// The same value, owning all of its text.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(value) => Value::Bool(value),
            Value::Int(value) => Value::Int(value),
            Value::Uint(value) => Value::Uint(value),
            Value::Double(value) => Value::Double(value),
            Value::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Value::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
            Value::Timestamp(value) => Value::Timestamp(value),
            Value::Duration(value) => Value::Duration(value),
            Value::Ip(value) => Value::Ip(value),
            Value::Cidr(value) => Value::Cidr(value),
            Value::List(items) => Value::List(items.into_iter().map(Value::into_owned).collect()),
            Value::Map(map) => Value::Map(map.into_owned()),
        }
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Value::Double(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Value::String(Cow::Borrowed(value))
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(value: Timestamp) -> Self {
        Value::Timestamp(value)
    }
}

/// Values by name: each name once, kept in byte order, so that looking up is a binary search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map<'a> {
    entries: Vec<(Text<'a>, Value<'a>)>,
}

static EMPTY: Map<'static> = Map::new();

impl<'a> Map<'a> {
    /// A map without entries.
    pub const fn new() -> Self {
        Map { entries: Vec::new() }
    }

    /// The map without entries that requests borrow where they say nothing.
    pub fn empty() -> &'static Map<'static> {
        &EMPTY
    }

    /// Sorts `entries` into a map.
    ///
    /// # Errors
    ///
    /// The first name (in byte order) that stands there twice.
    pub fn from_entries(mut entries: Vec<(Text<'a>, Value<'a>)>) -> Result<Self, Text<'a>> {
        entries.sort_by(|left, right| left.0.cmp(&right.0));
        match entries.windows(2).position(|pair| pair[0].0 == pair[1].0) {
            Some(index) => Err(entries.swap_remove(index).0),
            None => Ok(Map { entries }),
        }
    }

    /// Puts `value` under `name` and gives back what stood there.
    pub fn insert(
        &mut self,
        name: impl Into<Text<'a>>,
        value: impl Into<Value<'a>>,
    ) -> Option<Value<'a>> {
        let (name, value) = (name.into(), value.into());
        match self.position(&name) {
            Ok(index) => Some(std::mem::replace(&mut self.entries[index].1, value)),
            Err(index) => {
                self.entries.insert(index, (name, value));
                None
            }
        }
    }

    /// Takes the value under `name` out of the map.
    pub fn remove(&mut self, name: &str) -> Option<Value<'a>> {
        let index = self.position(name).ok()?;
        Some(self.entries.remove(index).1)
    }

    /// The value under `name`, compared byte for byte.
    pub fn value(&self, name: &str) -> Option<&Value<'a>> {
        self.find(name).map(|(_, value)| value)
    }

    /// The entries in byte order of their names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> {
        self.entries.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// The entries in byte order of their names.
    pub fn into_entries(self) -> Vec<(Text<'a>, Value<'a>)> {
        self.entries
    }

    /// The value under `name`, and its position in byte order of the names.
    pub fn find(&self, name: &str) -> Option<(usize, &Value<'a>)> {
        let index = self.position(name).ok()?;
        Some((index, &self.entries[index].1))
    }

    /// The entry at a position in byte order of the names.
    #[inline]
    pub fn entry(&self, index: usize) -> Option<(&str, &Value<'a>)> {
        self.entries.get(index).map(|(name, value)| (name.as_ref(), value))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The same map, owning all of its text.
    pub fn into_owned(self) -> Map<'static> {
        let entries = self.entries.into_iter();
        Map {
            entries: entries
                .map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned()))
                .collect(),
        }
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.0.as_ref().cmp(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_finds_what_was_put_in_and_nothing_else() {
        let mut map = Map::new();
        assert_eq!(map.insert("b", 2), None);
        assert_eq!(map.insert("a", 1), None);
        assert_eq!(map.insert("b", 3), Some(Value::Int(2)));
        assert_eq!(map.value("b"), Some(&Value::Int(3)));
        assert_eq!(map.value("B"), None);
        assert_eq!(map.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(map.remove("a"), Some(Value::Int(1)));
        assert_eq!(map.len(), 1);
    }

    #[test]
    fn a_name_given_twice_is_named() {
        let entries = vec![("x".into(), true.into()), ("x".into(), false.into())];
        assert_eq!(Map::from_entries(entries), Err(Text::from("x")));
    }
}
