use core::fmt::{Debug, Write};
use core::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pdp_testing::cel::{Fault, Named, Names, Value, evaluate};
use serde_json::Value as Json;

/// Files of tests for what the page does not offer.
const LEFT_OUT: [&str; 2] = ["block_ext.json", "lists_ext.json"];

#[test]
fn it_passes_the_conformance_tests() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vendor/cel-spec");
    let (mut ran, mut failures) = (0, String::new());
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_none_or(|ending| ending != "json")
            || LEFT_OUT.contains(&name.as_str())
        {
            continue;
        }
        let file: Json = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            if case["needsProtobuf"] == true || case["checkOnly"] == true {
                continue;
            }
            ran += 1;
            if let Err(reason) = run(case) {
                writeln!(failures, "{name} {}: {}: {reason}", case["name"], case["expr"]).unwrap();
            }
        }
    }
    assert_eq!(failures, "");
    assert_eq!(ran, 1974);
}

fn run(case: &Json) -> Result<(), String> {
    let expression = pdp_cel::parse(case["expr"].as_str().expect("the files have that form"));
    let bindings = Bindings::of(case);
    let result = match &expression {
        Ok(expression) => evaluate(expression, &bindings).map_err(|faults| format!("{faults:?}")),
        Err(error) => Err(format!("{error:?}")),
    };
    if case.get("evalError").is_some() {
        return result.map_or(Ok(()), |value| Err(format!("is {value:?}")));
    }
    let expected = case.get("value").or_else(|| case["typedResult"].get("result"));
    let expected = expected.map_or(Value::Bool(true), value);
    match result {
        Ok(value) if is_same(&value, &expected) => Ok(()),
        other => Err(format!("is {other:?}, not {expected:?}")),
    }
}

/// What a test binds, in the namespace that it stands in.
struct Bindings {
    container: String,
    values: Vec<(String, Value)>,
}

impl Bindings {
    fn of(case: &Json) -> Self {
        let bindings = case["bindings"].as_object().into_iter().flatten();
        let values = bindings.map(|(name, bound)| (name.clone(), value(&bound["value"])));
        let container = case["container"].as_str().unwrap_or_default().to_owned();
        Bindings { container, values: values.collect() }
    }
}

impl Names for Bindings {
    /// In the container first, then in those around it; of several names the longest.
    fn value(&self, path: &[&str], absolute: bool) -> Named {
        let mut container = if absolute { "" } else { &*self.container };
        loop {
            let before = if container.is_empty() { String::new() } else { format!("{container}.") };
            for taken in (1..=path.len()).rev() {
                let name = format!("{before}{}", path[..taken].join("."));
                if let Some((_, value)) = self.values.iter().find(|(own, _)| *own == name) {
                    return Named::Present(value.clone(), taken);
                }
            }
            if container.is_empty() {
                return Named::Unknown;
            }
            container = container.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
    }
}

/// A value in the JSON form of these tests.
fn value(json: &Json) -> Value {
    let (kind, json) = json
        .as_object()
        .expect("the files have that form")
        .iter()
        .next()
        .expect("the files have that form");
    match kind.as_str() {
        "nullValue" => Value::Null,
        "boolValue" => Value::Bool(json.as_bool().expect("the files have that form")),
        "int64Value" => Value::Int(number(text(json))),
        "uint64Value" => Value::Uint(number(text(json))),
        "doubleValue" => Value::Double(match json.as_str() {
            Some(word) => number(word),
            None => json.as_f64().expect("the files have that form"),
        }),
        "stringValue" => Value::String(text(json).to_owned()),
        "bytesValue" => {
            Value::Bytes(BASE64_STANDARD.decode(text(json)).expect("the files have that form"))
        }
        "typeValue" => Value::Type(text(json).to_owned()),
        "listValue" => {
            Value::List(json["values"].as_array().into_iter().flatten().map(value).collect())
        }
        "mapValue" => {
            let entries = json["entries"].as_array().into_iter().flatten();
            Value::Map(
                entries.map(|entry| (value(&entry["key"]), value(&entry["value"]))).collect(),
            )
        }
        "objectValue" => {
            assert_eq!(json["@type"], "type.googleapis.com/google.protobuf.Duration");
            Value::Duration(nanoseconds(text(&json["value"])))
        }
        _ => panic!("`{kind}` is no value"),
    }
}

fn text(json: &Json) -> &str {
    json.as_str().expect("it is written as a string")
}

fn number<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("it is a number of that type")
}

/// Of a duration such as `-1.5s`.
fn nanoseconds(text: &str) -> i128 {
    let text = text.strip_suffix('s').expect("durations are in seconds");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    number(&format!("{whole}{fraction:0<9}"))
}

/// Whether two values are the same, type and all; a NaN is the same as another.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Double(left), Value::Double(right)) => {
            left.to_bits() == right.to_bits() || left.is_nan() && right.is_nan()
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| is_same(a, b))
        }
        (Value::Map(left), Value::Map(right)) => {
            let found = |(key, value): &(Value, Value)| {
                right.iter().any(|(other, theirs)| is_same(key, other) && is_same(value, theirs))
            };
            left.len() == right.len() && left.iter().all(found)
        }
        _ => format!("{left:?}") == format!("{right:?}"),
    }
}

/// A host that declares `a.there` and `a.missing`.
struct Declared;

impl Names for Declared {
    fn value(&self, path: &[&str], _: bool) -> Named {
        match path {
            ["a", "there", ..] => Named::Present(Value::Int(1), 2),
            ["a", "missing", ..] => Named::Absent(Fault::Host("missing".to_owned()), 2),
            _ => Named::Unknown,
        }
    }
}

/// What an expression comes to: its value as `format` would write it, or its faults.
fn told(text: &str) -> String {
    let expression =
        pdp_cel::parse(&format!("'%s'.format([{text}])")).expect("the files have that form");
    match evaluate(&expression, &Declared) {
        Ok(Value::String(text)) => text,
        Ok(value) => panic!("{value:?}"),
        Err(faults) => format!("{faults:?}"),
    }
}

#[test]
fn what_the_page_says_beyond_the_conformance_tests() {
    for (text, expected) in [
        ("a.there ?? 2", "1"),
        ("a.missing ?? 2", "2"),
        ("a.missing", "{Host(\"missing\")}"),
        ("a.missing.b ?? 2", "{Host(\"missing\")}"),
        ("has(a.missing) ? 1 : has(a.there) ? 2 : 3", "2"),
        ("a.?missing.hasValue()", "false"),
        ("a.?there.value()", "1"),
        ("b ?? 2", "{UnknownName}"),
        ("{'b': 1}.c ?? 2", "2"),
        ("[1][5] ?? 2", "2"),
        ("[1][1/0] ?? 2", "{DivisionByZero}"),
        ("{}.b.c ?? 2", "{NoSuchKey}"),
        ("optional.none() ?? 2", "2"),
        ("optional.of(1) ?? 2", "1"),
        ("1/0 > 0 && {}.b", "{DivisionByZero, NoSuchKey}"),
        ("1/0 > 0 && {}.b && false", "false"),
        ("[0, 1].exists(x, 1 / x == 1)", "true"),
        ("1 == 1.0 && 9223372036854775807 == 9223372036854775808.0", "true"),
        ("18446744073709551615u > 9223372036854775807", "true"),
        ("{'b': 1, 2: 1, true: 1, 1u: 1, false: 1, 'a': 1}.map(k, k)", "[false, true, 1, 2, a, b]"),
        ("cel.bind(x, 1/0, 1)", "1"),
        ("cel.bind(x, 1/0, x)", "{DivisionByZero}"),
        (
            "string(1e21) + string(1e20) + string(0.0001) + string(0.00001)",
            "1e+211000000000000000000000.00011e-05",
        ),
        ("duration('-1.5s')", "-1.5s"),
        ("duration('1h30m')", "5400s"),
        ("duration('1.0000000019s')", "1.000000001s"),
        ("timestamp('2000-02-29T23:59:60Z')", "{InvalidArgument}"),
        ("timestamp('1969-12-31T22:00:00.5-02:00')", "1970-01-01T00:00:00.5Z"),
        ("'abc'.replace('', '-')", "-a-b-c-"),
        ("'abc'.split('', 2)", "[a, bc]"),
        ("'a,b,c'.split(',', 2)", "[a, b,c]"),
        ("'a,b,'.split(',')", "[a, b, ]"),
        ("'%b %x %e'.format([-5, 'ab', 0.5])", "-101 6162 5.000000e-01"),
        ("math.bitShiftRight(-1, 60)", "15"),
        ("math.greatest([])", "{InvalidArgument}"),
        ("'K'.matches('(?i)k') && !'٣'.matches(r'\\d')", "true"),
        ("'a'.matches(r'\\pL')", "{InvalidArgument}"),
        ("cidr('10.1.2.3/8').masked()", "10.0.0.0/8"),
        ("ip('ff12::1').isLinkLocalMulticast()", "true"),
        ("timestamp('9999-12-31T23:59:59Z').getHours('Europe/Berlin')", "0"),
        ("timestamp('2026-07-01T00:00:00Z').getHours('Mars/Base')", "{InvalidArgument}"),
        ("optional.unwrap([optional.of(1), optional.none()])", "[1]"),
        ("base64.encode(base64.decode('YQ')) + base64.encode(b'ab')", "YQ==YWI="),
        ("'a'.b()", "{UnknownFunction, NoSuchOverload}"),
        ("'a'.contains(1)", "{NoSuchOverload}"),
        ("b{c: 1}", "{Message}"),
        ("[[1]].map(math, math.size())", "[1]"),
        ("[1].map(math, math.abs(1))", "{UnknownFunction, NoSuchOverload}"),
        ("[1, 2].exists(a, a.there ?? false)", "{NoSuchOverload}"),
        ("[1].exists(x, [2].exists(y, [3].exists(x, x == 3 && y == 2)))", "true"),
        ("{1: 1, 1u: 2, 'a': 1/0}", "{DivisionByZero, DuplicateKey}"),
        ("optional.of(optional.of({'a': 1})).a == optional.of(1)", "true"),
        ("-9223372036854775808 % -1", "{Overflow}"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn it_gives_up_on_what_takes_too_long() {
    let ten = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 0]";
    let rounds = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|name| format!("{ten}.all({name}, "));
    let many = format!("{}true{}", rounds.concat(), ")".repeat(8));
    let doubled = "cel.bind(x, x + x, ".repeat(40);
    let large = format!("cel.bind(x, 'abcd', {doubled}x{}", ")".repeat(41));
    for text in [many, large] {
        // It must not decide what it has not seen to the end.
        assert_eq!(told(&format!("size({text} == 0 ? 'a' : 'b')")), "{CostLimit}");
    }
}
