//! Values of any shape: properties of obligations, attributes in facts.

use super::Reader;
use crate::document::{Content, Node, Scalar};
use crate::error::PolicyErrorKind;
use crate::{Map, Value};

impl<'t> Reader<'_, 't> {
    pub(super) fn value_of(&mut self, node: &Node<'t>) -> Option<Value<'t>> {
        match &node.content {
            Content::Scalar(scalar) => {
                let value = scalar_value(scalar);
                if value.is_none() {
                    self.mistake(PolicyErrorKind::Limit, node.span, "a number out of range");
                }
                value
            }
            Content::Sequence(items) => {
                items.iter().map(|item| self.value_of(item)).collect::<Option<_>>().map(Value::List)
            }
            Content::Mapping(_) => self.map_of(node, "a value").map(Value::Map),
        }
    }

    pub(super) fn map_of(&mut self, node: &Node<'t>, what: &str) -> Option<Map<'t>> {
        let mut entries = Vec::new();
        for (key, value) in self.entries(node, what)? {
            let name = self.text(key, "a key")?.clone();
            entries.push((name, self.value_of(value)?));
        }
        // Keys that stand twice were refused with the document.
        Map::from_entries(entries).ok()
    }
}

/// What a scalar means; `None` for a number that 64 bits do not hold.
fn scalar_value<'t>(scalar: &Scalar<'t>) -> Option<Value<'t>> {
    if scalar.is_null() {
        return Some(Value::Null);
    }
    if scalar.string().is_some() {
        return Some(Value::String(scalar.text().clone()));
    }
    let bool = scalar.bool().map(Value::Bool);
    bool.or_else(|| scalar.int().map(Value::Int))
        .or_else(|| scalar.uint().map(Value::Uint))
        .or_else(|| scalar.double().map(Value::Double))
}
