//! Random values of variables.

use pdp_cel::{Duration, Stored, Timestamp};

use super::template::Type;
use crate::Dice;

const INTS: [i64; 9] =
    [0, 1, -1, 5, 1000, i64::MAX, i64::MIN, 9_007_199_254_740_993, -9_007_199_254_740_993];
const UINTS: [u64; 6] = [0, 1, 5, u64::MAX, 9_007_199_254_740_993, 9_223_372_036_854_775_808];
const DOUBLES: [f64; 9] = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    1e300,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    9_007_199_254_740_992.0,
];
const TEXTS: [&str; 8] = ["", "a", "abc", "key", "Zürich", "😀", " x ", "10"];
const BYTES: [&[u8]; 4] = [b"", b"a", b"\xff\xfe", b"abc"];
const INSTANTS: [&str; 5] = [
    "2026-11-27T09:30:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "1969-07-20T20:17:40.123Z",
    "2024-02-29T12:00:00Z",
];
const LENGTHS: [&str; 6] = ["0s", "1s", "-1s", "90061.5s", "0.000000001s", "-86400s"];
const KEYS: [&str; 3] = ["a", "b", "key"];

/// How much may still be put into a value, beside the little that each has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    items: usize,
    bytes: usize,
}

impl Size {
    /// Nothing more.
    pub(super) fn small() -> Size {
        Size { items: 0, bytes: 0 }
    }

    /// Up to some hundred items and some thousand bytes.
    pub(super) fn large(dice: &mut Dice<'_>) -> Size {
        Size { items: dice.below(450), bytes: dice.below(14_000) }
    }

    /// How many items a list gets: few, or all that are left, or a part of them.
    fn items(&mut self, dice: &mut Dice<'_>) -> usize {
        let more = part(&mut self.items, dice);
        dice.below(4) + more
    }
}

/// A part of what is left, which is taken.
fn part(left: &mut usize, dice: &mut Dice<'_>) -> usize {
    let part = match dice.below(3) {
        _ if *left == 0 => 0,
        0 => 0,
        1 => dice.between(0, *left),
        _ => *left,
    };
    *left -= part;
    part
}

/// A value of a type; `None` for types that variables do not have.
pub(super) fn value(kind: &Type, dice: &mut Dice<'_>, size: &mut Size) -> Option<Stored> {
    Some(match kind.name.as_str() {
        "null" => Stored::Null,
        "bool" => Stored::Bool(dice.chance(50)),
        "int" => Stored::Int(*dice.pick(&INTS)),
        "uint" => Stored::Uint(*dice.pick(&UINTS)),
        "double" => Stored::Double(dice.pick(&DOUBLES).to_bits()),
        "string" => Stored::String(text(dice, size).into()),
        "bytes" => {
            let more = part(&mut size.bytes, dice);
            let bytes = *dice.pick::<&[u8]>(&BYTES);
            Stored::Bytes([bytes, &vec![b'a'; more]].concat().into())
        }
        "timestamp" => Stored::Timestamp(Timestamp::parse(dice.pick::<&str>(&INSTANTS)).ok()?),
        "duration" => Stored::Duration(Duration::parse(dice.pick::<&str>(&LENGTHS)).ok()?),
        "list" => {
            let items = (0..size.items(dice)).map(|_| value(&kind.of[0], dice, size));
            Stored::List(items.collect::<Option<_>>()?)
        }
        "map" | "single" => map(kind, dice, size)?,
        _ => return None,
    })
}

/// A short text, or one that goes on with a letter, a mark or words over and over.
fn text(dice: &mut Dice<'_>, size: &mut Size) -> String {
    let begin = *dice.pick(&TEXTS);
    let more = part(&mut size.bytes, dice);
    let over_and_over =
        if more == 0 { "" } else { *dice.pick::<&str>(&["a", "a,b ", "%s", "\"", "é"]) };
    let count = more / over_and_over.len().max(1);
    format!("{begin}{}", over_and_over.repeat(count))
}

fn map(kind: &Type, dice: &mut Dice<'_>, size: &mut Size) -> Option<Stored> {
    let count = if kind.name == "single" { dice.below(2) } else { size.items(dice) };
    let mut entries: Vec<(Stored, Stored)> = Vec::new();
    for number in 0..count {
        let key = key(&kind.of[0], dice, number)?;
        if entries.iter().all(|(known, _)| *known != key) {
            entries.push((key, value(&kind.of[1], dice, size)?));
        }
    }
    Stored::map(entries)
}

/// A key; after the first few each is another one.
fn key(kind: &Type, dice: &mut Dice<'_>, number: usize) -> Option<Stored> {
    let whole = i64::try_from(number).ok().filter(|_| number > 3);
    Some(match (kind.name.as_str(), whole) {
        ("string", Some(whole)) => Stored::String(format!("key{whole}").into()),
        ("int", Some(whole)) => Stored::Int(whole + 10),
        ("uint", Some(whole)) => Stored::Uint(whole.unsigned_abs() + 10),
        ("string", None) => Stored::String((*dice.pick(&KEYS)).into()),
        _ => value(kind, dice, &mut Size::small())?,
    })
}
