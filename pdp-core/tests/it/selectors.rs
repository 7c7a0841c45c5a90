use pdp_core::{Actor, ActorType, Effect, Map, Membership, Request, Resource, Scratch};

use crate::support::{ask, human, policies, texts};

fn matches(actors: &str, actor: Actor<'_>) -> bool {
    let policies = policies(&format!(
        "
version: 1
role_aliases: {{captain: boss}}
types: {{door: {{actions: [open], relations: {{holder: direct, house: {{to: house}}}}}}, house: {{actions: [enter], relations: {{owner: direct}}}}}}
rules: [{{id: rule, effect: permit, resource: door, actors: {actors}}}]
facts:
  door:a: {{holder: user:1, house: house:1}}
  house:1: {{owner: user:2}}
"
    ));
    ask(&policies, actor, "open", "door", "a").effect == Effect::Permit
}

#[test]
fn each_key_selects() {
    let (roles, tenants) = (texts(&["boss"]), texts(&["t1"]));
    let actor = Actor { roles: &roles, tenants: &tenants, ..human("user:1") };
    for (selector, holds) in [
        ("{type: human}", true),
        ("{type: [agent, human]}", true),
        ("{type: [agent, service]}", false),
        ("{id: user:1}", true),
        ("{id: user:11}", false),
        ("{id: 'user:*'}", true),
        ("{id: 'us*'}", true),
        ("{id: '*'}", true),
        ("{id: ['agent:*', 'user:1']}", true),
        ("{role: boss}", true),
        ("{role: captain}", true),
        ("{role: [clerk, guard]}", false),
        ("{tenant: t1}", true),
        ("{tenant: t2}", false),
        ("{relation: holder}", true),
        ("{relation: house.owner}", false),
        ("{relation: [house.owner, holder]}", true),
        ("{not: {relation: holder}}", false),
        ("{type: human, role: clerk}", false),
        ("{type: human, not: {role: clerk}}", true),
        ("{all: [{type: human}, {role: boss}]}", true),
        ("{all: [{type: human}, {role: clerk}]}", false),
        ("{any: [{type: agent}, {role: boss}]}", true),
        ("{any: [{type: agent}, {all: [{role: boss}, {not: {tenant: t2}}]}]}", true),
        ("{not: {any: [{type: agent}, {role: clerk}]}}", true),
    ] {
        assert_eq!(matches(selector, actor), holds, "{selector}");
    }
    assert!(matches("{relation: house.owner}", human("user:2")));
    assert!(matches("{type: [agent, service]}", Actor::new(ActorType::Service, "s")));
}

#[test]
fn words_of_a_request_are_known_at_a_glance_and_by_their_numbers() {
    let memberships = [Membership { tenant: "t1".into(), role: "boss".into() }];
    let member = Actor { memberships: &memberships, ..human("user:1") };
    let roles = texts(&["guard"]);
    let guard = Actor { roles: &roles, ..human("user:1") };
    // Up to four are looked for by their names.
    for count in [0, 2, 3, 4, 9] {
        let others: Vec<String> = (0..count).map(|index| format!("other{index}")).collect();
        let with =
            |word: &str| format!("[{}]", [&others[..], &[word.to_owned()]].concat().join(", "));
        for (selector, actor, holds) in [
            (format!("{{tenant: {}}}", with("t1")), member, true),
            (format!("{{tenant: {}}}", with("t2")), member, false),
            (format!("{{role: {}}}", with("guard")), guard, true),
            (format!("{{role: {}}}", with("boss")), guard, false),
            (format!("{{role: {}}}", with("boss")), member, false),
            (format!("{{role: {}, type: agent}}", with("guard")), guard, false),
            (format!("{{type: human, role: {}}}", with("clerk")), guard, false),
            (format!("{{any: [{{role: {}}}, {{tenant: t1}}]}}", with("clerk")), member, true),
            (format!("{{any: [{{role: {}}}, {{tenant: t1}}]}}", with("guard")), guard, true),
        ] {
            assert_eq!(matches(&selector, actor), holds, "{selector}");
        }
    }
}

#[test]
fn an_alias_is_another_spelling_on_both_sides() {
    let roles = texts(&["captain"]);
    let actor = Actor { roles: &roles, ..human("user:1") };
    assert!(matches("{role: boss}", actor));
    assert!(matches("{role: captain}", actor));
    assert!(!matches("{role: capt}", actor));
}

#[test]
fn resources_are_selected_by_type_id_and_whether_they_are_known() {
    let policies = policies(
        "
version: 1
types: {door: {actions: [open], relations: {holder: direct}}, gate: {actions: [open]}}
rules:
  - {id: front, effect: permit, resource: {type: door, id: front}}
  - {id: inner, effect: permit, resource: {all: [{type: [door, gate]}, {id: 'in-*'}, {not: {known: false}}]}}
  - {id: gates, effect: permit, resource: {any: [{type: gate, known: true}, {id: [x, y]}]}}
resources: [gate:listed, door:in-1]
facts:
  door:in-2: {holder: 'door:in-3#holder'}
",
    );
    for (resource_type, id, rule) in [
        ("door", "front", Some("front")),
        ("gate", "front", None),
        ("door", "in-1", Some("inner")),
        ("door", "in-2", Some("inner")),
        ("door", "in-3", None),
        ("gate", "listed", Some("gates")),
        ("door", "x", Some("gates")),
        ("gate", "y", Some("gates")),
        ("gate", "z", None),
    ] {
        let decision = ask(&policies, human("user:1"), "open", resource_type, id);
        assert_eq!(
            decision.rule.as_ref().map(|rule| rule.id.as_ref()),
            rule,
            "{resource_type}:{id}"
        );
    }
}

#[test]
fn what_stands_beside_an_expression_is_asked_as_well() {
    let policies = policies(
        "
version: 1
types: {door: {actions: [open, close], relations: {holder: direct, barred: direct}}}
context: {a: int, b: int}
rules:
  - {id: open, effect: permit, resource: door, actions: open, actors: {relation: holder}, when: context.a < context.b}
  - {id: close, effect: permit, resource: door, actions: close, actors: {not: {relation: barred}}, when: context.a < context.b}
facts:
  door:a: {holder: user:1, barred: user:2}
",
    );
    let mut context = Map::new();
    context.insert("a", 1);
    context.insert("b", 2);
    for (actor, action, permits) in [
        ("user:1", "open", true),
        ("user:2", "open", false),
        ("user:1", "close", true),
        ("user:2", "close", false),
    ] {
        let request = Request::new(human(actor), action, Resource::new("door", "a"));
        let request = Request { context: &context, ..request };
        let decision = policies.evaluate(&request, &mut Scratch::new());
        assert_eq!(decision.effect == Effect::Permit, permits, "{actor} {action}");
        assert!(decision.errors.is_empty());
    }
}
