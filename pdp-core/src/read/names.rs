//! Words, names and ids.

use super::Reader;
use crate::Text;
use crate::document::{Content, Node};
use crate::error::{IdFault, PolicyErrorKind, id_fault, is_hidden, printable};
use crate::model::Word;
use crate::wire::ID_BYTES_MAX;

/// What letters a name is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// Letters, digits, `_`: a name that stands in conditions.
    Identifier,
    /// Also `-`.
    Relation,
    /// Also `-` and `.`.
    Type,
    /// Anything printable without a space; no `*`.
    Action,
    /// Anything printable without a space.
    Word,
}

impl Name {
    fn fits(self, text: &str) -> bool {
        let identifier = |extra: &[char]| {
            !text.starts_with(|letter: char| {
                letter.is_ascii_digit() || letter == '-' || letter == '.'
            }) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || extra.contains(&c))
        };
        match self {
            Name::Identifier => identifier(&[]),
            Name::Relation => identifier(&['-']),
            Name::Type => identifier(&['-', '.']),
            Name::Action => Name::Word.fits(text) && !text.contains('*'),
            Name::Word => text.chars().all(|letter| letter != ' ' && !is_hidden(letter)),
        }
    }

    fn description(self) -> &'static str {
        match self {
            Name::Identifier => "made of letters, digits and `_`, and does not begin with a digit",
            Name::Relation => {
                "made of letters, digits, `_` and `-`, and begins with a letter or `_`"
            }
            Name::Type => {
                "made of letters, digits, `_`, `-` and `.`, and begins with a letter or `_`"
            }
            Name::Action => "printable, without spaces and without `*`",
            Name::Word => "printable and without spaces",
        }
    }
}

impl<'t> Reader<'_, 't> {
    /// The text of a string.
    pub(super) fn text<'n>(&mut self, node: &'n Node<'t>, what: &str) -> Option<&'n Text<'t>> {
        match &node.content {
            Content::Scalar(scalar) if scalar.string().is_some() => Some(scalar.text()),
            Content::Scalar(scalar) if !scalar.is_null() => {
                self.wrong_shape(node, &format!("{what} is a string (put it in quotes)"));
                None
            }
            _ => {
                self.wrong_shape(node, &format!("{what} is a string"));
                None
            }
        }
    }

    /// A word of the given form.
    pub(super) fn word(&mut self, node: &Node<'t>, what: &str, form: Name) -> Option<Word> {
        let text = self.text(node, what)?;
        let fits = !text.is_empty() && text.len() <= ID_BYTES_MAX && form.fits(text);
        if !fits {
            let message =
                format!("`{}` is no name: {what} is {}", printable(text), form.description());
            self.mistake(PolicyErrorKind::Name, node.span, message);
            return None;
        }
        Some(Word { text: text.to_string(), place: self.place(node) })
    }

    /// Words of the given form, one or a list that is not empty.
    pub(super) fn words(&mut self, node: &Node<'t>, what: &str, form: Name) -> Vec<Word> {
        let items = self.some_items(node, what);
        items.iter().filter_map(|item| self.word(item, what, form)).collect()
    }

    /// An id of an actor, a resource or a tenant.
    pub(super) fn id<'n>(&mut self, node: &'n Node<'t>, what: &str) -> Option<&'n Text<'t>> {
        let text = self.text(node, what)?;
        self.check_id(node, text, what).then_some(text)
    }

    /// Whether `text`, which stands in `node`, may be an id.
    pub(super) fn check_id(&mut self, node: &Node<'t>, text: &str, what: &str) -> bool {
        let Some(IdFault { message, hint }) = id_fault(text, what, self.non_ascii_ids) else {
            return true;
        };
        self.mistake_with_hint(PolicyErrorKind::Name, node.span, message, hint.map(str::to_owned));
        false
    }
}
