//! Expressions alone: pdp-cel held against the oracle's own evaluator.

use pdp_cel::{
    Builder, Expression, Fault, Host, Leaf, LowerOptions, Meter, NodeId, Operand, Stored, evaluate,
    lower, parse,
};
use pdp_testing::cel::{self, Named};

/// Names that expressions may use, each with what it stands for; nothing, where it is declared and
/// not there.
fn names() -> Vec<(&'static str, Option<Stored>)> {
    let text = |text: &str| Stored::String(text.into());
    let map = vec![(text("a"), Stored::Int(1)), (text("b"), Stored::List(Box::new([text("x")])))];
    vec![
        ("n", Some(Stored::Int(3))),
        ("u", Some(Stored::Uint(u64::MAX))),
        ("d", Some(Stored::Double(1.5_f64.to_bits()))),
        ("s", Some(text("a\u{e9}b"))),
        ("l", Some(Stored::List(Box::new([Stored::Int(1), Stored::Uint(2), text("x")])))),
        ("m", Stored::map(map)),
        ("absent", None),
    ]
}

/// Evaluates a text in both ways. A text that is no expression is refused with a place in it.
///
/// # Panics
///
/// If the two disagree, or a place lies outside of the text.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match parse(&text) {
        Ok(expression) => agree(&text, &expression),
        Err(error) => {
            let (start, end) = (error.span.start as usize, error.span.end as usize);
            let within = start <= end && text.get(start..end).is_some();
            assert!(within, "{:?} is no place in the text: {error}", error.span);
        }
    }
}

fn agree(text: &str, expression: &Expression) {
    let names = names();
    let mut builder = Builder::default();
    let mut known = Known { names: &names, meter: Meter::default() };
    let Ok(node) = lower(expression, text, &mut builder, &mut known, LowerOptions::default())
    else {
        return;
    };
    let program = builder.finish([node]);
    let ours = match evaluate(&program, node, &mut known) {
        Ok(value) => value_of(&value),
        Err(failure) if failure.fault == Fault::Limit => return,
        Err(failure) => Err(failure.fault),
    };
    let theirs = cel::evaluate(expression, &known);
    match (ours, theirs) {
        (_, Err(faults)) if faults.contains(&cel::Fault::CostLimit) => {}
        (Err(Fault::Limit), _) => {}
        (Ok(ours), Ok(theirs)) => {
            assert!(same(&ours, &theirs), "{text}\nengine: {ours:?}\noracle: {theirs:?}");
        }
        (Err(ours), Err(theirs)) => {
            let fits = theirs.iter().any(|theirs| is_same_fault(ours, theirs));
            assert!(fits, "{text}\nengine: {ours:?}\noracle: {theirs:?}");
        }
        (ours, theirs) => panic!("{text}\nengine: {ours:?}\noracle: {theirs:?}"),
    }
}

struct Known<'n> {
    names: &'n [(&'static str, Option<Stored>)],
    meter: Meter,
}

impl pdp_cel::Names for Known<'_> {
    fn resolve(&mut self, builder: &mut Builder, path: &[&str]) -> Option<(NodeId, usize)> {
        let index = self.names.iter().position(|(name, _)| *name == path[0])?;
        Some((builder.leaf(Leaf::try_from(index).ok()?, 1), 1))
    }
}

impl<'n> Host<'n> for Known<'n> {
    fn value(&mut self, leaf: Leaf) -> Result<Option<Operand<'n>>, Fault> {
        Ok(self.names[leaf as usize].1.as_ref().map(Operand::stored))
    }

    fn missing(&self, _: Leaf) -> Fault {
        Fault::Host(0)
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }
}

impl cel::Names for Known<'_> {
    fn value(&self, path: &[&str], _: bool) -> Named {
        let found = self.names.iter().find(|(name, _)| *name == path[0]);
        match found {
            None => Named::Unknown,
            Some((_, Some(value))) => Named::Present(stored(value), 1),
            Some((_, None)) => Named::Absent(cel::Fault::Host(String::new()), 1),
        }
    }
}

/// A value of the engine as the oracle has it.
fn value_of(value: &Operand<'_>) -> Result<cel::Value, Fault> {
    if let Operand::Optional(inner) = value {
        let inner = inner.as_deref().map(value_of).transpose()?;
        return Ok(cel::Value::Optional(inner.map(Box::new)));
    }
    match value {
        Operand::List(list) => {
            let items: Result<Vec<_>, _> = list.iter().map(|item| value_of(&item)).collect();
            items.map(cel::Value::List)
        }
        Operand::Map(map) => {
            let entries: Result<Vec<_>, Fault> =
                map.iter().map(|(key, value)| Ok((value_of(&key)?, value_of(&value)?))).collect();
            entries.map(cel::Value::Map)
        }
        single => {
            let kept = single.to_stored(&mut Meter::default()).ok_or(Fault::Limit)?;
            Ok(stored(&kept))
        }
    }
}

fn stored(value: &Stored) -> cel::Value {
    match value {
        Stored::Null => cel::Value::Null,
        Stored::Bool(value) => cel::Value::Bool(*value),
        Stored::Int(value) => cel::Value::Int(*value),
        Stored::Uint(value) => cel::Value::Uint(*value),
        Stored::Double(bits) => cel::Value::Double(f64::from_bits(*bits)),
        Stored::String(text) => cel::Value::String(text.to_string()),
        Stored::Bytes(bytes) => cel::Value::Bytes(bytes.to_vec()),
        Stored::Timestamp(time) => {
            let seconds = i128::from(time.unix_seconds()) * 1_000_000_000;
            cel::Value::Timestamp(seconds + i128::from(time.nanoseconds()))
        }
        Stored::Duration(length) => cel::Value::Duration(length.total_nanoseconds()),
        Stored::Ip(address) => cel::Value::Ip(*address),
        Stored::Cidr(range) => {
            cel::Value::Cidr { address: range.address(), prefix: range.prefix() }
        }
        Stored::Type(kind) => cel::Value::Type(kind.as_str().to_owned()),
        Stored::List(items) => cel::Value::List(items.iter().map(stored).collect()),
        Stored::Map(entries) => cel::Value::Map(
            entries.iter().map(|(key, value)| (stored(key), stored(value))).collect(),
        ),
    }
}

/// Whether two values are the same in type and value; a number that is none is itself.
fn same(ours: &cel::Value, theirs: &cel::Value) -> bool {
    match (ours, theirs) {
        (cel::Value::Double(left), cel::Value::Double(right)) => {
            left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan())
        }
        (cel::Value::List(left), cel::Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
        }
        (cel::Value::Map(left), cel::Value::Map(right)) => {
            let holds = |(key, value): &(cel::Value, cel::Value)| {
                right.iter().any(|(other, of)| same(key, other) && same(value, of))
            };
            left.len() == right.len() && left.iter().all(holds)
        }
        (cel::Value::Optional(Some(left)), cel::Value::Optional(Some(right))) => same(left, right),
        _ => ours == theirs,
    }
}

fn is_same_fault(ours: Fault, theirs: &cel::Fault) -> bool {
    match theirs {
        cel::Fault::Overflow => ours == Fault::Overflow,
        cel::Fault::DivisionByZero => ours == Fault::DivisionByZero,
        cel::Fault::NoSuchKey => ours == Fault::NoSuchKey,
        cel::Fault::IndexOutOfRange => ours == Fault::IndexOutOfRange,
        cel::Fault::DuplicateKey => ours == Fault::DuplicateKey,
        cel::Fault::InvalidArgument => ours == Fault::InvalidArgument,
        cel::Fault::EmptyOptional => ours == Fault::EmptyOptional,
        cel::Fault::Host(_) => ours == Fault::Host(0),
        cel::Fault::UnknownName
        | cel::Fault::UnknownFunction
        | cel::Fault::NoSuchOverload
        | cel::Fault::KeyType
        | cel::Fault::Message
        | cel::Fault::CostLimit => matches!(
            ours,
            Fault::UnknownName
                | Fault::UnknownFunction
                | Fault::NoSuchOverload
                | Fault::KeyType
                | Fault::Message
        ),
    }
}

/// Expressions with every construct, for fuzzers to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    SEEDS.iter().map(|seed| seed.as_bytes().to_vec()).collect()
}

const SEEDS: &[&str] = &[
    "1 + 2 * 3 - -4 / 5 % 6 == n && !(u < 7u) || d >= .5e3",
    "s.startsWith('a') ? [1, ?m.?a, 2u][n] : {'k': b'\\xff', ?'l': optional.none()}['k']",
    "absent ?? (m.x ?? l[9]) ?? 'none'",
    "has(m.a) && m.?b[?0].orValue('y') in l && m['b'].size() == 1",
    "l.exists(x, x == 1) && l.all(i, x, i < 3) && l.exists_one(x, x == 'x')",
    "l.filter(x, type(x) == int).map(x, x > 0, string(x) + \"!\") == ['1!']",
    "m.transformMap(k, v, k != 'b', v) == {'a': 1} && l.transformList(i, v, i).first().hasValue()",
    "cel.bind(x, s + s, x.indexOf('b', 3) == 5 && x.substring(1, 2).size() == 1)",
    "m.transformMapEntry(k, v, {k + k: v}) != {} && {1: 2, 2u: 3}[2.0] == 3",
    "timestamp('2026-11-27T09:30:00.5+02:00').getHours('Europe/Kyiv') - 1 < duration('1h30m').getMinutes()",
    "timestamp(0) + duration('-1ns') < timestamp('1970-01-01T00:00:00Z') && int(timestamp(1)) == 1",
    "cidr('10.0.0.0/8').containsIP(ip('10.1.2.3')) && ip('::1').isLoopback() && string(ip('::1')) == '::1'",
    "sets.contains([1, 2, 3], [2u]) && sets.intersects(l, ['x']) && !sets.equivalent([1], [1, 2])",
    "'%s %d %.2f %e %x %b %o %%'.format([l, n, d, d, 'hi', true, 8])",
    "math.greatest(1, 2u, 3.5) > math.least([n, d]) && math.bitAnd(6, 3) == 2 && math.round(d) == 2.0",
    "base64.decode(base64.encode(b'hi')) == b'hi' && strings.quote('a\\n') == '\"a\\\\n\"'",
    "'a,b,,c'.split(',', 2).join('-').replace('b', 'x').upperAscii().reverse().trim().matches('^C.*[A-Z]$')",
    "optional.of(n).optMap(x, x + 1).or(optional.ofNonZeroValue(0)).value() == 4",
    "int('12') + int(3.9) + int(4u) == 19 && uint(5) == 5u && double('1e3') == 1000.0 && bool('true')",
    "[[1, [2]], {'a': {'b': [null]}}] == [[1.0, [2u]], {'a': {'b': [null]}}]",
    "dyn(1) == 'x' || bytes(s).size() == 4 && string(b'\\xc3\\xa9') == '\\u00e9'",
    "// comment\n(true)\n? r'\\d' : \"\"\"a\"b\"\"\"",
];
