use core::net::IpAddr;
use std::fmt;

use crate::time::{Duration, Timestamp};
use crate::{Cidr, Value, parse_ip};

/// How deep declared types nest: `list(map(int))` has 3.
const DEPTH_MAX: usize = 8;

/// The type of an expression or a declared value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Open: what it is shows when it is evaluated.
    Any,
    /// Of the items of `[]`: fits everything, for there is none.
    Nothing,
    /// `null`
    Null,
    /// A truth value.
    Bool,
    /// A signed whole number of 64 bits.
    Int,
    /// An unsigned whole number of 64 bits.
    Uint,
    /// An IEEE 754 number of 64 bits.
    Double,
    /// UTF-8 text.
    String,
    /// Octets.
    Bytes,
    /// A point in time.
    Timestamp,
    /// A length of time.
    Duration,
    /// An IP address.
    Ip,
    /// A range of IP addresses.
    Cidr,
    /// A type.
    Type,
    /// Values of one type in order.
    List(Box<Type>),
    /// Values of one type by keys of one type.
    Map(Box<Type>, Box<Type>),
    /// A value that may be missing.
    Optional(Box<Type>),
}

/// Words of types that policies can declare, beside `list(…)` and `map(…)`.
const WORDS: [(&str, Type); 10] = [
    ("any", Type::Any),
    ("bool", Type::Bool),
    ("int", Type::Int),
    ("uint", Type::Uint),
    ("double", Type::Double),
    ("string", Type::String),
    ("timestamp", Type::Timestamp),
    ("duration", Type::Duration),
    ("ip", Type::Ip),
    ("cidr", Type::Cidr),
];

/// Integers beyond this magnitude are not all doubles.
const EXACT_MAX: u64 = 1 << 53;

impl Type {
    /// A list of values of a type.
    pub fn list(element: Type) -> Type {
        Type::List(Box::new(element))
    }

    /// A map from keys to values.
    pub fn map(key: Type, value: Type) -> Type {
        Type::Map(Box::new(key), Box::new(value))
    }

    /// The type written `word`, such as `int`, `list(string)` or `map(list(any))`, if there is one.
    /// Keys of declared maps are strings.
    pub fn from_word(word: &str) -> Option<Self> {
        Type::from_word_within(word, DEPTH_MAX)
    }

    fn from_word_within(word: &str, depth: usize) -> Option<Self> {
        let inner = |prefix: &str| {
            let element = word.strip_prefix(prefix)?.strip_suffix(')')?;
            Type::from_word_within(element, depth.checked_sub(1)?)
        };
        if let Some(element) = inner("list(") {
            return Some(Type::list(element));
        }
        if let Some(value) = inner("map(") {
            return Some(Type::map(Type::String, value));
        }
        let found = WORDS.iter().find(|(known, _)| *known == word);
        found.map(|(_, declared)| declared.clone())
    }

    /// The words of all types that policies can declare, for hints.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(word, _)| *word).chain(["list(string)", "map(string)"])
    }

    /// Whether it is, or holds, something whose type is open.
    pub fn is_open(&self) -> bool {
        match self {
            Type::Any => true,
            Type::List(inner) | Type::Optional(inner) => inner.is_open(),
            Type::Map(key, value) => key.is_open() || value.is_open(),
            _ => false,
        }
    }

    /// Whether values of the type are numbers.
    pub fn is_number(&self) -> bool {
        matches!(self, Type::Int | Type::Uint | Type::Double)
    }

    /// `value` as a value of this type, if it is one: whole numbers are doubles where that is exact,
    /// and texts are times, lengths of time and addresses where they are written like one. `any`
    /// takes everything.
    pub fn admit<'v>(&self, value: Value<'v>) -> Option<Value<'v>> {
        match (self, value) {
            (Type::List(element), Value::List(items)) => {
                let items: Option<_> = items.into_iter().map(|item| element.admit(item)).collect();
                items.map(Value::List)
            }
            (Type::Map(_, of), Value::Map(map)) => {
                let entries = map.into_entries().into_iter();
                let entries: Option<Vec<_>> =
                    entries.map(|(name, value)| Some((name, of.admit(value)?))).collect();
                crate::Map::from_entries(entries?).ok().map(Value::Map)
            }
            (Type::List(_) | Type::Map(..), _) => None,
            (scalar, value) => match scalar.scalar(&value)? {
                Scalar::AsItIs => Some(value),
                Scalar::Uint(value) => Some(Value::Uint(value)),
                Scalar::Double(value) => Some(Value::Double(value)),
                Scalar::Timestamp(value) => Some(Value::Timestamp(value)),
                Scalar::Duration(value) => Some(Value::Duration(value)),
                Scalar::Ip(value) => Some(Value::Ip(value)),
                Scalar::Cidr(value) => Some(Value::Cidr(value)),
            },
        }
    }

    /// Whether `value` is one of this type, as [`Type::admit`] reads it.
    pub fn admits(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Type::Int, Value::Int(_))
            | (Type::String, Value::String(_))
            | (Type::Bool, Value::Bool(_)) => true,
            (Type::List(element), Value::List(items)) => {
                items.iter().all(|item| element.admits(item))
            }
            (Type::Map(_, of), Value::Map(map)) => map.iter().all(|(_, value)| of.admits(value)),
            (Type::List(_) | Type::Map(..), _) => false,
            (scalar, value) => scalar.scalar(value).is_some(),
        }
    }

    /// What `value` is as a single value of this type, if it is one.
    pub(crate) fn scalar(&self, value: &Value<'_>) -> Option<Scalar> {
        Some(match (self, value) {
            (Type::Any, _)
            | (Type::Bool, Value::Bool(_))
            | (Type::Int, Value::Int(_))
            | (Type::Uint, Value::Uint(_))
            | (Type::Double, Value::Double(_))
            | (Type::String, Value::String(_))
            | (Type::Bytes, Value::Bytes(_))
            | (Type::Timestamp, Value::Timestamp(_))
            | (Type::Duration, Value::Duration(_))
            | (Type::Ip, Value::Ip(_))
            | (Type::Cidr, Value::Cidr(_)) => Scalar::AsItIs,
            (Type::Uint, Value::Int(value)) => Scalar::Uint(u64::try_from(*value).ok()?),
            (Type::Double, Value::Int(value)) => Scalar::Double(exact_double(*value)?),
            (Type::Timestamp, Value::String(text)) => {
                Scalar::Timestamp(Timestamp::parse(text).ok()?)
            }
            (Type::Duration, Value::String(text)) => Scalar::Duration(Duration::parse(text).ok()?),
            (Type::Ip, Value::String(text)) => Scalar::Ip(parse_ip(text)?),
            (Type::Cidr, Value::String(text)) => Scalar::Cidr(Cidr::parse(text)?),
            _ => return None,
        })
    }
}

/// What a stated value is as one of its declared type.
pub(crate) enum Scalar {
    AsItIs,
    Uint(u64),
    Double(f64),
    Timestamp(Timestamp),
    Duration(Duration),
    Ip(IpAddr),
    Cidr(Cidr),
}

/// The double that equals `int`, if there is one.
fn exact_double(int: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "exact within the bound")]
    (int.unsigned_abs() <= EXACT_MAX).then_some(int as f64)
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::List(element) if **element == Type::Nothing => formatter.write_str("list"),
            Type::List(element) => write!(formatter, "list({element})"),
            Type::Map(key, _) if **key == Type::Nothing => formatter.write_str("map"),
            Type::Map(key, value) if **key == Type::String => write!(formatter, "map({value})"),
            Type::Map(key, value) => write!(formatter, "map({key}, {value})"),
            Type::Optional(inner) => write!(formatter, "optional({inner})"),
            Type::Nothing => formatter.write_str("nothing"),
            Type::Null => formatter.write_str("null"),
            Type::Bytes => formatter.write_str("bytes"),
            Type::Type => formatter.write_str("type"),
            other => {
                let known = WORDS.iter().find(|(_, declared)| declared == other);
                formatter.write_str(known.map_or("", |(word, _)| word))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_for_types_and_back() {
        for word in ["any", "int", "list(string)", "map(list(ip))", "list(map(any))"] {
            assert_eq!(Type::from_word(word).map(|found| found.to_string()).as_deref(), Some(word));
        }
        let deep = format!("{}int{}", "list(".repeat(9), ")".repeat(9));
        for word in ["", "Int", "list", "list()", "list(int", "map(string, int)", "null", &deep] {
            assert_eq!(Type::from_word(word), None, "{word}");
        }
    }

    #[test]
    fn stated_values_become_values_of_the_declared_type() {
        let admit = |word: &str, value| Type::from_word(word).expect("a type").admit(value);
        assert_eq!(admit("double", Value::Int(2)), Some(Value::Double(2.0)));
        assert_eq!(admit("double", Value::Int(i64::MAX)), None);
        assert_eq!(admit("uint", Value::Int(2)), Some(Value::Uint(2)));
        assert_eq!(admit("uint", Value::Int(-2)), None);
        assert_eq!(admit("int", Value::Double(2.0)), None);
        let hour = Duration::from_seconds(3600).map(Value::Duration).ok();
        assert_eq!(admit("duration", "1h".into()), hour);
        assert_eq!(admit("ip", "10.0.0.256".into()), None);
        assert!(matches!(admit("cidr", "10.0.0.0/8".into()), Some(Value::Cidr(_))));
        assert_eq!(admit("string", Value::Null), None);
        assert_eq!(admit("any", Value::Null), Some(Value::Null));
        assert_eq!(admit("list(double)", Value::List(vec![Value::Int(1), "x".into()])), None);
        let map = crate::Map::from_entries(vec![("a".into(), Value::Int(1))]).expect("one name");
        let doubles = crate::Map::from_entries(vec![("a".into(), 1.0.into())]).expect("one name");
        assert_eq!(admit("map(double)", Value::Map(map)), Some(Value::Map(doubles)));
    }
}
