//! Workload *conditions*: 20 rules over the context, each with two or three of seven kinds of
//! conditions.

mod draw;
mod hostile;
mod policy;
mod reference;

pub use draw::{Draw, draws};
pub use hostile::{Hostile, hostile};
pub use policy::{many, of_kind, text};
pub use reference::{holds, permits};

/// How many rules there are.
pub const RULES: usize = 20;

/// The time from which the contexts and rules count, in seconds since 1970.
pub const EPOCH: i64 = 1_790_000_000;

/// The values of `dept`.
pub const DEPARTMENTS: [&str; 3] = ["eng", "sales", "legal"];

/// The seven kinds of conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text is the one.
    Text,
    /// A path fits a pattern.
    Glob,
    /// A text fits a regular expression.
    Regex,
    /// A number is below the one.
    Number,
    /// A list contains a text.
    Set,
    /// An address lies in a network.
    Network,
    /// A time lies in a span.
    Time,
}

impl Kind {
    /// All of them, in the order in which rules take turns with them.
    pub const ALL: [Kind; 7] =
        [Kind::Text, Kind::Glob, Kind::Regex, Kind::Number, Kind::Set, Kind::Network, Kind::Time];
}

/// Whether a rule forbids.
pub fn forbids(rule: usize) -> bool {
    rule % 5 == 4
}

/// The kinds of conditions that a rule has.
pub fn kinds(rule: usize) -> impl Iterator<Item = Kind> {
    let third = forbids(rule).then_some(rule + 5);
    [rule, rule + 3].into_iter().chain(third).map(|index| Kind::ALL[index % Kind::ALL.len()])
}
