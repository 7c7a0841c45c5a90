//! Corners that changed programs got round the other tests with.

use std::fmt::Write;

use pdp_core::wire::parse_change_set;
use pdp_core::{
    Effect, Engine, Fault, Layer, Map, Policies, Request, Resource, Scratch, Timestamp,
};

use crate::support::{answer, ask, human, mistakes, policies};

#[test]
fn a_rule_that_covers_nothing_is_told_why() {
    let head = "version: 1
types: {door: {actions: [open]}, page: {actions: [read], ids: prefixed}}
action_groups: {opening: [open]}
rules: [{id: r, effect: permit, ";
    for (rule, message) in [
        ("resource: page, actions: opening}]", "no type that the rule covers declares `open`"),
        ("resource: {all: [{type: door}, {type: page}]}}]", "the rule covers no type"),
        ("resource: {any: [{type: page, id: '7'}]}}]", "no id of `page` is like `7`"),
        (
            "resource: {all: [{type: page}, {any: [{id: '7'}, {id: 'page:1'}]}]}}]",
            "no id of `page` is like `7`",
        ),
    ] {
        let found = mistakes(&format!("{head}{rule}"));
        assert!(found.contains(message), "{rule}: {found}");
    }
}

#[test]
fn a_relation_does_not_ask_whether_a_link_has_a_target() {
    let found = mistakes(
        "version: 1
types:
  page: {actions: [read], relations: {same: {to: page}, seen: {when: has(resource.same)}}}
",
    );
    assert!(found.contains("resource.same"), "{found}");
}

#[test]
fn undeclared_context_comes_with_what_to_do() {
    let found = mistakes(
        "version: 1
types: {door: {actions: [open]}}
rules: [{id: r, effect: permit, when: context.shade == 1}]
",
    );
    assert!(found.contains("declare it under `context:`"), "{found}");
}

#[test]
fn a_question_for_a_relation_is_a_value() {
    let policies = policies(
        "version: 1
types: {door: {actions: [open], relations: {owner: direct}}}
derived_roles: {keeper: {actors: {relation: owner}}}
rules:
  - {id: yes, effect: permit, when: \"[related('owner'), derived_role('keeper')] == [true, true]\"}
  - {id: no, effect: permit, when: \"string(related('owner')) + string(derived_role('keeper')) == 'falsefalse'\"}
facts: {door:1: {owner: user:1}}
",
    );
    for (actor, expected) in [("user:1", "yes"), ("user:2", "no")] {
        let found = answer(&policies, human(actor), "open", "door", "1");
        assert_eq!(found, format!("permit {expected}"));
    }
}

#[test]
fn a_fact_that_holds_for_ever_and_until_a_time_is_one_fact() {
    let policies = policies(
        "version: 1
types: {door: {actions: [open], relations: {guest: direct, owner: direct}}}
facts:
  door:1: {owner: [user:1, {id: user:1, until: 2027-01-01T00:00:00Z}]}
  door:2: {owner: {id: user:1, until: 2027-01-01T00:00:00Z}, guest: user:1}
",
    );
    assert_eq!(policies.summary().facts, 3);
}

/// A ring of groups, each of which leads to the next and the one after that.
fn ring(groups: usize, limit: usize) -> Policies {
    let mut text = format!(
        "version: 1
walk_limit: {limit}
types:
  group: {{actions: [read], relations: {{member: direct, guest: direct}}}}
  page: {{actions: [read], relations: {{viewer: direct}}}}
rules: [{{id: r, effect: permit, resource: page, actors: {{relation: viewer}}}}]
facts:
  page:p: {{viewer: 'group:0#member'}}
"
    );
    for group in 0..groups {
        let (next, second) = ((group + 1) % groups, (group + 2) % groups);
        writeln!(
            text,
            "  group:{group}: {{member: ['group:{next}#member', 'group:{second}#member'], guest: 'group:{next}#guest'}}"
        )
        .expect("text");
    }
    policies(&text)
}

#[test]
fn each_of_many_sets_counts_once_in_a_walk() {
    for groups in [2, 15, 16, 17, 18, 40, 5_000] {
        let all = groups + 1;
        let within = ring(groups, all);
        let within = ask(&within, human("user:1"), "read", "page", "p");
        assert!(within.errors.is_empty(), "{groups}");
        let over = ring(groups, all - 1);
        let over = ask(&over, human("user:1"), "read", "page", "p");
        assert_eq!(over.errors[0].fault, Fault::WalkLimit, "{groups}");
    }
    // One working memory for large and small walks.
    let (large, small) = (ring(5_000, 5_001), ring(3, 4));
    let mut scratch = Scratch::new();
    for policies in [&large, &small, &large, &small] {
        let request = Request::new(human("user:1"), "read", Resource::new("page", "p"));
        let decision = policies.evaluate(&request, &mut scratch);
        assert_eq!((decision.effect, decision.errors.len()), (Effect::Deny, 0));
    }
}

#[test]
fn only_sets_of_the_relation_that_is_asked_are_followed() {
    let policies = policies(
        "version: 1
types:
  group: {actions: [read], relations: {member: direct}}
  page: {actions: [read], relations: {viewer: direct, fan: direct}}
rules: [{id: r, effect: permit, resource: page, actors: {relation: viewer}}]
facts:
  group:g: {member: user:1}
  page:a: {fan: 'group:g#member', viewer: user:9}
  page:b: {fan: user:9, viewer: 'group:g#member'}
",
    );
    assert_eq!(answer(&policies, human("user:1"), "read", "page", "a"), "deny no_matching_policy");
    assert_eq!(answer(&policies, human("user:1"), "read", "page", "b"), "permit r");
}

#[test]
fn relations_with_common_parts_do_not_cancel_each_other() {
    let policies = policies(
        "version: 1
types:
  group: {actions: [read], relations: {member: direct, a: [direct, member], b: [direct, member]}}
  page: {actions: [read], relations: {viewer: direct}}
rules: [{id: r, effect: permit, resource: page, actors: {relation: viewer}}]
facts:
  group:g: {member: [user:1, 'user:2*']}
  page:p: {viewer: ['group:g#a', 'group:g#b']}
",
    );
    for actor in ["user:1", "user:23"] {
        assert_eq!(answer(&policies, human(actor), "read", "page", "p"), "permit r", "{actor}");
    }
}

#[test]
fn times_that_the_host_states_and_numbers_of_both_types_are_compared() {
    let policies = policies(
        "version: 1
types: {door: {actions: [open]}}
context: {at: timestamp, n: int, d: double, must: int?}
rules:
  - {id: late, effect: permit, when: \"context.at > timestamp('2026-01-01T00:00:00Z')\"}
  - {id: less, effect: permit, when: context.n < context.d}
  - {id: same, effect: permit, when: context.n == context.d}
  - {id: in, effect: permit, when: 'context.n in [context.d, 7.0]'}
  - {id: there, effect: permit, when: 'has(context.must) && context.must == 3'}
",
    );
    for (at, n, d, expected) in [
        ("2027-01-01T00:00:00Z", 9, 1.0, "permit late"),
        ("2025-01-01T00:00:00Z", 1, 1.5, "permit less"),
        ("2025-01-01T00:00:00Z", 2, 2.0, "permit same"),
        ("2025-01-01T00:00:00Z", 7, 1.0, "permit in"),
        ("2025-01-01T00:00:00Z", 8, 1.0, "deny no_matching_policy"),
    ] {
        let mut context = Map::new();
        context.insert("at", Timestamp::parse(at).expect("a time"));
        context.insert("n", n);
        context.insert("d", d);
        let request = Request::new(human("user:1"), "open", Resource::new("door", "a"));
        let request = Request { context: &context, ..request };
        let decision = policies.evaluate(&request, &mut Scratch::new());
        assert_eq!(format!("{} {}", decision.effect.as_str(), decision.reason), expected);
        assert!(decision.errors.is_empty(), "{:?}", decision.errors);
    }
}

#[test]
fn regular_expressions_have_megabytes_between_them() {
    let text = "version: 1
types: {door: {actions: [open]}}
rules: [{id: r, effect: permit, resource: {type: door, id: {regex: '(?:a|b)*a(?:a|b){11}'}}}]
";
    let policies = policies(text);
    let id = format!("b{}a{}", "ab".repeat(20), "b".repeat(11));
    assert_eq!(answer(&policies, human("user:1"), "open", "door", &id), "permit r");
}

#[test]
fn facts_that_end_are_kept_apart_by_actor_resource_and_relation() {
    let text = "version: 1
types:
  door: {actions: [open], relations: {house: {to: house}, owner: direct, guest: direct}}
  house: {actions: [enter], relations: {tenant: direct}}
rules:
  - {id: owner, effect: permit, resource: door, actors: {relation: owner}}
  - {id: guest, effect: permit, resource: door, actors: {relation: guest}}
facts:
  door:a: {owner: {id: user:1, until: 2030-01-01T00:00:00Z}, guest: {id: user:2, until: 2029-01-01T00:00:00Z}}
  door:b: {guest: {id: user:1, until: 2028-01-01T00:00:00Z}}
  door:c: {guest: {id: user:1, until: 2030-01-01T00:00:00Z}, owner: {id: user:1, until: 2028-01-01T00:00:00Z}}
";
    let engine = Engine::new(policies(text));
    let at = |now: &str, actor: &str, door: &str| {
        let request = Request::new(human(actor), "open", Resource::new("door", door));
        let request = Request { now: Timestamp::parse(now).ok(), ..request };
        engine.present().evaluate(&request, &mut Scratch::new()).reason.into_owned()
    };
    for (now, actor, door, expected) in [
        ("2027-01-01T00:00:00Z", "user:1", "a", "owner"),
        ("2027-01-01T00:00:00Z", "user:2", "a", "guest"),
        ("2027-01-01T00:00:00Z", "user:1", "b", "guest"),
        ("2027-01-01T00:00:00Z", "user:2", "b", "no_matching_policy"),
        ("2028-06-01T00:00:00Z", "user:1", "b", "no_matching_policy"),
        ("2028-06-01T00:00:00Z", "user:2", "a", "guest"),
        ("2029-06-01T00:00:00Z", "user:2", "a", "no_matching_policy"),
        ("2029-06-01T00:00:00Z", "user:1", "a", "owner"),
        ("2027-06-01T00:00:00Z", "user:1", "c", "owner"),
        ("2029-06-01T00:00:00Z", "user:1", "c", "guest"),
    ] {
        assert_eq!(at(now, actor, door), expected, "{now} {actor} {door}");
    }
    let listed = |engine: &Engine| engine.present().facts(Layer::Present).count();
    assert_eq!(listed(&engine), 5);
    let change = |id: &str, changes: &str| {
        let json = format!("{{\"id\": \"{id}\", \"changes\": [{changes}]}}");
        let change_set = parse_change_set(json.as_bytes()).expect("a change set");
        engine.apply(&change_set).expect("it fits");
    };
    change(
        "1",
        r#"{"op": "add", "resource": "door:a", "relation": "house", "targets": ["house:1"]},
        {"op": "add", "resource": "door:a", "relation": "guest", "actors": [{"role": "ops"}, "user:5"]}"#,
    );
    assert_eq!(listed(&engine), 8);
    let words: Vec<String> =
        engine.present().words().map(|word| serde_json::to_string(&word).expect("JSON")).collect();
    let is_link = |word: &String| word.contains("\"relation\":\"house\"");
    assert!(words.iter().any(is_link), "{words:?}");
    let present = engine.present();
    let facts = present.facts(Layer::Present);
    let facts: Vec<String> =
        facts.map(|fact| serde_json::to_string(&fact).expect("JSON")).collect();
    assert!(facts.iter().any(is_link), "{facts:?}");
    change(
        "2",
        r#"{"op": "remove", "resource": "door:a", "relation": "guest", "actors": ["user:2", "user:5", {"role": "ops"}]}"#,
    );
    assert_eq!(listed(&engine), 5);
    assert_eq!(engine.present().summary().facts, 5);
    assert_eq!(at("2027-01-01T00:00:00Z", "user:2", "a"), "no_matching_policy");
    assert_eq!(at("2027-01-01T00:00:00Z", "user:1", "a"), "owner");
}

#[test]
fn many_entries_are_added_and_taken_away_in_any_order() {
    let text = "version: 1
types: {door: {actions: [open], relations: {owner: direct, guest: direct}}}
rules:
  - {id: owner, effect: permit, resource: door, actors: {relation: owner}}
  - {id: guest, effect: permit, resource: door, actors: {relation: guest}}
";
    let engine = Engine::new(policies(text));
    let all = |operation: &str, relation: &str, step: usize| {
        let actors: Vec<String> = (0..600).step_by(step).map(|n| format!("\"user:{n}\"")).collect();
        let json = format!(
            r#"{{"id": "{operation}{relation}{step}", "changes": [{{"op": "{operation}", "resource": "door:a", "relation": "{relation}", "actors": [{}]}}]}}"#,
            actors.join(",")
        );
        engine.apply(&parse_change_set(json.as_bytes()).expect("a change set")).expect("it fits");
    };
    all("add", "owner", 1);
    all("add", "guest", 2);
    all("remove", "owner", 3);
    for number in 0..600 {
        let actor = format!("user:{number}");
        let expected = match (number % 3, number % 2) {
            (0, 0) => "guest",
            (0, _) => "no_matching_policy",
            _ => "owner",
        };
        let request = Request::new(human(&actor), "open", Resource::new("door", "a"));
        let reason = engine.present().evaluate(&request, &mut Scratch::new()).reason.into_owned();
        assert_eq!(reason, expected, "{actor}");
    }
}

#[test]
fn a_relation_may_be_made_of_several_conditions() {
    let policies = policies(
        "version: 1
types:
  door:
    actions: [open]
    attributes: {old: bool?, wide: bool?}
    relations: {opener: [{when: resource.old ?? false}, {when: resource.wide ?? false}]}
rules: [{id: r, effect: permit, resource: door, actors: {relation: opener}}]
attributes: {resources: {'door:a': {old: true}, 'door:b': {wide: true}, 'door:c': {wide: false}}}
",
    );
    let opens = |id| ask(&policies, human("user:1"), "open", "door", id).effect;
    assert_eq!(opens("a"), Effect::Permit);
    assert_eq!(opens("b"), Effect::Permit);
    assert_eq!(opens("c"), Effect::Deny);
}

#[test]
fn conditions_see_a_role_under_its_own_name() {
    let policies = policies(
        "version: 1
types: {door: {actions: [open]}}
role_aliases: {boss: manager}
rules: [{id: r, effect: permit, when: \"actor.roles.exists(role, role.startsWith('man'))\"}]
",
    );
    let opens = |role: &'static str| {
        let roles = [role.into()];
        let actor = pdp_core::Actor { roles: &roles, ..human("user:1") };
        ask(&policies, actor, "open", "door", "1").effect
    };
    assert_eq!(opens("boss"), Effect::Permit);
    assert_eq!(opens("manager"), Effect::Permit);
    assert_eq!(opens("clerk"), Effect::Deny);
}

#[test]
fn a_bypass_rule_can_ask_for_a_type_that_is_not_declared() {
    let policies = policies(
        "version: 1
types: {door: {actions: [open]}}
rules: [{id: r, effect: permit, bypass: true, when: resource.type.startsWith('gate')}]
",
    );
    let opens = |resource_type| ask(&policies, human("user:1"), "open", resource_type, "1").effect;
    assert_eq!(opens("gate"), Effect::Permit);
    assert_eq!(opens("wall"), Effect::Deny);
    assert_eq!(opens("door"), Effect::Deny);
}

#[test]
fn a_list_is_checked_in_every_request_anew() {
    let policies = policies(
        "version: 1
types: {door: {actions: [open]}}
context: {tags: list(string), names: list(string)}
rules: [{id: r, effect: permit, when: \"'a' in context.tags && 'b' in context.names\"}]
",
    );
    let mut scratch = Scratch::new();
    let mut faults = |tags: pdp_core::Value<'static>, names: pdp_core::Value<'static>| {
        let mut context = Map::new();
        context.insert("tags", tags);
        context.insert("names", names);
        let request = Request::new(human("user:1"), "open", Resource::new("door", "1"));
        let request = Request { context: &context, ..request };
        let decision = policies.evaluate(&request, &mut scratch);
        let faults: Vec<Fault> = decision.errors.iter().map(|error| error.fault).collect();
        (decision.effect, faults)
    };
    let sound = |word: &'static str| pdp_core::Value::List(vec![word.into()]);
    let unsound = || pdp_core::Value::List(vec![1.into(), "a".into(), "b".into()]);
    assert_eq!(faults(sound("a"), sound("b")), (Effect::Permit, vec![]));
    assert_eq!(faults(unsound(), sound("b")), (Effect::Deny, vec![Fault::WrongType]));
    assert_eq!(faults(sound("a"), unsound()), (Effect::Deny, vec![Fault::WrongType]));
    assert_eq!(faults(sound("a"), sound("b")), (Effect::Permit, vec![]));
}

#[test]
fn loops_over_roles_cost_what_the_most_roles_cost() {
    let found = mistakes(
        "version: 1
types: {door: {actions: [open]}}
rules:
  - id: r
    effect: permit
    when: actor.roles.all(a, actor.roles.all(b, actor.roles.all(c, a != b || b != c)))
",
    );
    assert!(found.contains("steps"), "{found}");
}

#[test]
fn another_spelling_is_never_among_the_roles() {
    let policies = policies(
        "version: 1
types: {door: {actions: [open, close, lock]}}
role_aliases: {boss: manager}
rules:
  - {id: spelt, effect: permit, actions: open, when: \"'boss' in actor.roles\"}
  - {id: meant, effect: permit, actions: close, when: \"'manager' in actor.roles\"}
  - {id: other, effect: permit, actions: lock, when: \"'clerk' in actor.roles\"}
",
    );
    let roles = ["boss".into(), "clerk".into()];
    let actor = pdp_core::Actor { roles: &roles, ..human("user:1") };
    let effect = |action| ask(&policies, actor, action, "door", "1").effect;
    assert_eq!(effect("open"), Effect::Deny);
    assert_eq!(effect("close"), Effect::Permit);
    assert_eq!(effect("lock"), Effect::Permit);
}

#[test]
fn links_are_listed_and_roles_replaced() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::new(policies(
        "version: 1
types:
  shelf: {}
  page: {actions: [read], relations: {shelf: {to: shelf}, reader: direct}}
rules: [{id: r, effect: permit, resource: page, actors: {relation: reader}}]
facts: {'page:1': {shelf: 'shelf:s', reader: ['role:clerk', 'role:chief']}}
",
    ));
    let listed = || -> Vec<String> {
        let present = engine.present();
        let facts = present.facts(Layer::Present);
        facts.map(|fact| serde_json::to_string(&fact).expect("facts are JSON")).collect()
    };
    let before = listed();
    assert!(before.iter().any(|fact| fact.contains("\"shelf:s\"")), "{before:?}");
    assert!(before.iter().any(|fact| fact.contains("role:clerk")), "{before:?}");
    let chief = pdp_core::Statement::relation("page:1", "reader", "role:chief".parse()?);
    engine.replace(chief)?;
    let after = listed();
    assert!(after.iter().any(|fact| fact.contains("role:chief")), "{after:?}");
    assert!(!after.iter().any(|fact| fact.contains("role:clerk")), "{after:?}");
    Ok(())
}

#[test]
fn one_of_very_many_roles_or_tenants_is_found_without_going_through_them() {
    let policies = policies(
        "version: 1
types: {door: {actions: [open, close]}}
rules:
  - {id: role, effect: permit, actions: open, when: \"'r599' in actor.roles\"}
  - {id: tenant, effect: permit, actions: close, when: \"'t599' in actor.tenants\"}
",
    );
    let many = |letter: &str| -> Vec<pdp_core::Text<'static>> {
        (0..600).map(|index| format!("{letter}{index}").into()).collect()
    };
    let (roles, tenants) = (many("r"), many("t"));
    let actor = pdp_core::Actor { roles: &roles, tenants: &tenants, ..human("user:1") };
    for action in ["open", "close"] {
        let decision = ask(&policies, actor, action, "door", "1");
        assert_eq!(decision.effect, Effect::Permit, "{decision:?}");
        assert!(decision.errors.is_empty(), "{decision:?}");
    }
}

#[test]
fn what_a_part_of_conditions_came_to_is_forgotten_with_the_request() {
    let policies = policies(
        "version: 1
types: {door: {actions: [open]}}
context: {code: string, n: int}
rules:
  - {id: a, effect: permit, when: \"context.code.contains('open') && context.n == 1\"}
  - {id: b, effect: permit, when: \"context.code.contains('open') && context.n == 2\"}
",
    );
    let mut scratch = Scratch::new();
    let mut opens = |code: &'static str, n: i64| {
        let mut context = Map::new();
        context.insert("code", code);
        context.insert("n", n);
        let request = Request::new(human("user:1"), "open", Resource::new("door", "1"));
        policies.evaluate(&Request { context: &context, ..request }, &mut scratch).effect
    };
    assert_eq!(opens("open sesame", 2), Effect::Permit);
    assert_eq!(opens("sesame", 2), Effect::Deny);
    assert_eq!(opens("open", 1), Effect::Permit);
}

#[test]
fn a_walk_comes_to_one_resource_for_each_relation() {
    for order in [["a", "b"], ["b", "a"]] {
        let [first, second] = order;
        let policies = policies(&format!(
            "version: 1
types:
  team: {{relations: {{lead: direct, staff: direct}}}}
  page: {{actions: [read], relations: {{reader: direct}}}}
rules: [{{id: r, effect: permit, resource: page, actors: {{relation: reader}}}}]
facts:
  page:1: {{reader: ['team:{first}#staff', 'team:{second}#staff']}}
  team:a: {{staff: 'team:c#lead'}}
  team:b: {{staff: 'team:c#staff'}}
  team:c: {{staff: user:1, lead: user:2}}
"
        ));
        for (actor, effect) in
            [("user:1", Effect::Permit), ("user:2", Effect::Permit), ("user:3", Effect::Deny)]
        {
            assert_eq!(ask(&policies, human(actor), "read", "page", "1").effect, effect, "{actor}");
        }
    }
}
