//! Objects with known fields, strictly read.

use super::request::{ID_BYTES_MAX, RequestError, RequestErrorKind};
use crate::error::printable;
use crate::{ActorType, Map, Membership, Text, Timestamp, Value};

/// Fields of an object that have not been read yet.
pub(super) struct Fields<'j> {
    values: Map<'j>,
    path: String,
}

impl<'j> Fields<'j> {
    pub(super) fn new(value: Value<'j>, path: String) -> Result<Self, RequestError> {
        match value {
            Value::Map(values) => Ok(Fields { values, path }),
            other => Err(mistyped(path, "an object", &other)),
        }
    }

    pub(super) fn field(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn required(&mut self, name: &str) -> Result<Value<'j>, RequestError> {
        let value = self.values.remove(name);
        value.ok_or_else(|| error(RequestErrorKind::Shape, Some(self.field(name)), "missing"))
    }

    /// That a field is there, whose reader takes its absence for emptiness.
    pub(super) fn require(&self, name: &str) -> Result<(), RequestError> {
        match self.values.value(name) {
            Some(_) => Ok(()),
            None => Err(error(RequestErrorKind::Shape, Some(self.field(name)), "missing")),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.values.value(name).is_some()
    }

    pub(super) fn word(&mut self, name: &str) -> Result<Text<'j>, RequestError> {
        let value = self.required(name)?;
        word(value, self.field(name))
    }

    /// Text that may be empty.
    pub(super) fn text(&mut self, name: &str) -> Result<Text<'j>, RequestError> {
        match self.required(name)? {
            Value::String(text) if text.is_empty() => Ok(text),
            other => word(other, self.field(name)),
        }
    }

    pub(super) fn words(&mut self, name: &str) -> Result<Vec<Text<'j>>, RequestError> {
        let items = self.list(name)?.into_iter().enumerate();
        items.map(|(index, item)| word(item, format!("{}[{index}]", self.field(name)))).collect()
    }

    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Value<'j>>, RequestError> {
        match self.values.remove(name) {
            None => Ok(Vec::new()),
            Some(Value::List(items)) => Ok(items),
            Some(other) => Err(mistyped(self.field(name), "a list", &other)),
        }
    }

    pub(super) fn map(&mut self, name: &str) -> Result<Map<'j>, RequestError> {
        match self.values.remove(name) {
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
        let Some(value) = self.values.remove(name) else { return Ok(None) };
        let text = word(value, self.field(name))?;
        let time = Timestamp::parse(&text);
        time.map(Some).map_err(|fault| {
            error(RequestErrorKind::Shape, Some(self.field(name)), fault.to_string())
        })
    }

    /// Nothing may be left.
    pub(super) fn end(&self, known: &[&str]) -> Result<(), RequestError> {
        let Some((name, _)) = self.values.iter().next() else { return Ok(()) };
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
pub(super) fn word(value: Value<'_>, field: String) -> Result<Text<'_>, RequestError> {
    let text = match value {
        Value::String(text) => text,
        other => return Err(mistyped(field, "a string", &other)),
    };
    if text.is_empty() {
        return Err(error(RequestErrorKind::Shape, Some(field), "empty"));
    }
    if text.len() > ID_BYTES_MAX {
        let message = format!("more than {ID_BYTES_MAX} bytes");
        return Err(error(RequestErrorKind::Size, Some(field), message));
    }
    if text.chars().any(char::is_control) {
        return Err(error(RequestErrorKind::Shape, Some(field), "a control character"));
    }
    Ok(text)
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
