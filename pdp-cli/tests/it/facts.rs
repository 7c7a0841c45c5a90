use serde_json::Value;

use crate::support::{POLICY, folder, pdp, request};

const CHANGES: &str = r#"{"id": "1", "changes": [{"op": "remove", "resource": "door:front", "relation": "holder", "actor": "user:1"}]}

{"id": "2", "changes": [{"op": "add", "resource": "door:front", "relation": "holder", "actor": "user:2"}]}
{"id": "1", "changes": [{"op": "remove", "resource": "door:front", "relation": "holder", "actor": "user:1"}]}
"#;

#[test]
fn changes_are_applied_before_requests_are_decided() {
    let folder = folder(&[("p.yaml", POLICY), ("c.jsonl", CHANGES)]);
    let input = format!("{}\n{}\n", request("user:1"), request("user:2"));
    let arguments = ["eval", "--policies", "p.yaml", "--request", "-", "--format", "json"];
    let decide = |more: &[&str]| {
        let outcome = pdp(folder.path(), &[&arguments, more].concat(), &input);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        let decisions = outcome.output.lines().map(|line| {
            let decision: Value = serde_json::from_str(line).expect("JSON");
            (decision["effect"].to_string(), decision["policy"]["revision"].as_u64())
        });
        decisions.collect::<Vec<_>>()
    };
    let (permit, deny) = (
        |revision| ("\"permit\"".to_owned(), Some(revision)),
        |revision| ("\"deny\"".to_owned(), Some(revision)),
    );
    assert_eq!(decide(&[]), [permit(1), deny(1)]);
    // The third change set has the id of the first.
    assert_eq!(decide(&["--changes", "c.jsonl"]), [deny(3), permit(3)]);
}

#[test]
fn a_change_set_that_is_refused_stops_before_any_decision() {
    let bad = CHANGES.replace("user:2", "group:g#member");
    let folder = folder(&[("p.yaml", POLICY), ("c.jsonl", &bad)]);
    let arguments = ["eval", "--policies", "p.yaml", "--request", "-", "--changes", "c.jsonl"];
    let outcome = pdp(folder.path(), &arguments, &request("user:1"));
    assert_eq!((outcome.code, &*outcome.output), (Some(1), ""), "{outcome:?}");
    assert_eq!(outcome.errors, "error: c.jsonl:3: changes[0].actor: unknown type `group`\n");
    for (text, message) in [
        ("{", "error: c.jsonl:1: EOF"),
        ("{\"id\": \"\\u001b[2J\"}", "c.jsonl:1: id: a control character"),
    ] {
        std::fs::write(folder.path().join("c.jsonl"), text).expect("a file");
        let outcome = pdp(folder.path(), &arguments, "");
        assert_eq!(outcome.code, Some(1));
        assert!(outcome.errors.contains(message), "{outcome:?}");
    }
    let outcome = pdp(folder.path(), &["facts", "p.yaml", "--changes", "none.jsonl"], "");
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.errors.contains("cannot read the change sets none.jsonl"), "{outcome:?}");
}

#[test]
fn facts_are_listed_by_layer() {
    let folder = folder(&[("p.yaml", POLICY), ("c.jsonl", CHANGES)]);
    let list = |more: &[&str]| {
        let outcome = pdp(folder.path(), &[&["facts", "p.yaml"], more].concat(), "");
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        outcome.output
    };
    let fact = |op: &str, actor: &str| {
        format!(
            "{{{op}\"resource\":\"door:front\",\"relation\":\"holder\",\"actor\":\"{actor}\"}}\n"
        )
    };
    assert_eq!(list(&[]), fact("", "user:1"));
    assert_eq!(list(&["--changes", "c.jsonl"]), fact("", "user:2"));
    assert_eq!(list(&["--changes", "c.jsonl", "--layer", "files"]), fact("", "user:1"));
    let words = fact("\"op\":\"add\",", "user:2") + &fact("\"op\":\"remove\",", "user:1");
    assert_eq!(list(&["--changes", "c.jsonl", "--layer", "run-time"]), words);
    assert_eq!(list(&["--changes", "c.jsonl", "--layer", "difference"]), words);
    // What run time says as the files do is a word, and no difference.
    std::fs::write(
        folder.path().join("c.jsonl"),
        CHANGES.replace("remove", "add").replace("user:2", "user:1"),
    )
    .expect("a file");
    assert_eq!(list(&["--changes", "c.jsonl", "--layer", "difference"]), "");
    assert_eq!(
        list(&["--changes", "c.jsonl", "--layer", "run-time"]),
        fact("\"op\":\"add\",", "user:1")
    );
}

const REQUEST: [&str; 5] = ["eval", "--policies", "p.yaml", "--request", "r.jsonl"];

#[test]
fn change_sets_stand_one_after_the_other() {
    let folder = folder(&[("p.yaml", POLICY), ("r.jsonl", &request("user:2"))]);
    let pretty =
        format!("\u{FEFF}{}", CHANGES.replace("}]}\n", "}\n]\n}").replace(", ", ",\r\n\t"));
    for changes in [CHANGES, &pretty] {
        let outcome = pdp(folder.path(), &[&REQUEST[..], &["--changes", "-"]].concat(), changes);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.output.starts_with("permit"), "{outcome:?}");
        let outcome = pdp(folder.path(), &["facts", "p.yaml", "--changes", "-"], changes);
        assert!(outcome.output.contains("user:2"), "{outcome:?}");
    }
    let arguments = ["eval", "--policies", "p.yaml", "--request", "-", "--changes", "-"];
    let outcome = pdp(folder.path(), &arguments, CHANGES);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(outcome.errors.contains("cannot both read standard input"), "{outcome:?}");
}

#[test]
fn a_refusal_names_the_line_of_the_file() {
    let twice = "{\"id\": \"1\",\n  \"changes\": [],\n  \"id\": \"2\"}";
    for (changes, message) in [
        (format!("{CHANGES}\n{twice}"), "c.jsonl:6: key `id` is given twice at line 8 column 12"),
        (format!("{CHANGES}{{\"id\":\n\n nonsense}}"), "c.jsonl:7: expected ident, column 3"),
        (format!("{CHANGES}\n[]"), "c.jsonl:6: expected an object"),
    ] {
        let folder =
            folder(&[("p.yaml", POLICY), ("c.jsonl", &changes), ("r.jsonl", &request("user:1"))]);
        let arguments = [&REQUEST[..], &["--changes", "c.jsonl"]].concat();
        let outcome = pdp(folder.path(), &arguments, "");
        assert_eq!((outcome.code, &*outcome.output), (Some(1), ""), "{outcome:?}");
        assert!(outcome.errors.contains(message), "{message}: {outcome:?}");
    }
}

#[test]
fn a_refusal_is_told_to_machines() {
    let bad = CHANGES.replace("user:2", "group:g#member");
    let folder = folder(&[("p.yaml", POLICY), ("c.jsonl", &bad), ("r.jsonl", &request("user:1"))]);
    let arguments = [&REQUEST[..], &["--changes", "c.jsonl", "--format", "json"]].concat();
    let outcome = pdp(folder.path(), &arguments, "");
    assert_eq!((outcome.code, &*outcome.errors), (Some(1), ""), "{outcome:?}");
    let refusal: Value = serde_json::from_str(&outcome.output).expect("JSON");
    let expected = serde_json::json!({
        "error": {"kind": "unknown", "field": "changes[0].actor", "message": "unknown type `group`"},
        "file": "c.jsonl",
        "line": 3,
    });
    assert_eq!(refusal, expected);
}

#[test]
fn facts_that_are_over_are_listed_as_the_help_says() {
    let over =
        POLICY.replace("holder: user:1", "holder: {id: user:1, until: 2000-01-01T00:00:00Z}");
    let folder = folder(&[("p.yaml", &over)]);
    let outcome = pdp(folder.path(), &["facts", "p.yaml"], "");
    assert!(outcome.output.contains("2000-01-01T00:00:00Z"), "{outcome:?}");
    let outcome = pdp(folder.path(), &["facts", "--help"], "");
    assert!(outcome.output.contains("Facts whose `until` is over are listed too"), "{outcome:?}");
}
