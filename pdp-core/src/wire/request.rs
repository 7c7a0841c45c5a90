//! The strict reader of requests.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::fields::{Fields, error, is_word};
use super::{json, quick};
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

impl RequestError {
    /// The same error of a request that stands in `field` of something larger.
    #[must_use]
    pub fn within(mut self, field: &str) -> Self {
        self.field = Some(match self.field {
            Some(inner) => format!("{field}.{inner}"),
            None => field.to_owned(),
        });
        self
    }
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
        refusal(serializer, self.kind.as_str(), self.field.as_deref(), &self.message)
    }
}

/// Why something that travels is refused.
pub(super) fn refusal<S: Serializer>(
    serializer: S,
    kind: &str,
    field: Option<&str>,
    message: &str,
) -> Result<S::Ok, S::Error> {
    let mut fields = serializer.serialize_struct("Refusal", 3)?;
    fields.serialize_field("kind", kind)?;
    if let Some(field) = field {
        fields.serialize_field("field", field)?;
    }
    fields.serialize_field("message", message)?;
    fields.end()
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
    actor: ActorDocument<'j>,
    action: Text<'j>,
    resource: ResourceParts<'j>,
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
        let text = json::text(json, REQUEST_BYTES_MAX, "a request")?;
        match quick::request(text) {
            Some(document) => Ok(document),
            None => read(json::tree(text, REQUEST_DEPTH_MAX)?),
        }
    }

    /// Reads a request that came in another encoding, from the tree that its JSON would be. Whoever
    /// makes the tree bounds its size and depth; ids and words are checked here.
    ///
    /// # Errors
    ///
    /// [`RequestError`] naming the field, for everything that is not exactly a request.
    pub fn from_value(value: Value<'j>) -> Result<Self, RequestError> {
        read(value)
    }

    /// The request of these parts, if each is as it must be: ids and words are not empty, not too
    /// long, and hold no control characters. Why one is not, [`from_value`](Self::from_value) says.
    pub fn from_parts(parts: RequestParts<'j>) -> Option<Self> {
        let RequestParts { actor, action, resource, context, now } = parts;
        let words = [&action, &resource.resource_type, &resource.id];
        if !words.into_iter().chain(&now).all(|word| is_word(word)) {
            return None;
        }
        let now = now.map(|text| Timestamp::parse(&text)).transpose().ok()?;
        Some(RequestDocument { actor, action, resource, context, now })
    }

    /// Reads the JSON of a batch, `{"requests": [{…}, …]}`: at most `bytes_max` bytes in all, and 1
    /// to `requests_max` requests.
    ///
    /// # Errors
    ///
    /// [`RequestError`] naming the field, such as `requests[3].actor.actor_id`: a batch is read
    /// whole or not at all.
    pub fn parse_batch(
        json: &'j [u8],
        bytes_max: usize,
        requests_max: usize,
    ) -> Result<Vec<Self>, RequestError> {
        let text = json::text(json, bytes_max, "a batch")?;
        match quick::batch(text, requests_max) {
            Some(documents) => Ok(documents),
            None => Self::read_batch(text, requests_max),
        }
    }

    fn read_batch(text: &'j str, requests_max: usize) -> Result<Vec<Self>, RequestError> {
        let value = json::tree(text, REQUEST_DEPTH_MAX + BATCH_DEPTH)?;
        let mut root = Fields::new(value, "")?;
        let requests = root.list(REQUESTS)?;
        root.end(&[REQUESTS])?;
        check_count(requests.len(), requests_max)?;
        let documents = requests.into_iter().enumerate().map(|(index, value)| {
            read(value).map_err(|error| error.within(&format!("{REQUESTS}[{index}]")))
        });
        documents.collect()
    }

    /// The request.
    pub fn request(&self) -> Request<'_> {
        let RequestDocument { actor: ActorDocument(actor), action, resource, context, now } = self;
        Request { actor: actor.actor(), action, resource: resource.resource(), context, now: *now }
    }
}

/// An actor that was read. Copies share it, so that requests which state the same one hold one.
#[derive(Clone, Debug)]
pub struct ActorDocument<'j>(Arc<ActorParts<'j>>);

impl<'j> ActorDocument<'j> {
    /// The actor of these parts, if each is as it must be.
    pub fn from_parts(parts: ActorParts<'j>) -> Option<Self> {
        let ActorParts { id, tenants, roles, memberships, .. } = &parts;
        let of_memberships = memberships.iter().flat_map(|one| [&one.tenant, &one.role]);
        let are_words =
            of_memberships.chain(tenants).chain(roles).chain([id]).all(|word| is_word(word));
        are_words.then(|| ActorDocument(Arc::new(parts)))
    }
}

/// What a request consists of, as some encoding has it: nothing of it is checked but the actor.
#[derive(Debug)]
pub struct RequestParts<'j> {
    /// The actor.
    pub actor: ActorDocument<'j>,
    /// The action.
    pub action: Text<'j>,
    /// The resource.
    pub resource: ResourceParts<'j>,
    /// The context.
    pub context: Map<'j>,
    /// The time of the request: RFC 3339.
    pub now: Option<Text<'j>>,
}

/// What the actor of a request consists of.
#[derive(Clone, Debug)]
pub struct ActorParts<'j> {
    /// Its id.
    pub id: Text<'j>,
    /// What it is.
    pub actor_type: ActorType,
    /// Its tenants.
    pub tenants: Vec<Text<'j>>,
    /// The roles that it claims.
    pub roles: Vec<Text<'j>>,
    /// Further tenants, with the role held there.
    pub memberships: Vec<Membership<'j>>,
    /// Its attributes.
    pub attributes: Map<'j>,
}

impl ActorParts<'_> {
    /// The actor, borrowed.
    pub fn actor(&self) -> Actor<'_> {
        Actor {
            id: &self.id,
            actor_type: self.actor_type,
            tenants: &self.tenants,
            roles: &self.roles,
            memberships: &self.memberships,
            attributes: &self.attributes,
        }
    }
}

/// What the resource of a request consists of.
#[derive(Clone, Debug)]
pub struct ResourceParts<'j> {
    /// Its type.
    pub resource_type: Text<'j>,
    /// Its id.
    pub id: Text<'j>,
    /// Its attributes.
    pub attributes: Map<'j>,
}

impl ResourceParts<'_> {
    /// The resource, borrowed.
    pub fn resource(&self) -> Resource<'_> {
        Resource { resource_type: &self.resource_type, id: &self.id, attributes: &self.attributes }
    }
}

/// The field of a batch that holds its requests, and how much deeper they lie than one alone.
const REQUESTS: &str = "requests";
const BATCH_DEPTH: usize = 2;

/// Refuses a batch of none, or of more than `requests_max`.
///
/// # Errors
///
/// [`RequestError`] naming the field `requests`.
pub fn check_count(requests: usize, requests_max: usize) -> Result<(), RequestError> {
    let (kind, message) = match requests {
        0 => (RequestErrorKind::Shape, "no request".to_owned()),
        many if many > requests_max => {
            (RequestErrorKind::Size, format!("more than {requests_max} requests"))
        }
        _ => return Ok(()),
    };
    Err(error(kind, Some(REQUESTS.to_owned()), message))
}

pub(super) fn read(value: Value<'_>) -> Result<RequestDocument<'_>, RequestError> {
    let mut root = Fields::new(value, "")?;
    let mut actor = Fields::new(root.required("actor")?, "actor")?;
    let mut resource = Fields::new(root.required("resource")?, "resource")?;
    let document = RequestDocument {
        actor: ActorDocument(Arc::new(ActorParts {
            id: actor.word("actor_id")?,
            actor_type: actor.actor_type("actor_type")?,
            tenants: actor.words("microdao_ids")?,
            roles: actor.words("roles")?,
            memberships: actor.memberships("memberships")?,
            attributes: actor.map("attributes")?,
        })),
        action: root.word("action")?,
        resource: ResourceParts {
            resource_type: resource.word("type")?,
            id: resource.word("id")?,
            attributes: resource.map("attributes")?,
        },
        context: root.map("context")?,
        now: root.time("now")?,
    };
    actor.end(&["actor_id", "actor_type", "microdao_ids", "roles", "memberships", "attributes"])?;
    resource.end(&["type", "id", "attributes"])?;
    root.end(&["actor", "action", "resource", "context", "now"])?;
    Ok(document)
}
