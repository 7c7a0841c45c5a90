//! Trees of values: what policy files, change sets and requests are written from.

use std::fmt::{self, Write};

/// A value of a policy file, a change set or a request, before it is text.
///
/// Maps keep the order of their entries. The generators make trees, the laws rearrange them, and
/// a disagreement is made smaller by taking parts of them away.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A number with a fraction.
    Double(f64),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Tree>),
    /// Values by name, in order.
    Map(Vec<(String, Tree)>),
}

/// One file of a policy set.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyFile {
    /// Path relative to the set.
    pub path: String,
    /// What the file says, a map of sections.
    pub tree: Tree,
}

impl Tree {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Tree::Text(text.into())
    }

    /// A map of these entries.
    pub fn map<const N: usize>(entries: [(&str, Tree); N]) -> Self {
        Tree::Map(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A list of texts.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Tree::List(texts.into_iter().map(Tree::text).collect())
    }

    /// The entries of a map; none of anything else.
    pub fn entries(&self) -> &[(String, Tree)] {
        match self {
            Tree::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Tree] {
        match self {
            Tree::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Tree::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value under `name`.
    pub fn value(&self, name: &str) -> Option<&Tree> {
        self.entries().iter().find(|entry| entry.0 == name).map(|entry| &entry.1)
    }

    /// The value under `name`, to be changed.
    pub fn value_mut(&mut self, name: &str) -> Option<&mut Tree> {
        match self {
            Tree::Map(entries) => {
                entries.iter_mut().find(|entry| entry.0 == name).map(|entry| &mut entry.1)
            }
            _ => None,
        }
    }

    /// Puts an entry at the end of a map.
    ///
    /// # Panics
    ///
    /// If this is no map.
    pub fn push(&mut self, name: impl Into<String>, value: Tree) {
        match self {
            Tree::Map(entries) => entries.push((name.into(), value)),
            other => panic!("{other:?} takes no entries"),
        }
    }

    /// Puts an item at the end of a list.
    ///
    /// # Panics
    ///
    /// If this is no list.
    pub fn push_item(&mut self, value: Tree) {
        match self {
            Tree::List(items) => items.push(value),
            other => panic!("{other:?} takes no items"),
        }
    }

    /// The value under `name`, which is `empty` if there was none.
    ///
    /// # Panics
    ///
    /// If this is no map.
    pub fn section(&mut self, name: &str, empty: Tree) -> &mut Tree {
        if self.value(name).is_none() {
            self.push(name, empty);
        }
        self.value_mut(name).expect("it was put there")
    }

    /// The text of a policy file: sections and their entries on lines of their own, and what is
    /// deeper in the form of JSON, which YAML reads.
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        for (section, value) in self.entries() {
            match value {
                Tree::Map(entries) if !entries.is_empty() => {
                    text.push_str(&format!("{section}:\n"));
                    entries.iter().for_each(|(name, value)| {
                        text.push_str(&format!("  {}: {}\n", Key(name), Yaml(value)));
                    });
                }
                Tree::List(items) if !items.is_empty() => {
                    text.push_str(&format!("{section}:\n"));
                    items.iter().for_each(|item| {
                        text.push_str(&format!("  - {}\n", Yaml(item)));
                    });
                }
                _ => text.push_str(&format!("{section}: {}\n", Yaml(value))),
            }
        }
        text
    }

    /// The text of a change set or request.
    ///
    /// # Panics
    ///
    /// Never.
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        write_flow(&mut text, self, &write_quoted).expect("writing to a string cannot fail");
        text
    }
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Tree::text(text)
    }
}

impl From<bool> for Tree {
    fn from(value: bool) -> Self {
        Tree::Bool(value)
    }
}

/// A value in flow style; text that cannot be misread stands without quotes.
struct Yaml<'t>(&'t Tree);

impl fmt::Display for Yaml<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_flow(formatter, self.0, &write_plain)
    }
}

struct Key<'t>(&'t str);

impl fmt::Display for Key<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_plain(formatter, self.0)
    }
}

type WriteText = dyn Fn(&mut dyn Write, &str) -> fmt::Result;

fn write_flow(target: &mut dyn Write, tree: &Tree, text: &WriteText) -> fmt::Result {
    match tree {
        Tree::Null => target.write_str("null"),
        Tree::Bool(value) => write!(target, "{value}"),
        Tree::Int(value) => write!(target, "{value}"),
        Tree::Double(value) => write!(target, "{value:?}"),
        Tree::Text(value) => text(target, value),
        Tree::List(items) => {
            target.write_char('[')?;
            for (position, item) in items.iter().enumerate() {
                target.write_str(if position == 0 { "" } else { ", " })?;
                write_flow(target, item, text)?;
            }
            target.write_char(']')
        }
        Tree::Map(entries) => {
            target.write_char('{')?;
            for (position, (name, value)) in entries.iter().enumerate() {
                target.write_str(if position == 0 { "" } else { ", " })?;
                text(target, name)?;
                target.write_str(": ")?;
                write_flow(target, value, text)?;
            }
            target.write_char('}')
        }
    }
}

fn write_quoted(target: &mut dyn Write, text: &str) -> fmt::Result {
    target.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

fn write_plain(target: &mut dyn Write, text: &str) -> fmt::Result {
    let letters = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let plain = text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(letters)
        && !["true", "false", "null"].contains(&text.to_ascii_lowercase().as_str());
    if plain { target.write_str(text) } else { write_quoted(target, text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_sections_and_a_request_is_json() {
        let tree = Tree::map([
            ("version", Tree::Int(1)),
            ("facts", Tree::map([("a:b", Tree::map([("x", Tree::texts(["it's", "true", "y"]))]))])),
            ("rules", Tree::List(vec![Tree::map([("id", "r".into())])])),
        ]);
        let yaml =
            "version: 1\nfacts:\n  \"a:b\": {x: [\"it's\", \"true\", y]}\nrules:\n  - {id: r}\n";
        assert_eq!(tree.to_yaml(), yaml);
        assert_eq!(Tree::map([("a", Tree::Double(1.0))]).to_json(), "{\"a\": 1.0}");
    }
}
