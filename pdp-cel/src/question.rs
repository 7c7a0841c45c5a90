use core::net::IpAddr;

use crate::compare::Order;
use crate::functions::Function;
use crate::program::{Leaf, Node, NodeId, Program};
use crate::{Builder, Cidr, Stored, Value};

/// One thing asked of one value. Conditions of this form are answered without an evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// It is there.
    Present,
    /// It is this truth value.
    Bool(bool),
    /// It is this whole number.
    Int(i64),
    /// It stands so to this whole number.
    Order(Order, i64),
    /// It is this text.
    Text(Box<str>),
    /// It is one of these texts.
    OneOf(Box<[Box<str>]>),
    /// It is a text that begins with this one.
    StartsWith(Box<str>),
    /// It is a text that ends with this one.
    EndsWith(Box<str>),
    /// It is a text in which this one stands.
    Contains(Box<str>),
    /// It is a text that fits the pattern, by its number.
    Fits(u32),
    /// It is a list of texts with this one among them.
    Holds(Box<str>),
    /// It is an address in the range.
    Within(Cidr),
}

impl Question {
    /// The answer for a whole number; `None` where something else is asked.
    #[inline]
    pub fn of_int(&self, value: i64) -> Option<bool> {
        match self {
            Question::Int(wanted) => Some(value == *wanted),
            Question::Order(order, bound) => Some(order.holds(value.cmp(bound))),
            _ => None,
        }
    }

    /// The answer for an address; `None` where something else is asked.
    #[inline]
    pub fn of_address(&self, address: IpAddr) -> Option<bool> {
        match self {
            Question::Within(range) => Some(range.contains_ip(address)),
            _ => None,
        }
    }
}

impl Program {
    /// The answer for a value of a request; `None` where an evaluation must find it, because the
    /// question is of values of another type.
    #[inline]
    pub fn answer(&self, question: &Question, value: &Value<'_>) -> Option<bool> {
        match (question, value) {
            (Question::Present, _) => Some(true),
            (_, Value::String(text)) => self.answer_for_text(question, text),
            (Question::Bool(wanted), Value::Bool(value)) => Some(value == wanted),
            (question, Value::Int(value)) => question.of_int(*value),
            (Question::Holds(wanted), Value::List(items)) => {
                let texts = items.iter().map(|item| match item {
                    Value::String(text) => Some(text.as_ref()),
                    _ => None,
                });
                holds(texts, wanted)
            }
            (question, Value::Ip(address)) => question.of_address(*address),
            _ => None,
        }
    }

    /// The answer for a stored value; `None` as in [`Program::answer`].
    #[inline]
    pub fn answer_for_stored(&self, question: &Question, value: &Stored) -> Option<bool> {
        match (question, value) {
            (Question::Present, _) => Some(true),
            (_, Stored::String(text)) => self.answer_for_text(question, text),
            (Question::Bool(wanted), Stored::Bool(value)) => Some(value == wanted),
            (question, Stored::Int(value)) => question.of_int(*value),
            (Question::Holds(wanted), Stored::List(items)) => {
                let texts = items.iter().map(|item| match item {
                    Stored::String(text) => Some(&**text),
                    _ => None,
                });
                holds(texts, wanted)
            }
            (question, Stored::Ip(address)) => question.of_address(*address),
            _ => None,
        }
    }

    /// The answer for a text; `None` where something else is asked.
    pub fn answer_for_text(&self, question: &Question, text: &str) -> Option<bool> {
        Some(match question {
            Question::Text(wanted) => **wanted == *text,
            Question::OneOf(texts) => texts.iter().any(|one| **one == *text),
            Question::StartsWith(prefix) => text.starts_with(&**prefix),
            Question::EndsWith(suffix) => text.ends_with(&**suffix),
            Question::Contains(part) => text.contains(&**part),
            Question::Fits(pattern) => self.patterns[*pattern as usize].fits(text),
            _ => return None,
        })
    }
}

/// Whether a text is among others; `None` where what is no text comes before it.
fn holds<'t>(texts: impl Iterator<Item = Option<&'t str>>, wanted: &str) -> Option<bool> {
    for text in texts {
        if text? == wanted {
            return Some(true);
        }
    }
    Some(false)
}

impl Builder {
    /// What a node asks of the value of a leaf, if that is all that it asks. Whoever has a value
    /// of the type that is asked about can answer.
    pub fn as_question(&self, node: NodeId) -> Option<(Leaf, Question)> {
        match self.node(node) {
            Node::Present(leaf) => Some((*leaf, Question::Present)),
            Node::Leaf(leaf) => Some((*leaf, Question::Bool(true))),
            _ => {
                let (asked, question) = self.asked(node)?;
                Some((self.as_leaf(asked)?, question))
            }
        }
    }

    /// The same of a value with a default, which is a constant: with the answer for that.
    pub fn as_question_with_default(&self, node: NodeId) -> Option<(Leaf, Question, bool)> {
        let (asked, question) = match self.node(node) {
            Node::Default { .. } => (node, Question::Bool(true)),
            _ => self.asked(node)?,
        };
        let Node::Default { value, otherwise } = self.node(asked) else { return None };
        let answer = self.program.answer_for_stored(&question, self.stored(*otherwise)?)?;
        Some((self.as_leaf(*value)?, question, answer))
    }

    /// What a node asks of another one, if that is one question.
    fn asked(&self, node: NodeId) -> Option<(NodeId, Question)> {
        let text = |node| match self.stored(node)? {
            Stored::String(text) => Some(text.clone()),
            _ => None,
        };
        Some(match self.node(node) {
            Node::Equal { left, right } => {
                let (asked, constant) = match self.stored(*left) {
                    Some(constant) => (*right, constant),
                    None => (*left, self.stored(*right)?),
                };
                let question = match constant {
                    Stored::Bool(value) => Question::Bool(*value),
                    Stored::Int(value) => Question::Int(*value),
                    Stored::String(text) => Question::Text(text.clone()),
                    _ => return None,
                };
                (asked, question)
            }
            Node::Compare { order, left, right } => match (self.stored(*left), self.stored(*right))
            {
                (None, Some(Stored::Int(bound))) => (*left, Question::Order(*order, *bound)),
                (Some(Stored::Int(bound)), None) => {
                    (*right, Question::Order(order.turned(), *bound))
                }
                _ => return None,
            },
            Node::In { element, list } => match text(*element) {
                Some(text) => (*list, Question::Holds(text)),
                None => {
                    let (asked, texts) = self.as_one_of_texts(node)?;
                    (asked, Question::OneOf(texts.into_iter().map(Into::into).collect()))
                }
            },
            Node::StartsWith { text: asked, prefix } => {
                (*asked, Question::StartsWith(text(*prefix)?))
            }
            Node::EndsWith { text: asked, suffix } => (*asked, Question::EndsWith(text(*suffix)?)),
            Node::Contains { text: asked, part } => (*asked, Question::Contains(text(*part)?)),
            Node::Fits { text: asked, pattern } => (*asked, Question::Fits(*pattern)),
            Node::Call { function: Function::ContainsIp, arguments } => {
                let [range, asked] = &arguments[..] else { return None };
                let Some(Stored::Cidr(range)) = self.stored(*range) else { return None };
                (*asked, Question::Within(*range))
            }
            _ => return None,
        })
    }
}
