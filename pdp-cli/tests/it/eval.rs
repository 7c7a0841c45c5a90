use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{POLICY, folder, pdp, request};

const EVAL: [&str; 5] = ["eval", "--policies", "p.yaml", "--request", "-"];

fn json(arguments: &[&str]) -> Vec<&'static str> {
    let leaked: Vec<&'static str> =
        arguments.iter().map(|argument| &*argument.to_string().leak()).collect();
    leaked.into_iter().chain(["--format", "json"]).collect()
}

#[test]
fn each_line_gets_its_answer_and_a_bad_one_its_error() {
    let folder = folder(&[("p.yaml", POLICY)]);
    let input = format!(
        "{}\n\nnonsense\n{}\r\n{}",
        request("user:1"),
        request("user:2"),
        "{\"action\": 1}"
    );
    let outcome = pdp(folder.path(), &json(&EVAL), &input);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let lines: Vec<Value> =
        outcome.output.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 4, "{outcome:?}");
    assert_eq!(
        (&lines[0]["effect"], &lines[0]["rule"]["id"]),
        (&"permit".into(), &"holders".into())
    );
    assert_eq!(lines[0]["obligations"][0]["type"], "log");
    assert_eq!(lines[1]["error"]["kind"], "syntax");
    assert_eq!((&lines[2]["effect"], &lines[2]["rule"]), (&"deny".into(), &Value::Null));
    assert_eq!(
        (&lines[3]["error"]["field"], &lines[3]["error"]["kind"]),
        (&"actor".into(), &"shape".into())
    );
    assert_eq!((&lines[1]["line"], &lines[3]["line"]), (&3.into(), &5.into()));
    let text = pdp(folder.path(), &EVAL, &input);
    let expected = "permit  holders                human user:1 open on door front (rule holders, p.yaml:5); must log
error   line 3: expected ident, column 2
deny    no_matching_policy     human user:2 open on door front (no rule permits it)
error   line 5: actor: missing
";
    assert_eq!((text.code, text.output.as_str()), (Some(1), expected));
}

#[test]
fn lines_without_fault_end_well() {
    let folder = folder(&[("p.yaml", POLICY), ("r.jsonl", &request("user:1"))]);
    let outcome = pdp(folder.path(), &["eval", "--policies", "p.yaml", "--request", "r.jsonl"], "");
    assert_eq!((outcome.code, outcome.output.lines().count()), (Some(0), 1), "{outcome:?}");
    assert_eq!(pdp(folder.path(), &EVAL, "").code, Some(0));
}

#[test]
fn a_line_that_is_too_long_does_not_hide_the_next() {
    let folder = folder(&[("p.yaml", POLICY)]);
    let input = format!("{}\n{}\n", "x".repeat(3 * 1024 * 1024), request("user:1"));
    let outcome = pdp(folder.path(), &json(&EVAL), &input);
    let lines: Vec<&str> = outcome.output.lines().collect();
    assert_eq!((outcome.code, lines.len()), (Some(1), 2), "{:?}", outcome.code);
    assert!(lines[0].contains("\"kind\":\"size\"") && lines[1].contains("permit"), "{lines:?}");
}

#[test]
fn records_are_appended_and_masked() {
    let folder = folder(&[("p.yaml", POLICY)]);
    let arguments = [&EVAL[..], &["--audit", "audit.jsonl"]].concat();
    for _ in 0..2 {
        let input = format!("{}\n{}\n", request("user:1"), request("user:2"));
        assert_eq!(pdp(folder.path(), &arguments, &input).code, Some(0));
    }
    let trail = std::fs::read_to_string(folder.path().join("audit.jsonl")).expect("a trail");
    let records: Vec<Value> =
        trail.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(records.len(), 4);
    for record in &records {
        assert_eq!(record["kind"], "decision");
        assert_eq!(record["masked"], serde_json::json!(["/context/pin"]));
        assert_eq!(record["request"]["context"]["pin"], Value::Null);
        assert_eq!(record["request"]["now"], record["time"], "the door states the time");
    }
    assert!(!trail.contains("pin-of-mine"));
    assert_eq!(
        (&records[2]["decision"]["effect"], &records[3]["decision"]["effect"]),
        (&"permit".into(), &"deny".into())
    );
}

#[test]
fn a_decision_that_cannot_be_recorded_is_not_given() {
    let folder = folder(&[("p.yaml", POLICY)]);
    let arguments = [&EVAL[..], &["--audit", "/dev/full"]].concat();
    let outcome = pdp(folder.path(), &arguments, &request("user:1"));
    assert_eq!((outcome.code, outcome.output.as_str()), (Some(1), ""), "{outcome:?}");
    assert!(outcome.errors.contains("the audit record could not be stored"), "{outcome:?}");
    let arguments = [&EVAL[..], &["--audit", "no/such/folder"]].concat();
    let outcome = pdp(folder.path(), &arguments, &request("user:1"));
    assert_eq!((outcome.code, outcome.output.as_str()), (Some(1), ""), "{outcome:?}");
}

#[test]
fn policies_that_do_not_load_decide_nothing() {
    let folder = folder(&[("p.yaml", "version: 1\nrulse: []\n")]);
    let outcome = pdp(folder.path(), &EVAL, &request("user:1"));
    assert_eq!((outcome.code, outcome.output.as_str()), (Some(1), ""));
    assert!(outcome.errors.contains("did you mean `rules`?"), "{outcome:?}");
}

#[test]
fn a_reader_who_stops_reading_gets_no_message() {
    let folder = folder(&[("p.yaml", POLICY)]);
    let input = format!("{}\n", request("user:1")).repeat(2_000);
    std::fs::write(folder.path().join("r.jsonl"), input).expect("a file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_pdp"))
        .args(["eval", "--policies", "p.yaml", "--request", "r.jsonl"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("pdp runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("pdp ends");
    assert!(output.status.code() == Some(1) && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_command_line_that_is_wrong_exits_with_2() {
    let folder = folder(&[]);
    for arguments in [&["eval"][..], &["evaluate"], &["check"], &["test"], &[]] {
        assert_eq!(pdp(folder.path(), arguments, "").code, Some(2), "{arguments:?}");
    }
    for arguments in [
        &["--help"][..],
        &["eval", "--help"],
        &["check", "--help"],
        &["test", "--help"],
        &["facts", "--help"],
        &["version"],
    ] {
        let outcome = pdp(folder.path(), arguments, "");
        assert_eq!(outcome.code, Some(0), "{arguments:?}");
        let has_example = outcome.output.contains("Examples:");
        assert_eq!(has_example, arguments.len() == 2, "{}", outcome.output);
    }
}

#[test]
fn what_is_too_long_is_refused_whatever_it_begins_with() {
    let folder = folder(&[("p.yaml", POLICY)]);
    let request = request("user:1");
    let long = format!("{}{request}\n{request}\r\n", " ".repeat(1_048_578));
    let outcome = pdp(folder.path(), &EVAL, &long);
    let starts: Vec<&str> = outcome.output.lines().map(|line| &line[..6]).collect();
    assert_eq!((outcome.code, starts), (Some(1), vec!["error ", "permit"]));
    let exact = format!("{}{request}\r\n", " ".repeat(1024 * 1024 - request.len()));
    assert_eq!(pdp(folder.path(), &EVAL, &exact).code, Some(0));
}

#[test]
fn a_record_is_not_appended_to_half_of_another() {
    let folder = folder(&[("p.yaml", POLICY), ("audit.jsonl", "{\"kind\":\"deci")]);
    let arguments = [&EVAL[..], &["--audit", "audit.jsonl"]].concat();
    assert_eq!(pdp(folder.path(), &arguments, &request("user:1")).code, Some(0));
    let trail = std::fs::read_to_string(folder.path().join("audit.jsonl")).expect("a trail");
    let lines: Vec<&str> = trail.lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, "{\"kind\":\"deci"));
    assert!(serde_json::from_str::<Value>(lines[1]).is_ok());
}

#[test]
fn a_message_that_cannot_be_written_is_no_panic() {
    let folder = folder(&[("bad.yaml", "version: 2")]);
    for arguments in [
        &["check", "bad.yaml"][..],
        &["eval", "--policies", "bad.yaml", "--request", "-"],
        &["test", "."],
    ] {
        let full = std::fs::File::create("/dev/full").expect("a device");
        let status = Command::new(env!("CARGO_BIN_EXE_pdp"))
            .args(arguments)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(full)
            .status()
            .expect("pdp runs");
        assert_eq!(status.code(), Some(1), "{arguments:?}");
    }
}

#[test]
fn an_object_on_several_lines_gets_a_hint_once() {
    let folder = folder(&[("p.yaml", POLICY)]);
    let input = request("user:1").replacen(", ", ",\n", 1);
    let outcome = pdp(folder.path(), &EVAL, &input);
    let lines: Vec<&str> = outcome.output.lines().collect();
    assert_eq!(
        lines,
        [
            "error   line 1: EOF while parsing a value, column 32; one JSON object a line",
            "error   line 2: trailing characters, column 13"
        ]
    );
    let outcome = pdp(folder.path(), &EVAL, "nonsense\n{\n");
    assert!(!outcome.output.contains("one JSON object a line"), "{outcome:?}");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_request() {
    let folder = folder(&[("p.yaml", POLICY)]);
    let request = request("user:1");
    let exact = format!("{}{request}", " ".repeat(1024 * 1024 - request.len()));
    for (input, code) in [
        (format!("\u{FEFF}{request}\r\n"), 0),
        (format!("\u{FEFF}{exact}\r\n"), 0),
        (format!("\u{FEFF}{exact} "), 1),
        (format!("\n\u{FEFF}{request}"), 1),
    ] {
        assert_eq!(pdp(folder.path(), &EVAL, &input).code, Some(code), "{}", input.len());
    }
}

#[test]
fn ids_with_spaces_forge_no_sentence() {
    let folder = folder(&[("p.yaml", POLICY)]);
    let input = request("user:1 open on door front (rule x, y:1)")
        .replace("\"id\": \"front\"", r#""id": "a\"b\\""#);
    let outcome = pdp(folder.path(), &EVAL, &input);
    let sentence = r#"human "user:1 open on door front (rule x, y:1)" open on door "a\"b\\" (no rule permits it)"#;
    assert!(outcome.output.ends_with(&format!("{sentence}\n")), "{outcome:?}");
}
