//! Every setting does something: these tests fail where one is ignored.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use super::server::{PATIENCE, Reply, Server, command, eventually, records};
use crate::support::folder;

const EVALUATE: &str = "/internal/pdp/evaluate";
const BATCH: &str = "/internal/pdp/evaluate/batch";

/// Whoever adds a setting adds a test.
#[test]
fn all_settings_have_tests() {
    let folder = folder(&[]);
    let shown = command(folder.path(), &["--print-config"]).output().expect("pdp runs");
    let shown = String::from_utf8(shown.stdout).expect("UTF-8");
    let mut section = String::new();
    let mut paths = Vec::new();
    for line in shown.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
        } else if let Some((key, _)) = line.split_once(" = ") {
            paths.push(format!("{section}{key}"));
        }
    }
    let tests = texts(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/serve")));
    for path in paths {
        let flag = format!("--{}", path.replace(['.', '_'], "-"));
        let variable = format!("PDP_{}", path.replace('.', "_").to_uppercase());
        assert!(tests.contains(&format!("\"{flag}\"")) || tests.contains(&variable), "{path}");
    }
}

/// The texts of all files in a folder and below, one after the other.
fn texts(folder: &Path) -> String {
    let entries =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    let texts = entries.map(|path| {
        if path.is_dir() { texts(&path) } else { fs::read_to_string(&path).expect("a text") }
    });
    texts.collect()
}

const POLICIES: &str = "
version: 1
types: {door: {actions: [open]}}
context: {filler: string?}
rules: [{id: REASON, effect: permit, resource: door}]
";

const REQUEST: &str = r#"{"actor": {"actor_id": "user:1", "actor_type": "human"}, "action": "open",
    "resource": {"type": "door", "id": "front"}, "context": {"filler": "FILLER"}}"#;

fn policies(reason: &str) -> String {
    POLICIES.replace("REASON", reason)
}

/// A server with policies of its own, which has these settings.
fn start(folder: &Path, settings: &[&str]) -> Server {
    if !folder.join("policies").exists() {
        fs::create_dir(folder.join("policies")).expect("a folder");
        fs::write(folder.join("policies/a.yaml"), policies("may")).expect("a file");
    }
    Server::start(folder, &[&["--policies", "policies"], settings].concat())
}

fn reason(server: &Server) -> String {
    let answer = server.post(EVALUATE, REQUEST).json();
    answer["reason"].as_str().expect("a reason").to_owned()
}

/// A batch of so many requests.
fn batch(count: usize) -> String {
    format!(r#"{{"requests": [{}]}}"#, vec![REQUEST; count].join(","))
}

fn post_file(server: &Server, path: &str, body: &Path) -> Reply {
    server.curl(path, &["--data-binary", &format!("@{}", body.display())])
}

/// A connection on which a request has begun whose body does not end.
fn unfinished(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time");
    let head =
        format!("POST {EVALUATE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{{");
    stream.write_all(head.as_bytes()).expect("a head");
    stream
}

/// Everything that comes until the other end closes.
fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    match stream.read_to_end(&mut text) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn bodies_have_a_size_and_a_time() {
    let folder = folder(&[]);
    let server =
        start(folder.path(), &["--limits-body-bytes", "300", "--limits-body-seconds", "1"]);
    assert_eq!(server.post(EVALUATE, REQUEST).status, 200);
    assert_eq!(server.post(EVALUATE, &REQUEST.replace("FILLER", &"x".repeat(300))).status, 413);
    let begun = Instant::now();
    let mut stream = unfinished(&server);
    let mut begin = [0; 12];
    stream.read_exact(&mut begin).expect("an answer");
    assert_eq!(&begin, b"HTTP/1.1 408");
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
}

/// A kilobyte for all bodies: half of it for one alone, and never more than it leaves free.
#[test]
fn bodies_have_a_size_together() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--limits-bodies-bytes", "1024"]);
    let ask = |bytes: usize| {
        let filled = REQUEST.replace("FILLER", &"x".repeat(bytes + "FILLER".len() - REQUEST.len()));
        server.post(EVALUATE, &filled).status
    };
    assert_eq!([ask(512), ask(513)], [200, 503]);
    let mut slow = unfinished(&server);
    slow.write_all(&[b' '; 90]).expect("a part of the body");
    eventually("the slow one has its share", || ask(500) == 503);
    assert_eq!(ask(460), 200);
}

#[test]
fn batches_have_a_count() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--limits-batch-requests", "2"]);
    for (count, status) in [(2, 200), (3, 422)] {
        assert_eq!(server.post(BATCH, &batch(count)).status, status);
    }
}

#[test]
fn so_many_questions_are_worked_on_at_once() {
    let folder = folder(&[]);
    let large = folder.path().join("large.json");
    fs::write(&large, batch(20_000)).expect("a file");
    let settings = ["--limits-requests", "1", "--limits-batch-requests", "20000"];
    let more = ["--limits-body-bytes", "16777216"];
    let server = start(folder.path(), &[&settings[..], &more].concat());
    assert_eq!(server.post(EVALUATE, REQUEST).status, 200);
    thread::scope(|scope| {
        // Who holds the place is at work: the batch takes its time.
        let hold = || scope.spawn(|| post_file(&server, BATCH, &large).status);
        let mut held = hold();
        eventually("the place is taken", || {
            let reply = server.post(EVALUATE, REQUEST);
            if reply.status == 503 {
                assert_eq!(reply.header("retry-after"), Some("1"));
                assert_eq!(reply.json()["kind"], "overloaded");
            } else if held.is_finished() {
                held = hold();
            }
            reply.status == 503
        });
    });
    eventually("the place is free again", || server.post(EVALUATE, REQUEST).status == 200);
}

/// Who sends a body slowly keeps no place from others, however many do so.
#[test]
fn a_place_is_taken_when_the_body_is_there() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--limits-requests", "2", "--limits-body-seconds", "60"]);
    let mut slow: Vec<_> = (0..10).map(|_| unfinished(&server)).collect();
    for _ in 0..20 {
        assert_eq!(reason(&server), "may");
    }
    for stream in &mut slow {
        stream.write_all(&[b' '; 99]).expect("the rest of the body");
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).expect("an answer");
        assert_eq!(&begin, b"HTTP/1.1 400");
    }
}

#[test]
fn so_many_connections_are_open_at_once() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--limits-connections", "1"]);
    let mut first = unfinished(&server);
    eventually("a second one is closed", || {
        let mut second = TcpStream::connect(&server.address).expect("a connection");
        second.set_read_timeout(Some(Duration::from_millis(500))).expect("a time");
        matches!(second.read(&mut [0]), Ok(0))
            || second.take_error().is_ok_and(|error| error.is_some())
    });
    first.write_all(&[b' '; 99]).expect("the rest of the body");
    let mut begin = [0; 12];
    first.read_exact(&mut begin).expect("an answer");
    assert_eq!(&begin, b"HTTP/1.1 400");
}

#[test]
fn heads_have_a_size_and_a_time() {
    let folder = folder(&[]);
    let server =
        start(folder.path(), &["--limits-head-seconds", "1", "--limits-head-bytes", "8192"]);
    let header = |bytes: usize| {
        let header = format!("X-Filler: {}", "x".repeat(bytes));
        server.curl(EVALUATE, &["-H", &header, "-d", REQUEST]).status
    };
    assert_eq!(header(4_000), 200);
    assert_eq!(header(20_000), 431);
    for begin in ["", "POST /", "PRI * HTTP/2.0\r\n"] {
        let begun = Instant::now();
        let mut stream = TcpStream::connect(&server.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        stream.write_all(begin.as_bytes()).expect("a beginning");
        rest(&mut stream);
        let took = begun.elapsed();
        assert!(
            took >= Duration::from_secs(1) && took < Duration::from_secs(9),
            "{begin}: {took:?}"
        );
    }
}

#[test]
fn so_many_streams_are_open_on_one_connection() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--limits-streams", "77"]);
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time");
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").expect("a preface");
    let mut head = [0; 9];
    stream.read_exact(&mut head).expect("a frame");
    let length = usize::from(head[1]) << 8 | usize::from(head[2]);
    assert_eq!(head[3], 4, "the first frame holds the settings");
    let mut settings = vec![0; length];
    stream.read_exact(&mut settings).expect("the settings");
    // RFC 9113, section 6.5.2: SETTINGS_MAX_CONCURRENT_STREAMS is 3.
    assert!(settings.chunks(6).any(|setting| setting == [0, 3, 0, 0, 0, 77]), "{settings:?}");
}

/// HTTP/2 by hand: a client that gives each answer so much room, and asks once for `/health`.
fn asked_by_hand(server: &Server, room: u8) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time");
    // RFC 9113, section 6.5.2: SETTINGS_INITIAL_WINDOW_SIZE is 4.
    let settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, room];
    let head = b"\0\0\x16\x01\x05\0\0\0\x01\x82\x86\x04\x07/health\x01\x09localhost";
    let sent = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings, head].concat();
    stream.write_all(&sent).expect("a request");
    stream
}

#[test]
fn answers_are_taken_in_so_much_time() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--limits-answer-seconds", "1"]);
    let begun = Instant::now();
    let said = rest(&mut asked_by_hand(&server, 1));
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(9), "{took:?}");
    assert!(!said.contains("pdp-service"), "{said}");
}

#[test]
fn connections_idle_for_so_long() {
    let folder = folder(&[]);
    let settings = ["--limits-idle-seconds", "1", "--limits-head-seconds", "2"];
    let server = start(folder.path(), &settings);
    let begun = Instant::now();
    let said = rest(&mut asked_by_hand(&server, 255));
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(9), "{took:?}");
    assert!(said.contains("pdp-service"), "{said}");
}

/// Who may open few files is told so, and takes as many as it may.
#[test]
fn connections_that_the_system_does_not_allow_are_told_of() {
    let folder = folder(&[]);
    let program = env!("CARGO_BIN_EXE_pdp");
    for (hard, connections, is_told) in [(600, "1000", true), (600, "200", false)] {
        let script = format!(
            "ulimit -Sn 100; ulimit -Hn {hard}; exec {program} serve --limits-connections {connections}"
        );
        let template = command(folder.path(), &[]);
        let mut limited = Command::new("bash");
        limited.args(["-c", &script]).current_dir(folder.path()).env_clear();
        limited.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let server = Server::run(&mut limited);
        let told = server.begin.iter().any(|line| line.contains("fewer files"));
        assert_eq!(told, is_told, "{:?}", server.begin);
        let limits = fs::read_to_string(format!("/proc/{}/limits", server.id())).expect("limits");
        let files = limits.lines().find(|line| line.starts_with("Max open files"));
        let words: Vec<_> = files.expect("a line").split_whitespace().collect();
        assert_eq!(words[3], "600");
    }
}

#[test]
fn the_grpc_door_is_called_by_the_names_that_are_set() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--grpc-hosts", "pdp.internal"]);
    let url = format!("http://{}/pdp.v1.PolicyDecisionService/PolicyStatus", server.grpc_address());
    // A message of no bytes, in its frame.
    fs::write(folder.path().join("message"), [0; 5]).expect("a file");
    let body = format!("@{}", folder.path().join("message").display());
    let status = |host: &str| {
        let host = format!("Host: {host}");
        let arguments = [
            "--http2-prior-knowledge",
            "-H",
            &host,
            "-H",
            "Content-Type: application/grpc",
            "-H",
            "TE: trailers",
            "--data-binary",
            &body,
            "--output",
            "/dev/null",
            "--write-out",
            "%header{grpc-status}",
        ];
        let output = Command::new("curl").arg("-sS").args(arguments).arg(&url).output();
        String::from_utf8(output.expect("curl").stdout).expect("UTF-8")
    };
    // PERMISSION_DENIED is 7; what is answered has its status behind the message.
    assert_eq!([status("localhost"), status("pdp.internal")], ["7", ""]);
}

#[test]
fn the_drain_has_an_end() {
    let folder = folder(&[]);
    let server =
        start(folder.path(), &["--limits-drain-seconds", "1", "--limits-body-seconds", "60"]);
    let _open = unfinished(&server);
    assert_eq!(reason(&server), "may");
    server.signal("TERM");
    let begun = Instant::now();
    assert!(server.end().success());
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(8), "{took:?}");
}

#[test]
fn the_door_is_called_by_the_names_that_are_set() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--http-hosts", "pdp.internal,other"]);
    let ask =
        |host: &str| server.curl(EVALUATE, &["-H", &format!("Host: {host}"), "-d", REQUEST]).status;
    assert_eq!([ask("pdp.internal:7012"), ask("other"), ask("localhost")], [200, 200, 403]);
}

#[test]
fn records_go_where_they_are_told_to_in_files_of_a_size() {
    let folder = folder(&[]);
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).expect("a folder");
    let file = logs.join("log.jsonl").display().to_string();
    let settings = ["--audit-file", &file, "--audit-rotate-bytes", "1", "--audit-keep-files", "2"];
    let server = start(folder.path(), &settings);
    for _ in 0..6 {
        assert_eq!(reason(&server), "may");
    }
    server.signal("TERM");
    assert!(server.end().success());
    let names =
        fs::read_dir(&logs).expect("a folder").map(|entry| entry.expect("a file").file_name());
    let names: Vec<_> = names.filter_map(|name| name.into_string().ok()).collect();
    let full = names.iter().filter(|name| !name.contains(".lock")).count();
    assert_eq!(full, 3, "{names:?}");
    assert!(!folder.path().join("state/audit.jsonl").exists());
}

/// A file that may hold two kilobytes: what comes after that cannot be written.
#[test]
fn modes_say_what_becomes_of_an_answer_without_a_record() {
    for (mode, wanted) in [("strict", "audit_unavailable"), ("best_effort", "may"), ("off", "may")]
    {
        let folder = folder(&[("policies/a.yaml", &policies("may"))]);
        let program = env!("CARGO_BIN_EXE_pdp");
        let script = format!(
            "trap '' XFSZ; ulimit -f 2; exec {program} serve --policies policies --audit-mode {mode}"
        );
        let template = command(folder.path(), &[]);
        let mut limited = Command::new("bash");
        limited.args(["-c", &script]).current_dir(folder.path()).env_clear();
        limited.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let server = Server::run(&mut limited);
        let reasons: Vec<_> = (0..10).map(|_| reason(&server)).collect();
        assert_eq!(reasons.last().map(String::as_str), Some(wanted), "{mode}: {reasons:?}");
        let exists = folder.path().join("state/audit.jsonl").exists();
        assert_eq!(exists, mode != "off", "{mode}");
        if mode == "best_effort" {
            eventually("what was lost is counted", || server.metric("pdp_audit_lost_total") > 0);
        }
    }
}

#[test]
fn records_wait_in_so_much_memory() {
    let large = REQUEST.replace("FILLER", &"x".repeat(1_048_000));
    let files = [("large.json", large.as_str())];
    for (bytes, wanted) in [("1048576", "audit_unavailable"), ("67108864", "may")] {
        let folder = folder(&files);
        let settings = ["--audit-queue-bytes", bytes, "--audit-deadline-milliseconds", "30000"];
        let server = start(folder.path(), &settings);
        let answer = post_file(&server, EVALUATE, &folder.path().join("large.json")).json();
        assert_eq!(answer["reason"], wanted, "{bytes}");
    }
}

/// A megabyte takes a disk longer than a millisecond.
#[test]
fn answers_wait_so_long_for_their_records() {
    let large = REQUEST.replace("FILLER", &"x".repeat(1_040_000));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on a disk");
    fs::write(folder.path().join("large.json"), large).expect("a file");
    let server = start(folder.path(), &["--audit-deadline-milliseconds", "1"]);
    eventually("one is late", || {
        let answer = post_file(&server, EVALUATE, &folder.path().join("large.json")).json();
        answer["reason"] == "audit_unavailable"
    });
}

#[test]
fn nothing_is_watched_where_nothing_is_to_be() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--reload-watch", "false", "--reload-poll-seconds", "1"]);
    fs::write(folder.path().join("policies/a.yaml"), policies("other")).expect("a file");
    sleep(Duration::from_secs(3));
    assert_eq!(reason(&server), "may");
    server.signal("HUP");
    eventually("it is loaded when it is told to", || reason(&server) == "other");
}

#[test]
fn policies_rest_for_so_long_before_they_are_loaded() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--reload-settle-milliseconds", "3000"]);
    fs::write(folder.path().join("policies/a.yaml"), policies("other")).expect("a file");
    let begun = Instant::now();
    eventually("they are loaded", || reason(&server) == "other");
    assert!(begun.elapsed() >= Duration::from_secs(3), "{:?}", begun.elapsed());
}

/// A link on the way to the set that is turned: only who looks by time finds it.
#[test]
fn policies_are_looked_at_so_often() {
    for (seconds, is_found) in [("1", true), ("3600", false)] {
        let files = [("one/set/a.yaml", policies("may")), ("two/set/a.yaml", policies("other"))];
        let folder = folder(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
        let link = folder.path().join("link");
        symlink("one", &link).expect("a link");
        let settings = ["--policies", "link/set", "--reload-poll-seconds", seconds];
        let server = Server::start(folder.path(), &settings);
        // Until the watch has had its first look.
        sleep(Duration::from_secs(2));
        symlink("two", folder.path().join("new")).expect("a link");
        fs::rename(folder.path().join("new"), &link).expect("a turn");
        if is_found {
            eventually("the turn is found", || reason(&server) == "other");
        } else {
            sleep(Duration::from_secs(3));
            assert_eq!(reason(&server), "may");
        }
    }
}

#[test]
fn policies_that_never_rest_are_an_error_after_so_long() {
    let folder = folder(&[]);
    let settings = ["--reload-patience-seconds", "1", "--reload-settle-milliseconds", "900"];
    let server = start(folder.path(), &settings);
    let mut round = 0;
    eventually("the unrest is told", || {
        round += 1;
        let text = format!("{}# {round}\n", policies("other"));
        fs::write(folder.path().join("policies/a.yaml"), text).expect("a file");
        sleep(Duration::from_millis(100));
        let error = server.curl("/ready", &[]).json()["last_error"].to_string();
        error.contains("has not come to rest for 1000 ms")
    });
}

#[test]
fn a_reload_that_was_asked_for_waits_so_long_for_rest() {
    let folder = folder(&[]);
    let settings = ["--reload-patience-seconds", "1", "--reload-watch", "false"];
    let server = start(folder.path(), &settings);
    // Reading takes longer than it takes until the next change.
    for number in 0..500 {
        let name = format!("policies/{number}.yaml");
        fs::write(folder.path().join(name), "version: 1\n").expect("a file");
    }
    let stops = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let (new, old) = (folder.path().join("new"), folder.path().join("policies/0.yaml"));
            let begun = Instant::now();
            let goes = || !stops.load(Ordering::Relaxed) && begun.elapsed() < PATIENCE;
            for round in (0..1_000).cycle().take_while(|_| goes()) {
                let text = format!("version: 1 {}\n", "#".repeat(round));
                fs::write(&new, text).and_then(|()| fs::rename(&new, &old)).expect("a file");
            }
        });
        // It may be read while the one who changes it does not come to it.
        let taken = until_refused(&server);
        stops.store(true, Ordering::Relaxed);
        assert!(taken >= Duration::from_secs(1) && taken < Duration::from_secs(4), "{taken:?}");
    });
}

/// How long the first reload takes that does not succeed.
fn until_refused(server: &Server) -> Duration {
    loop {
        let begun = Instant::now();
        server.signal("HUP");
        let line = server.wait_for("polic");
        if line.contains("changed while") {
            return begun.elapsed();
        }
    }
}

#[test]
fn the_log_has_a_form_and_a_level() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--log-format", "json"]);
    let line: serde_json::Value = serde_json::from_str(&server.begin[0]).expect("JSON");
    assert_eq!(line["level"], "WARN");
    drop(server);
    let output =
        command(folder.path(), &["--log-level", "error", "--http-listen", "1.2.3.4:1"]).output();
    let said = String::from_utf8(output.expect("pdp runs").stderr).expect("UTF-8");
    assert!(!said.contains("WARN") && said.contains("1.2.3.4:1"), "{said}");
}

#[test]
fn the_state_lies_where_it_is_told_to() {
    let folder = folder(&[]);
    let server = start(folder.path(), &["--state", "here/and/there"]);
    assert_eq!(reason(&server), "may");
    assert_eq!(records(&folder.path().join("here/and/there/audit.jsonl")).len(), 1);
    drop(server);
    for (variable, place) in
        [("STATE_DIRECTORY", ""), ("XDG_STATE_HOME", "pdp"), ("HOME", ".local/state/pdp")]
    {
        let mut command = command(folder.path(), &["--policies", "policies"]);
        command.env_remove("PDP_STATE").env(variable, folder.path().join(variable));
        let server = Server::run(&mut command);
        assert_eq!(reason(&server), "may");
        let file = folder.path().join(variable).join(place).join("audit.jsonl");
        assert_eq!(records(&file).len(), 1, "{variable}");
    }
    let mut nowhere = command(folder.path(), &[]);
    let output = nowhere.env_remove("PDP_STATE").output().expect("pdp runs");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("see the setting `state`"),
        "{output:?}"
    );
}
