use serde_json::{Value, json};

use crate::support::{Outcome, pdp, root};

/// Extensions that are not offered: their files are skipped as a whole.
const NOT_OFFERED: [&str; 2] = ["block_ext", "lists_ext"];

fn cel(arguments: &[&str]) -> Outcome {
    pdp(&root(), &[&["cel"], arguments].concat(), "")
}

fn lines(input: &str) -> Vec<Value> {
    let outcome = pdp(&root(), &["cel", "--json"], input);
    let lines = outcome.output.lines();
    lines.map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// The cases of a vendored file that need no protobuf and are not about types alone.
fn cases(path: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a vendored file");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let cases = file["cases"].as_array().expect("cases").iter();
    let flag = |case: &Value, key: &str| case[key] == json!(true);
    cases.filter(|case| !flag(case, "needsProtobuf") && !flag(case, "checkOnly")).cloned().collect()
}

/// Numbers as numbers, and maps without an order.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Object(object) if object.contains_key("doubleValue") => {
            let number = &object["doubleValue"];
            json!({ "double": number.as_f64().map_or(number.to_string(), |number| number.to_string()) })
        }
        Value::Object(object) if object.contains_key("mapValue") => {
            let entries = object["mapValue"]["entries"].as_array().cloned().unwrap_or_default();
            let mut entries: Vec<String> =
                entries.iter().map(|entry| comparable(entry).to_string()).collect();
            entries.sort();
            json!({ "map": entries })
        }
        Value::Object(object) if object.contains_key("listValue") => {
            let items = object["listValue"]["values"].as_array().cloned().unwrap_or_default();
            json!({ "list": items.iter().map(comparable).collect::<Vec<_>>() })
        }
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), comparable(value))).collect()
        }
        other => other.clone(),
    }
}

/// Whether an answer is what the case expects.
fn passes(case: &Value, answer: &Value) -> bool {
    if case.get("evalError").is_some() {
        return answer.get("error").is_some();
    }
    let deduced = case.get("typedResult").and_then(|result| result.get("result"));
    let yes = json!({ "boolValue": true });
    let expected = case.get("value").or(deduced).unwrap_or(&yes);
    answer.get("value").is_some_and(|value| comparable(value) == comparable(expected))
}

#[test]
fn the_conformance_tests_of_cel_pass() {
    let mut count = 0;
    let mut failed = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/vendor/cel-spec")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        if !is_json || NOT_OFFERED.contains(&name.as_str()) {
            continue;
        }
        let cases = cases(&path);
        let input: String = cases.iter().map(|case| format!("{case}\n")).collect();
        let answers = lines(&input);
        assert_eq!(cases.len(), answers.len(), "{name}");
        count += cases.len();
        for (case, answer) in
            cases.iter().zip(&answers).filter(|(case, answer)| !passes(case, answer))
        {
            failed.push(format!("{name}: {} {}: {answer}", case["name"], case["expr"]));
        }
    }
    assert!(failed.is_empty(), "{} of {count} fail:\n{}", failed.len(), failed.join("\n"));
    assert_eq!(count, 1_974, "a file or a case is missing");
}

#[test]
fn values_are_written_as_cel_would_write_them() {
    for (expression, shown) in [
        ("1 + 2", "3"),
        ("2u", "2u"),
        ("1.0", "1.0"),
        ("1.0 / 0.0", "double(\"Infinity\")"),
        ("'a\\n\"b\\u202e'", r#""a\n\"b\U0000202e""#),
        ("b'a'", "b\"\\x61\""),
        ("[1, null, true]", "[1, null, true]"),
        ("{'b': 1, 'a': [2]}", "{\"a\": [2], \"b\": 1}"),
        ("type(1)", "int"),
        ("duration('90m')", "duration(\"5400s\")"),
        ("timestamp('2026-11-27T00:00:00+02:00')", "timestamp(\"2026-11-26T22:00:00Z\")"),
        ("ip('10.0.0.1')", "ip(\"10.0.0.1\")"),
        ("cidr('10.0.0.0/8')", "cidr(\"10.0.0.0/8\")"),
        ("optional.of(1)", "optional.of(1)"),
        ("{}.?a", "optional.none()"),
        (
            "'%d %d %s %s'.format([1.5, 2.0, 1e21, [1e-5]])",
            "\"1.5 2 1000000000000000000000 [0.00001]\"",
        ),
        ("'aa'.matches('^(?:a+)*?$')", "true"),
    ] {
        let outcome = cel(&[expression]);
        assert_eq!(outcome.output.trim_end(), shown, "{expression}: {}", outcome.errors);
        assert_eq!(outcome.code, Some(0));
    }
}

#[test]
fn names_stand_for_what_is_set() {
    let value = |expression: &str, settings: &[&str]| {
        let settings = settings.iter().flat_map(|setting| ["--set", setting]);
        let arguments: Vec<&str> = std::iter::once(expression).chain(settings).collect();
        cel(&arguments).output.trim_end().to_owned()
    };
    assert_eq!(value("n + 1", &["n=2"]), "3");
    assert_eq!(value("name", &["name=alice"]), "\"alice\"");
    assert_eq!(value("a.b.c", &["a={\"b\":{\"c\":1.5}}"]), "1.5");
    assert_eq!(value("x.y ?? 3", &["x={}"]), "3");
    assert_eq!(value("a == b", &["a=1", "b=1.0"]), "true");
}

#[test]
fn what_has_no_value_is_said_with_its_place() {
    let outcome = cel(&["1 + 2 / 0"]);
    assert_eq!(outcome.code, Some(1));
    assert_eq!(outcome.output, "");
    assert!(outcome.errors.contains("division by zero, in `2 / 0`"), "{}", outcome.errors);
    let outcome = cel(&["[1, 2"]);
    assert!(outcome.errors.contains("expression:1:6:"), "{}", outcome.errors);
    let outcome = cel(&["a ?? b"]);
    assert!(outcome.errors.contains("unknown name, in `a`"), "{}", outcome.errors);
    let outcome = cel(&["--strict", "{}.a ?? 1"]);
    assert!(outcome.errors.contains("`??` is no operator of CEL"), "{}", outcome.errors);
    for regex in ["a**", "a{2}{3}", "{"] {
        let outcome = cel(&[&format!("'a'.matches('{regex}')")]);
        assert!(outcome.errors.contains("an argument"), "{regex}: {}", outcome.errors);
    }
    assert_eq!(cel(&["1", "--set", "a"]).code, Some(1));
    assert_eq!(cel(&["1", "--json"]).code, Some(2));
    assert_eq!(cel(&[]).code, Some(2));
}

#[test]
fn a_line_that_is_no_case_gives_an_error_on_its_line() {
    let input = "{\"expr\": \"1\"}\n{\"expr\": 1}\nx\n\n{\"expr\": \"x\", \"bindings\": {\"x\": {}}}\n\
        {\"expr\": \"has(x.y)\", \"disableMacros\": true}\n";
    let outcome = pdp(&root(), &["cel", "--json"], input);
    assert_eq!(outcome.code, Some(1));
    let lines: Vec<&str> = outcome.output.lines().collect();
    assert_eq!(lines[0], r#"{"value":{"int64Value":"1"}}"#);
    assert_eq!(lines.len(), 5);
    assert!(lines[1..].iter().all(|line| line.starts_with(r#"{"error":"#)), "{lines:?}");
}

#[test]
fn what_would_take_too_long_or_too_much_ends_in_an_error() {
    let doubled = (0..40).fold("[1]".to_owned(), |inner, _| format!("{inner}.map(x, [x, x])"));
    let nested = "[0,1,2,3,4,5,6,7,8,9].map(a, [0,1,2,3,4,5,6,7,8,9])".to_owned();
    let nested =
        (0..5).fold(nested, |inner, level| format!("[0,1,2,3,4,5,6,7,8,9].map(l{level}, {inner})"));
    let shared = (0..30).fold("x".to_owned(), |inner, _| format!("cel.bind(x, [x, x], {inner})"));
    let shared = format!(
        "string(cel.bind(x, [1], {shared}).size()) + '%s'.format([cel.bind(x, [1], {shared})])"
    );
    for expression in [nested, doubled, shared] {
        let outcome = cel(&[&expression]);
        assert_eq!(outcome.code, Some(1), "{expression}");
    }
}
