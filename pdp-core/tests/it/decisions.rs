use pdp_core::{
    Actor, ActorType, Effect, Fault, Map, Policies, Request, Resource, Scratch, SourceText, Value,
};

use crate::support::{answer, ask, human, policies, texts};

const CHANNEL: &str = "
version: 1
types:
  channel:
    actions: [read, send]
    relations: {participant: direct, blocked: direct}
    otherwise:
      - {actors: {not: {relation: participant}}, reason: outsider}
      - not_authorized
context:
  limited: bool
  size: int?
rules:
  - {id: root, effect: permit, bypass: true, actors: {role: root}, reason: root}
  - {id: unknown, effect: deny, resource: {type: channel, known: false}, reason: not_found}
  - {id: blocked, effect: deny, resource: channel, actors: {relation: blocked}, reason: blocked}
  - {id: limited, effect: deny, resource: channel, actions: send, when: context.limited, reason: slow_down}
  - {id: participants, effect: permit, resource: channel, actions: [read, send], actors: {relation: participant}, when: (context.size ?? 0) <= 10}
facts:
  channel:a: {participant: [user:1, user:2], blocked: user:2}
";

fn with_context<'p>(
    policies: &'p Policies,
    action: &str,
    pairs: &[(&'static str, Value<'static>)],
) -> pdp_core::Decision<'p> {
    let mut context = Map::new();
    for (name, value) in pairs {
        context.insert(*name, value.clone());
    }
    let request = Request {
        context: &context,
        ..Request::new(human("user:1"), action, Resource::new("channel", "a"))
    };
    policies.evaluate(&request, &mut Scratch::new())
}

#[test]
fn deny_beats_permit_and_bypass_beats_deny() {
    let policies = policies(CHANNEL);
    assert_eq!(answer(&policies, human("user:1"), "read", "channel", "a"), "permit participants");
    assert_eq!(answer(&policies, human("user:2"), "read", "channel", "a"), "deny blocked");
    assert_eq!(answer(&policies, human("user:3"), "read", "channel", "a"), "deny outsider");
    assert_eq!(answer(&policies, human("user:1"), "read", "channel", "b"), "deny not_found");
    let roles = texts(&["root"]);
    let root = Actor { roles: &roles, ..human("user:2") };
    let decision = ask(&policies, root, "read", "channel", "a");
    assert_eq!((decision.effect, decision.bypass), (Effect::Permit, true));
}

#[test]
fn only_a_bypass_rule_reaches_what_is_not_declared() {
    let policies = policies(CHANNEL);
    let roles = texts(&["root"]);
    let root = Actor { roles: &roles, ..human("user:9") };
    for (action, resource_type) in [("dance", "channel"), ("read", "planet"), ("dance", "planet")] {
        assert_eq!(
            answer(&policies, human("user:1"), action, resource_type, "a"),
            "deny no_matching_policy"
        );
        assert_eq!(answer(&policies, root, action, resource_type, "a"), "permit root");
    }
}

#[test]
fn a_deny_rule_that_cannot_be_evaluated_denies() {
    let policies = policies(CHANNEL);
    let decision = ask(&policies, human("user:1"), "send", "channel", "a");
    assert_eq!((decision.effect, decision.reason.as_ref()), (Effect::Deny, "slow_down"));
    assert_eq!(decision.errors.len(), 1);
    assert_eq!(decision.errors[0].fault, Fault::ContextMissing);
    assert_eq!(decision.errors[0].rule.id, "limited");
    assert_eq!(decision.errors[0].message, "`context.limited` is absent");
    let decision = with_context(&policies, "send", &[("limited", "no".into())]);
    assert_eq!(
        (decision.reason.as_ref(), decision.errors[0].fault),
        ("slow_down", Fault::WrongType)
    );
    let decision = with_context(&policies, "send", &[("limited", false.into())]);
    assert_eq!((decision.effect, decision.errors.len()), (Effect::Permit, 0));
    assert_eq!(with_context(&policies, "send", &[("limited", true.into())]).reason, "slow_down");
}

#[test]
fn a_permit_rule_that_cannot_be_evaluated_does_not_permit() {
    let policies = policies(CHANNEL);
    let decision = with_context(&policies, "read", &[("size", "many".into())]);
    assert_eq!((decision.effect, decision.reason.as_ref()), (Effect::Deny, "not_authorized"));
    assert_eq!(decision.rule, None);
    assert_eq!(
        decision.errors.iter().map(|error| error.rule.id.as_ref()).collect::<Vec<_>>(),
        ["participants"]
    );
    assert_eq!(with_context(&policies, "read", &[("size", 11.into())]).reason, "not_authorized");
    assert_eq!(with_context(&policies, "read", &[("size", 10.into())]).effect, Effect::Permit);
}

#[test]
fn errors_stop_at_the_rule_that_decides() {
    let policies = policies(
        "
version: 1
types: {door: {actions: [open]}}
context: {a: bool, b: bool}
rules:
  - {id: bypass, effect: permit, bypass: true, when: context.a}
  - {id: deny-1, effect: deny, when: context.b && false}
  - {id: permit-1, effect: permit, when: context.a}
  - {id: permit-2, effect: permit}
  - {id: permit-3, effect: permit, when: context.b}
",
    );
    let decision = ask(&policies, human("user:1"), "open", "door", "front");
    assert_eq!(decision.rule.expect("a rule").id, "permit-2");
    assert_eq!(
        decision.errors.iter().map(|error| error.rule.id.as_ref()).collect::<Vec<_>>(),
        ["bypass", "permit-1"]
    );
}

#[test]
fn the_first_rule_by_path_and_position_gives_the_reason() {
    let types =
        SourceText { path: "z.yaml", text: "{version: 1, types: {door: {actions: [open]}}}" };
    let late =
        SourceText { path: "b.yaml", text: "{version: 1, rules: [{id: late, effect: permit}]}" };
    let early = SourceText {
        path: "a/b.yaml",
        text: "{version: 1, rules: [{id: early, effect: permit}, {id: second, effect: permit}]}",
    };
    for sources in [[types, late, early], [early, late, types], [late, types, early]] {
        let policies = Policies::from_sources(&sources).expect("policies");
        let decision = ask(&policies, human("user:1"), "open", "door", "front");
        let rule = decision.rule.expect("a rule");
        assert_eq!((rule.id.as_ref(), rule.file.as_ref(), rule.line), ("early", "a/b.yaml", 1));
    }
}

#[test]
fn the_digest_is_of_paths_and_texts_and_nothing_else() {
    let digest = |sources: &[(&str, &str)]| {
        let sources: Vec<_> =
            sources.iter().map(|(path, text)| SourceText { path, text }).collect();
        Policies::from_sources(&sources).expect("policies").version().digest
    };
    let (a, b) = ("{version: 1}", "{version: 1, types: {}}");
    assert_eq!(digest(&[("a.yaml", a), ("b.yaml", b)]), digest(&[("b.yaml", b), ("a.yaml", a)]));
    assert_ne!(digest(&[("a.yaml", a), ("b.yaml", b)]), digest(&[("a.yaml", b), ("b.yaml", a)]));
    assert_ne!(digest(&[("a.yaml", a)]), digest(&[("b.yaml", a)]));
    assert_ne!(digest(&[("a.yaml", a)]), digest(&[("a.yaml", "{version: 1 }")]));
    assert!(digest(&[("a.yaml", a)]).to_string().starts_with("sha256:"));
}

#[test]
fn the_bypass_setting_limits_and_ends_bypassing() {
    let with = |setting: &str| {
        policies(&format!(
            "
version: 1
{setting}
types: {{door: {{actions: [open, close]}}}}
rules:
  - {{id: root, effect: permit, bypass: true, actors: {{role: root}}}}
  - {{id: closed, effect: deny}}
"
        ))
    };
    let roles = texts(&["root"]);
    let root = Actor { roles: &roles, ..human("user:1") };
    let of = |setting: &str, action: &str, resource_type: &str| {
        ask(&with(setting), root, action, resource_type, "x").effect.as_str()
    };
    assert_eq!((of("", "open", "door"), of("bypass: all", "open", "door")), ("permit", "permit"));
    assert_eq!(
        (of("bypass: off", "open", "door"), of("bypass: off", "open", "planet")),
        ("deny", "deny")
    );
    let some = "bypass: {actions: [open]}";
    assert_eq!((of(some, "open", "door"), of(some, "close", "door")), ("permit", "deny"));
    assert_eq!(
        (of(some, "open", "planet"), of(some, "dance", "planet"), of(some, "dance", "door")),
        ("permit", "deny", "deny")
    );
}

#[test]
fn obligations_come_from_the_deciding_rule() {
    let policies = policies(
        "
version: 1
types: {door: {actions: [open]}}
rules:
  - id: open
    effect: permit
    obligations:
      - {type: log, properties: {level: info, times: 2, tags: [a, b], deep: {ok: true}}}
      - {type: notify}
",
    );
    let decision = ask(&policies, human("user:1"), "open", "door", "x");
    assert_eq!(decision.obligations.len(), 2);
    assert_eq!(decision.obligations[0].properties.value("times"), Some(&Value::Int(2)));
    assert_eq!(decision.obligations[1].obligation_type, "notify");
}

#[test]
fn a_rule_over_several_types_applies_where_its_action_is_declared() {
    let policies = policies(
        "
version: 1
types:
  page: {actions: [read, print]}
  door: {actions: [open]}
action_groups: {looking: [read, open]}
rules: [{id: look, effect: permit, resource: [page, door], actions: [looking]}]
",
    );
    assert_eq!(answer(&policies, human("user:1"), "read", "page", "x"), "permit look");
    assert_eq!(answer(&policies, human("user:1"), "open", "door", "x"), "permit look");
    assert_eq!(answer(&policies, human("user:1"), "open", "page", "x"), "deny no_matching_policy");
    assert_eq!(answer(&policies, human("user:1"), "print", "page", "x"), "deny no_matching_policy");
}

#[test]
fn an_actor_is_not_what_its_id_spells() {
    let policies = policies(
        "
version: 1
types: {door: {actions: [open], relations: {holder: direct}}}
rules: [{id: holders, effect: permit, actors: {any: [{relation: holder}, {role: ops}]}}]
facts:
  door:a: {holder: ['role:ops', 'user:*', 'door:a#holder', {id: 'odd#id'}]}
",
    );
    let of = |id: &str| {
        ask(&policies, Actor::new(ActorType::Service, id), "open", "door", "a").effect.as_str()
    };
    assert_eq!([of("role:ops"), of("ops"), of("door:a#holder"), of("*"), of("user")], ["deny"; 5]);
    assert_eq!([of("user:*"), of("user:"), of("odd#id")], ["permit"; 3]);
}

#[test]
fn one_scratch_serves_many_policies() {
    let (one, other) = (policies(CHANNEL), policies(&CHANNEL.replace("user:1", "user:5")));
    let mut scratch = Scratch::new();
    let request = Request::new(human("user:1"), "read", Resource::new("channel", "a"));
    for _ in 0..3 {
        assert_eq!(one.evaluate(&request, &mut scratch).effect, Effect::Permit);
        assert_eq!(other.evaluate(&request, &mut scratch).effect, Effect::Deny);
    }
}

#[test]
fn a_line_of_the_default_deny_asks_what_a_rule_can_ask() {
    let policies = policies(
        "
version: 1
types:
  door:
    actions: [open]
    relations: {holder: direct}
    otherwise:
      - {resource: {known: false}, reason: unknown}
      - {actors: {role: guest}, reason: guests_stay_out}
      - {actors: {tenant: t1}, reason: not_of_t1}
      - {actors: {type: agent}, reason: no_agents}
      - {resource: {known: true}, actors: {relation: holder}, reason: held}
rules: []
facts: {door:a: {holder: user:1}}
",
    );
    let (roles, tenants) = (texts(&["guest"]), texts(&["t1"]));
    let stranger = human("user:2");
    for (actor, id, reason) in [
        (stranger, "b", "unknown"),
        (Actor { roles: &roles, ..stranger }, "a", "guests_stay_out"),
        (Actor { tenants: &tenants, ..stranger }, "a", "not_of_t1"),
        (Actor::new(ActorType::Agent, "agent:1"), "a", "no_agents"),
        (human("user:1"), "a", "held"),
        (stranger, "a", "no_matching_policy"),
    ] {
        assert_eq!(ask(&policies, actor, "open", "door", id).reason, reason);
    }
}

/// Names of up to sixteen octets are known by their first and last eight.
#[test]
fn names_that_begin_and_end_alike_are_told_apart() {
    for (prefix, suffix) in
        [("organization_", "_settings"), ("a", "a"), ("in_org_", "_in_org"), ("", "")]
    {
        let [one, other, third] = ["x", "y", "z"].map(|middle| format!("{prefix}{middle}{suffix}"));
        let policies = policies(&format!(
            "
version: 1
types:
  {one}: {{actions: [{one}, {other}]}}
  {other}: {{actions: [{one}, {other}]}}
rules:
  - {{id: r1, effect: permit, resource: {one}, actions: {one}}}
  - {{id: r2, effect: permit, resource: {one}, actions: {other}}}
  - {{id: r3, effect: permit, resource: {other}, actions: {one}}}
  - {{id: r4, effect: permit, resource: {other}, actions: {other}}}
"
        ));
        for (resource_type, action, expected) in [
            (&one, &one, "permit r1"),
            (&one, &other, "permit r2"),
            (&other, &one, "permit r3"),
            (&other, &other, "permit r4"),
            (&third, &one, "deny no_matching_policy"),
            (&one, &third, "deny no_matching_policy"),
        ] {
            let answer = answer(&policies, human("user:1"), action, resource_type, "1");
            assert_eq!(answer, expected, "{resource_type} {action}");
        }
    }
}

#[test]
fn long_names_that_differ_in_the_middle_alone_are_told_apart() {
    let name = |kind: &str, number: usize| format!("{kind}_{number:03}_of_all_of_them");
    let types: Vec<String> = (0..40)
        .map(|number| {
            format!("  {}: {{actions: [{}]}}", name("resource", number), name("actions", number))
        })
        .collect();
    let rules: Vec<String> = (0..40)
        .map(|number| {
            format!("  - {{id: r{number}, effect: permit, resource: {}}}", name("resource", number))
        })
        .collect();
    let text = format!("version: 1\ntypes:\n{}\nrules:\n{}\n", types.join("\n"), rules.join("\n"));
    let policies = policies(&text);
    for number in 0..400 {
        for other in [number, number + 1] {
            let (resource_type, action) = (name("resource", number), name("actions", other));
            let permits = ask(&policies, human("user:1"), &action, &resource_type, "x").effect;
            let may = number < 40 && number == other;
            assert_eq!(permits == Effect::Permit, may, "{resource_type} {action}");
        }
    }
}
