//! Objects with known fields, strictly read.

use std::borrow::Cow;

use super::request::{ID_BYTES_MAX, RequestError, RequestErrorKind};
use crate::error::printable;
use crate::{ActorType, Map, Membership, Text, Timestamp, Value};

/// Fields of an object that have not been read yet. Where they stand is put into words for errors
/// alone.
pub(super) struct Fields<'j> {
    values: Vec<(Text<'j>, Value<'j>)>,
    path: Cow<'static, str>,
}

impl<'j> Fields<'j> {
    pub(super) fn new(
        value: Value<'j>,
        path: impl Into<Cow<'static, str>>,
    ) -> Result<Self, RequestError> {
        match value {
            Value::Map(values) => Ok(Fields { values: values.into_entries(), path: path.into() }),
            other => Err(mistyped(path.into().into_owned(), "an object", &other)),
        }
    }

    pub(super) fn field(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn required(&mut self, name: &str) -> Result<Value<'j>, RequestError> {
        let value = self.optional(name);
        value.ok_or_else(|| error(RequestErrorKind::Shape, Some(self.field(name)), "missing"))
    }

    fn optional(&mut self, name: &str) -> Option<Value<'j>> {
        let index = self.values.iter().position(|(known, _)| known == name)?;
        Some(self.values.swap_remove(index).1)
    }

    /// That a field is there, whose reader takes its absence for emptiness.
    pub(super) fn require(&self, name: &str) -> Result<(), RequestError> {
        if self.has(name) {
            return Ok(());
        }
        Err(error(RequestErrorKind::Shape, Some(self.field(name)), "missing"))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(known, _)| known == name)
    }

    pub(super) fn word(&mut self, name: &str) -> Result<Text<'j>, RequestError> {
        let value = self.required(name)?;
        word(value, || self.field(name))
    }

    /// Text that may be empty.
    pub(super) fn text(&mut self, name: &str) -> Result<Text<'j>, RequestError> {
        match self.required(name)? {
            Value::String(text) if text.is_empty() => Ok(text),
            other => word(other, || self.field(name)),
        }
    }

    pub(super) fn words(&mut self, name: &str) -> Result<Vec<Text<'j>>, RequestError> {
        let items = self.list(name)?.into_iter().enumerate();
        items.map(|(index, item)| word(item, || format!("{}[{index}]", self.field(name)))).collect()
    }

    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Value<'j>>, RequestError> {
        match self.optional(name) {
            None => Ok(Vec::new()),
            Some(Value::List(items)) => Ok(items),
            Some(other) => Err(mistyped(self.field(name), "a list", &other)),
        }
    }

    pub(super) fn map(&mut self, name: &str) -> Result<Map<'j>, RequestError> {
        match self.optional(name) {
            None => Ok(Map::new()),
            Some(Value::Map(map)) => Ok(map),
            Some(other) => Err(mistyped(self.field(name), "an object", &other)),
        }
    }

    pub(super) fn actor_type(&mut self, name: &str) -> Result<ActorType, RequestError> {
        let text = self.word(name)?;
        ActorType::from_word(&text).ok_or_else(|| {
            let message = format!("`{}` is none of human, agent and service", printable(&text));
            error(RequestErrorKind::Shape, Some(self.field(name)), message)
        })
    }

    pub(super) fn memberships(&mut self, name: &str) -> Result<Vec<Membership<'j>>, RequestError> {
        let items = self.list(name)?.into_iter().enumerate();
        let membership = |(index, item): (usize, Value<'j>)| {
            let mut fields = Fields::new(item, format!("{}[{index}]", self.field(name)))?;
            let membership =
                Membership { tenant: fields.word("microdao_id")?, role: fields.word("role")? };
            fields.end(&["microdao_id", "role"])?;
            Ok(membership)
        };
        items.map(membership).collect()
    }

    pub(super) fn time(&mut self, name: &str) -> Result<Option<Timestamp>, RequestError> {
        let Some(value) = self.optional(name) else { return Ok(None) };
        let text = word(value, || self.field(name))?;
        let time = Timestamp::parse(&text);
        time.map(Some).map_err(|fault| {
            error(RequestErrorKind::Shape, Some(self.field(name)), fault.to_string())
        })
    }

    /// Nothing may be left; what is left is told in the order of the names.
    pub(super) fn end(&self, known: &[&str]) -> Result<(), RequestError> {
        let Some(name) = self.values.iter().map(|(name, _)| &**name).min() else { return Ok(()) };
        let hint = crate::error::suggestion(name, known.iter().copied());
        let message = match hint {
            _ if known.contains(&name) => "does not go with the other fields".to_owned(),
            Some(hint) => format!("unknown field; {hint}"),
            None => "unknown field".to_owned(),
        };
        Err(error(RequestErrorKind::Shape, Some(self.field(&printable(name))), message))
    }
}

/// An id, role, action or type: text without control characters, not empty, not too long.
pub(super) fn word(
    value: Value<'_>,
    field: impl FnOnce() -> String,
) -> Result<Text<'_>, RequestError> {
    let text = match value {
        Value::String(text) => text,
        other => return Err(mistyped(field(), "a string", &other)),
    };
    check_word(&text, field).map(|()| text)
}

/// Refuses a text that cannot be an id, role, action or type: one that is empty, longer than
/// [`ID_BYTES_MAX`](super::ID_BYTES_MAX), or has a control character.
///
/// # Errors
///
/// [`RequestError`] naming the field.
pub fn check_word(text: &str, field: impl FnOnce() -> String) -> Result<(), RequestError> {
    if is_plain_word(text) {
        return Ok(());
    }
    match fault(text) {
        None => Ok(()),
        Some((kind, message)) => Err(error(kind, Some(field()), message)),
    }
}

/// Whether a text may be an id, role, action or type.
pub(super) fn is_word(text: &str) -> bool {
    is_plain_word(text) || fault(text).is_none()
}

/// Whether a text is one of letters and signs of ASCII alone, as most are: then nothing has to be
/// looked at twice.
fn is_plain_word(text: &str) -> bool {
    let is_plain = text.bytes().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'~'));
    is_plain && (1..=ID_BYTES_MAX).contains(&text.len())
}

/// Why a text is no id, role, action or type.
fn fault(text: &str) -> Option<(RequestErrorKind, String)> {
    if text.is_empty() {
        return Some((RequestErrorKind::Shape, "empty".to_owned()));
    }
    if text.len() > ID_BYTES_MAX {
        return Some((RequestErrorKind::Size, format!("more than {ID_BYTES_MAX} bytes")));
    }
    // Most texts are ASCII, where looking at bytes is enough.
    let has_control = if text.is_ascii() {
        text.bytes().any(|byte| byte.is_ascii_control())
    } else {
        text.chars().any(char::is_control)
    };
    has_control.then(|| (RequestErrorKind::Shape, "a control character".to_owned()))
}

pub(super) fn mistyped(field: String, wanted: &str, found: &Value<'_>) -> RequestError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::Uint(_) | Value::Double(_) => "a number",
        Value::String(_)
        | Value::Bytes(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::Ip(_)
        | Value::Cidr(_) => "a string",
        Value::List(_) => "a list",
        Value::Map(_) => "an object",
    };
    let field = (!field.is_empty()).then_some(field);
    error(RequestErrorKind::Shape, field, format!("expected {wanted}, found {found}"))
}

pub(super) fn error(
    kind: RequestErrorKind,
    field: Option<String>,
    message: impl Into<String>,
) -> RequestError {
    RequestError { kind, field, message: message.into() }
}
