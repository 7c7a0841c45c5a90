use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;
use std::thread;

use serde_json::{Value, json};

use super::server::{PATIENCE, Reply, Server, command, eventually, records};
use crate::support::folder;

const EVALUATE: &str = "/internal/pdp/evaluate";

/// Policies under which `reason` is the word for a permit to open.
fn policies(reason: &str) -> String {
    format!(
        "version: 1
types: {{door: {{actions: [open], relations: {{holder: direct}}}}}}
rules:
  - {{id: {reason}, effect: permit, resource: door, actors: {{relation: holder}}}}
facts: {{door:front: {{holder: user:1}}}}
"
    )
}

/// Whoever is on this machine may do everything.
pub const CALLERS: &str = r#"
[[caller]]
name = "all"
local = true
rights = ["evaluate", "assert_identity", "admin"]
"#;

fn request(actor: &str) -> String {
    format!(
        r#"{{"actor": {{"actor_id": "{actor}", "actor_type": "human"}}, "action": "open", "resource": {{"type": "door", "id": "front"}}}}"#
    )
}

fn reason(server: &Server, actor: &str) -> String {
    let answer = server.post(EVALUATE, &request(actor)).json();
    answer["reason"].as_str().expect("a reason").to_owned()
}

fn start(folder: &Path, further: &[&str]) -> Server {
    let arguments = [&["--policies", "policies", "--callers", "callers.toml"], further].concat();
    Server::start(folder, &arguments)
}

fn admin(server: &Server, path: &str, body: &str) -> Reply {
    server.curl(path, &["-X", "POST", "-d", body])
}

#[test]
fn what_changes_on_the_disk_runs_and_what_is_faulty_does_not() {
    let folder = folder(&[("policies/a.yaml", &policies("first")), ("callers.toml", CALLERS)]);
    let file = folder.path().join("policies/a.yaml");
    let server = start(folder.path(), &[]);
    assert_eq!(reason(&server, "user:1"), "first");
    let before = server.curl("/ready", &[]).json();

    fs::write(&file, policies("second")).expect("a file");
    eventually("the new policies run", || reason(&server, "user:1") == "second");
    let after = server.curl("/ready", &[]).json();
    assert_ne!(before["digest"], after["digest"]);
    assert_eq!(after["revision"], 2);

    fs::write(&file, "version: 1\ntypes: {door: 7}\n").expect("a file");
    eventually("the fault is told", || server.curl("/ready", &[]).json()["status"] == "stale");
    let stale = server.curl("/ready", &[]).json();
    assert_eq!((&stale["digest"], &stale["revision"]), (&after["digest"], &json!(2)));
    assert!(
        stale["last_error"].as_str().is_some_and(|error| error.contains("a.yaml:2")),
        "{stale}"
    );
    assert_eq!(reason(&server, "user:1"), "second");
    assert_eq!(server.metric("pdp_policy_stale"), 1);
    assert!(server.metric("pdp_reload_failures_total") >= 1);
    let reload = admin(&server, "/admin/reload", "");
    assert_eq!((reload.status, &reload.json()["kind"]), (500, &json!("failed")));

    fs::write(&file, policies("third")).expect("a file");
    eventually("the mended policies run", || reason(&server, "user:1") == "third");
    assert_eq!(server.metric("pdp_policy_stale"), 0);
}

#[test]
fn a_faulty_set_at_the_start_leaves_the_last_good_one_running() {
    let folder = folder(&[("policies/a.yaml", &policies("good")), ("callers.toml", CALLERS)]);
    let file = folder.path().join("policies/a.yaml");
    let server = start(folder.path(), &[]);
    let digest = server.curl("/ready", &[]).json()["digest"].clone();
    server.signal("TERM");
    assert!(server.end().success());
    fs::write(&file, "version: 1\ntypes: 7\n").expect("a file");
    let server = start(folder.path(), &[]);
    let ready = server.curl("/ready", &[]).json();
    assert_eq!((&ready["status"], &ready["digest"]), (&json!("stale"), &digest));
    assert_eq!(server.curl("/admin/status", &[]).json()["is_last_good"], true);
    assert_eq!(reason(&server, "user:1"), "good");
    fs::write(&file, policies("better")).expect("a file");
    eventually("the mended policies run", || reason(&server, "user:1") == "better");
    assert_eq!(server.curl("/admin/status", &[]).json()["is_last_good"], false);
    drop(server);

    // Without a copy of it there is nothing to begin with.
    fs::write(&file, "version: 1\ntypes: 7\n").expect("a file");
    let output = command(folder.path(), &["--policies", "policies", "--state", "other"]).output();
    let output = output.expect("pdp runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("a.yaml:2"), "{output:?}");
}

/// Makes of the folder something that is no policy set, or none that may decide.
fn ruin(policies: &Path, how: &str) {
    let file = policies.join("a.yaml");
    match how {
        "no file" => fs::remove_file(file).expect("a file"),
        "no folder" => fs::remove_dir_all(policies).expect("a folder"),
        text => fs::write(file, text).expect("a file"),
    }
}

const RUINS: [&str; 7] = [
    "no file",
    "no folder",
    "",
    "\n# nothing\n",
    "{}",
    "\0\0\0\0",
    "version: 1\ntypes: {door: {actions: [open]}}\nrules: [{id: all, effect: permit}]\ndefaults: {deny_by_default: false}\n",
];

/// F11: what is deleted, emptied or says that all is permitted changes nothing.
#[test]
fn what_is_no_policy_set_leaves_the_good_one_running() {
    let folder = folder(&[("policies/a.yaml", &policies("good")), ("callers.toml", CALLERS)]);
    let server = start(folder.path(), &[]);
    let good = server.curl("/ready", &[]).json();
    for ruin_by in RUINS {
        ruin(&folder.path().join("policies"), ruin_by);
        eventually("the fault is told", || server.curl("/ready", &[]).json()["status"] == "stale");
        assert_eq!(admin(&server, "/admin/reload", "").status, 500, "{ruin_by:?}");
        let stale = server.curl("/ready", &[]).json();
        assert_eq!(
            (&stale["digest"], &stale["revision"]),
            (&good["digest"], &good["revision"]),
            "{ruin_by:?}"
        );
        let reasons = [reason(&server, "user:1"), reason(&server, "user:2")];
        assert_eq!(reasons, ["good", "no_matching_policy"], "{ruin_by:?}");
        fs::create_dir_all(folder.path().join("policies")).expect("a folder");
        fs::write(folder.path().join("policies/a.yaml"), policies("good")).expect("a file");
        eventually("it is mended", || server.curl("/ready", &[]).json()["status"] == "ready");
    }
}

/// F11: where no good set was ever there, nothing begins.
#[test]
fn what_is_no_policy_set_is_nothing_to_begin_with() {
    for ruin_by in RUINS {
        let folder = folder(&[("policies/a.yaml", &policies("good"))]);
        ruin(&folder.path().join("policies"), ruin_by);
        let output = command(folder.path(), &["--policies", "policies"]).output();
        let output = output.expect("pdp runs");
        assert_eq!(output.status.code(), Some(1), "{ruin_by:?}: {output:?}");
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(log.contains("policies") && !log.contains("listening"), "{ruin_by:?}: {log}");
    }
}

#[test]
fn facts_of_run_time_survive_a_reload() {
    let folder = folder(&[("policies/a.yaml", &policies("first")), ("callers.toml", CALLERS)]);
    let server = start(folder.path(), &[]);
    let change = |id: &str, changes: &str| {
        admin(&server, "/admin/facts", &format!(r#"{{"id": "{id}", "changes": [{changes}]}}"#))
    };
    let add = r#"{"op": "add", "resource": "door:front", "relation": "holder", "actor": "user:2"}"#;
    let remove =
        r#"{"op": "remove", "resource": "door:front", "relation": "holder", "actor": "user:1"}"#;
    assert_eq!(change("a", add).json(), json!({"revision": 2, "repeated": false}));
    assert_eq!(change("a", add).json(), json!({"revision": 2, "repeated": true}));
    assert_eq!(change("a", remove).status, 409);
    assert_eq!(change("b", remove).json()["revision"], 3);
    let unknown = change("c", &add.replace("holder", "keeper"));
    assert_eq!((unknown.status, &unknown.json()["field"]), (422, &json!("changes[0].relation")));
    assert_eq!(change("d", "").status, 422);
    let asked = || [reason(&server, "user:1"), reason(&server, "user:2")];
    assert_eq!(asked(), ["no_matching_policy", "first"]);
    fs::write(folder.path().join("policies/a.yaml"), policies("second")).expect("a file");
    let reloaded = admin(&server, "/admin/reload", "");
    assert_eq!(reloaded.status, 200);
    assert_eq!(asked(), ["no_matching_policy", "second"]);
}

#[test]
fn every_answer_has_one_record_and_the_counters_add_up() {
    let folder = folder(&[("policies/a.yaml", &policies("may")), ("callers.toml", CALLERS)]);
    let server = start(folder.path(), &[]);
    thread::scope(|scope| {
        for number in 0..8 {
            let server = &server;
            scope.spawn(move || {
                for round in 0..10 {
                    let actor = format!("user:{}", number * 10 + round);
                    assert_eq!(server.post(EVALUATE, &request(&actor)).status, 200);
                    assert_eq!(server.post(EVALUATE, "{").status, 400);
                }
            });
        }
        for _ in 0..20 {
            let metrics = server.curl("/metrics", &[]).body;
            let value = |name: &str| {
                let line =
                    metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
                line.and_then(|value| value.parse::<u64>().ok()).expect(name)
            };
            let parts = ["recorded_total", "in_flight", "lost_total"];
            let sum: u64 = parts.iter().map(|name| value(&format!("pdp_audit_{name}"))).sum();
            assert_eq!(value("pdp_audit_decided_total"), sum);
        }
    });
    let records = records(&folder.path().join("state/audit.jsonl"));
    let count = |kind: &str| records.iter().filter(|record| record["kind"] == kind).count();
    assert_eq!((count("decision"), count("refused"), records.len()), (80, 80, 160));
    let mut ids: Vec<_> =
        records.iter().filter_map(|record| record["decision_id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 160);
    assert_eq!(server.metric("pdp_audit_recorded_total"), 160);
    assert_eq!(server.metric("pdp_audit_in_flight"), 0);
    let permits = r#"pdp_decisions_total{door="http",effect="permit",reason="may",type="door"}"#;
    assert_eq!(server.metric(permits), 1);
    assert_eq!(server.metric(r#"pdp_refused_total{door="http",kind="syntax"}"#), 80);
}

#[test]
fn types_that_no_policy_names_share_a_label() {
    let folder = folder(&[("policies/a.yaml", &policies("may")), ("callers.toml", CALLERS)]);
    let server = start(folder.path(), &["--audit-mode", "off"]);
    for number in 0..20 {
        server.post(EVALUATE, &request("user:1").replace("door", &format!("door{number}")));
    }
    let line = r#"pdp_decisions_total{door="http",effect="deny",reason="no_matching_policy",type="other"}"#;
    assert_eq!(server.metric(line), 20);
}

#[test]
fn who_moves_the_records_away_gets_a_new_file() {
    let folder = folder(&[("policies/a.yaml", &policies("may")), ("callers.toml", CALLERS)]);
    let server = start(folder.path(), &[]);
    let (file, moved) =
        (folder.path().join("state/audit.jsonl"), folder.path().join("moved.jsonl"));
    reason(&server, "user:1");
    fs::rename(&file, &moved).expect("a move");
    server.signal("HUP");
    eventually("there is a new file", || {
        reason(&server, "user:2");
        file.exists()
    });
    server.signal("TERM");
    assert!(server.end().success());
    let actor = |record: &Value| record["request"]["actor"]["actor_id"].clone();
    assert_eq!(actor(&records(&moved)[0]), "user:1");
    assert!(records(&file).iter().all(|record| actor(record) == "user:2"));
}

/// By a socket at a path, and by one that has a name alone.
#[test]
fn a_service_manager_is_told_when_doors_open_and_close() {
    let folder = folder(&[]);
    let path = folder.path().join("notify");
    let name = format!("pdp-{}", folder.path().display());
    let abstract_name = SocketAddr::from_abstract_name(&name).expect("a name");
    for (socket, variable) in [
        (UnixDatagram::bind(&path), path.display().to_string()),
        (UnixDatagram::bind_addr(&abstract_name), format!("@{name}")),
    ] {
        let socket = socket.expect("a socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("a time");
        let told = || {
            let mut state = [0; 64];
            let length = socket.recv(&mut state).expect("a state");
            String::from_utf8_lossy(&state[..length]).into_owned()
        };
        let server = Server::run(command(folder.path(), &[]).env("NOTIFY_SOCKET", variable));
        assert_eq!(told(), "READY=1");
        assert_eq!(server.curl("/health", &[]).status, 200);
        server.signal("TERM");
        assert_eq!(told(), "STOPPING=1");
        assert!(server.end().success());
    }
}

/// In strict mode what was answered is on the disk, however the process ends.
#[test]
fn what_was_answered_is_recorded_though_the_process_is_killed() {
    let folder = folder(&[("policies/a.yaml", &policies("may")), ("callers.toml", CALLERS)]);
    let mut answered = Vec::new();
    for _ in 0..5 {
        let server = start(folder.path(), &[]);
        for number in 0..5 {
            let answer = server.post(EVALUATE, &request(&format!("user:{number}"))).json();
            answered.push(answer["decision_id"].clone());
        }
        server.signal("KILL");
        assert!(!server.end().success());
    }
    let records = records(&folder.path().join("state/audit.jsonl"));
    let recorded: Vec<_> = records.iter().map(|record| record["decision_id"].clone()).collect();
    assert_eq!(recorded, answered);
}

#[test]
fn two_servers_do_not_share_a_file_of_records() {
    let folder = folder(&[("policies/a.yaml", &policies("may")), ("callers.toml", CALLERS)]);
    let _server = start(folder.path(), &[]);
    let output = command(folder.path(), &["--policies", "policies"]).output().expect("pdp runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("records cannot be kept"),
        "{output:?}"
    );
}

#[test]
fn callers_are_read_anew_when_they_change() {
    let folder = folder(&[("policies/a.yaml", &policies("may")), ("callers.toml", CALLERS)]);
    let server = start(folder.path(), &[]);
    let file = folder.path().join("callers.toml");
    fs::write(&file, CALLERS.replace(", \"admin\"", "")).expect("a file");
    eventually("the right is gone", || server.curl("/admin/status", &[]).status == 403);
    fs::write(&file, "[[caller]]\nname = 7\n").expect("a file");
    server.wait_for("the callers stay as they were");
    assert_eq!(reason(&server, "user:1"), "may");
    fs::write(&file, CALLERS).expect("a file");
    eventually("the right is back", || server.curl("/admin/status", &[]).status == 200);
}
