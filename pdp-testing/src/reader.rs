//! Nodes become fixtures and cases.

use std::rc::Rc;

use pdp_core::document::{Content, Node, Scalar, SyntaxError};
use pdp_core::{ActorType, Effect, Map, Membership, Obligation, Text, Timestamp, Value};

use crate::file::Fixtures;
use crate::{ActorFixture, Case, Expectation, ResourceFixture};

/// The entries of a mapping whose keys are known.
pub(crate) struct Fields<'n, 't> {
    node: &'n Node<'t>,
}

impl<'n, 't> Fields<'n, 't> {
    pub(crate) fn new(node: &'n Node<'t>, what: &str, known: &[&str]) -> Result<Self, SyntaxError> {
        for (key, _) in entries(node, what)? {
            let name = key.string().unwrap_or_default();
            if !known.contains(&name) {
                let known = known.join(", ");
                let message = format!(
                    "unknown key `{}` in {what}; its keys are {known}",
                    name.escape_debug()
                );
                return Err(mistake(key, message));
            }
        }
        Ok(Fields { node })
    }

    pub(crate) fn value(&self, key: &str) -> Option<&'n Node<'t>> {
        self.node.value(key)
    }

    pub(crate) fn required(&self, key: &str) -> Result<&'n Node<'t>, SyntaxError> {
        self.value(key).ok_or_else(|| mistake(self.node, format!("`{key}` is missing")))
    }

    pub(crate) fn text(&self, key: &str) -> Result<String, SyntaxError> {
        text(self.required(key)?, key)
    }

    /// The items of a list; none where the key is absent.
    pub(crate) fn items(&self, key: &str) -> Result<&'n [Node<'t>], SyntaxError> {
        self.value(key).map_or(Ok(&[]), |node| items(node, key))
    }

    pub(crate) fn texts(&self, key: &str) -> Result<Vec<String>, SyntaxError> {
        self.value(key).map_or_else(|| Ok(Vec::new()), |node| texts(node, key))
    }

    pub(crate) fn map(&self, key: &str) -> Result<Map<'static>, SyntaxError> {
        self.value(key).map_or_else(|| Ok(Map::new()), map)
    }

    pub(crate) fn time(&self, key: &str) -> Result<Option<Timestamp>, SyntaxError> {
        let Some(node) = self.value(key) else { return Ok(None) };
        let time = Timestamp::parse(&text(node, key)?);
        time.map(Some).map_err(|error| mistake(node, error.to_string()))
    }

    pub(crate) fn version(&self) -> Result<(), SyntaxError> {
        let node = self.required("version")?;
        match scalar(node).and_then(Scalar::int) {
            Some(1) => Ok(()),
            _ => Err(mistake(node, "the version of test files is `1`")),
        }
    }

    fn effect(&self) -> Result<Effect, SyntaxError> {
        let node = self.required("effect")?;
        let effect = node.string().and_then(Effect::from_word);
        effect.ok_or_else(|| wrong(node, "`effect` is `permit` or `deny`"))
    }

    fn optional<T>(
        &self,
        key: &str,
        read: impl FnOnce(&'n Node<'t>) -> Result<T, SyntaxError>,
    ) -> Result<Option<T>, SyntaxError> {
        self.value(key).map(read).transpose()
    }
}

impl ActorFixture {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, SyntaxError> {
        let keys = ["id", "type", "roles", "tenants", "memberships", "attributes"];
        let fields = Fields::new(node, "an actor", &keys)?;
        let actor_type = fields.required("type")?;
        let owned = |texts: Vec<String>| texts.into_iter().map(Text::from).collect();
        Ok(ActorFixture {
            id: fields.text("id")?,
            actor_type: actor_type.string().and_then(ActorType::from_word).ok_or_else(|| {
                wrong(actor_type, "the type of an actor is `human`, `agent` or `service`")
            })?,
            roles: owned(fields.texts("roles")?),
            tenants: owned(fields.texts("tenants")?),
            memberships: fields
                .items("memberships")?
                .iter()
                .map(membership)
                .collect::<Result<_, _>>()?,
            attributes: fields.map("attributes")?,
        })
    }
}

impl ResourceFixture {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, SyntaxError> {
        let fields = Fields::new(node, "a resource", &["type", "id", "attributes"])?;
        Ok(ResourceFixture {
            resource_type: fields.text("type")?,
            id: fields.text("id")?,
            attributes: fields.map("attributes")?,
        })
    }
}

impl Case {
    pub(crate) fn read(node: &Node<'_>, fixtures: &mut Fixtures) -> Result<Self, SyntaxError> {
        let keys = ["name", "actor", "action", "resource", "context", "now", "expect"];
        let fields = Fields::new(node, "a case", &keys)?;
        let (actor, resource) = (fields.required("actor")?, fields.required("resource")?);
        Ok(Case {
            name: fields.text("name")?,
            line: node.span.line,
            actor: match actor.content {
                Content::Mapping(_) => Rc::new(ActorFixture::read(actor)?),
                _ => fixtures.actors.named(actor)?,
            },
            action: fields.text("action")?,
            resource: match resource.content {
                Content::Mapping(_) => Rc::new(ResourceFixture::read(resource)?),
                _ => fixtures.resources.named(resource)?,
            },
            context: Rc::new(fields.map("context")?),
            now: fields.time("now")?,
            expect: Expectation::read(fields.required("expect")?)?,
            matrix: false,
        })
    }
}

impl Expectation {
    fn read(node: &Node<'_>) -> Result<Self, SyntaxError> {
        let keys = ["effect", "reason", "rule", "obligations", "bypass", "errors"];
        let fields = Fields::new(node, "`expect`", &keys)?;
        Ok(Expectation {
            effect: fields.effect()?,
            reason: fields.optional("reason", |node| text(node, "reason"))?,
            rule: fields.optional("rule", |node| match scalar(node) {
                Some(scalar) if scalar.is_null() => Ok(None),
                _ => text(node, "rule").map(Some),
            })?,
            obligations: fields.optional("obligations", |_| {
                fields.items("obligations")?.iter().map(obligation).collect()
            })?,
            bypass: fields.optional("bypass", |node| {
                let value = scalar(node).and_then(Scalar::bool);
                value.ok_or_else(|| wrong(node, "`bypass` is `true` or `false`"))
            })?,
            errors: fields.optional("errors", |_| fields.texts("errors"))?,
        })
    }
}

fn membership(node: &Node<'_>) -> Result<Membership<'static>, SyntaxError> {
    let fields = Fields::new(node, "a membership", &["tenant", "role"])?;
    Ok(Membership { tenant: fields.text("tenant")?.into(), role: fields.text("role")?.into() })
}

fn obligation(node: &Node<'_>) -> Result<Obligation, SyntaxError> {
    let fields = Fields::new(node, "an obligation", &["type", "properties"])?;
    Ok(Obligation { obligation_type: fields.text("type")?, properties: fields.map("properties")? })
}

/// The entries of a mapping with free keys.
pub(crate) fn entries<'n, 't>(
    node: &'n Node<'t>,
    what: &str,
) -> Result<&'n [(Node<'t>, Node<'t>)], SyntaxError> {
    match &node.content {
        Content::Mapping(entries) => Ok(entries),
        _ => Err(wrong(node, &format!("{what} is a mapping"))),
    }
}

fn items<'n, 't>(node: &'n Node<'t>, what: &str) -> Result<&'n [Node<'t>], SyntaxError> {
    match &node.content {
        Content::Sequence(items) => Ok(items),
        _ => Err(wrong(node, &format!("`{what}` is a list"))),
    }
}

pub(crate) fn texts(node: &Node<'_>, what: &str) -> Result<Vec<String>, SyntaxError> {
    items(node, what)?.iter().map(|item| text(item, what)).collect()
}

pub(crate) fn text(node: &Node<'_>, what: &str) -> Result<String, SyntaxError> {
    let text = node.string().map(str::to_owned);
    text.ok_or_else(|| wrong(node, &format!("`{what}` is a string")))
}

pub(crate) fn mistake(node: &Node<'_>, message: impl Into<String>) -> SyntaxError {
    SyntaxError { message: message.into(), span: node.span }
}

fn wrong(node: &Node<'_>, wanted: &str) -> SyntaxError {
    mistake(node, format!("{wanted}; this is {}", node.description()))
}

fn scalar<'n, 't>(node: &'n Node<'t>) -> Option<&'n Scalar<'t>> {
    match &node.content {
        Content::Scalar(scalar) => Some(scalar),
        _ => None,
    }
}

fn map(node: &Node<'_>) -> Result<Map<'static>, SyntaxError> {
    let mut map = Map::new();
    for (key, value) in entries(node, "this")? {
        map.insert(key.string().unwrap_or_default().to_owned(), self::value(value)?);
    }
    Ok(map)
}

fn value(node: &Node<'_>) -> Result<Value<'static>, SyntaxError> {
    match &node.content {
        Content::Sequence(items) => {
            items.iter().map(value).collect::<Result<_, _>>().map(Value::List)
        }
        Content::Mapping(_) => map(node).map(Value::Map),
        Content::Scalar(scalar) if scalar.is_null() => Ok(Value::Null),
        Content::Scalar(scalar) => {
            let number =
                || scalar.int().map(Value::Int).or_else(|| scalar.double().map(Value::Double));
            let text = || scalar.string().map(|text| Value::String(text.to_owned().into()));
            let value = scalar.bool().map(Value::Bool).or_else(number).or_else(text);
            value.ok_or_else(|| mistake(node, "a number out of range"))
        }
    }
}
