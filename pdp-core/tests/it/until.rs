use pdp_core::{Fault, Policies, Request, Resource, Scratch, Timestamp};

use crate::support::{human, mistakes, policies};

const SET: &str = "
version: 1
types:
  group: {actions: [read], relations: {member: direct}}
  document:
    actions: [read]
    relations: {parent: {to: document}, owner: direct, viewer: [direct, owner, parent.viewer]}
rules: [{id: r, effect: permit, resource: document, actors: {relation: viewer}}]
facts:
  document:exact: {viewer: {id: user:1, until: 2026-06-01T00:00:00Z}}
  document:twice: {viewer: [{id: user:1, until: 2026-01-01T00:00:00Z}, {id: user:1, until: 2026-06-01T00:00:00Z}]}
  document:ever: {viewer: [{id: user:1, until: 2026-01-01T00:00:00Z}, user:1]}
  document:prefix: {viewer: [{prefix: 'user:', until: '2026-06-01T00:00:00Z'}, {prefix: 'user:', until: '2026-01-01T00:00:00Z'}]}
  document:set: {viewer: {set: 'group:g#member', until: 2026-06-01T00:00:00Z}}
  document:other: {viewer: {set: 'group:none#member', until: 2026-06-01T00:00:00Z}, owner: {id: user:2, until: 2026-06-01T00:00:00Z}}
  document:child: {parent: document:exact}
  document:both: {parent: document:exact, owner: user:1}
  group:g: {member: user:1}
";

fn outcome(policies: &Policies, id: &str, now: Option<&str>) -> &'static str {
    let now = now.map(|now| Timestamp::parse(now).expect("a time"));
    let request = Request::new(human("user:1"), "read", Resource::new("document", id));
    let decision = policies.evaluate(&Request { now, ..request }, &mut Scratch::new());
    match &decision.errors[..] {
        [] if decision.rule.is_some() => "yes",
        [] => "no",
        [error] => {
            assert_eq!(error.fault, Fault::NowMissing);
            "error"
        }
        more => panic!("{more:?}"),
    }
}

#[test]
fn a_fact_holds_before_its_time_is_over() {
    let policies = policies(SET);
    for (id, before, at, without) in [
        ("exact", "yes", "no", "error"),
        ("twice", "yes", "no", "error"),
        ("ever", "yes", "yes", "yes"),
        ("prefix", "yes", "no", "error"),
        ("set", "yes", "no", "error"),
        // Neither would hold for this actor, so nothing is missing.
        ("other", "no", "no", "no"),
        ("child", "yes", "no", "error"),
        ("both", "yes", "yes", "yes"),
        ("unheard-of", "no", "no", "no"),
    ] {
        assert_eq!(outcome(&policies, id, Some("2026-05-31T23:59:59.999999999Z")), before, "{id}");
        assert_eq!(outcome(&policies, id, Some("2026-06-01T00:00:00Z")), at, "{id}");
        assert_eq!(outcome(&policies, id, None), without, "{id}");
    }
}

#[test]
fn a_question_asked_twice_without_a_time_fails_twice() {
    let policies = policies(
        "
version: 1
types: {document: {actions: [read], relations: {a: direct, b: direct}}}
rules:
  - {id: one, effect: deny, actors: {all: [{relation: a}, {relation: b}]}}
  - {id: two, effect: permit, actors: {any: [{relation: b}, {relation: a}]}}
facts: {document:x: {a: [user:1], b: {id: user:1, until: 2026-06-01T00:00:00Z}}}
",
    );
    let request = Request::new(human("user:1"), "read", Resource::new("document", "x"));
    let decision = policies.evaluate(&request, &mut Scratch::new());
    assert_eq!((&*decision.reason, decision.errors.len()), ("one", 1));
    let stranger = Request { actor: human("user:2"), ..request };
    assert!(policies.evaluate(&stranger, &mut Scratch::new()).errors.is_empty());
}

#[test]
fn a_time_is_a_time() {
    let head = "version: 1\ntypes: {doc: {actions: [read], relations: {r: direct, l: {to: doc}}}}\nfacts: {doc:x: ";
    for (facts, message) in [
        ("{r: {id: a, until: tomorrow}}", "`until` is a time, such as `2027-01-01T00:00:00Z`"),
        ("{r: {id: a, until: 2026-01-01}}", "`until` is a time"),
        ("{r: {id: a, until: 5}}", "`until` is a string"),
        ("{r: {until: '2026-01-01T00:00:00Z'}}", "an actor has one of"),
        (
            "{l: {id: 'doc:y', until: '2026-01-01T00:00:00Z'}}",
            "a reference to a resource is a string",
        ),
    ] {
        let found = mistakes(&format!("{head}{facts}}}"));
        assert!(found.starts_with("3:") && found.contains(message), "{facts}: {found}");
    }
}

#[test]
fn what_is_over_still_makes_a_resource_known() {
    let policies = policies(
        "
version: 1
types: {doc: {actions: [read], relations: {r: direct}}}
rules: [{id: r, effect: permit, resource: {known: true}}]
facts: {doc:x: {r: {id: a, until: 2000-01-01T00:00:00Z}}, doc:empty: {}, doc:none: {r: []}}
",
    );
    for (id, known) in [("x", true), ("empty", true), ("none", true), ("y", false)] {
        let request = Request::new(human("user:1"), "read", Resource::new("doc", id));
        let decision = policies.evaluate(&request, &mut Scratch::new());
        assert_eq!(decision.rule.is_some(), known, "{id}");
    }
}
