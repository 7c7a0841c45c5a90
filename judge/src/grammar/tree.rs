//! Expressions as trees of text, so that they can be made smaller.

use super::template::Type;

/// An expression of a type.
#[derive(Clone, Debug)]
pub struct Node {
    pub(super) kind: Type,
    pub(super) pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
pub(super) enum Piece {
    Text(String),
    Child(Node),
}

impl Node {
    pub(super) fn text_only(kind: Type, text: &str) -> Self {
        Node { kind, pieces: vec![Piece::Text(text.to_owned())] }
    }

    /// The expression as it is written.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Child(child) => child.write_within(text, self.pieces.len() > 1),
            }
        }
    }

    /// In brackets where what stands around could change its meaning.
    fn write_within(&self, text: &mut String, has_neighbours: bool) {
        let mut own = String::new();
        self.write(&mut own);
        let could_break = own.contains(' ') || own.starts_with(['-', '!']) || is_number(&own);
        if has_neighbours && could_break && !is_closed(&own) {
            text.push_str(&format!("({own})"));
        } else {
            text.push_str(&own);
        }
    }

    pub(super) fn children(&self) -> impl Iterator<Item = &Node> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Child(child) => Some(child),
            Piece::Text(_) => None,
        })
    }

    /// All nodes below this one.
    pub(super) fn descendants(&self) -> Vec<&Node> {
        self.children()
            .flat_map(|child| std::iter::once(child).chain(child.descendants()))
            .collect()
    }

    /// This tree with the node at a place (in the order of [`Node::descendants`], from 1 on; 0 is
    /// this one) replaced.
    pub(super) fn replaced(&self, place: usize, by: &Node) -> Node {
        if place == 0 {
            return by.clone();
        }
        let mut copy = self.clone();
        copy.replace(&mut (place - 1), by);
        copy
    }

    fn replace(&mut self, left: &mut usize, by: &Node) -> bool {
        for piece in &mut self.pieces {
            let Piece::Child(child) = piece else { continue };
            if *left == 0 {
                *child = by.clone();
                return true;
            }
            *left -= 1;
            if child.replace(left, by) {
                return true;
            }
        }
        false
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit())
}

/// Whether a text is one list or map literal.
fn is_closed(text: &str) -> bool {
    let is_list = text.starts_with('[') && text.find(']') == Some(text.len() - 1);
    let is_map = text.starts_with('{') && text.find('}') == Some(text.len() - 1);
    is_list || is_map
}
