use std::fs;

use serde_json::{Value, json};

use super::server::{Server, curl, records};
use crate::support::{folder, pdp, root};

pub const EVALUATE: &str = "/internal/pdp/evaluate";
pub const REQUEST: &str = r#"{"actor": {"actor_id": "user:93", "actor_type": "human", "microdao_ids": ["microdao:7"], "roles": ["member"]},
    "action": "send_message", "resource": {"type": "channel", "id": "channel-general-daarion"}, "context": {"message_length": 12}}"#;

pub fn seeds() -> Vec<String> {
    let text = fs::read_to_string(root().join("examples/requests/seeds.jsonl")).expect("the seeds");
    text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// `pdp serve` alone decides by what `pdp eval` reads from the pack.
#[test]
fn the_shipped_policies_answer_as_the_command_line_does() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let pack = root().join("policies/daarion");
    let files = ["rules.yaml", "data.yaml"].map(|file| pack.join(file).display().to_string());
    let input = seeds().join("\n");
    let arguments =
        ["eval", "--policies", &files[0], &files[1], "--request", "-", "--format", "json"];
    let printed = pdp(folder.path(), &arguments, &input).output;
    let printed: Vec<Value> =
        printed.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let batch = format!(r#"{{"requests": [{}]}}"#, seeds().join(","));
    let batch = server.post("/internal/pdp/evaluate/batch", &batch).json();
    assert_eq!(batch["decisions"].as_array().expect("a list").len(), printed.len());
    assert!(printed.len() > 8);
    for (number, (request, wanted)) in seeds().iter().zip(&printed).enumerate() {
        let alone = server.post(EVALUATE, request);
        assert_eq!(alone.status, 200, "{request}");
        for answer in [alone.json(), batch["decisions"][number].clone()] {
            for field in ["effect", "reason", "bypass", "obligations", "errors"] {
                assert_eq!(answer[field], wanted[field], "{field} of {request}");
            }
            assert_eq!(answer["rule"]["id"], wanted["rule"]["id"], "{request}");
            assert_eq!(answer["decision_id"].as_str().map(str::len), Some(36));
        }
    }
}

#[test]
fn json_is_taken_whatever_its_content_type_says() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    for content_type in
        ["application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"]
    {
        let header = format!("Content-Type: {content_type}");
        let reply = server.curl(EVALUATE, &["-H", &header, "-d", REQUEST]);
        assert_eq!((reply.status, &reply.json()["reason"]), (200, &json!("channel_member")));
        assert_eq!(reply.header("content-type"), Some("application/json"));
    }
    let bare = server.curl(EVALUATE, &["-H", "Content-Type:", "-d", REQUEST]);
    assert_eq!(bare.status, 200);
}

#[test]
fn what_does_not_fit_is_a_problem_that_says_where() {
    let folder = folder(&[("long", &"x".repeat(1024 * 1024 + 1))]);
    let server = Server::start(folder.path(), &[]);
    let batch = "/internal/pdp/evaluate/batch";
    let many = format!(r#"{{"requests": [{}]}}"#, vec!["1"; 1_001].join(","));
    let cases: [(&str, &str, u16, &str, Value); 12] = [
        (EVALUATE, "{", 400, "syntax", Value::Null),
        (EVALUATE, "", 400, "syntax", Value::Null),
        (EVALUATE, "[]", 422, "shape", Value::Null),
        (EVALUATE, "{}", 422, "shape", json!("actor")),
        (EVALUATE, &REQUEST.replace("human", "robot"), 422, "shape", json!("actor.actor_type")),
        (
            EVALUATE,
            &REQUEST.replace("user:93", &"x".repeat(1025)),
            422,
            "size",
            json!("actor.actor_id"),
        ),
        (EVALUATE, &REQUEST.replacen('{', r#"{"action": "read", "#, 1), 422, "shape", Value::Null),
        (EVALUATE, &REQUEST.replace("12", &"[".repeat(10_000)), 413, "size", Value::Null),
        (EVALUATE, "@long", 413, "size", Value::Null),
        (batch, "{}", 422, "shape", json!("requests")),
        (batch, r#"{"requests": [{}]}"#, 422, "shape", json!("requests[0].actor")),
        (batch, &many, 422, "size", json!("requests")),
    ];
    for (number, (path, body, status, kind, field)) in cases.iter().enumerate() {
        let body = if *body == "@long" {
            format!("@{}", folder.path().join("long").display())
        } else {
            (*body).to_owned()
        };
        let id = format!("X-Request-ID: case {number}");
        let reply = server.curl(path, &["-H", &id, "--data-binary", &body]);
        let problem = reply.json();
        assert_eq!(
            (reply.status, &problem["kind"]),
            (*status, &json!(kind)),
            "{number}: {problem}"
        );
        assert_eq!(problem["field"], *field, "{number}: {problem}");
        assert_eq!(problem["status"], *status);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert_eq!(reply.header("x-request-id"), Some(&*format!("case {number}")));
    }
    // Each of them is recorded as refused, and nothing else is.
    let records = records(&folder.path().join("state/audit.jsonl"));
    let refused: Vec<_> =
        records.iter().map(|record| (&record["kind"], &record["error"]["kind"])).collect();
    let wanted: Vec<_> = cases.iter().map(|case| (json!("refused"), json!(case.3))).collect();
    assert_eq!(refused, wanted.iter().map(|(a, b)| (a, b)).collect::<Vec<_>>());
    assert_eq!(records[3]["request_id"], "case 3");
}

#[test]
fn other_paths_and_methods_are_told_apart() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.curl("/internal/pdp/evaluat", &[]).status, 404);
    assert_eq!(server.curl("/internal/pdp/evaluate/", &["-d", REQUEST]).status, 404);
    assert_eq!(server.curl(EVALUATE, &[]).status, 405);
    assert_eq!(server.curl("/health", &[]).json()["status"], "ok");
    assert_eq!(server.curl("/ready", &[]).json()["status"], "ready");
    let counts = server.curl("/internal/pdp/policies", &[]).json();
    for field in [
        "microdao_policies",
        "channel_policies",
        "tool_policies",
        "agent_policies",
        "service_policies",
        "rules",
        "facts",
        "revision",
    ] {
        assert!(counts[field].as_u64().is_some_and(|count| count > 0), "{field}: {counts}");
    }
    assert!(counts["digest"].as_str().is_some_and(|digest| digest.starts_with("sha256:")));
}

pub const CALLERS: &str = r#"
[[caller]]
name = "gate"
keys = ["sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"]
rights = ["evaluate", "assert_identity"]

[[caller]]
name = "worker"
local = true
rights = ["evaluate"]
actors = [{ id = "service:worker", type = "service" }]

[[caller]]
name = "operator"
keys = ["sha256:4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2"]
rights = ["admin"]
"#;

#[test]
fn callers_may_what_their_entry_says() {
    let folder = folder(&[("callers.toml", CALLERS)]);
    let server = Server::start(folder.path(), &["--callers", "callers.toml"]);
    let ask = |path: &str, arguments: &[&str]| {
        let reply = server.curl(path, arguments);
        (reply.status, reply.json())
    };
    let (status, answer) = ask(EVALUATE, &["-H", "Authorization: Bearer key", "-d", REQUEST]);
    assert_eq!((status, &answer["reason"]), (200, &json!("channel_member")));
    let (status, problem) = ask(EVALUATE, &["-H", "Authorization: Bearer kez", "-d", REQUEST]);
    assert_eq!((status, &problem["detail"]), (401, &json!("unknown key")));
    let (status, problem) = ask(EVALUATE, &["-H", "Authorization: Basic a2V5", "-d", REQUEST]);
    assert_eq!((status, &problem["kind"]), (401, &json!("unauthenticated")));
    let twice =
        ["-H", "Authorization: Bearer key", "-H", "Authorization: Bearer key", "-d", REQUEST];
    assert_eq!(ask(EVALUATE, &twice).0, 401);

    // Without a key: the caller who only is on this machine.
    let (status, problem) = ask(EVALUATE, &["-d", REQUEST]);
    assert_eq!((status, &problem["field"]), (403, &json!("actor.actor_id")));
    let own = REQUEST.replace("user:93", "service:worker");
    let (status, answer) = ask(EVALUATE, &["-d", &own]);
    assert_eq!(status, 200);
    assert_eq!(answer["dropped"], json!(["actor.actor_type", "actor.microdao_ids", "actor.roles"]));

    let reload = |key: &str| {
        ask("/admin/reload", &["-X", "POST", "-H", &format!("Authorization: Bearer {key}")])
    };
    assert_eq!(reload("key").0, 403);
    // The shipped policies cannot be loaded anew.
    assert_eq!(reload("root").0, 500);
    let (status, answer) = ask("/admin/status", &["-H", "Authorization: Bearer root"]);
    assert_eq!((status, &answer["revision"]), (200, &json!(1)));
    assert_eq!(ask(EVALUATE, &["-H", "Authorization: Bearer root", "-d", REQUEST]).0, 403);
    let log = records(&folder.path().join("state/audit.jsonl"));
    let by: Vec<_> = log.iter().map(|record| record["caller"].as_str()).collect();
    assert_eq!(
        by,
        [
            Some("gate"),
            None,
            None,
            None,
            Some("worker"),
            Some("worker"),
            None,
            Some("operator"),
            None
        ]
    );
}

/// A page in a browser on this machine is not somebody on this machine.
#[test]
fn a_web_page_gets_nothing_from_whom_no_key_guards() {
    let folder = folder(&[("callers.toml", CALLERS)]);
    let server = Server::start(folder.path(), &[]);
    let reply = server.curl(EVALUATE, &["-H", "Origin: http://localhost:3000", "-d", REQUEST]);
    assert_eq!((reply.status, &reply.json()["field"]), (403, &json!("Origin")));
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""] {
        let reply = server.curl(EVALUATE, &["-H", &format!("Host: {host}"), "-d", REQUEST]);
        let is_refused = reply.status == 403 || (host.is_empty() && reply.status == 400);
        assert!(is_refused, "{host}: {reply:?}");
    }
    for host in ["localhost", "LOCALHOST:7012", "[::1]:80"] {
        let reply = server.curl(EVALUATE, &["-H", &format!("Host: {host}"), "-d", REQUEST]);
        assert_eq!(reply.status, 200, "{host}");
    }
}

#[test]
fn a_unix_socket_is_a_door_too() {
    let folder = folder(&[]);
    let socket = folder.path().join("pdp.sock");
    let listen = format!("127.0.0.1:0,unix:{}", socket.display());
    let server = Server::start(folder.path(), &["--http-listen", &listen]);
    server.wait_for("address=unix:");
    let path = socket.display().to_string();
    let reply =
        curl("http://any.name/internal/pdp/evaluate", &["--unix-socket", &path, "-d", REQUEST]);
    assert_eq!((reply.status, &reply.json()["effect"]), (200, &json!("permit")));
    server.signal("TERM");
    assert!(server.end().success());
    assert!(!socket.exists());
}

/// What the README shows, with the port of this server.
#[test]
fn the_readme_asks_as_it_shows() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let line = readme.lines().find(|line| line.starts_with("curl ")).expect("a line with curl");
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    assert!(line.contains("127.0.0.1:7012"), "{line}");
    let line = line.replace("127.0.0.1:7012", &server.address);
    let output = std::process::Command::new("sh").args(["-c", &line]).output().expect("a shell");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (&answer["effect"], &answer["rule"]["file"]),
        (&json!("permit"), &json!("rules.yaml"))
    );
}
