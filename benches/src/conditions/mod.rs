//! Workload *conditions*: 20 rules over the context, each with two or three of seven kinds of
//! conditions.

mod draw;
mod hostile;
mod policy;
mod reference;

pub use draw::{Draw, draws};
pub use hostile::{Hostile, hostile};
pub use policy::{many, text};
pub use reference::permits;

/// How many rules there are.
const RULES: usize = 20;

/// The time from which the contexts and rules count.
const EPOCH: i64 = 1_790_000_000;

const DEPARTMENTS: [&str; 3] = ["eng", "sales", "legal"];

/// The seven kinds of conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Glob,
    Regex,
    Number,
    Set,
    Network,
    Time,
}

const KINDS: [Kind; 7] =
    [Kind::Text, Kind::Glob, Kind::Regex, Kind::Number, Kind::Set, Kind::Network, Kind::Time];

/// Whether a rule forbids.
fn forbids(rule: usize) -> bool {
    rule % 5 == 4
}

/// The kinds of conditions that a rule has.
fn kinds(rule: usize) -> impl Iterator<Item = Kind> {
    let third = forbids(rule).then_some(rule + 5);
    [rule, rule + 3].into_iter().chain(third).map(|index| KINDS[index % KINDS.len()])
}
