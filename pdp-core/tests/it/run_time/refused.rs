//! Change sets and reloads that are refused, and what is said of them.

use pdp_core::wire::{CHANGED_FACTS_MAX, parse_change_set};
use pdp_core::{ChangeErrorKind, Engine, Policies, Statement};

use super::{SET, apply, engine, reads};
use crate::support::policies;

/// A fact that a reload may not lose.
const BARRED: &str =
    r#"{"op": "add", "resource": "document:b", "relation": "barred", "actor": "user:1"}"#;

/// Changes that cannot be made, and what is said of them.
const REFUSED: &[(&str, &str)] = &[
    (
        r#"{"op": "add", "resource": "documnt:a", "relation": "viewer", "actor": "u"}"#,
        "changes[1].resource: unknown type `documnt`; did you mean `document`?",
    ),
    (
        r#"{"op": "add", "resource": "document", "relation": "viewer", "actor": "u"}"#,
        "changes[1].resource: `document` is no reference",
    ),
    (
        r#"{"op": "add", "resource": "document:", "relation": "viewer", "actor": "u"}"#,
        "a reference without an id",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewr", "actor": "u"}"#,
        "changes[1].relation: unknown relation `viewr` on `document`; did you mean `viewer`?",
    ),
    (
        r#"{"op": "remove", "resource": "document:a", "relation": "parent", "actor": "u"}"#,
        "changes[1].relation: `parent` is a link",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "target": "document:b"}"#,
        "`viewer` is a relation",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "same", "target": "space:b"}"#,
        "link `same` is computed",
    ),
    (
        r#"{"op": "add", "resource": "space:a", "relation": "all", "actor": "u"}"#,
        "relation `all` of `space` is computed",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "parent", "target": "group:g"}"#,
        "changes[1].target: the link points to `document`; this is a `group`",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actors": ["u", "group:g#boss"]}"#,
        "changes[1].actors[1]: unknown relation `boss` on `group`",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": "document:b#parent"}"#,
        "changes[1].actor: `parent` is a link",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": "a*b"}"#,
        "changes[1].actor: no short form of an actor",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": "a, b"}"#,
        "changes[1].actor: no short form of an actor",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": "user:é"}"#,
        "outside ASCII",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": {"role": "a b"}}"#,
        "without spaces",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": {"type": "human"}}"#,
        "an actor has one of",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": {"id": "a", "role": "b"}}"#,
        "an actor has one of",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": {"id": "a", "type": "human"}}"#,
        "changes[1].actor.type: does not go with the other fields",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": {"id": "a", "until": "soon"}}"#,
        "changes[1].actor.until: not a time",
    ),
    (
        r#"{"op": "remove", "resource": "document:a", "relation": "viewer", "actor": {"id": "a", "until": "2026-06-01T00:00:00Z"}}"#,
        "changes[1].actor.until: does not go",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actors": []}"#,
        "changes[1].actors: an empty list",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relation": "viewer"}"#,
        "`actor` or `actors` is missing",
    ),
    (
        r#"{"op": "replace", "resource": "document:a", "relation": "viewer", "actor": "u"}"#,
        "`replace` takes `actors`",
    ),
    (r#"{"op": "replace", "resource": "document:a"}"#, "changes[1].op: `replace` is said of"),
    (
        r#"{"op": "add", "resource": "document:a", "attribute": "opn", "value": true}"#,
        "changes[1].attribute: unknown attribute `opn`; did you mean `open`?",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "attribute": "asked", "value": 1}"#,
        "attribute `asked` is stated by requests",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "attribute": "open", "value": 1}"#,
        "changes[1].value: attribute `open` is declared as `bool`; this is a",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "attribute": "open", "value": null}"#,
        "changes[1].value: attribute `open`",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "attribute": "open"}"#,
        "changes[1].value: missing",
    ),
    (
        r#"{"op": "remove", "resource": "document:a", "attribute": "open", "value": true}"#,
        "changes[1].value: does not go",
    ),
    (r#"{"op": "add", "actor": "u", "attribute": "levl", "value": 1}"#, "did you mean `level`?"),
    (r#"{"op": "add", "actor": "u"}"#, "changes[1].resource: missing"),
    (
        r#"{"op": "ad", "resource": "document:a"}"#,
        "changes[1].op: `ad` is none of `add`, `remove`, `replace` and `forget`",
    ),
    (
        r#"{"op": "add", "resource": "document:a", "relaton": "viewer"}"#,
        "changes[1].relaton: unknown field; did you mean `relation`?",
    ),
    ("[]", "changes[1]: expected an object, found a list"),
];

#[test]
fn a_change_set_is_applied_whole_or_not_at_all() {
    for (change, message) in REFUSED {
        let engine = engine();
        let good =
            r#"{"op": "add", "resource": "document:a", "relation": "viewer", "actor": "user:9"}"#;
        let error = apply(&engine, "1", &format!("{good}, {change}")).expect_err(change);
        assert!(error.to_string().contains(message), "{change}: {error}");
        assert_eq!(engine.present().version().revision, 1);
        assert_eq!(reads(&engine, "user:9", "a"), "no_matching_policy");
        // What was refused was not remembered either.
        assert_eq!(apply(&engine, "1", good), Ok(2));
    }
    for (json, message) in [
        ("{", "EOF"),
        ("[]", "expected an object"),
        (r#"{"id": "1"}"#, "changes: missing"),
        (r#"{"id": "1", "changes": {}}"#, "changes: expected a list"),
        (r#"{"id": "1", "changes": []}"#, "changes: 1 to 100000 changes"),
        (r#"{"changes": [{"op": "add", "resource": "document:a"}]}"#, "id: missing"),
        (r#"{"id": "1", "changes": [], "x": 1}"#, "x: unknown field"),
    ] {
        let error = parse_change_set(json.as_bytes()).expect_err(json);
        assert!(error.to_string().contains(message), "{json}: {error}");
    }
}

#[test]
fn what_a_change_set_cannot_say_is_refused_from_rust_too() {
    let engine = engine();
    let (resource, relation) = ("document:a".to_owned(), "viewer".to_owned());
    let nobody = Statement::Relation { resource, relation, actors: Vec::new() };
    let attribute = Statement::ActorAttribute {
        actor: "user:1".to_owned(),
        attribute: "level".to_owned(),
        value: Some(1.into()),
    };
    for error in [engine.add(nobody.clone()), engine.remove(nobody), engine.remove(attribute)] {
        let error = error.expect_err("nothing to do, or a value too much");
        // There is no change set whose field could be named.
        assert!(["actors", "value"].contains(&error.field.as_deref().expect("a field")), "{error}");
    }
    assert_eq!(engine.present().version().revision, 1);
}

#[test]
fn a_change_set_has_a_bound() {
    let actors = vec!["\"user:1\""; CHANGED_FACTS_MAX / 2 + 1].join(",");
    let change = format!(
        r#"{{"op": "add", "resource": "document:a", "relation": "viewer", "actors": [{actors}]}}"#
    );
    let parse = |changes: &str| {
        parse_change_set(format!(r#"{{"id": "1", "changes": [{changes}]}}"#).as_bytes())
    };
    assert!(parse(&change).is_ok());
    let error = parse(&format!("{change}, {change}")).expect_err("too many facts");
    assert_eq!(error.to_string(), "changes: more than 500000 facts");
}

#[test]
fn a_reload_that_would_drop_a_word_is_refused() {
    let engine = engine();
    apply(&engine, "1", BARRED).expect("an addition");
    let error = engine.reload(policies(&SET.replace("barred", "banned"))).expect_err("no `barred`");
    assert!(error.to_string().contains("unknown relation `barred` on `document`"), "{error}");
    assert!(error.to_string().contains("user:1"), "{error}");
    assert_eq!(reads(&engine, "user:1", "b"), "barred");
    // Types and relations may move: words are kept by name.
    let moved = SET
        .replace("types:\n", "types:\n  another: {actions: [x]}\n")
        .replace("viewer: [direct", "first: direct\n      viewer: [direct");
    assert_eq!(engine.reload(policies(&moved)), Ok(3));
    assert_eq!(reads(&engine, "user:1", "b"), "barred");
}

#[test]
fn a_value_keeps_the_type_under_which_it_was_said() {
    let of_type = |declared: &str| {
        policies(&SET.replace("open: bool?", &format!("open: bool?, since: '{declared}?'")))
    };
    let engine = Engine::new(of_type("list(timestamp)"));
    let times = r#"{"op": "add", "resource": "document:a", "attribute": "since", "value": ["2026-01-01T00:00:00Z"]}"#;
    apply(&engine, "1", times).expect("a value");
    let error = engine.reload(of_type("list(string)")).expect_err("a time is no text");
    assert!(error.to_string().contains("is declared as `list(string)`"), "{error}");
    let engine = Engine::new(of_type("int"));
    let one = r#"{"op": "add", "resource": "document:a", "attribute": "since", "value": 1}"#;
    apply(&engine, "1", one).expect("a value");
    assert_eq!(engine.reload(of_type("double")), Ok(3));
    let error = engine.reload(of_type("int")).expect_err("a double is no integer");
    assert!(error.to_string().contains("is declared as `int`"), "{error}");
}

#[test]
fn policies_of_another_engine_are_no_files() {
    let engine = engine();
    apply(&engine, "1", BARRED).expect("an addition");
    let changed = Policies::clone(&engine.present());
    let error = Engine::new(policies(SET)).reload(changed).expect_err("words of run time");
    assert_eq!(error.kind, ChangeErrorKind::Refused);
}
