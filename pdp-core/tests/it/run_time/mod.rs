mod refused;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pdp_core::wire::parse_change_set;
use pdp_core::{
    ChangeError, Engine, Layer, Policies, Request, Resource, Scratch, SourceText, Timestamp,
};

use crate::support::{answer, human, policies};

const SET: &str = "
version: 1
role_aliases: {chief: boss}
types:
  group: {actions: [read], relations: {member: direct}}
  space: {ids: prefixed, actions: [read], relations: {all: {when: 'true'}}}
  document:
    actions: [read]
    relations:
      parent: {to: document}
      same: {to: space, id: resource.id}
      viewer: [direct, parent.viewer]
      barred: direct
    attributes: {open: bool?, size: int?, asked: {type: int?, from: request}}
actor: {attributes: {level: int?}}
rules:
  - {id: unknown, effect: deny, resource: {type: document, known: false}}
  - {id: barred, effect: deny, resource: document, actors: {relation: barred}}
  - {id: viewer, effect: permit, resource: document, actors: {relation: viewer}}
  - {id: open, effect: permit, resource: document, when: resource.open ?? false}
  - {id: level, effect: permit, resource: document, when: (actor.level ?? 0) > 3}
facts:
  document:a: {viewer: [user:1, 'team:*', group:g#member], barred: user:666}
  document:b: {parent: document:a}
  group:g: {member: user:2}
attributes:
  resources: {document:c: {open: true}}
";

fn engine() -> Engine {
    Engine::new(policies(SET))
}

/// Applies changes, written as in JSON.
fn apply(engine: &Engine, id: &str, changes: &str) -> Result<u64, ChangeError> {
    let json = format!("{{\"id\": \"{id}\", \"changes\": [{changes}]}}");
    let change_set = parse_change_set(json.as_bytes())?;
    engine.apply(&change_set).map(|applied| applied.revision)
}

fn reads(engine: &Engine, actor: &str, id: &str) -> String {
    let present = engine.present();
    answer(&present, human(actor), "read", "document", id)
        .split(' ')
        .nth(1)
        .expect("a reason")
        .into()
}

/// The facts of a layer as lines of JSON.
fn facts(engine: &Engine, layer: Layer) -> BTreeSet<String> {
    let present = engine.present();
    let facts = present.facts(layer);
    facts.map(|fact| serde_json::to_string(&fact).expect("JSON")).collect()
}

#[test]
fn every_kind_of_fact_is_added_and_removed() {
    for (fact, actor, id, before, after) in [
        (
            r#""resource": "document:a", "relation": "viewer", "actor": "user:9""#,
            "user:9",
            "a",
            "no_matching_policy",
            "viewer",
        ),
        (
            r#""resource": "document:a", "relation": "viewer", "actor": "user:*""#,
            "user:9",
            "b",
            "no_matching_policy",
            "viewer",
        ),
        (
            r#""resource": "document:a", "relation": "barred", "actor": "*""#,
            "user:1",
            "a",
            "viewer",
            "barred",
        ),
        (
            r#""resource": "group:g", "relation": "member", "actor": "user:9""#,
            "user:9",
            "b",
            "no_matching_policy",
            "viewer",
        ),
        (
            r#""resource": "document:c", "relation": "viewer", "actor": "group:h#member""#,
            "user:9",
            "c",
            "open",
            "open",
        ),
        (
            r#""resource": "document:new", "relation": "parent", "target": "document:a""#,
            "user:1",
            "new",
            "unknown",
            "viewer",
        ),
        (r#""resource": "document:new""#, "user:1", "new", "unknown", "no_matching_policy"),
        (
            r#""actor": "user:9", "attribute": "level", "value": 4"#,
            "user:9",
            "a",
            "no_matching_policy",
            "level",
        ),
        (
            r#""resource": "document:a", "attribute": "open", "value": true"#,
            "user:9",
            "a",
            "no_matching_policy",
            "open",
        ),
    ] {
        let engine = engine();
        let all = facts(&engine, Layer::Present);
        assert_eq!(reads(&engine, actor, id), before, "{fact}");
        assert_eq!(apply(&engine, "1", &format!("{{\"op\": \"add\", {fact}}}")), Ok(2));
        assert_eq!(reads(&engine, actor, id), after, "{fact}");
        assert_ne!(facts(&engine, Layer::Present), all);
        assert_eq!(facts(&engine, Layer::Files), all);
        let key = fact.split(", \"value\"").next().expect("a key");
        for (id_of_set, op, revision) in [("2", "remove", 3), ("3", "add", 4), ("4", "forget", 5)] {
            let fact = if op == "add" { fact } else { key };
            let change = format!("{{\"op\": \"{op}\", {fact}}}");
            assert_eq!(apply(&engine, id_of_set, &change), Ok(revision), "{change}");
            let expected = if op == "add" { after } else { before };
            assert_eq!(reads(&engine, actor, id), expected, "{change}");
        }
        assert_eq!(facts(&engine, Layer::Present), all);
        assert_eq!(engine.present().words().count(), 0);
    }
}

#[test]
fn run_time_has_the_last_word_until_it_is_taken_back() {
    let engine = engine();
    let viewer = r#""resource": "document:a", "relation": "viewer", "actor": "user:1""#;
    apply(&engine, "1", &format!("{{\"op\": \"remove\", {viewer}}}")).expect("a removal");
    assert_eq!(reads(&engine, "user:1", "a"), "no_matching_policy");
    assert_eq!(reads(&engine, "user:1", "b"), "no_matching_policy");
    // The files say it again: nothing comes back.
    assert_eq!(engine.reload(policies(SET)), Ok(3));
    assert_eq!(reads(&engine, "user:1", "a"), "no_matching_policy");
    let files: Vec<String> = facts(&engine, Layer::Files).into_iter().collect();
    assert!(
        files.contains(&format!("{{{}}}", viewer.replace(": ", ":").replace(", ", ","))),
        "{files:?}"
    );
    assert_eq!(engine.present().difference().count(), 1);
    apply(&engine, "2", &format!("{{\"op\": \"forget\", {viewer}}}")).expect("a word taken back");
    assert_eq!(reads(&engine, "user:1", "a"), "viewer");
    // Removing one actor takes nothing from a pattern.
    let member =
        r#"{"op": "remove", "resource": "document:a", "relation": "viewer", "actor": "team:1"}"#;
    apply(&engine, "3", member).expect("a removal");
    assert_eq!(reads(&engine, "team:1", "a"), "viewer");
}

#[test]
fn replace_leaves_exactly_what_it_lists() {
    let engine = engine();
    let change = r#"{"op": "replace", "resource": "document:a", "relation": "viewer", "actors": ["user:1", {"id": "user:5", "until": "2026-06-01T00:00:00Z"}]}"#;
    apply(&engine, "1", change).expect("a replacement");
    for (actor, reason) in [
        ("user:1", "viewer"),
        ("user:2", "no_matching_policy"),
        ("team:1", "no_matching_policy"),
        ("user:666", "barred"),
    ] {
        assert_eq!(reads(&engine, actor, "a"), reason, "{actor}");
    }
    let now = Timestamp::parse("2026-01-01T00:00:00Z").ok();
    let request =
        Request { now, ..Request::new(human("user:5"), "read", Resource::new("document", "a")) };
    assert_eq!(engine.present().evaluate(&request, &mut Scratch::new()).reason, "viewer");
    let change = r#"{"op": "replace", "resource": "document:a", "relation": "viewer", "actors": []},
        {"op": "replace", "resource": "document:b", "relation": "parent", "targets": ["document:c", "document:d"]}"#;
    apply(&engine, "2", change).expect("a replacement");
    let left = facts(&engine, Layer::Present);
    assert!(!left.iter().any(|fact| fact.contains("viewer")), "{left:?}");
    assert_eq!(left.iter().filter(|fact| fact.contains("parent")).count(), 2, "{left:?}");
}

#[test]
fn a_change_set_counts_once() {
    let engine = engine();
    let add = r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": "user:9"}"#;
    let remove = add.replace("add", "remove");
    assert_eq!(apply(&engine, "once", add), Ok(2));
    assert_eq!(apply(&engine, "then", &remove), Ok(3));
    assert_eq!(apply(&engine, "once", add), Ok(2));
    assert_eq!(reads(&engine, "user:9", "a"), "no_matching_policy");
    let error = apply(&engine, "once", &remove).expect_err("other changes");
    assert_eq!((error.kind.as_str(), engine.present().version().revision), ("conflict", 3));
}

#[test]
fn one_by_one_each_gives_a_revision() {
    let engine = engine();
    let change_set = parse_change_set(br#"{"id": "x", "changes": [{"op": "add", "resource": "document:a", "relation": "viewer", "actor": "role:chief"}]}"#);
    let statement = change_set.expect("a change set").changes.remove(0).statement;
    assert_eq!(engine.add(statement.clone()), Ok(2));
    assert_eq!(engine.add(statement.clone()), Ok(3));
    let words: Vec<String> =
        engine.present().words().map(|word| serde_json::to_string(&word).expect("JSON")).collect();
    // The other spelling of a role is the role.
    assert_eq!(
        words,
        [r#"{"op":"add","resource":"document:a","relation":"viewer","actor":"role:boss"}"#]
    );
    assert_eq!(engine.remove(statement.clone()), Ok(4));
    assert_eq!(engine.forget(statement), Ok(5));
    assert_eq!(engine.present().words().count(), 0);
    let change_set = parse_change_set(br#"{"id": "y", "changes": [{"op": "replace", "resource": "document:a", "relation": "viewer", "actors": ["user:3"]}]}"#);
    let statement = change_set.expect("a change set").changes.remove(0).statement;
    assert_eq!(engine.replace(statement), Ok(6));
    assert_eq!(reads(&engine, "user:3", "a"), "viewer");
    assert_eq!(reads(&engine, "user:1", "a"), "no_matching_policy");
}

#[test]
fn readers_see_whole_revisions_and_hold_on_to_theirs() {
    let engine = Arc::new(engine());
    let held = engine.present();
    let stop = Arc::new(AtomicBool::new(false));
    let (asks, begun) = std::sync::mpsc::channel();
    let reader = {
        let (engine, stop) = (Arc::clone(&engine), Arc::clone(&stop));
        std::thread::spawn(move || {
            let (mut scratch, mut asked) = (Scratch::new(), 0_u64);
            while !stop.load(Ordering::Relaxed) {
                let present = engine.present();
                // Either both are viewers or neither is.
                let one = present
                    .evaluate(
                        &Request::new(human("user:8"), "read", Resource::new("document", "a")),
                        &mut scratch,
                    )
                    .reason
                    .into_owned();
                let other = present
                    .evaluate(
                        &Request::new(human("user:9"), "read", Resource::new("document", "b")),
                        &mut scratch,
                    )
                    .reason
                    .into_owned();
                assert_eq!(one, other);
                let is_viewer = present.version().revision % 2 == 0;
                assert_eq!(one == "viewer", is_viewer);
                asked += 1;
                if asked == 1 {
                    asks.send(()).expect("the writer waits");
                }
            }
            asked
        })
    };
    begun.recv().expect("the reader asks");
    for round in 0..500 {
        let op = if round % 2 == 0 { "add" } else { "remove" };
        let change = |resource: &str, actor: &str| {
            format!(
                r#"{{"op": "{op}", "resource": "document:{resource}", "relation": "viewer", "actor": "{actor}"}}"#
            )
        };
        let changes = format!("{}, {}", change("a", "user:8"), change("b", "user:9"));
        apply(&engine, &round.to_string(), &changes).expect("a change");
    }
    stop.store(true, Ordering::Relaxed);
    assert!(reader.join().expect("the reader sees whole revisions") > 0);
    assert_eq!((held.version().revision, engine.present().version().revision), (1, 501));
    assert_eq!(answer(&held, human("user:8"), "read", "document", "a"), "deny no_matching_policy");
}

#[test]
fn thousands_of_changes_leave_what_files_would_state() {
    let engine = Engine::new(policies(
        "{version: 1, types: {door: {actions: [open], relations: {holder: direct}}}}",
    ));
    let mut expected = BTreeSet::new();
    for step in 0..4_000_u32 {
        let (actor, door) = (step * 7 % 613, step * 11 % 97);
        let op = if step % 3 == 2 { "remove" } else { "add" };
        let fact =
            format!(r#""resource":"door:{door}","relation":"holder","actor":"user:{actor}""#);
        apply(&engine, &step.to_string(), &format!("{{\"op\":\"{op}\",{fact}}}"))
            .expect("a change");
        if op == "add" {
            expected.insert(format!("{{{fact}}}"));
        } else {
            expected.remove(&format!("{{{fact}}}"));
        }
    }
    assert_eq!(facts(&engine, Layer::Present), expected);
    assert_eq!(engine.present().summary().facts, expected.len());
    let files = Policies::from_sources(&[SourceText {
        path: "p",
        text: "{version: 1, types: {door: {actions: [open], relations: {holder: direct}}}}",
    }]);
    assert_eq!(engine.reload(files.expect("policies")), Ok(4_002));
    assert_eq!(facts(&engine, Layer::Present), expected);
}

#[test]
fn a_word_said_of_an_alias_stays_with_its_role() {
    let engine = Engine::new(policies(SET));
    let barred =
        r#"{"op": "add", "resource": "document:a", "relation": "barred", "actor": "role:chief"}"#;
    apply(&engine, "1", barred).expect("a change");
    let read = |role: &'static str| {
        let roles = crate::support::texts(&[role]);
        let actor = pdp_core::Actor { roles: &roles, ..human("user:1") };
        answer(&engine.present(), actor, "read", "document", "a")
    };
    assert_eq!((read("boss"), read("chief")), ("deny barred".into(), "deny barred".into()));
    engine.reload(policies(&SET.replace("role_aliases: {chief: boss}\n", ""))).expect("a reload");
    assert_eq!((read("boss"), read("chief")), ("deny barred".into(), "permit viewer".into()));
}

#[test]
fn a_resource_with_other_facts_stays_known_and_a_forgotten_word_blocks_no_reload() {
    let engine = engine();
    apply(&engine, "1", r#"{"op": "remove", "resource": "document:a"}"#).expect("a change");
    assert_eq!(reads(&engine, "user:1", "a"), "viewer");
    let fact = r#""resource": "document:a", "relation": "barred", "actor": "user:7""#;
    apply(&engine, "2", &format!("{{\"op\": \"add\", {fact}}}")).expect("a change");
    let other = || policies(&SET.replace("barred", "banned"));
    let refusal = engine.reload(other()).expect_err("a word that does not fit");
    assert!(refusal.message.contains(r#""actor":"user:7""#), "{refusal}");
    apply(&engine, "3", &format!("{{\"op\": \"forget\", {fact}}}")).expect("a change");
    engine.reload(other()).expect("a reload");
}

#[test]
fn of_two_words_that_a_reload_makes_one_the_last_counts() {
    // So many pairs of words that no order of a table can pass for that in which they were said.
    const PAIRS: usize = 64;
    let without = SET.replace("role_aliases: {chief: boss}\n", "");
    let engine = Engine::new(policies(&without));
    let say = |op: &str, pair: usize, role: &str| {
        let id = format!("{op} {pair} {role}");
        let change = format!(
            r#"{{"op": "{op}", "resource": "document:{pair}", "relation": "viewer", "actor": "role:{role}"}}"#
        );
        apply(&engine, &id, &change).expect("a change");
    };
    for pair in 0..PAIRS {
        let (first, second) = if pair % 2 == 0 { ("boss", "chief") } else { ("chief", "boss") };
        let (before, last) = if pair % 3 == 0 { ("remove", "add") } else { ("add", "remove") };
        say(before, pair, first);
        say(last, pair, second);
    }
    engine.reload(policies(SET)).expect("a reload");
    let roles = crate::support::texts(&["boss"]);
    for pair in 0..PAIRS {
        let actor = pdp_core::Actor { roles: &roles, ..human("user:9") };
        let answer = answer(&engine.present(), actor, "read", "document", &pair.to_string());
        let expected = if pair % 3 == 0 { "permit viewer" } else { "deny unknown" };
        assert_eq!(answer, expected, "{pair}");
    }
}

#[test]
fn replace_leaves_nothing_that_the_same_change_set_stated_before() {
    let engine = engine();
    let changes = r#"
        {"op": "add", "resource": "document:a", "relation": "viewer", "actors": ["user:7", "x:*", "group:h#member"]},
        {"op": "add", "resource": "document:new", "relation": "viewer", "actor": {"id": "user:7", "until": "2026-06-01T00:00:00Z"}},
        {"op": "add", "resource": "document:new", "relation": "parent", "target": "document:c"},
        {"op": "remove", "resource": "document:a", "relation": "viewer", "actor": "user:1"},
        {"op": "replace", "resource": "document:a", "relation": "viewer", "actors": ["user:8", "x:*"]},
        {"op": "replace", "resource": "document:new", "relation": "viewer", "actors": ["user:8"]},
        {"op": "replace", "resource": "document:new", "relation": "parent", "targets": ["document:b"]}"#;
    apply(&engine, "1", changes).expect("a change set");
    let present = facts(&engine, Layer::Present);
    let viewers: Vec<_> = present.iter().filter(|fact| fact.contains("viewer")).collect();
    assert_eq!(
        viewers,
        [
            r#"{"resource":"document:a","relation":"viewer","actor":"user:8"}"#,
            r#"{"resource":"document:a","relation":"viewer","actor":"x:*"}"#,
            r#"{"resource":"document:new","relation":"viewer","actor":"user:8"}"#,
        ]
    );
    let parents: Vec<_> = present.iter().filter(|fact| fact.contains("document:new")).collect();
    assert!(parents.iter().all(|fact| !fact.contains("document:c")), "{parents:?}");
    assert!(parents.iter().any(|fact| fact.contains("document:b")), "{parents:?}");
}

#[test]
fn what_was_the_present_is_let_go_by_the_next_change_that_finds_no_reader() {
    let engine = engine();
    let viewer = |id: &str| {
        apply(&engine, id, &format!(r#"{{"op": "add", "resource": "document:{id}"}}"#))
            .expect("added")
    };
    let first = Arc::downgrade(&engine.present());
    let reader = engine.present();
    viewer("x");
    viewer("y");
    assert!(first.upgrade().is_some_and(|first| Arc::ptr_eq(&first, &reader)));
    drop(reader);
    viewer("z");
    assert!(first.upgrade().is_none());
}
