use core::net::IpAddr;

use crate::compare::key_order;
use crate::operand::Operand;
use crate::{Cidr, Duration, Kind, Map, Text, Timestamp, Value};

/// A value that stays: a constant of an expression, a fact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stored {
    /// `null`
    Null,
    /// A truth value.
    Bool(bool),
    /// A signed whole number.
    Int(i64),
    /// An unsigned whole number.
    Uint(u64),
    /// The bits of a number, so that equal constants are found by hashing.
    Double(u64),
    /// Text.
    String(Box<str>),
    /// Octets.
    Bytes(Box<[u8]>),
    /// A point in time.
    Timestamp(Timestamp),
    /// A length of time.
    Duration(Duration),
    /// An IP address.
    Ip(IpAddr),
    /// A range of IP addresses.
    Cidr(Cidr),
    /// A type.
    Type(Kind),
    /// Values in order.
    List(Box<[Stored]>),
    /// Values by key, in the order of the keys.
    Map(Box<[(Stored, Stored)]>),
}

impl Stored {
    /// The value, kept.
    pub fn new(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Stored::Null,
            Value::Bool(value) => Stored::Bool(*value),
            Value::Int(value) => Stored::Int(*value),
            Value::Uint(value) => Stored::Uint(*value),
            Value::Double(value) => Stored::Double(value.to_bits()),
            Value::String(text) => Stored::String(text.as_ref().into()),
            Value::Bytes(bytes) => Stored::Bytes(bytes.as_ref().into()),
            Value::Timestamp(value) => Stored::Timestamp(*value),
            Value::Duration(value) => Stored::Duration(*value),
            Value::Ip(value) => Stored::Ip(*value),
            Value::Cidr(value) => Stored::Cidr(*value),
            Value::List(items) => Stored::List(items.iter().map(Stored::new).collect()),
            Value::Map(map) => {
                let entries = map.iter();
                let entry =
                    |(name, value): (&str, &_)| (Stored::String(name.into()), Stored::new(value));
                Stored::Map(entries.map(entry).collect())
            }
        }
    }

    /// A map of entries; `None` if a key stands there twice, or is of a type that maps do not have.
    pub fn map(mut entries: Vec<(Stored, Stored)>) -> Option<Self> {
        let order = |left: &Stored, right: &Stored| {
            key_order(&Operand::stored(left), &Operand::stored(right))
        };
        let is_key = |key: &Stored| {
            matches!(key, Stored::Bool(_) | Stored::Int(_) | Stored::Uint(_) | Stored::String(_))
        };
        entries.sort_by(|(left, _), (right, _)| order(left, right));
        let sound = entries.iter().all(|(key, _)| is_key(key))
            && entries.windows(2).all(|pair| order(&pair[0].0, &pair[1].0).is_lt());
        sound.then(|| Stored::Map(entries.into()))
    }

    /// The value as hosts read it; types are their names, and keys that are no texts are written as
    /// one.
    pub fn value(&self) -> Value<'_> {
        match self {
            Stored::Null => Value::Null,
            Stored::Bool(value) => Value::Bool(*value),
            Stored::Int(value) => Value::Int(*value),
            Stored::Uint(value) => Value::Uint(*value),
            Stored::Double(bits) => Value::Double(f64::from_bits(*bits)),
            Stored::String(text) => Value::String(Text::Borrowed(text)),
            Stored::Bytes(bytes) => Value::Bytes(bytes.as_ref().into()),
            Stored::Timestamp(value) => Value::Timestamp(*value),
            Stored::Duration(value) => Value::Duration(*value),
            Stored::Ip(value) => Value::Ip(*value),
            Stored::Cidr(value) => Value::Cidr(*value),
            Stored::Type(kind) => Value::String(Text::Borrowed(kind.as_str())),
            Stored::List(items) => Value::List(items.iter().map(Stored::value).collect()),
            Stored::Map(entries) => {
                let name = |key: &Stored| match key {
                    Stored::String(text) => Text::Owned(text.as_ref().to_owned()),
                    other => Text::Owned(other.to_string()),
                };
                let entries = entries.iter().map(|(key, value)| (name(key), value.value()));
                Value::Map(Map::from_entries(entries.collect()).unwrap_or_default())
            }
        }
    }
}
