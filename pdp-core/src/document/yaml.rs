use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError};

use super::{Content, Node, Scalar, Span};
use crate::compiled::Set;

/// How deep lists and mappings may nest.
pub const DEPTH_MAX: usize = 64;

/// How many scalars, lists and mappings one document may hold.
pub const NODES_MAX: usize = 4_000_000;

/// Up to this many keys, a duplicate is looked for key by key.
const KEYS_SCANNED: usize = 8;

/// Why a text is no document that we read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// Reads `text` as one YAML 1.2 document.
///
/// # Errors
///
/// [`SyntaxError`] where the text is no YAML, or uses what we do not allow: anchors, aliases, merge
/// keys, tags, directives, a second document, keys that are no strings or stand twice, more than
/// [`DEPTH_MAX`] levels or [`NODES_MAX`] nodes. An empty text is an error too.
pub fn parse(text: &str) -> Result<Node<'_>, SyntaxError> {
    let mut options = Options::default();
    options.emit_comments = false;
    options.disallow_directives = true;
    options.emit_unresolved_aliases = true;
    options.flow_nesting_limit = DEPTH_MAX + 1;
    options.block_nesting_limit = DEPTH_MAX + 1;
    let mut composer = Composer::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| scan_error(text, &error))?;
        composer.event(event, place(text, &span))?;
    }
    let end = Span { line: 1, column: 1, ..Span::default() };
    composer.root.ok_or_else(|| error(end, "the file is empty"))
}

/// Builds the tree from events, with an explicit stack: nesting costs no stack of ours.
#[derive(Default)]
struct Composer<'t> {
    open: Vec<Open<'t>>,
    root: Option<Node<'t>>,
    nodes: usize,
    documents: usize,
}

/// A collection whose end has not come yet.
struct Open<'t> {
    span: Span,
    entries: Entries<'t>,
}

enum Entries<'t> {
    Sequence(Vec<Node<'t>>),
    Mapping { entries: Vec<(Node<'t>, Node<'t>)>, key: Option<Node<'t>> },
}

impl<'t> Composer<'t> {
    fn event(&mut self, event: Event<'t>, span: Span) -> Result<(), SyntaxError> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(error(span, "a second document; a file holds one"));
                }
                Ok(())
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                Err(error(span, "aliases (`*name`) are not allowed"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                refuse_properties(anchor, tag.is_some(), span)?;
                let scalar = Scalar::new(text, style == ScalarStyle::Plain);
                self.node(Node { span, content: Content::Scalar(scalar) })
            }
            Event::SequenceStart(_, anchor, tag) => {
                refuse_properties(anchor, tag.is_some(), span)?;
                self.start(span, Entries::Sequence(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => {
                refuse_properties(anchor, tag.is_some(), span)?;
                self.start(span, Entries::Mapping { entries: Vec::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => Ok(()),
        }
    }

    fn start(&mut self, span: Span, entries: Entries<'t>) -> Result<(), SyntaxError> {
        if self.open.len() == DEPTH_MAX {
            return Err(error(span, &too_deep()));
        }
        self.open.push(Open { span, entries });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), SyntaxError> {
        let Some(Open { mut span, entries }) = self.open.pop() else { return Ok(()) };
        span.end = span.end.max(end.end);
        let content = match entries {
            // Vectors grow by doubling; most collections stay as they are now.
            Entries::Sequence(mut nodes) => {
                nodes.shrink_to_fit();
                Content::Sequence(nodes)
            }
            Entries::Mapping { mut entries, .. } => {
                refuse_duplicates(&entries)?;
                entries.shrink_to_fit();
                Content::Mapping(entries)
            }
        };
        self.node(Node { span, content })
    }

    fn node(&mut self, node: Node<'t>) -> Result<(), SyntaxError> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(error(node.span, &format!("more than {NODES_MAX} values in one file")));
        }
        match self.open.last_mut().map(|open| &mut open.entries) {
            None => self.root = Some(node),
            Some(Entries::Sequence(nodes)) => nodes.push(node),
            Some(Entries::Mapping { entries, key }) => match key.take() {
                None => *key = Some(checked_key(node)?),
                Some(key) => entries.push((key, node)),
            },
        }
        Ok(())
    }
}

fn refuse_properties(anchor: usize, tagged: bool, span: Span) -> Result<(), SyntaxError> {
    if anchor != 0 {
        return Err(error(span, "anchors (`&name`) are not allowed"));
    }
    if tagged {
        return Err(error(
            span,
            "tags (`!name`) are not allowed; put a text that begins with `!` in quotes",
        ));
    }
    Ok(())
}

fn checked_key(key: Node<'_>) -> Result<Node<'_>, SyntaxError> {
    if let Content::Scalar(scalar) = &key.content
        && scalar == &Scalar::new("<<".into(), true)
    {
        return Err(error(key.span, "merge keys (`<<`) are not allowed"));
    }
    if key.string().is_none() {
        let found = key.description();
        return Err(error(
            key.span,
            &format!("a key is a string, this is {found}; put it in quotes"),
        ));
    }
    Ok(key)
}

fn refuse_duplicates(entries: &[(Node<'_>, Node<'_>)]) -> Result<(), SyntaxError> {
    let keys = entries.iter().map(|(key, _)| key);
    let twice = if entries.len() <= KEYS_SCANNED {
        keys.clone().enumerate().find_map(|(index, key)| {
            let earlier = keys.clone().take(index);
            earlier.into_iter().any(|other| other.string() == key.string()).then_some(key)
        })
    } else {
        let mut seen = Set::default();
        keys.clone().find(|key| !seen.insert(key.string()))
    };
    match twice {
        None => Ok(()),
        Some(key) => {
            let name = key.string().unwrap_or_default();
            Err(error(key.span, &format!("key `{}` stands twice", crate::error::printable(name))))
        }
    }
}

fn too_deep() -> String {
    format!("nested more than {DEPTH_MAX} deep")
}

fn error(span: Span, message: &str) -> SyntaxError {
    SyntaxError { message: message.to_owned(), span }
}

fn scan_error(text: &str, scan: &ScanError) -> SyntaxError {
    let marker = scan.marker();
    let start = offset(text, marker.byte_offset());
    let span = Span {
        start,
        end: start,
        line: number(marker.line()),
        column: number(marker.col().saturating_add(1)),
    };
    match scan.kind() {
        ErrorKind::RecursionLimitExceeded => error(span, &too_deep()),
        kind => error(span, &crate::error::printable(&kind.to_string())),
    }
}

fn place(text: &str, span: &granit_parser::Span) -> Span {
    // A tag is refused where it stands, before the value.
    let start = span.tag_start().unwrap_or(span.start);
    Span {
        start: offset(text, start.byte_offset()),
        end: offset(text, span.end.byte_offset()),
        line: number(start.line()),
        column: number(start.col().saturating_add(1)),
    }
}

/// Byte offsets end where the text does, which is below 4 GiB for every text we are given.
fn offset(text: &str, offset: Option<usize>) -> u32 {
    number(offset.unwrap_or(0).min(text.len()))
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
