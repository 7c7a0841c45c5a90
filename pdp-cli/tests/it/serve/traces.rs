use std::fs;
use std::path::Path;

use serde_json::Value;

use super::answers::{EVALUATE, REQUEST};
use super::server::{Server, command, records};
use crate::support::folder;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

fn parent() -> String {
    format!("traceparent: 00-{TRACE}-{SPAN}-01")
}

/// A call of gRPC with a message of no bytes: it is refused, and there is a record of that.
fn call(folder: &Path, server: &Server, header: &str) {
    let file = folder.join("message");
    fs::write(&file, [0; 5]).expect("a file");
    let url = format!("http://{}/pdp.v1.PolicyDecisionService/Evaluate", server.grpc_address());
    let body = format!("@{}", file.display());
    let output = std::process::Command::new("curl")
        .args(["-sS", "--http2-prior-knowledge", "-H", "Content-Type: application/grpc"])
        .args(["-H", "TE: trailers", "-H", header, "--data-binary", &body, &url])
        .output();
    assert!(output.expect("curl").status.success());
}

#[test]
fn records_of_both_doors_name_the_trace_of_the_caller() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let decided = server.curl(EVALUATE, &["-H", &parent(), "-d", REQUEST]);
    assert_eq!(decided.status, 200);
    assert_eq!(server.curl(EVALUATE, &["-H", &parent(), "-d", "{"]).status, 400);
    call(folder.path(), &server, &parent());
    let records = records(&folder.path().join("state/audit.jsonl"));
    let came: Vec<_> =
        records.iter().map(|record| format!("{} {}", record["kind"], record["door"])).collect();
    assert_eq!(came, [r#""decision" "http""#, r#""refused" "http""#, r#""refused" "grpc""#]);
    for record in records {
        assert_eq!((&record["trace_id"], &record["span_id"]), (&TRACE.into(), &SPAN.into()));
    }
}

/// What is said of a trace is nothing that a question could fail for.
#[test]
fn a_malformed_trace_is_passed_over() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &[]);
    let good = parent();
    for headers in [
        vec!["traceparent: nonsense"],
        vec!["traceparent;"],
        vec!["traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01"],
        vec![&*good, &*good],
        vec!["tracestate: a=b"],
    ] {
        let headers: Vec<&str> = headers.into_iter().flat_map(|header| ["-H", header]).collect();
        let reply = server.curl(EVALUATE, &[&headers[..], &["-d", REQUEST]].concat());
        assert_eq!(reply.status, 200, "{headers:?}");
    }
    for record in records(&folder.path().join("state/audit.jsonl")) {
        assert_eq!((record.get("trace_id"), record.get("span_id")), (None, None));
    }
    let reply = server.curl(EVALUATE, &["-H", &good, "-H", "tracestate: ,=,", "-d", REQUEST]);
    assert_eq!(reply.status, 200);
}

#[test]
fn lines_of_the_log_name_the_trace() {
    let folder = folder(&[]);
    let server = Server::start(folder.path(), &["--log-level", "debug", "--log-format", "json"]);
    server.curl(EVALUATE, &["-H", &parent(), "-d", REQUEST]);
    let line = server.wait_for("\"answered\"");
    let line: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!((&line["status"], &line["door"]), (&200.into(), &"http".into()));
    assert_eq!(line["span"]["trace_id"], TRACE);
    assert_eq!(line["span"]["span_id"], SPAN);
    server.curl(EVALUATE, &["-d", REQUEST]);
    let line = server.wait_for("\"answered\"");
    assert!(!line.contains("trace_id"), "{line}");
}

/// A line of an error names it, too: here the record of a question cannot be stored.
#[test]
fn errors_in_the_log_name_the_trace() {
    let folder = folder(&[]);
    let program = env!("CARGO_BIN_EXE_pdp");
    let script = format!("trap '' XFSZ; ulimit -f 2; exec {program} serve");
    let template = command(folder.path(), &[]);
    let mut limited = std::process::Command::new("bash");
    limited.args(["-c", &script]);
    limited.current_dir(folder.path()).env_clear();
    limited.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let server = Server::run(&mut limited);
    for _ in 0..8 {
        server.curl(EVALUATE, &["-H", &parent(), "-d", REQUEST]);
    }
    let line = server.wait_for("a record could not be stored");
    assert!(line.contains(TRACE) && line.contains(SPAN), "{line}");
}

#[cfg(not(feature = "otel"))]
#[test]
fn a_collector_takes_a_program_that_can_send() {
    let folder = folder(&[]);
    let endpoint = ["--otel-endpoint", "http://127.0.0.1:4317"];
    let output = command(folder.path(), &endpoint).output().expect("pdp runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--features otel"), "{output:?}");
}
