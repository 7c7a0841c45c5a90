use super::Scalar;

/// Where something stands in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Byte offset of the first byte.
    pub start: u32,
    /// Byte offset after the last byte.
    pub end: u32,
    /// Line of the first byte, from 1.
    pub line: u32,
    /// Column of the first byte in characters, from 1.
    pub column: u32,
}

/// A value of a YAML document, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'t> {
    /// The place of the value; of a mapping or sequence, of its first line at least.
    pub span: Span,
    /// The value.
    pub content: Content<'t>,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<'t> {
    /// A word, number, text.
    Scalar(Scalar<'t>),
    /// Nodes in order.
    Sequence(Vec<Node<'t>>),
    /// Keys and values in order; all keys are strings, each stands once.
    Mapping(Vec<(Node<'t>, Node<'t>)>),
}

impl<'t> Node<'t> {
    /// The text, if this is a string: a quoted scalar, or a plain one that YAML 1.2 reads as a string.
    pub fn string(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) => scalar.string(),
            _ => None,
        }
    }

    /// The value under `key`, if this is a mapping that has it.
    pub fn value(&self, key: &str) -> Option<&Node<'t>> {
        match &self.content {
            Content::Mapping(entries) => {
                entries.iter().find(|(name, _)| name.string() == Some(key)).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// What the node is, in words for a diagnostic.
    pub fn description(&self) -> &'static str {
        match &self.content {
            Content::Scalar(scalar) => scalar.description(),
            Content::Sequence(_) => "a list",
            Content::Mapping(_) => "a mapping",
        }
    }
}
