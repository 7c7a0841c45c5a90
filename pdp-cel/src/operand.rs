//! Values while an expression is evaluated: borrowed where they can be.

use core::net::IpAddr;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use crate::compare::key_order;
use crate::fault::Meter;
use crate::types::Scalar;
use crate::{Cidr, Duration, Fault, Kind, Stored, Text, Timestamp, Type, Value, value};

/// A value while an expression is evaluated.
#[derive(Clone, Debug)]
pub enum Operand<'e> {
    /// `null`
    Null,
    /// A truth value.
    Bool(bool),
    /// A signed whole number.
    Int(i64),
    /// An unsigned whole number.
    Uint(u64),
    /// An IEEE 754 number.
    Double(f64),
    /// Text.
    Text(Words<'e>),
    /// Octets.
    Bytes(Octets<'e>),
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
    List(List<'e>),
    /// Values by key.
    Map(Entries<'e>),
    /// A value that may be missing.
    Optional(Option<Rc<Operand<'e>>>),
}

/// Text, lent or made.
#[derive(Clone, Debug)]
pub enum Words<'e> {
    /// It stands in the policies or the request.
    Lent(&'e str),
    /// It was made while evaluating.
    Made(Rc<str>),
}

/// Octets, lent or made.
#[derive(Clone, Debug)]
pub enum Octets<'e> {
    /// They stand in the policies or the request.
    Lent(&'e [u8]),
    /// They were made while evaluating.
    Made(Rc<[u8]>),
}

/// A list, wherever its items are.
#[derive(Clone, Debug)]
pub enum List<'e> {
    /// A constant or a fact.
    Stored(&'e [Stored]),
    /// Values of the request; each was found to be of the type.
    Values(&'e [Value<'e>], &'e Type),
    /// Texts that the host has in a form of its own.
    Lent(&'e dyn Texts),
    /// It was made while evaluating.
    Made(Rc<[Operand<'e>]>),
}

/// Texts in order, wherever a host has them.
pub trait Texts: fmt::Debug {
    /// How many there are.
    fn count(&self) -> usize;

    /// The text at a position below [`Texts::count`].
    fn text(&self, index: usize) -> Option<&str>;
}

/// A map, wherever its entries are. They come in the order of their keys.
#[derive(Clone, Debug)]
pub enum Entries<'e> {
    /// A constant or a fact.
    Stored(&'e [(Stored, Stored)]),
    /// Values of the request; each was found to be of the type.
    Values(&'e value::Map<'e>, &'e Type),
    /// It was made while evaluating.
    Made(Rc<[(Operand<'e>, Operand<'e>)]>),
}

impl Texts for &[Text<'_>] {
    fn count(&self) -> usize {
        self.len()
    }

    fn text(&self, index: usize) -> Option<&str> {
        self.get(index).map(AsRef::as_ref)
    }
}

impl Deref for Words<'_> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        match self {
            Words::Lent(text) => text,
            Words::Made(text) => text,
        }
    }
}

impl Deref for Octets<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Octets::Lent(bytes) => bytes,
            Octets::Made(bytes) => bytes,
        }
    }
}

impl<'e> Operand<'e> {
    /// Text that is lent.
    #[inline]
    pub fn text(text: &'e str) -> Self {
        Operand::Text(Words::Lent(text))
    }

    /// Text that was made.
    pub(crate) fn made(text: impl Into<Rc<str>>) -> Self {
        Operand::Text(Words::Made(text.into()))
    }

    pub(crate) fn list(items: Vec<Operand<'e>>) -> Self {
        Operand::List(List::Made(items.into()))
    }

    pub(crate) fn some(value: Operand<'e>) -> Self {
        Operand::Optional(Some(Rc::new(value)))
    }

    /// A stored value.
    #[inline]
    pub fn stored(value: &'e Stored) -> Self {
        match value {
            Stored::Null => Operand::Null,
            Stored::Bool(value) => Operand::Bool(*value),
            Stored::Int(value) => Operand::Int(*value),
            Stored::Uint(value) => Operand::Uint(*value),
            Stored::Double(bits) => Operand::Double(f64::from_bits(*bits)),
            Stored::String(text) => Operand::text(text),
            Stored::Bytes(bytes) => Operand::Bytes(Octets::Lent(bytes)),
            Stored::Timestamp(value) => Operand::Timestamp(*value),
            Stored::Duration(value) => Operand::Duration(*value),
            Stored::Ip(value) => Operand::Ip(*value),
            Stored::Cidr(value) => Operand::Cidr(*value),
            Stored::Type(kind) => Operand::Type(*kind),
            Stored::List(items) => Operand::List(List::Stored(items)),
            Stored::Map(entries) => Operand::Map(Entries::Stored(entries)),
        }
    }

    /// A value of the request, if it is of the declared type: by the same rules as [`Type::admit`],
    /// without making a new value.
    #[inline]
    pub fn bound(value: &'e Value<'e>, declared: &'e Type) -> Option<Self> {
        match (declared, value) {
            (Type::List(element), Value::List(items)) => {
                let fits = items.iter().all(|item| element.admits(item));
                fits.then_some(Operand::List(List::Values(items, element)))
            }
            (Type::Map(_, of), Value::Map(map)) => {
                let fits = map.iter().all(|(_, value)| of.admits(value));
                fits.then_some(Operand::Map(Entries::Values(map, of)))
            }
            (Type::List(_) | Type::Map(..), _) => None,
            (scalar, value) => Some(match scalar.scalar(value)? {
                Scalar::AsItIs => Operand::open(value),
                Scalar::Uint(value) => Operand::Uint(value),
                Scalar::Double(value) => Operand::Double(value),
                Scalar::Timestamp(value) => Operand::Timestamp(value),
                Scalar::Duration(value) => Operand::Duration(value),
                Scalar::Ip(value) => Operand::Ip(value),
                Scalar::Cidr(value) => Operand::Cidr(value),
            }),
        }
    }

    /// The same of a value that was found to be of the declared type before: the items of a list
    /// or map are not looked at again.
    #[inline]
    pub fn checked(value: &'e Value<'e>, declared: &'e Type) -> Option<Self> {
        match (declared, value) {
            (Type::List(element), Value::List(items)) => {
                Some(Operand::List(List::Values(items, element)))
            }
            (Type::Map(_, of), Value::Map(map)) => Some(Operand::Map(Entries::Values(map, of))),
            (Type::String, Value::String(text)) => Some(Operand::text(text)),
            (Type::Int, Value::Int(value)) => Some(Operand::Int(*value)),
            (Type::Any, value) => Some(Operand::open(value)),
            _ => Operand::bound(value, declared),
        }
    }

    /// A value as it is.
    pub fn open(value: &'e Value<'e>) -> Self {
        match value {
            Value::Null => Operand::Null,
            Value::Bool(value) => Operand::Bool(*value),
            Value::Int(value) => Operand::Int(*value),
            Value::Uint(value) => Operand::Uint(*value),
            Value::Double(value) => Operand::Double(*value),
            Value::String(text) => Operand::text(text),
            Value::Bytes(bytes) => Operand::Bytes(Octets::Lent(bytes)),
            Value::Timestamp(value) => Operand::Timestamp(*value),
            Value::Duration(value) => Operand::Duration(*value),
            Value::Ip(value) => Operand::Ip(*value),
            Value::Cidr(value) => Operand::Cidr(*value),
            Value::List(items) => Operand::List(List::Values(items, &Type::Any)),
            Value::Map(map) => Operand::Map(Entries::Values(map, &Type::Any)),
        }
    }

    /// The value, kept; `None` for an optional, or something that holds one, and for more than the
    /// meter allows: what holds one thing many times over is small until it is written out.
    pub fn to_stored(&self, meter: &mut Meter) -> Option<Stored> {
        meter.allocate(size_of::<Stored>()).ok()?;
        Some(match self {
            Operand::Null => Stored::Null,
            Operand::Bool(value) => Stored::Bool(*value),
            Operand::Int(value) => Stored::Int(*value),
            Operand::Uint(value) => Stored::Uint(*value),
            Operand::Double(value) => Stored::Double(value.to_bits()),
            Operand::Text(text) => {
                meter.allocate(text.len()).ok()?;
                Stored::String((**text).into())
            }
            Operand::Bytes(bytes) => {
                meter.allocate(bytes.len()).ok()?;
                Stored::Bytes((**bytes).into())
            }
            Operand::Timestamp(value) => Stored::Timestamp(*value),
            Operand::Duration(value) => Stored::Duration(*value),
            Operand::Ip(value) => Stored::Ip(*value),
            Operand::Cidr(value) => Stored::Cidr(*value),
            Operand::Type(kind) => Stored::Type(*kind),
            Operand::List(list) => {
                let items = list.iter().map(|item| item.to_stored(meter));
                Stored::List(items.collect::<Option<_>>()?)
            }
            Operand::Map(map) => {
                let mut entry = |(key, value): (Operand<'_>, Operand<'_>)| {
                    Some((key.to_stored(meter)?, value.to_stored(meter)?))
                };
                Stored::Map(map.iter().map(&mut entry).collect::<Option<_>>()?)
            }
            Operand::Optional(_) => return None,
        })
    }

    /// Its type.
    pub fn kind(&self) -> Kind {
        match self {
            Operand::Null => Kind::Null,
            Operand::Bool(_) => Kind::Bool,
            Operand::Int(_) => Kind::Int,
            Operand::Uint(_) => Kind::Uint,
            Operand::Double(_) => Kind::Double,
            Operand::Text(_) => Kind::String,
            Operand::Bytes(_) => Kind::Bytes,
            Operand::Timestamp(_) => Kind::Timestamp,
            Operand::Duration(_) => Kind::Duration,
            Operand::Ip(_) => Kind::Ip,
            Operand::Cidr(_) => Kind::Cidr,
            Operand::Type(_) => Kind::Type,
            Operand::List(_) => Kind::List,
            Operand::Map(_) => Kind::Map,
            Operand::Optional(_) => Kind::Optional,
        }
    }

    /// A copy of a stored value that does not borrow it.
    pub(crate) fn owned(value: &Stored, meter: &mut Meter) -> Result<Self, Fault> {
        meter.allocate(size_of::<Operand<'_>>())?;
        Ok(match value {
            Stored::String(text) => {
                meter.allocate(text.len())?;
                Operand::made(&**text)
            }
            Stored::Bytes(bytes) => {
                meter.allocate(bytes.len())?;
                Operand::Bytes(Octets::Made(Rc::from(&**bytes)))
            }
            Stored::List(items) => {
                let items = items.iter().map(|item| Operand::owned(item, meter));
                Operand::list(items.collect::<Result<_, _>>()?)
            }
            Stored::Map(entries) => {
                let mut copied = Vec::new();
                for (key, value) in entries {
                    copied.push((Operand::owned(key, meter)?, Operand::owned(value, meter)?));
                }
                Operand::Map(Entries::made(copied).ok_or(Fault::DuplicateKey)?)
            }
            Stored::Null => Operand::Null,
            Stored::Bool(value) => Operand::Bool(*value),
            Stored::Int(value) => Operand::Int(*value),
            Stored::Uint(value) => Operand::Uint(*value),
            Stored::Double(bits) => Operand::Double(f64::from_bits(*bits)),
            Stored::Timestamp(value) => Operand::Timestamp(*value),
            Stored::Duration(value) => Operand::Duration(*value),
            Stored::Ip(value) => Operand::Ip(*value),
            Stored::Cidr(value) => Operand::Cidr(*value),
            Stored::Type(kind) => Operand::Type(*kind),
        })
    }
}

impl<'e> List<'e> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        match self {
            List::Stored(items) => items.len(),
            List::Values(items, _) => items.len(),
            List::Lent(texts) => texts.count(),
            List::Made(items) => items.len(),
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at a position.
    pub fn item(&self, index: usize) -> Option<Operand<'e>> {
        match self {
            List::Stored(items) => items.get(index).map(Operand::stored),
            List::Values(items, element) => {
                items.get(index).and_then(|item| Operand::bound(item, element))
            }
            List::Lent(texts) => texts.text(index).map(Operand::text),
            List::Made(items) => items.get(index).cloned(),
        }
    }

    /// The items in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Operand<'e>> + use<'e, '_> {
        (0..self.len()).filter_map(|index| self.item(index))
    }
}

impl<'e> Entries<'e> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        match self {
            Entries::Stored(entries) => entries.len(),
            Entries::Values(map, _) => map.len(),
            Entries::Made(entries) => entries.len(),
        }
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry at a position in the order of the keys.
    pub fn entry(&self, index: usize) -> Option<(Operand<'e>, Operand<'e>)> {
        match self {
            Entries::Stored(entries) => {
                let (key, value) = entries.get(index)?;
                Some((Operand::stored(key), Operand::stored(value)))
            }
            Entries::Values(map, declared) => {
                let (name, value) = map.entry(index)?;
                Some((Operand::text(name), Operand::bound(value, declared)?))
            }
            Entries::Made(entries) => entries.get(index).cloned(),
        }
    }

    /// The value under a key; numbers that are equal are the same key.
    pub fn value(&self, key: &Operand<'_>) -> Option<Operand<'e>> {
        match self {
            Entries::Values(map, declared) => match key {
                Operand::Text(name) => {
                    map.value(name).and_then(|value| Operand::bound(value, declared))
                }
                _ => None,
            },
            Entries::Stored(entries) => {
                let order = |(stored, _): &(Stored, _)| key_order(&Operand::stored(stored), key);
                let index = entries.binary_search_by(order).ok()?;
                Some(Operand::stored(&entries[index].1))
            }
            Entries::Made(entries) => {
                let index = entries.binary_search_by(|(made, _)| key_order(made, key)).ok()?;
                Some(entries[index].1.clone())
            }
        }
    }

    /// The value under a name.
    pub fn named(&self, name: &str) -> Option<Operand<'e>> {
        self.value(&Operand::text(name))
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (Operand<'e>, Operand<'e>)> + use<'e, '_> {
        (0..self.len()).filter_map(|index| self.entry(index))
    }

    /// A map of entries; `None` if a key stands there twice.
    pub(crate) fn made(mut entries: Vec<(Operand<'e>, Operand<'e>)>) -> Option<Self> {
        entries.sort_by(|(left, _), (right, _)| key_order(left, right));
        let twice =
            entries.windows(2).any(|pair| key_order(&pair[0].0, &pair[1].0) == Ordering::Equal);
        (!twice).then(|| Entries::Made(entries.into()))
    }
}

/// Text that is borrowed in a request.
impl<'e> From<&'e Text<'e>> for Operand<'e> {
    fn from(text: &'e Text<'e>) -> Self {
        Operand::text(text)
    }
}
