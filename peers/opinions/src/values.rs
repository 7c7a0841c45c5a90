//! Random values of variables.

use fastrand::Rng;
use pdp_cel::{Duration, Stored, Timestamp};

use crate::template::Type;

const INTS: [i64; 9] =
    [0, 1, -1, 5, 1000, i64::MAX, i64::MIN, 9_007_199_254_740_993, -9_007_199_254_740_993];
const UINTS: [u64; 6] = [0, 1, 5, u64::MAX, 9_007_199_254_740_993, 9_223_372_036_854_775_808];
const DOUBLES: [f64; 9] =
    [0.0, -0.0, 1.0, -1.5, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 9007199254740992.0];
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

/// A value of a type; `None` for types that variables do not have.
pub(crate) fn value(kind: &Type, random: &mut Rng) -> Option<Stored> {
    Some(match kind.name.as_str() {
        "null" => Stored::Null,
        "bool" => Stored::Bool(random.bool()),
        "int" => Stored::Int(of(&INTS, random)),
        "uint" => Stored::Uint(of(&UINTS, random)),
        "double" => Stored::Double(of(&DOUBLES, random).to_bits()),
        "string" => Stored::String(of(&TEXTS, random).into()),
        "bytes" => Stored::Bytes(of(&BYTES, random).into()),
        "timestamp" => Stored::Timestamp(Timestamp::parse(of(&INSTANTS, random)).ok()?),
        "duration" => Stored::Duration(Duration::parse(of(&LENGTHS, random)).ok()?),
        "list" => {
            let items = (0..random.usize(..4)).map(|_| value(&kind.of[0], random));
            Stored::List(items.collect::<Option<_>>()?)
        }
        "map" | "single" => map(kind, random)?,
        _ => return None,
    })
}

fn of<T: Copy>(values: &[T], random: &mut Rng) -> T {
    values[random.usize(..values.len())]
}

fn map(kind: &Type, random: &mut Rng) -> Option<Stored> {
    let size_max = if kind.name == "single" { 1 } else { 3 };
    let mut entries: Vec<(Stored, Stored)> = Vec::new();
    for _ in 0..random.usize(..=size_max) {
        let key = match kind.of[0].name.as_str() {
            "string" => Stored::String(of(&KEYS, random).into()),
            _ => value(&kind.of[0], random)?,
        };
        if entries.iter().all(|(known, _)| *known != key) {
            entries.push((key, value(&kind.of[1], random)?));
        }
    }
    Stored::map(entries)
}
