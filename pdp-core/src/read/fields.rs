//! Mappings with known keys.

use super::Reader;
use crate::document::{Content, Node, Span};
use crate::error::{PolicyErrorKind, printable};

/// Strings up to this length are shown in a message as they are.
const SHOWN_MAX: usize = 40;

/// The entries of a mapping whose keys are known.
pub(super) struct Fields<'n, 't> {
    pub(super) span: Span,
    entries: &'n [(Node<'t>, Node<'t>)],
}

impl<'n, 't> Fields<'n, 't> {
    pub(super) fn value(&self, key: &str) -> Option<&'n Node<'t>> {
        self.entries.iter().find(|(name, _)| name.string() == Some(key)).map(|(_, value)| value)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'t> Reader<'_, 't> {
    /// The fields of `node`, which is `what`; `known` are the keys that it may have.
    pub(super) fn fields<'n>(
        &mut self,
        node: &'n Node<'t>,
        what: &str,
        known: &[&str],
    ) -> Option<Fields<'n, 't>> {
        let entries = self.entries(node, what)?;
        for (key, _) in entries {
            let name = key.string().unwrap_or_default();
            if !known.contains(&name) {
                let message = format!("unknown key `{}` in {what}", printable(name));
                let hint = self
                    .mistakes
                    .suggestion(name, known.iter().copied())
                    .or_else(|| Some(format!("its keys are {}", listed(known))));
                self.mistake_with_hint(PolicyErrorKind::UnknownKey, key.span, message, hint);
            }
        }
        Some(Fields { span: node.span, entries })
    }

    /// The entries of a mapping with free keys.
    pub(super) fn entries<'n>(
        &mut self,
        node: &'n Node<'t>,
        what: &str,
    ) -> Option<&'n [(Node<'t>, Node<'t>)]> {
        match &node.content {
            Content::Mapping(entries) => Some(entries),
            _ => {
                self.wrong_shape(node, &format!("{what} is a mapping"));
                None
            }
        }
    }

    pub(super) fn required<'n>(
        &mut self,
        fields: &Fields<'n, 't>,
        key: &str,
    ) -> Option<&'n Node<'t>> {
        let value = fields.value(key);
        if value.is_none() {
            let message = format!("`{key}` is missing");
            self.mistake(PolicyErrorKind::MissingKey, fields.span, message);
        }
        value
    }

    /// The items of a list; with `one`, a node that is no list stands for a list of itself.
    pub(super) fn items<'n>(
        &mut self,
        node: &'n Node<'t>,
        what: &str,
        one: bool,
    ) -> &'n [Node<'t>] {
        match &node.content {
            Content::Sequence(items) => items,
            _ if one && !is_null(node) => std::slice::from_ref(node),
            _ => {
                self.wrong_shape(node, &format!("{what} is a list"));
                &[]
            }
        }
    }

    /// The items of a list that is not empty, or the one that stands without a list.
    pub(super) fn some_items<'n>(&mut self, node: &'n Node<'t>, what: &str) -> &'n [Node<'t>] {
        let items = self.items(node, what, true);
        if items.is_empty() && matches!(node.content, Content::Sequence(_)) {
            self.mistake(PolicyErrorKind::Shape, node.span, format!("{what} is an empty list"));
        }
        items
    }

    pub(super) fn boolean(&mut self, node: &Node<'t>, what: &str) -> Option<bool> {
        let value = match &node.content {
            Content::Scalar(scalar) => scalar.bool(),
            _ => None,
        };
        if value.is_none() {
            self.wrong_shape(node, &format!("{what} is `true` or `false`"));
        }
        value
    }

    /// "`what` is a list; this is a number".
    pub(super) fn wrong_shape(&mut self, node: &Node<'t>, wanted: &str) {
        let found = match node.string() {
            Some(text) if text.len() <= SHOWN_MAX => format!("the string `{}`", printable(text)),
            _ => node.description().to_owned(),
        };
        let message = format!("{wanted}; this is {found}");
        self.mistake(PolicyErrorKind::Shape, node.span, message);
    }
}

pub(super) fn is_null(node: &Node<'_>) -> bool {
    matches!(&node.content, Content::Scalar(scalar) if scalar.is_null())
}

/// "`a`, `b` and `c`"
pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} and `{last}`", first.join(", "))
        }
    }
}
