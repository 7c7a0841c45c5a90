//! The strict reader of requests.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::json;
use crate::error::printable;
use crate::{Actor, ActorType, Map, Membership, Request, Resource, Text, Timestamp, Value};

/// The largest request, in bytes.
pub const REQUEST_BYTES_MAX: usize = 1024 * 1024;

/// How deep objects and lists of a request may nest.
pub const REQUEST_DEPTH_MAX: usize = 32;

/// The longest id, role, action, type and key, in bytes.
pub const ID_BYTES_MAX: usize = 1024;

/// Why a text is no request. The request is refused; that is no decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default())]
pub struct RequestError {
    /// What kind of fault it is.
    pub kind: RequestErrorKind,
    /// The field that is meant, such as `actor.roles[0]`; `None` where no field is.
    pub field: Option<String>,
    /// What is wrong, in one line.
    pub message: String,
}

/// Kinds of faults in requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestErrorKind {
    /// The text is not JSON.
    Syntax,
    /// A field is missing, unknown, given twice or of the wrong type.
    Shape,
    /// Something is over a limit.
    Size,
}

impl RequestErrorKind {
    /// The word for the kind on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            RequestErrorKind::Syntax => "syntax",
            RequestErrorKind::Shape => "shape",
            RequestErrorKind::Size => "size",
        }
    }
}

impl Serialize for RequestError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("RequestError", 3)?;
        fields.serialize_field("kind", self.kind.as_str())?;
        if let Some(field) = &self.field {
            fields.serialize_field("field", field)?;
        }
        fields.serialize_field("message", &self.message)?;
        fields.end()
    }
}

/// A request that was read from JSON and owns what [`Request`] borrows.
///
/// ```
/// use pdp_core::wire::RequestDocument;
///
/// let document = RequestDocument::parse(
///     br#"{"actor": {"actor_id": "user:1", "actor_type": "human"},
///          "action": "read", "resource": {"type": "channel", "id": "general"}}"#,
/// )?;
/// assert_eq!(document.request().actor.id, "user:1");
/// # Ok::<(), pdp_core::wire::RequestError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RequestDocument<'j> {
    actor_id: Text<'j>,
    actor_type: ActorType,
    tenants: Vec<Text<'j>>,
    roles: Vec<Text<'j>>,
    memberships: Vec<Membership<'j>>,
    actor_attributes: Map<'j>,
    action: Text<'j>,
    resource_type: Text<'j>,
    resource_id: Text<'j>,
    resource_attributes: Map<'j>,
    context: Map<'j>,
    now: Option<Timestamp>,
}

impl<'j> RequestDocument<'j> {
    /// Reads the JSON of a request.
    ///
    /// # Errors
    ///
    /// [`RequestError`] naming the field, for everything that is not exactly a request within the
    /// limits: [`REQUEST_BYTES_MAX`], [`REQUEST_DEPTH_MAX`], [`ID_BYTES_MAX`].
    pub fn parse(json: &'j [u8]) -> Result<Self, RequestError> {
        if json.len() > REQUEST_BYTES_MAX {
            let message = format!("a request of more than {REQUEST_BYTES_MAX} bytes");
            return Err(error(RequestErrorKind::Size, None, message));
        }
        let text = std::str::from_utf8(json).map_err(|fault| {
            let message = format!("not UTF-8 from byte {} on", fault.valid_up_to());
            error(RequestErrorKind::Syntax, None, message)
        })?;
        let value = json::parse(text).map_err(|(kind, message)| error(kind, None, message))?;
        read(value)
    }

    /// The request.
    pub fn request(&self) -> Request<'_> {
        Request {
            actor: Actor {
                id: &self.actor_id,
                actor_type: self.actor_type,
                tenants: &self.tenants,
                roles: &self.roles,
                memberships: &self.memberships,
                attributes: &self.actor_attributes,
            },
            action: &self.action,
            resource: Resource {
                resource_type: &self.resource_type,
                id: &self.resource_id,
                attributes: &self.resource_attributes,
            },
            context: &self.context,
            now: self.now,
        }
    }
}

fn read(value: Value<'_>) -> Result<RequestDocument<'_>, RequestError> {
    let mut root = Fields::new(value, String::new())?;
    let mut actor = Fields::new(root.required("actor")?, "actor".to_owned())?;
    let mut resource = Fields::new(root.required("resource")?, "resource".to_owned())?;
    let document = RequestDocument {
        actor_id: actor.word("actor_id")?,
        actor_type: actor.actor_type("actor_type")?,
        tenants: actor.words("microdao_ids")?,
        roles: actor.words("roles")?,
        memberships: actor.memberships("memberships")?,
        actor_attributes: actor.map("attributes")?,
        action: root.word("action")?,
        resource_type: resource.word("type")?,
        resource_id: resource.word("id")?,
        resource_attributes: resource.map("attributes")?,
        context: root.map("context")?,
        now: root.time("now")?,
    };
    actor.end(&["actor_id", "actor_type", "microdao_ids", "roles", "memberships", "attributes"])?;
    resource.end(&["type", "id", "attributes"])?;
    root.end(&["actor", "action", "resource", "context", "now"])?;
    Ok(document)
}

/// Fields of an object that have not been read yet.
struct Fields<'j> {
    values: Map<'j>,
    path: String,
}

impl<'j> Fields<'j> {
    fn new(value: Value<'j>, path: String) -> Result<Self, RequestError> {
        match value {
            Value::Map(values) => Ok(Fields { values, path }),
            other => Err(mistyped(path, "an object", &other)),
        }
    }

    fn field(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn required(&mut self, name: &str) -> Result<Value<'j>, RequestError> {
        let value = self.values.remove(name);
        value.ok_or_else(|| error(RequestErrorKind::Shape, Some(self.field(name)), "missing"))
    }

    fn word(&mut self, name: &str) -> Result<Text<'j>, RequestError> {
        let value = self.required(name)?;
        word(value, self.field(name))
    }

    fn words(&mut self, name: &str) -> Result<Vec<Text<'j>>, RequestError> {
        let items = self.list(name)?.into_iter().enumerate();
        items.map(|(index, item)| word(item, format!("{}[{index}]", self.field(name)))).collect()
    }

    fn list(&mut self, name: &str) -> Result<Vec<Value<'j>>, RequestError> {
        match self.values.remove(name) {
            None => Ok(Vec::new()),
            Some(Value::List(items)) => Ok(items),
            Some(other) => Err(mistyped(self.field(name), "a list", &other)),
        }
    }

    fn map(&mut self, name: &str) -> Result<Map<'j>, RequestError> {
        match self.values.remove(name) {
            None => Ok(Map::new()),
            Some(Value::Map(map)) => Ok(map),
            Some(other) => Err(mistyped(self.field(name), "an object", &other)),
        }
    }

    fn actor_type(&mut self, name: &str) -> Result<ActorType, RequestError> {
        let text = self.word(name)?;
        ActorType::from_word(&text).ok_or_else(|| {
            let message = format!("`{}` is none of human, agent and service", printable(&text));
            error(RequestErrorKind::Shape, Some(self.field(name)), message)
        })
    }

    fn memberships(&mut self, name: &str) -> Result<Vec<Membership<'j>>, RequestError> {
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

    fn time(&mut self, name: &str) -> Result<Option<Timestamp>, RequestError> {
        let Some(value) = self.values.remove(name) else { return Ok(None) };
        let text = word(value, self.field(name))?;
        let time = Timestamp::parse(&text);
        time.map(Some).map_err(|fault| {
            error(RequestErrorKind::Shape, Some(self.field(name)), fault.to_string())
        })
    }

    /// Nothing may be left.
    fn end(&self, known: &[&str]) -> Result<(), RequestError> {
        let Some((name, _)) = self.values.iter().next() else { return Ok(()) };
        let hint = crate::error::suggestion(name, known.iter().copied());
        let message = match hint {
            Some(hint) => format!("unknown field; {hint}"),
            None => "unknown field".to_owned(),
        };
        Err(error(RequestErrorKind::Shape, Some(self.field(&printable(name))), message))
    }
}

/// An id, role, action or type: text without control characters, not empty, not too long.
fn word(value: Value<'_>, field: String) -> Result<Text<'_>, RequestError> {
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

fn mistyped(field: String, wanted: &str, found: &Value<'_>) -> RequestError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::Uint(_) | Value::Double(_) => "a number",
        Value::String(_) | Value::Timestamp(_) => "a string",
        Value::List(_) => "a list",
        Value::Map(_) => "an object",
    };
    let field = (!field.is_empty()).then_some(field);
    error(RequestErrorKind::Shape, field, format!("expected {wanted}, found {found}"))
}

fn error(
    kind: RequestErrorKind,
    field: Option<String>,
    message: impl Into<String>,
) -> RequestError {
    RequestError { kind, field, message: message.into() }
}
