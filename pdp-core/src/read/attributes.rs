//! Declarations of attributes and of the context.

use pdp_cel::Bulk;

use super::Reader;
use super::names::Name;
use crate::Type;
use crate::document::{Content, Node};
use crate::error::PolicyErrorKind;
use crate::model::{Attribute, AttributeSource, Model, Word};

/// More items cannot be allowed.
const ITEMS_MAX: i64 = 10_000;

/// More bytes of a text cannot be allowed.
const TEXT_BYTES_MAX: i64 = 64 * 1024;

const RESOURCE_RESERVED: [&str; 2] = ["id", "type"];
const ACTOR_RESERVED: [&str; 6] = ["id", "type", "roles", "tenants", "memberships", "attributes"];

impl<'t> Reader<'_, 't> {
    pub(super) fn actor(&mut self, root: &Node<'t>, model: &mut Model<'t>) {
        let Some(section) = root.value("actor") else { return };
        let Some(fields) = self.fields(section, "`actor`", &["attributes"]) else { return };
        let Some(attributes) = self.required(&fields, "attributes") else { return };
        let attributes =
            self.attributes_of(attributes, &ACTOR_RESERVED, AttributeSource::Facts, true);
        model.actor_attributes.extend(attributes);
    }

    pub(super) fn context(&mut self, root: &Node<'t>, model: &mut Model<'t>) {
        let Some(section) = root.value("context") else { return };
        if section.string() == Some("open") {
            model.open_context_files.push(self.file);
            return;
        }
        let context = self.attributes_of(section, &[], AttributeSource::Request, false);
        model.context.extend(context);
    }

    pub(super) fn resource_attributes(&mut self, node: &Node<'t>) -> Vec<Attribute> {
        self.attributes_of(node, &RESOURCE_RESERVED, AttributeSource::Facts, true)
    }

    fn attributes_of(
        &mut self,
        node: &Node<'t>,
        reserved: &[&str],
        source: AttributeSource,
        source_may_be_given: bool,
    ) -> Vec<Attribute> {
        let entries = self.entries(node, "a list of names and types").unwrap_or_default();
        let mut attributes = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let Some(name) = self.word(key, "the name of a value", Name::Identifier) else {
                continue;
            };
            if reserved.contains(&name.text.as_str()) {
                let message = format!("`{}` has a meaning already", name.text);
                self.mistake(PolicyErrorKind::Name, key.span, message);
            }
            attributes.extend(self.attribute(name, value, source, source_may_be_given));
        }
        attributes
    }

    fn attribute(
        &mut self,
        name: Word,
        node: &Node<'t>,
        default_source: AttributeSource,
        source_may_be_given: bool,
    ) -> Option<Attribute> {
        if !matches!(node.content, Content::Mapping(_)) {
            let (value_type, optional) = self.value_type(node)?;
            let max = default_max(&value_type);
            return Some(Attribute {
                name,
                value_type,
                optional,
                max,
                source: default_source,
                masked: false,
            });
        }
        let keys: &[&str] = if source_may_be_given {
            &["type", "from", "masked", "max"]
        } else {
            &["type", "masked", "max"]
        };
        let fields = self.fields(node, "a declaration", keys)?;
        let source = match fields.value("from").filter(|_| source_may_be_given) {
            Some(from) => self.source_of(from)?,
            None => default_source,
        };
        let masked = match fields.value("masked") {
            Some(masked) => self.boolean(masked, "`masked`")?,
            None => false,
        };
        let value_type = self.required(&fields, "type")?;
        let (value_type, optional) = self.value_type(value_type)?;
        let max = match fields.value("max") {
            Some(max) => self.max(max, &value_type)?,
            None => default_max(&value_type),
        };
        Some(Attribute { name, value_type, optional, max, source, masked })
    }

    fn max(&mut self, node: &Node<'t>, value_type: &Type) -> Option<u32> {
        let most = match value_type {
            Type::List(_) | Type::Map(..) | Type::Any => ITEMS_MAX,
            Type::String => TEXT_BYTES_MAX,
            other => {
                let message = format!("`max` counts items or bytes, and a `{other}` has none");
                self.mistake(PolicyErrorKind::Type, node.span, message);
                return None;
            }
        };
        let max = match &node.content {
            Content::Scalar(scalar) => scalar.int(),
            _ => None,
        };
        let max = max.filter(|max| (1..=most).contains(max));
        if max.is_none() {
            let message = format!("`max` is a whole number from 1 to {most}");
            self.mistake(PolicyErrorKind::Shape, node.span, message);
        }
        max.and_then(|max| u32::try_from(max).ok())
    }

    fn source_of(&mut self, node: &Node<'t>) -> Option<AttributeSource> {
        match node.string() {
            Some("facts") => Some(AttributeSource::Facts),
            Some("request") => Some(AttributeSource::Request),
            _ => {
                self.wrong_shape(node, "`from` is `facts` or `request`");
                None
            }
        }
    }

    fn value_type(&mut self, node: &Node<'t>) -> Option<(Type, bool)> {
        let text = self.text(node, "a type of values")?;
        let (word, optional) = match text.strip_suffix('?') {
            Some(word) => (word, true),
            None => (text.as_ref(), false),
        };
        let Some(value_type) = Type::from_word(word) else {
            let words: Vec<&str> = Type::words().collect();
            let message = format!("unknown type of values `{}`", crate::error::printable(text));
            let hint = self.mistakes.suggestion(word, words.iter().copied()).unwrap_or_else(|| {
                let scalars = super::fields::listed(&words[..words.len() - 2]);
                format!("there are {scalars}, `list(…)` and `map(…)`; `?` makes one optional")
            });
            self.mistake_with_hint(PolicyErrorKind::UnknownName, node.span, message, Some(hint));
            return None;
        };
        Some((value_type, optional))
    }
}

/// What `max` is where nothing is said: items, or bytes of a text.
fn default_max(value_type: &Type) -> u32 {
    let Bulk { items, bytes } =
        if *value_type == Type::String { Bulk::STATED_TEXT } else { Bulk::STATED };
    u32::try_from(if items == 0 { bytes } else { items }).expect("the defaults are small")
}
