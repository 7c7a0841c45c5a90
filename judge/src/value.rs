//! Values of attributes and of the context, and how conditions write them.

use crate::pool::TIMES;
use crate::{Dice, Kind, Pool, Scalar, Tree};

/// Names of attributes and context values, each with its type.
pub(crate) const NAMES: &[(&str, Kind)] = &[
    ("flag", Kind::of(Scalar::Bool)),
    ("n", Kind::of(Scalar::Int)),
    ("m", Kind::of(Scalar::Int)),
    ("d", Kind::of(Scalar::Double)),
    ("s", Kind::of(Scalar::String)),
    ("label", Kind::of(Scalar::String)),
    ("at", Kind::of(Scalar::Timestamp)),
    ("tags", Kind::list_of(Scalar::String)),
    ("numbers", Kind::list_of(Scalar::Int)),
    ("_ds", Kind::list_of(Scalar::Double)),
    ("flags", Kind::list_of(Scalar::Bool)),
    ("times", Kind::list_of(Scalar::Timestamp)),
    ("u", Kind::of(Scalar::Uint)),
    ("wait", Kind::of(Scalar::Duration)),
    ("client", Kind::of(Scalar::Ip)),
    ("net", Kind::of(Scalar::Cidr)),
    ("nets", Kind::list_of(Scalar::Cidr)),
];

/// Small numbers, and those at the edges of what 64 bits and a double hold.
const INTS: &[i64] =
    &[0, 1, -1, 2, 3, 9_007_199_254_740_992, 9_007_199_254_740_993, i64::MAX, i64::MIN];

const DOUBLES: &[f64] = &[0.0, 1.0, 1.5, -1.0, 2.0, 0.1, -0.0, 4_503_599_627_370_496.5];

/// Doubles that conditions and files may write and requests may not.
const LARGE_DOUBLES: &[f64] = &[9_007_199_254_740_992.0, 9.223_372_036_854_776e18, 1e300, 5e-324];

const TEXTS: &[&str] = &["", "a", "b", "ab", "A", "é", "e\u{301}", "日本", "\n", "it's", "\"\\"];

const DURATIONS: &[&str] = &["0", "1h", "90m", "-1.5s", "0.000000001s", "315576000000s"];

const ADDRESSES: &[&str] = &["10.0.0.1", "10.1.0.1", "127.0.0.1", "2001:db8::1", "::1"];

const RANGES: &[&str] = &["10.0.0.0/8", "10.0.0.1/16", "0.0.0.0/0", "2001:db8::/32", "::1/128"];

/// Where a value is going to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a policy file.
    File,
    /// In a request or change set, whose numbers are smaller.
    Wire,
}

/// A value of the type `kind`.
pub fn value(dice: &mut Dice<'_>, kind: Kind, place: Place, pool: &Pool) -> Tree {
    if kind.list {
        let count = dice.weighted(&[2, 4, 3, 1]);
        let items = (0..count).map(|_| scalar(dice, kind.scalar, place, pool));
        return Tree::List(items.collect());
    }
    scalar(dice, kind.scalar, place, pool)
}

fn scalar(dice: &mut Dice<'_>, scalar: Scalar, place: Place, pool: &Pool) -> Tree {
    match scalar {
        Scalar::Bool => Tree::Bool(dice.chance(50)),
        Scalar::Int => Tree::Int(int(dice).into()),
        // A whole number is a double, too, up to 2^53.
        Scalar::Double if dice.chance(20) => Tree::Int(whole(dice, place).into()),
        Scalar::Double if place == Place::File => Tree::Double(double(dice)),
        Scalar::Double => Tree::Double(*dice.pick(DOUBLES)),
        Scalar::String => Tree::Text(text(dice, pool)),
        Scalar::Timestamp => Tree::text(*dice.pick(TIMES)),
        Scalar::Uint => Tree::Int(uint(dice).into()),
        Scalar::Duration => Tree::text(*dice.pick(DURATIONS)),
        Scalar::Ip => Tree::text(*dice.pick(ADDRESSES)),
        Scalar::Cidr => Tree::text(*dice.pick(RANGES)),
    }
}

/// A whole number where a double is wanted; what is no double is of the wrong type in a request.
fn whole(dice: &mut Dice<'_>, place: Place) -> i64 {
    let edges = [0, 1, 2, 9_007_199_254_740_992, 9_007_199_254_740_993, i64::MAX];
    *dice.pick(if place == Place::Wire { &edges } else { &edges[..4] })
}

fn int(dice: &mut Dice<'_>) -> i64 {
    let all = if dice.chance(15) { INTS } else { &INTS[..5] };
    *dice.pick(all)
}

fn uint(dice: &mut Dice<'_>) -> u64 {
    const UINTS: &[u64] = &[0, 1, 2, 9_223_372_036_854_775_808, u64::MAX];
    let all = if dice.chance(15) { UINTS } else { &UINTS[..3] };
    *dice.pick(all)
}

fn double(dice: &mut Dice<'_>) -> f64 {
    let all = if dice.chance(15) { LARGE_DOUBLES } else { DOUBLES };
    *dice.pick(all)
}

/// A text that other texts are likely to meet.
pub fn text(dice: &mut Dice<'_>, pool: &Pool) -> String {
    let ids = [&pool.actors, &pool.locals, &pool.roles, &pool.actions];
    match dice.weighted(&[5, 4]) {
        0 => {
            let all = if dice.chance(30) { TEXTS } else { &TEXTS[..4] };
            (*dice.pick(all)).to_owned()
        }
        // Letters without a meaning are not compared with others.
        _ if !pool.has_patterns() => "a".to_owned(),
        _ => (*dice.pick(&ids)).first().cloned().unwrap_or_default(),
    }
}

/// A value that is of another type than `kind`.
pub fn wrong_value(dice: &mut Dice<'_>, kind: Kind) -> Tree {
    let all = [
        Tree::Null,
        Tree::Bool(true),
        Tree::Int(1),
        Tree::Double(1.5),
        Tree::text("2026-01-01T00:00:00z"),
        Tree::Int(i128::from(u64::MAX)),
        Tree::List(vec![Tree::Int(1), Tree::text("a")]),
        Tree::List(vec![Tree::Null]),
        Tree::Map(Vec::new()),
        Tree::map([("a", Tree::Int(1))]),
    ];
    let fits = |tree: &Tree| match tree {
        Tree::Bool(_) => kind == Kind::BOOL,
        Tree::Int(1) => !kind.list && kind.scalar.is_number(),
        Tree::Int(_) => kind == Kind::of(Scalar::Uint),
        Tree::Double(_) => kind == Kind::of(Scalar::Double),
        Tree::Text(_) => kind == Kind::STRING,
        _ => false,
    };
    let wrong: Vec<Tree> = all.into_iter().filter(|tree| !fits(tree)).collect();
    dice.pick(&wrong).clone()
}

/// A value as a condition writes it.
pub(crate) fn literal(dice: &mut Dice<'_>, scalar: Scalar, pool: &Pool) -> String {
    match scalar {
        Scalar::Bool => dice.chance(50).to_string(),
        Scalar::Int => match int(dice) {
            number if number >= 0 && dice.chance(15) => format!("{number:#x}"),
            number => number.to_string(),
        },
        Scalar::Double => format!("{:?}", double(dice)),
        Scalar::String => {
            let text = text(dice, pool);
            quoted(dice, &text)
        }
        Scalar::Timestamp => format!("timestamp('{}')", dice.pick(TIMES)),
        Scalar::Uint => format!("{}u", uint(dice)),
        Scalar::Duration => format!("duration('{}')", dice.pick(DURATIONS)),
        Scalar::Ip => format!("ip('{}')", dice.pick(ADDRESSES)),
        Scalar::Cidr => format!("cidr('{}')", dice.pick(RANGES)),
    }
}

/// A text in the quotes of a condition, in one of the ways there are.
pub(crate) fn quoted(dice: &mut Dice<'_>, text: &str) -> String {
    let plain = !text.contains(['\'', '\\', '\n', '\r']);
    match dice.weighted(&[6, 2, 1, 1]) {
        0 if plain => format!("'{text}'"),
        1 if plain => format!("r'{text}'"),
        2 => {
            let codes: String =
                text.chars().map(|letter| format!("\\U{:08x}", u32::from(letter))).collect();
            format!("'{codes}'")
        }
        _ => {
            let mut written = String::from("\"");
            for letter in text.chars() {
                match letter {
                    '"' | '\\' => written.extend(['\\', letter]),
                    '\n' => written.push_str("\\n"),
                    '\r' => written.push_str("\\r"),
                    _ => written.push(letter),
                }
            }
            written.push('"');
            written
        }
    }
}
