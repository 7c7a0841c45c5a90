//! JSON text becomes a [`Value`]: strictly, within limits.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::fields::error;
use super::request::{ID_BYTES_MAX, RequestError, RequestErrorKind};
use crate::error::printable;
use crate::{Map, Text, Value};

/// Numbers of requests with a fraction or an exponent are below this in magnitude: from here on,
/// doubles skip integers, and reading one would round it to another.
pub const DOUBLE_MAX: f64 = 9_007_199_254_740_992.0;

/// Reads one JSON value of at most `bytes_max` bytes, nested at most `depth_max` deep, which is
/// `what`.
pub(super) fn read<'j>(
    json: &'j [u8],
    bytes_max: usize,
    depth_max: usize,
    what: &str,
) -> Result<Value<'j>, RequestError> {
    tree(text(json, bytes_max, what)?, depth_max)
}

/// The text of at most `bytes_max` bytes, which is `what`.
pub(super) fn text<'j>(
    json: &'j [u8],
    bytes_max: usize,
    what: &str,
) -> Result<&'j str, RequestError> {
    if json.len() > bytes_max {
        let message = format!("{what} of more than {bytes_max} bytes");
        return Err(error(RequestErrorKind::Size, None, message));
    }
    std::str::from_utf8(json).map_err(|fault| {
        let message = format!("not UTF-8 from byte {} on", fault.valid_up_to());
        error(RequestErrorKind::Syntax, None, message)
    })
}

/// Reads one JSON value, nested at most `depth_max` deep.
pub(super) fn tree(text: &str, depth_max: usize) -> Result<Value<'_>, RequestError> {
    parse(text, depth_max).map_err(|(kind, message)| error(kind, None, message))
}

fn parse(text: &str, depth_max: usize) -> Result<Value<'_>, (RequestErrorKind, String)> {
    let fault = Cell::new(RequestErrorKind::Syntax);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Seed { depth: 0, depth_max, fault: &fault }.deserialize(&mut deserializer);
    value
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| (fault.get(), printable(&message(&error, text))))
}

/// What is wrong, and where: in a text of one line, the column is enough. Whoever reads many such
/// lines counts them otherwise than we do.
fn message(error: &serde_json::Error, text: &str) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match message.strip_suffix(&place) {
        Some(fault) if !text.trim_ascii().contains('\n') => {
            format!("{fault}, column {}", error.column())
        }
        _ => message,
    }
}

/// Reads a value at a depth; notes in `fault` what kind of error it raised itself.
#[derive(Clone, Copy)]
struct Seed<'f> {
    depth: usize,
    depth_max: usize,
    fault: &'f Cell<RequestErrorKind>,
}

impl Seed<'_> {
    fn error<E: serde::de::Error>(self, kind: RequestErrorKind, message: impl fmt::Display) -> E {
        self.fault.set(kind);
        E::custom(message)
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == self.depth_max {
            let message = format!("nested more than {} deep", self.depth_max);
            return Err(self.error(RequestErrorKind::Size, message));
        }
        Ok(Seed { depth: self.depth + 1, ..self })
    }
}

impl<'j> DeserializeSeed<'j> for Seed<'_> {
    type Value = Value<'j>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Value<'j>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for Seed<'_> {
    type Value = Value<'j>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'j>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'j>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'j>, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'j>, E> {
        Ok(i64::try_from(value).map_or(Value::Uint(value), Value::Int))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value<'j>, E> {
        if value.abs() >= DOUBLE_MAX {
            let message = "a number that 64 bits do not hold exactly";
            return Err(self.error(RequestErrorKind::Shape, message));
        }
        Ok(Value::Double(value))
    }

    fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Value<'j>, E> {
        Ok(Value::String(Text::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'j>, E> {
        Ok(Value::String(Text::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut items: A) -> Result<Value<'j>, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'j>>(self, mut entries: A) -> Result<Value<'j>, A::Error> {
        let inner = self.deeper()?;
        let mut pairs = Vec::new();
        while let Some(name) = entries.next_key_seed(Key)? {
            if name.len() > ID_BYTES_MAX {
                let message = format!("a key of more than {ID_BYTES_MAX} bytes");
                return Err(self.error(RequestErrorKind::Size, message));
            }
            pairs.push((name, entries.next_value_seed(inner)?));
        }
        Map::from_entries(pairs).map(Value::Map).map_err(|name| {
            self.error(
                RequestErrorKind::Shape,
                format!("key `{}` is given twice", printable(&name)),
            )
        })
    }
}

/// Reads a key, borrowed where it can be.
struct Key;

impl<'j> DeserializeSeed<'j> for Key {
    type Value = Text<'j>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Text<'j>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'j> Visitor<'j> for Key {
    type Value = Text<'j>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Text<'j>, E> {
        Ok(Text::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'j>, E> {
        Ok(Text::Owned(text.to_owned()))
    }
}
