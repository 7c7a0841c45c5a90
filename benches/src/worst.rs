//! Conditions that are made to be dear: for the search for the dearest one that is accepted.

use pdp_core::{Map, Value};

/// Bytes of a text that a request may state at most.
const TEXT_BYTES: usize = 16 * 1024;

/// Items of a list, and bytes of each so that all together are what a list may have at most.
const ITEMS: usize = 500;
const ITEM_BYTES: usize = 64 * 1024 / ITEMS;

/// How deep conditions nest.
const DEPTH: usize = 5;

/// A condition as the choices that made it, so that a part of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices(pub Vec<u8>);

/// A policy set with one rule that has the condition.
pub fn policy(condition: &str) -> String {
    format!(
        "version: 1
types: {{door: {{actions: [open]}}}}
context: {{s: string, t: string, l: list(string), k: list(string), n: list(int), m: map(string), a: any}}
rules:
  - id: r
    effect: permit
    when: >-
      {condition}
"
    )
}

/// The largest values that a request may state. Texts differ late, so that comparing them is dear.
///
/// # Panics
///
/// Never: no two entries have one name.
pub fn context() -> Map<'static> {
    let items = |last: char| {
        let item = |index: usize| {
            let end = format!("{last}{index:03}");
            let text = format!("{}{end}", "a".repeat(ITEM_BYTES - end.len()));
            Value::String(text.into())
        };
        Value::List((0..ITEMS).map(item).collect())
    };
    let text = |last: &str| Value::String(format!("{}{last}", "a".repeat(TEXT_BYTES - 1)).into());
    let named = (0..ITEMS).map(|index| {
        let name = format!("k{index:03}");
        (name.into(), Value::String("a".repeat(ITEM_BYTES - 4).into()))
    });
    let mut context = Map::new();
    context.insert("s", text("b"));
    context.insert("t", text("c"));
    context.insert("l", items('b'));
    context.insert("k", items('c'));
    context.insert("n", Value::List((0..500).map(Value::Int).collect()));
    context.insert("m", Value::Map(Map::from_entries(named.collect()).expect("each once")));
    context.insert("a", items('d'));
    context
}

/// The condition that choices make.
pub fn condition(choices: &Choices) -> String {
    Writer { choices: &choices.0, at: 0, names: 0 }.bool(DEPTH)
}

struct Writer<'c> {
    choices: &'c [u8],
    at: usize,
    names: usize,
}

impl Writer<'_> {
    /// A number below `bound`; 0 where the choices have come to an end.
    fn below(&mut self, bound: u8) -> u8 {
        let choice = self.choices.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        choice % bound
    }

    fn bool(&mut self, depth: usize) -> String {
        let Some(inner) = depth.checked_sub(1) else { return "context.s != context.t".to_owned() };
        match self.below(13) {
            0..=2 => self.question(inner),
            3 => format!("{}.contains({})", self.text(inner), self.text(inner)),
            4 => format!("{}.matches('(a|b)*a(a|b)(a|b)(a|b)c')", self.text(inner)),
            5 => format!("{} == {}", self.text(inner), self.text(inner)),
            6 => format!("{} in {}", self.text(inner), self.list(inner)),
            7 => {
                let name = ["contains", "intersects", "equivalent"][usize::from(self.below(3))];
                format!("sets.{name}({}, {})", self.list(inner), self.list(inner))
            }
            8 => format!("({} && {})", self.bool(inner), self.bool(inner)),
            9 => format!("({} || !({}))", self.bool(inner), self.bool(inner)),
            10 => format!("{} == {}", self.list(inner), self.list(inner)),
            11 => format!("{} < {}", self.number(inner), self.number(inner)),
            _ => format!("context.m.exists(k, v, v + k == {})", self.text(inner)),
        }
    }

    fn question(&mut self, depth: usize) -> String {
        let list = self.list(depth);
        let macro_name = ["all", "exists", "exists_one"][usize::from(self.below(3))];
        let name = format!("x{}", self.names);
        self.names += 1;
        let body = self.bool(depth);
        self.names -= 1;
        format!("{list}.{macro_name}({name}, {body})")
    }

    fn text(&mut self, depth: usize) -> String {
        let Some(inner) = depth.checked_sub(1) else { return self.name() };
        match self.below(12) {
            0..=2 => self.name(),
            3 => format!("({} + {})", self.text(inner), self.text(inner)),
            4 => format!("{}.replace('a', 'bc')", self.text(inner)),
            5 => format!("{}.reverse()", self.text(inner)),
            6 => format!("{}.upperAscii()", self.text(inner)),
            7 => format!("{}.join('-')", self.list(inner)),
            8 => format!("'%s%s'.format([{}, {}])", self.text(inner), self.text(inner)),
            9 => format!("strings.quote({})", self.text(inner)),
            10 => format!("{}.substring(0, 9)", self.text(inner)),
            _ => format!("string({})", self.number(inner)),
        }
    }

    /// A text that a macro or the request names.
    fn name(&mut self) -> String {
        let bound = u8::try_from(self.names).unwrap_or(u8::MAX).saturating_add(2);
        match self.below(bound) {
            0 => "context.s".to_owned(),
            1 => "context.t".to_owned(),
            name => format!("x{}", name - 2),
        }
    }

    fn list(&mut self, depth: usize) -> String {
        let Some(inner) = depth.checked_sub(1) else { return "context.l".to_owned() };
        match self.below(9) {
            0..=2 => "context.l".to_owned(),
            3 | 4 => "context.k".to_owned(),
            5 => format!("({} + {})", self.list(inner), self.list(inner)),
            6 => format!("{}.split('')", self.text(inner)),
            name => {
                let list = self.list(inner);
                let item = format!("x{}", self.names);
                self.names += 1;
                let made = if name == 7 {
                    format!("{list}.filter({item}, {})", self.bool(inner))
                } else {
                    format!("{list}.map({item}, {})", self.text(inner))
                };
                self.names -= 1;
                made
            }
        }
    }

    fn number(&mut self, depth: usize) -> String {
        let inner = depth.saturating_sub(1);
        match self.below(3) {
            0 => format!("size({})", self.text(inner)),
            1 => format!("{}.size()", self.list(inner)),
            _ => format!("{}.indexOf({})", self.text(inner), self.text(inner)),
        }
    }
}
