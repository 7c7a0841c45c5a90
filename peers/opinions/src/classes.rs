//! Differences that are understood, by the smallest expression that shows them.

use std::collections::BTreeMap;

use pdp_cel::{Stored, Timestamp};

use crate::answer::Answer;
use crate::compare::same;
use crate::report::Peer;

/// A difference, made as small as it gets.
pub(crate) struct Difference<'d> {
    pub(crate) peer: Peer,
    pub(crate) text: &'d str,
    pub(crate) bindings: &'d BTreeMap<String, Stored>,
    pub(crate) ours: &'d Answer,
    pub(crate) theirs: &'d Answer,
}

/// Whom it concerns, the reason, and what such a difference looks like.
type Class = (Whom, &'static str, fn(&Difference<'_>) -> bool);

#[derive(Clone, Copy, PartialEq)]
enum Whom {
    CrateCel,
    CelGo,
    Both,
}

/// The reason of a difference, if it is a known one.
pub(crate) fn class(difference: &Difference<'_>) -> Option<&'static str> {
    let concerns = |whom: Whom| match difference.peer {
        Peer::CrateCel => whom != Whom::CelGo,
        Peer::CelGo => whom != Whom::CrateCel,
    };
    let mut classes = CLASSES.iter().filter(|(whom, ..)| concerns(*whom));
    classes.find(|(.., holds)| holds(difference)).map(|(_, reason, _)| *reason)
}

const CLASSES: &[Class] = &[
    (Whom::Both, "durations beyond 2^63 nanoseconds overflow there", |it| {
        let is_of_times = it.is_long_duration() || it.has_time() || it.has("duration(");
        it.we_answer() && is_of_times && (it.they_say("overflow") || it.they_say("Overflow"))
    }),
    (Whom::Both, "base64.decode passes over line ends and left-over bits there", |it| {
        it.has("base64.decode(") && it.we_say("an argument") && it.they_answer()
    }),
    (Whom::Both, "optional selection from values without fields is none there", |it| {
        it.we_say("no such overload") && matches!(it.theirs, Answer::Optional)
    }),
    (Whom::CelGo, "int of a duration is its nanoseconds there", |it| {
        it.has("int(")
            && it.we_say("no such overload")
            && matches!(it.theirs, Answer::Value(Stored::Int(_)))
    }),
    (
        Whom::Both,
        "getMilliseconds of a duration is all of it there; the definition says a portion",
        |it| it.has(".getMilliseconds()") && it.both_ints(),
    ),
    (Whom::Both, "string(double) has another notation of the same number there", |it| {
        match (it.ours, it.theirs) {
            (Answer::Value(ours), Answer::Value(theirs)) => is_same_notation(ours, theirs),
            _ => false,
        }
    }),
    (
        Whom::Both,
        "indexOf and lastIndexOf of an empty text take positions out of range there",
        |it| it.has("ndexOf(") && it.we_say("index out of range") && it.they_answer(),
    ),
    (Whom::CelGo, "a key that stands twice in a map is no error there", |it| {
        it.we_say("a key that stands twice")
    }),
    (Whom::CelGo, "keys of maps may be of any type there", |it| {
        it.we_say("a key of a type that maps do not have")
    }),
    (Whom::CelGo, "literals in math.greatest and math.least are checked unevaluated there", |it| {
        it.they_say("parse: ") && (it.they_say("math.greatest()") || it.they_say("math.least()"))
    }),
    (Whom::CelGo, "optional.ofNonZeroValue takes year 1 as the empty time there, not 1970", |it| {
        it.has("ofNonZeroValue(") && it.has_time()
    }),
    (Whom::CelGo, "string(timestamp) keeps the offset there", |it| {
        let time = |text: &str| Timestamp::parse(text).ok();
        it.texts().is_some_and(|(ours, theirs)| time(ours).is_some() && time(ours) == time(theirs))
    }),
    (Whom::CelGo, "double takes underscores between digits there", |it| {
        it.has("double('1_000')") && it.we_say("an argument")
    }),
    (Whom::CelGo, "`T` and `F` are bools there", |it| {
        (it.has("'T'") || it.has("'F'")) && it.has("bool(") && it.we_say("an argument")
    }),
    (Whom::CelGo, "lastIndexOf from the end of a text finds nothing there", |it| {
        it.has(".lastIndexOf(") && it.both_ints()
    }),
    (Whom::CrateCel, "uint takes a plus sign there", |it| {
        it.has("uint('+") && it.we_say("an argument") && it.they_answer()
    }),
    (Whom::CrateCel, "a repetition of a repetition is a regular expression there", |it| {
        it.has("matches(") && it.has("**") && it.we_say("an argument") && it.they_answer()
    }),
    (Whom::CrateCel, "or and orValue always evaluate what is in brackets there", |it| {
        (it.has(".or(") || it.has(".orValue(")) && it.we_answer() && !it.they_answer()
    }),
    (Whom::CrateCel, "there is no minus of a duration there", |it| {
        it.they_say("'-_' applied to '(google.protobuf.Duration)'")
    }),
    (Whom::CrateCel, "NaN cannot be compared with int and uint there", |it| {
        it.we_answer()
            && (it.they_say("'(double, ") || it.they_say(", double)'"))
            && it.they_say("no matching overload for '_")
    }),
    (Whom::CrateCel, "a leap second is a time there", |it| {
        it.has(":60Z'") && it.we_say("an argument") && it.they_answer()
    }),
    (Whom::CrateCel, "a time may have a blank for its T there", |it| {
        it.has("'2026-11-27 09:30:00Z'") && it.we_say("an argument") && it.they_answer()
    }),
    (Whom::CrateCel, "fields of a time are those of the offset it was written with there", |it| {
        it.has(".get") && (it.has("+05:30'") || it.has("-04:00'")) && it.both_ints()
    }),
    (Whom::CrateCel, "double of a text out of range is infinite there", |it| {
        it.has("double('1e400')") && it.we_say("an argument")
    }),
    (Whom::CrateCel, "indexOf and lastIndexOf refuse the position at the end there", |it| {
        it.has("ndexOf(") && it.they_say("index out of range") && it.we_answer()
    }),
    (Whom::CrateCel, "what a question mark stands before need not be an optional there", |it| {
        (it.has("[?") || it.has("{?") || it.has(", ?")) && it.we_say("no such overload")
    }),
    (Whom::CrateCel, "a type comes out as the text of its name there", |it| {
        matches!((it.ours, it.theirs),
            (Answer::Value(Stored::Type(kind)), Answer::Value(Stored::String(name)))
                if kind.as_str() == name.as_ref())
    }),
    (Whom::Both, "%s takes bytes that are no UTF-8 there", |it| {
        it.has("format(")
            && it.we_say("an argument")
            && (it.has("\\x") || it.bindings.values().any(is_no_text))
    }),
    (Whom::CelGo, "string(duration) goes through a double there, which loses nanoseconds", |it| {
        it.has("string(") && it.texts().is_some_and(|(ours, theirs)| is_nearly(ours, theirs))
    }),
    (Whom::CelGo, "has of a value without fields is false there", |it| {
        it.has("has(")
            && it.we_say("no such overload")
            && matches!(it.theirs, Answer::Value(Stored::Bool(false)))
    }),
    (Whom::CelGo, "fields of an optional out of a list or map are not optional there", |it| {
        matches!(it.ours, Answer::Optional)
            && (it.they_say("no such key") || it.they_say("no such overload"))
    }),
    (Whom::CrateCel, "classes such as \\s are those of Unicode there, not of RE2", |it| {
        it.has("matches(")
            && ["\\s", "\\w", "\\d", "\\b"].iter().any(|class| it.has(class))
            && it.we_answer()
            && it.they_answer()
    }),
    (Whom::Both, "an int is rounded to a double before both are compared there", |it| {
        it.has("900719925474099") && it.both_bools()
    }),
    (Whom::Both, "entries of a map come in another order there; CEL has none", |it| {
        match (it.ours, it.theirs) {
            (Answer::Value(ours), Answer::Value(theirs)) => is_reordered(ours, theirs),
            _ => false,
        }
    }),
    (Whom::CelGo, "a brace that repeats nothing is no letter of a regular expression here", |it| {
        it.has("matches(") && it.has("{") && it.we_say("an argument") && it.they_answer()
    }),
    (
        Whom::CelGo,
        "strings and bytes have no items for map and transform macros there, and no error",
        |it| {
            let is_made = it.has(".transform") || it.has(".map(");
            is_made && it.we_say("no such overload") && it.they_answer()
        },
    ),
    (Whom::CelGo, "optFlatMap need not make an optional there", |it| {
        it.has(".optFlatMap(") && it.we_say("no such overload") && it.they_answer()
    }),
    (
        Whom::CrateCel,
        "duration of a text goes through a double there, which loses nanoseconds",
        |it| match (it.ours, it.theirs) {
            (Answer::Value(Stored::Duration(ours)), Answer::Value(Stored::Duration(theirs))) => {
                (ours.total_nanoseconds() - theirs.total_nanoseconds()).abs() < 1000
            }
            _ => false,
        },
    ),
    (Whom::CrateCel, "duration passes over what follows the last unit there", |it| {
        it.has("duration(") && it.we_say("an argument") && it.they_answer()
    }),
    (Whom::CelGo, "parts of a duration go through a double there, which loses nanoseconds", |it| {
        let is_part =
            [".getSeconds()", ".getMinutes()", ".getHours()"].iter().any(|part| it.has(part));
        match (it.ours, it.theirs) {
            (Answer::Value(Stored::Int(ours)), Answer::Value(Stored::Int(theirs))) => {
                is_part && ours.abs_diff(*theirs) == 1
            }
            _ => false,
        }
    }),
    (Whom::CelGo, "literals as keys of a wrong type are refused unevaluated there", |it| {
        it.we_answer() && it.they_say("program: invalid qualifier type")
    }),
    (Whom::CelGo, "bytes as a key of a map make it panic there", |it| {
        it.we_answer() && it.they_say("hash of unhashable type")
    }),
    (Whom::CrateCel, "in takes keys of bool, number and string alone there", |it| {
        it.we_answer() && it.they_say("no matching overload for '@in'")
    }),
];

impl Difference<'_> {
    fn has(&self, part: &str) -> bool {
        self.text.contains(part)
    }

    fn we_say(&self, part: &str) -> bool {
        matches!(self.ours, Answer::Error(message) if message.contains(part))
    }

    fn they_say(&self, part: &str) -> bool {
        matches!(self.theirs, Answer::Error(message) if message.contains(part))
    }

    fn we_answer(&self) -> bool {
        !matches!(self.ours, Answer::Error(_))
    }

    fn they_answer(&self) -> bool {
        !matches!(self.theirs, Answer::Error(_))
    }

    fn both_ints(&self) -> bool {
        let is_int = |answer: &Answer| matches!(answer, Answer::Value(Stored::Int(_)));
        is_int(self.ours) && is_int(self.theirs)
    }

    fn both_bools(&self) -> bool {
        let is_bool = |answer: &Answer| matches!(answer, Answer::Value(Stored::Bool(_)));
        is_bool(self.ours) && is_bool(self.theirs)
    }

    fn texts(&self) -> Option<(&str, &str)> {
        match (self.ours, self.theirs) {
            (Answer::Value(Stored::String(ours)), Answer::Value(Stored::String(theirs))) => {
                Some((ours, theirs))
            }
            _ => None,
        }
    }

    fn has_time(&self) -> bool {
        let is_time = |value: &Stored| matches!(value, Stored::Timestamp(_));
        self.has("timestamp(") || self.bindings.values().any(is_time)
    }

    fn is_long_duration(&self) -> bool {
        match self.ours {
            Answer::Value(value) => is_long(value),
            _ => false,
        }
    }
}

/// Whether a value is or holds a duration of more than 63 bits.
fn is_long(value: &Stored) -> bool {
    match value {
        Stored::Duration(length) => i64::try_from(length.total_nanoseconds()).is_err(),
        Stored::List(items) => items.iter().any(is_long),
        Stored::Map(entries) => entries.iter().any(|(_, value)| is_long(value)),
        _ => false,
    }
}

/// Whether two values differ in how numbers are written in their texts, and in nothing else.
fn is_same_notation(left: &Stored, right: &Stored) -> bool {
    match (left, right) {
        (Stored::String(left), Stored::String(right)) => {
            left == right || is_same_number(left, right)
        }
        (Stored::List(left), Stored::List(right)) => {
            let mut pairs = left.iter().zip(right);
            left.len() == right.len() && pairs.all(|(left, right)| is_same_notation(left, right))
        }
        (Stored::Map(left), Stored::Map(right)) => {
            let mut pairs = left.iter().zip(right);
            let is_same = |left: &(Stored, Stored), right: &(Stored, Stored)| {
                is_same_notation(&left.0, &right.0) && is_same_notation(&left.1, &right.1)
            };
            left.len() == right.len() && pairs.all(|(left, right)| is_same(left, right))
        }
        (left, right) => same(left, right),
    }
}

fn is_same_number(left: &str, right: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    number(left).is_some() && number(left) == number(right)
}

/// Whether two texts are seconds that differ by less than a thousandth.
fn is_nearly(left: &str, right: &str) -> bool {
    let seconds = |text: &str| text.strip_suffix('s')?.parse::<f64>().ok();
    match (seconds(left), seconds(right)) {
        (Some(left), Some(right)) => (left - right).abs() < 0.001,
        _ => false,
    }
}

/// Whether two lists hold the same in another order.
fn is_reordered(left: &Stored, right: &Stored) -> bool {
    let (Stored::List(left), Stored::List(right)) = (left, right) else { return false };
    let mut rest: Vec<&Stored> = right.iter().collect();
    let all_found = left.iter().all(|item| {
        let place = rest.iter().position(|other| same(item, other));
        place.map(|place| rest.swap_remove(place)).is_some()
    });
    all_found && rest.is_empty()
}

/// Whether a value is or holds bytes that are no UTF-8.
fn is_no_text(value: &Stored) -> bool {
    match value {
        Stored::Bytes(bytes) => std::str::from_utf8(bytes).is_err(),
        Stored::List(items) => items.iter().any(is_no_text),
        Stored::Map(entries) => entries.iter().any(|(_, value)| is_no_text(value)),
        _ => false,
    }
}
