//! What `deploy/` names of the metrics is what a server really says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::thread;

use serde_json::Value;

use super::authority::Authority;
use super::server::{Server, attempt, eventually};
use crate::support::{folder, pdp, root};

/// Labels that Prometheus itself gives.
const OF_PROMETHEUS: [&str; 2] = ["job", "instance"];
const EVALUATE: &str = "/internal/pdp/evaluate";
const BATCH: &str = "/internal/pdp/evaluate/batch";
const GRPC: &str = "/pdp.v1.PolicyDecisionService/Evaluate";
const CALLERS: &str = r#"
[[caller]]
name = "all"
keys = ["sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"]
rights = ["evaluate", "assert_identity"]
"#;

/// One question has the only place, which may be a large batch.
const LIMITS: [&str; 6] = [
    "--limits-requests",
    "1",
    "--limits-batch-requests",
    "20000",
    "--limits-body-bytes",
    "16777216",
];

/// What a server says in its metrics: of each name the labels, and of each label the values.
type Said = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn read(path: &str) -> String {
    fs::read_to_string(root().join("deploy").join(path)).expect(path)
}

/// Asks over TLS with these arguments of curl, and gives the status.
fn ask(address: &str, path: &str, arguments: &[&str]) -> u16 {
    let url = format!("https://{address}{path}");
    attempt(&url, &[&["--insecure"][..], arguments].concat()).expect("a reply").status
}

/// The metrics of a server that has permitted, denied and refused.
fn said() -> Said {
    let folder = folder(&[("callers.toml", CALLERS), ("message", "\0\0\0\0\0")]);
    Authority::new(folder.path(), "authority").server("server");
    let tls = ["--tls-certificate", "server.pem", "--tls-key", "server.key"];
    let server =
        Server::start(folder.path(), &[&tls[..], &["--callers", "callers.toml"], &LIMITS].concat());
    let key = ["-H", "Authorization: Bearer key"];
    let seeds = fs::read_to_string(root().join("examples/requests/seeds.jsonl")).expect("seeds");
    for request in seeds.lines() {
        let status = ask(&server.address, EVALUATE, &[&key[..], &["-d", request]].concat());
        assert_eq!(status, 200);
    }
    for (body, status) in [("{", 400), ("{}", 422), (&*"[".repeat(99), 413)] {
        assert_eq!(ask(&server.address, EVALUATE, &[&key[..], &["-d", body]].concat()), status);
    }
    assert_eq!(ask(&server.address, EVALUATE, &["-d", "{}"]), 401);
    assert_eq!(ask(&server.address, "/admin/status", &key), 403);
    let large = folder.path().join("large.json");
    let first = seeds.lines().next().expect("a seed");
    let requests = vec![first; 20_000].join(",");
    fs::write(&large, format!(r#"{{"requests": [{requests}]}}"#)).expect("a file");
    overload(&server, &large);
    let body = format!("@{}", folder.path().join("message").display());
    let grpc = ["-H", "Content-Type: application/grpc", "-H", "TE: trailers"];
    let arguments = [&key[..], &grpc, &["--data-binary", &body]].concat();
    ask(&server.grpc_address(), GRPC, &arguments);
    let url = format!("https://{}/metrics", server.address);
    parsed(&attempt(&url, &["--insecure"]).expect("metrics").body)
}

/// Asks while a batch, which takes its time, has the one place.
fn overload(server: &Server, batch: &Path) {
    let key = ["-H", "Authorization: Bearer key"];
    let body = format!("@{}", batch.display());
    thread::scope(|scope| {
        let hold = || {
            scope.spawn(|| {
                ask(&server.address, BATCH, &[&key[..], &["--data-binary", &body]].concat())
            })
        };
        let mut held = hold();
        eventually("a question is too many", || {
            let status = ask(&server.address, EVALUATE, &[&key[..], &["-d", "{}"]].concat());
            if status != 503 && held.is_finished() {
                held = hold();
            }
            status == 503
        });
    });
}

fn parsed(metrics: &str) -> Said {
    let mut said = Said::new();
    for line in metrics.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (series, _) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let known = said.entry(name.to_owned()).or_default();
        for Selector { label, value, .. } in selectors(labels.trim_end_matches('}')) {
            known.entry(label).or_default().insert(value);
        }
    }
    said
}

/// A part `label="value"`.
struct Selector {
    label: String,
    operator: String,
    value: String,
}

/// The parts `label="value"` of what stands in braces, each with its operator.
fn selectors(text: &str) -> Vec<Selector> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('"') {
        let (value, next) = after.split_once('"').expect("the end of a value");
        let before = before.trim_start_matches([',', ' ']);
        let end = before.find(['=', '!']).expect("an operator");
        let (label, operator) = before.split_at(end);
        let [label, operator, value] = [label, operator, value].map(str::to_owned);
        found.push(Selector { label, operator, value });
        rest = next;
    }
    found
}

/// Each metric of ours that an expression names, with what it selects.
fn named(expression: &str) -> Vec<(String, Vec<Selector>)> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut found = Vec::new();
    for (start, _) in expression.match_indices("pdp_") {
        let rest = &expression[start..];
        let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let labels = rest[end..]
            .strip_prefix('{')
            .map_or("", |rest| rest.split_once('}').expect("the end of what is selected").0);
        found.push((rest[..end].to_owned(), selectors(labels)));
    }
    found
}

/// The labels by which an expression sums.
fn groups(expression: &str) -> impl Iterator<Item = &str> {
    let lists = expression.split("by (").skip(1).filter_map(|rest| rest.split(')').next());
    lists.flat_map(|list| list.split(',').map(str::trim))
}

fn check(expression: &str, said: &Said, place: &str) {
    for (name, selected) in named(expression) {
        let Some(labels) = said.get(&name) else { panic!("{place}: no server says `{name}`") };
        for Selector { label, operator, value } in selected {
            if OF_PROMETHEUS.contains(&&*label) {
                continue;
            }
            let Some(values) = labels.get(&label) else {
                panic!("{place}: `{name}` has no label `{label}`");
            };
            let alternatives = value.split('|').filter(|_| operator.starts_with('='));
            for value in alternatives {
                assert!(values.contains(value), "{place}: `{name}` has no {label} `{value}`");
            }
        }
        for label in groups(expression).filter(|label| !OF_PROMETHEUS.contains(label)) {
            assert!(labels.contains_key(label), "{place}: `{name}` has no label `{label}`");
        }
    }
}

/// The expressions of the alerts.
fn alerts() -> Vec<(String, String)> {
    let text = read("prometheus/alerts.yaml");
    let alerts = text.split("- alert: ").skip(1).map(|alert| {
        let (name, rest) = alert.split_once('\n').expect("a name");
        let (_, rest) = rest.split_once("expr: ").expect("an expression");
        let end = rest.find("\n        for:").or_else(|| rest.find("\n        labels:"));
        (name.to_owned(), rest[..end.expect("labels")].to_owned())
    });
    alerts.collect()
}

/// The expressions of the dashboard; what legends name stands in one of their groups.
fn panels() -> Vec<(String, String)> {
    let dashboard: Value = serde_json::from_str(&read("grafana/dashboard.json")).expect("JSON");
    let mut found = Vec::new();
    for panel in dashboard["panels"].as_array().expect("panels") {
        let title = panel["title"].as_str().expect("a title");
        for target in panel["targets"].as_array().expect("targets") {
            let expression = target["expr"].as_str().expect("an expression").to_owned();
            let legend = target["legendFormat"].as_str().expect("a legend");
            for label in legend.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
                let is_there = groups(&expression).any(|group| group == label);
                assert!(is_there || OF_PROMETHEUS.contains(&label), "{title}: `{label}`");
            }
            found.push((title.to_owned(), expression));
        }
    }
    for list in ["templating", "annotations"] {
        for entry in dashboard[list]["list"].as_array().expect("a list") {
            let expression = entry["expr"].as_str().or(entry["query"].as_str()).expect("a query");
            found.push((list.to_owned(), expression.to_owned()));
        }
    }
    found
}

#[test]
fn alerts_and_dashboard_name_what_a_server_says() {
    let said = said();
    let mut names = BTreeSet::new();
    let expressions = alerts().into_iter().chain(panels());
    for (place, expression) in expressions {
        check(&expression, &said, &place);
        names.extend(named(&expression).into_iter().map(|(name, _)| name));
    }
    // What nobody would see, nobody needs to say.
    for name in said.keys() {
        assert!(names.contains(name), "neither an alert nor the dashboard shows `{name}`");
    }
}

/// The settings that stand beside the compose file are settings.
#[test]
fn the_settings_of_the_container_are_taken() {
    let config = root().join("deploy/etc/pdp.toml").display().to_string();
    let outcome = pdp(&root(), &["serve", "--config", &config, "--print-config"], "");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.output.contains("unix:/run/pdp/http.sock"), "{outcome:?}");
    let callers = read("etc/callers.toml");
    assert_eq!(callers.matches("[[caller]]").count(), 2);
}
