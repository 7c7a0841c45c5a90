//! Conditions and named expressions.

use super::Reader;
use super::names::Name;
use crate::document::{Content, Node, Span};
use crate::error::PolicyErrorKind;
use crate::model::{Condition, Definition, Model, Place, part};

/// Words that conditions give a meaning of their own.
const RESERVED: [&str; 28] = [
    "actor",
    "action",
    "resource",
    "context",
    "now",
    "true",
    "false",
    "null",
    "in",
    "has",
    "related",
    "derived_role",
    "timestamp",
    "duration",
    "ip",
    "cidr",
    "matches",
    "size",
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "list",
    "map",
    "type",
    "dyn",
];

impl<'t> Reader<'_, 't> {
    pub(super) fn definitions(&mut self, root: &Node<'t>, model: &mut Model<'t>) {
        let Some(section) = root.value("let") else { return };
        for (key, value) in self.entries(section, "`let`").unwrap_or_default() {
            let Some(name) = self.word(key, "a name in `let`", Name::Identifier) else { continue };
            if RESERVED.contains(&name.text.as_str()) {
                let message = format!("`{}` has a meaning in conditions already", name.text);
                self.mistake(PolicyErrorKind::Name, key.span, message);
            }
            if let Some(condition) = self.condition(value, "a name in `let`") {
                model.definitions.push(Definition { name, condition });
            }
        }
    }

    /// The condition that `node`, a scalar, holds.
    pub(super) fn condition(&mut self, node: &Node<'t>, what: &str) -> Option<Condition> {
        let scalar = match &node.content {
            Content::Scalar(scalar) if !scalar.is_null() => scalar,
            _ => {
                self.wrong_shape(node, &format!("{what} is an expression"));
                return None;
            }
        };
        let text = scalar.text().to_string();
        let (place, verbatim) = self.text_place(node, &text);
        match pdp_cel::parse(&text) {
            Ok(expression) => Some(Condition { expression, text, place, verbatim }),
            Err(error) => {
                let pdp_cel::Span { start, end } = error.span;
                let span = part(&text, place, verbatim, start, end).span;
                self.mistake(PolicyErrorKind::Expression, span, error.message);
                None
            }
        }
    }

    /// Where the text of a scalar stands, and whether it stands there as it is: without escapes
    /// and without lines folded into one.
    fn text_place(&self, node: &Node<'t>, text: &str) -> (Place, bool) {
        let span = node.span;
        let written = self.source.text.get(span.start as usize..span.end as usize).unwrap_or("");
        let Some(before) = written.find(text).filter(|_| !text.is_empty()) else {
            return (self.place(node), false);
        };
        let skipped = &written[..before];
        let lines = u32::try_from(skipped.matches('\n').count()).unwrap_or(0);
        let letters = skipped.rsplit('\n').next().unwrap_or_default().chars().count();
        let letters = u32::try_from(letters).unwrap_or(0);
        let start = span.start + u32::try_from(before).unwrap_or(0);
        let end = start + u32::try_from(text.len()).unwrap_or(0);
        let column = if lines == 0 { span.column + letters } else { letters + 1 };
        let span = Span { start, end, line: span.line + lines, column };
        (Place { file: self.file, span }, true)
    }
}
