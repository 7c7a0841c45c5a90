//! What decisions take: the ways that are quicker are taken where they can be. They answer as the
//! slow ones do, so that nothing else would notice if one were closed.

use pdp_cel::STEPS_MAX;

use super::Scratch;
use super::condition::Evaluation;
use super::lists::Runs;
use crate::compiled::Phase;
use crate::wire::RequestDocument;
use crate::{Policies, SourceText};

/// What it took to decide a request.
#[derive(Debug, PartialEq, Eq)]
struct Effort {
    reason: String,
    /// Whether an expression was evaluated.
    reckoned: bool,
    /// Whether links and sets were followed step by step.
    walked: bool,
}

fn policies(text: &str) -> Policies {
    Policies::from_sources(&[SourceText { path: "p.yaml", text }]).expect("policies")
}

/// A request by `actor`, a JSON object but for its braces, for an action on a resource, with a
/// context.
fn request(actor: &str, action: &str, (resource_type, id): (&str, &str), context: &str) -> String {
    format!(
        r#"{{"actor": {{{actor}}}, "action": "{action}", "resource": {{"type": "{resource_type}", "id": "{id}"}},
            "context": {{{context}}}, "now": "2026-11-28T09:00:00Z"}}"#
    )
}

fn effort(policies: &Policies, request: &str) -> Effort {
    let document = RequestDocument::parse(request.as_bytes()).expect("a request");
    let mut scratch = Scratch::new();
    let decision = policies.evaluate(&document.request(), &mut scratch);
    assert!(decision.errors.is_empty(), "{request}: {:?}", decision.errors);
    let steps = usize::try_from(STEPS_MAX).expect("few");
    Effort {
        reason: decision.reason.to_string(),
        // All steps are still there where none was taken.
        reckoned: scratch.memory.meter.step(steps).is_err(),
        walked: scratch.walk.has_visited(),
    }
}

/// How many rules a request is held against.
fn tried(policies: &Policies, request: &str) -> usize {
    let document = RequestDocument::parse(request.as_bytes()).expect("a request");
    let request = document.request();
    let mut scratch = Scratch::new();
    scratch.memory.begin();
    let target = policies.target(&request, |id| policies.facts.actors.index(id)).expect("declared");
    let mut evaluation =
        Evaluation::new(policies, &request, target.actor, target.subject, &mut scratch);
    let count = |(begin, end): (u32, u32)| (end - begin) as usize;
    match evaluation.gathered(target.cell.rules) {
        Runs::One(run) => count(run.part(Phase::ALL)),
        Runs::Several(runs) => runs.iter().map(|run| count(run.part(Phase::ALL))).sum(),
    }
}

const VALUES: &str = "
version: 1
types:
  thing:
    actions: [act]
    attributes: {open: bool, size: int, tags: list(string), name: string, asked: {type: int, from: request}}
actor:
  attributes: {level: int, groups: {type: list(string), from: request}}
context:
  risk: int
  ready: bool
  place: string
  address: ip
  words: list(string)
  maybe: int?
  never: int?
  unsure: bool?
attributes:
  resources: {thing:a: {open: true, size: 7, tags: [red, blue], name: alpha}}
  actors: {user:1: {level: 3}}
rules:
  - {id: it, effect: permit, resource: thing, when: CONDITION}
";

/// Conditions of which each holds of the request below; and others that do not.
const QUESTIONS: [(&str, &str); 31] = [
    ("context.ready", "!context.ready"),
    ("context.risk == 3", "context.risk == 4"),
    ("context.risk != 4", "context.risk != 3"),
    ("context.risk < 4", "context.risk < 3"),
    ("context.risk >= 3", "context.risk > 3"),
    ("context.place == 'kyiv'", "context.place == 'lviv'"),
    ("context.place in ['kyiv', 'lviv']", "context.place in ['odesa', 'lviv']"),
    ("!(context.place in ['odesa'])", "!(context.place in ['kyiv'])"),
    ("context.place.startsWith('ky')", "context.place.startsWith('yi')"),
    ("context.place.endsWith('iv')", "context.place.endsWith('yi')"),
    ("context.place.contains('yi')", "context.place.contains('iy')"),
    ("context.place.matches('^k[a-z]*$')", "context.place.matches('^k$')"),
    (
        "cidr('10.0.0.0/8').containsIP(context.address)",
        "cidr('192.168.0.0/16').containsIP(context.address)",
    ),
    ("'b' in context.words", "'d' in context.words"),
    ("has(context.maybe)", "has(context.never)"),
    ("!has(context.never)", "!has(context.maybe)"),
    ("resource.asked == 5", "resource.asked == 6"),
    ("'g' in actor.groups", "'h' in actor.groups"),
    ("resource.open", "!resource.open"),
    ("resource.size > 6", "resource.size > 7"),
    ("'red' in resource.tags", "'green' in resource.tags"),
    ("resource.name == 'alpha'", "resource.name == 'beta'"),
    ("actor.level == 3", "actor.level == 4"),
    ("resource.id == 'a'", "actor.id == 'user:2'"),
    // With a default.
    ("context.unsure ?? true", "context.unsure ?? false"),
    ("!(context.unsure ?? false)", "!(context.unsure ?? true)"),
    ("(context.never ?? 5) == 5", "(context.never ?? 5) > 5"),
    ("(context.maybe ?? 5) == 1", "5 == (context.maybe ?? 5)"),
    // One of several.
    ("context.risk == 4 || context.ready", "context.risk == 4 || !context.ready"),
    ("resource.size > 7 || resource.open", "resource.size > 7 || !resource.open"),
    ("resource.id == 'b' || resource.open", "resource.id == 'b' || !resource.open"),
];

fn asked() -> String {
    let context = r#""risk": 3, "ready": true, "place": "kyiv", "address": "10.1.2.3", "words": ["a", "b"], "maybe": 1"#;
    let request = request(
        r#""actor_id": "user:1", "actor_type": "human", "attributes": {"groups": ["g"]}"#,
        "act",
        ("thing", "a"),
        context,
    );
    request.replace(r#""id": "a""#, r#""id": "a", "attributes": {"asked": 5}"#)
}

#[test]
fn questions_about_single_values_take_no_expression() {
    for (holds, fails) in QUESTIONS {
        for (condition, reason) in [(holds, "it"), (fails, "no_matching_policy")] {
            let policies = policies(&VALUES.replace("CONDITION", &format!("{condition:?}")));
            let wanted = Effort { reason: reason.to_owned(), reckoned: false, walked: false };
            assert_eq!(effort(&policies, &asked()), wanted, "{condition}");
        }
    }
}

/// A host may state an address as one, and not as a text.
#[test]
fn a_question_about_an_address_of_a_host_takes_no_expression() {
    let text = VALUES.replace("CONDITION", "\"cidr('10.0.0.0/8').containsIP(context.address)\"");
    let policies = policies(&text);
    let address = crate::Value::Ip(core::net::IpAddr::from([10, 1, 2, 3]));
    let context = crate::Map::from_entries(vec![("address".into(), address)]).expect("one");
    let actor = crate::Actor::new(crate::ActorType::Human, "user:1");
    let request = crate::Request::new(actor, "act", crate::Resource::new("thing", "a"));
    let mut scratch = Scratch::new();
    let decision =
        policies.evaluate(&crate::Request { context: &context, ..request }, &mut scratch);
    assert_eq!(decision.reason, "it");
    assert!(scratch.memory.meter.step(usize::try_from(STEPS_MAX).expect("few")).is_ok());
}

#[test]
fn other_conditions_are_reckoned() {
    for condition in [
        "context.risk + 1 == 4",
        "size(context.words) == 2",
        "context.risk == resource.size - 4",
        "context.risk == 4 || size(context.words) == 2",
        "(context.never ?? context.risk) == 3",
    ] {
        let policies = policies(&VALUES.replace("CONDITION", &format!("{condition:?}")));
        let wanted = Effort { reason: "it".to_owned(), reckoned: true, walked: false };
        assert_eq!(effort(&policies, &asked()), wanted, "{condition}");
    }
}

const RELATIONS: &str = "
version: 1
types:
  group:
    actions: [act]
    relations: {member: direct, guest: direct, away: {when: \"'t:1' in actor.tenants\"}}
  folder:
    actions: [act]
    relations: {viewer: direct, keeper: direct}
  thing:
    actions: [act]
    relations:
      parent: {to: folder}
      twin: {to: folder, id: resource.id}
      owner: direct
      blocked: direct
      viewer: [direct, owner, parent.viewer]
rules:
  - {id: it, effect: permit, resource: thing, actors: SELECTOR}
facts:
  thing:a: {parent: folder:f, owner: user:1, viewer: ['group:g#member', user:9], blocked: 'bot:*'}
  thing:b: {owner: 'group:one#member'}
  thing:c: {owner: ['group:one#member', 'group:two#guest']}
  folder:f: {viewer: user:2, keeper: user:1}
  folder:a: {keeper: user:1}
  group:g: {member: ['group:inner#member', user:4]}
  group:inner: {member: user:3}
  group:one: {member: user:1}
  group:two: {guest: user:5}
";

/// Selectors, a thing, and who passes; nobody else does.
const SELECTORS: [(&str, &str, &[u8]); 11] = [
    ("{relation: owner}", "a", &[1]),
    ("{relation: [owner, blocked]}", "a", &[1]),
    ("{not: {relation: owner}}", "a", &[2, 3, 4, 5, 9]),
    ("{relation: viewer}", "a", &[1, 2, 3, 4, 9]),
    ("{relation: parent.viewer}", "a", &[2]),
    ("{relation: [parent.viewer, parent.keeper]}", "a", &[1, 2]),
    ("{relation: [parent.viewer, owner]}", "a", &[1, 2]),
    ("{relation: twin.keeper}", "a", &[1]),
    ("{relation: owner}", "b", &[1]),
    ("{relation: owner}", "c", &[1, 5]),
    ("{relation: viewer}", "c", &[1, 5]),
];

#[test]
fn relations_that_facts_state_or_lead_to_take_one_look() {
    for (selector, thing, passing) in SELECTORS {
        let policies = policies(&RELATIONS.replace("SELECTOR", selector));
        for user in [1, 2, 3, 4, 5, 9, 77] {
            let actor = format!(r#""actor_id": "user:{user}", "actor_type": "human""#);
            let passes = passing.contains(&user) || (user == 77 && selector.contains("not"));
            let reason = if passes { "it" } else { "no_matching_policy" };
            let wanted = Effort { reason: reason.to_owned(), reckoned: false, walked: false };
            let request = request(&actor, "act", ("thing", thing), "");
            assert_eq!(effort(&policies, &request), wanted, "{selector} {thing} {user}");
        }
    }
}

/// Without what was found beforehand, with what is left to do: to look, or to walk.
#[test]
fn without_closures_facts_are_looked_at_before_a_walk_is_begun() {
    for (selector, thing, user, walked) in [
        ("{relation: owner}", "a", 1, false),
        ("{relation: owner}", "a", 2, false),
        ("{not: {relation: owner}}", "a", 1, false),
        ("{relation: [owner, blocked]}", "a", 2, false),
        ("{relation: parent.viewer}", "a", 2, false),
        ("{relation: parent.viewer}", "a", 1, false),
        ("{relation: twin.keeper}", "a", 1, false),
        ("{relation: twin.keeper}", "a", 2, false),
        ("{relation: owner}", "b", 1, false),
        ("{relation: owner}", "b", 2, false),
        ("{relation: owner}", "c", 5, false),
        ("{relation: owner}", "c", 2, false),
        ("{relation: owner}", "none", 1, false),
        ("{relation: viewer}", "a", 9, false),
        ("{relation: viewer}", "a", 3, true),
        ("{relation: [parent.viewer, owner]}", "a", 2, true),
    ] {
        let policies = policies(&RELATIONS.replace("SELECTOR", selector)).without_closures();
        let actor = format!(r#""actor_id": "user:{user}", "actor_type": "human""#);
        let took = effort(&policies, &request(&actor, "act", ("thing", thing), ""));
        assert_eq!(took.walked, walked, "{selector} {thing} {user}");
    }
}

/// Eight sets of as many groups are looked at one by one, unless the limit of walks forbids it.
#[test]
fn few_sets_are_looked_at_and_many_are_walked() {
    for (sets, limit, walked) in [(8, 9, false), (9, 90, true), (8, 8, true), (2, 3, false)] {
        let owners: Vec<_> = (0..sets).map(|group| format!("'group:{group}#member'")).collect();
        let text = RELATIONS.replace("SELECTOR", "{relation: owner}");
        let text = text.replace("'group:one#member', 'group:two#guest'", &owners.join(", "));
        let text = text.replace("version: 1", &format!("version: 1\nwalk_limit: {limit}"));
        let policies = policies(&text).without_closures();
        let actor = r#""actor_id": "user:1", "actor_type": "human""#;
        let document = request(actor, "act", ("thing", "c"), "");
        let document = RequestDocument::parse(document.as_bytes()).expect("a request");
        let mut scratch = Scratch::new();
        policies.evaluate(&document.request(), &mut scratch);
        assert_eq!(scratch.walk.has_visited(), walked, "{sets} {limit}");
    }
}

/// What was found beforehand answers inside of expressions, too, and as ranges.
#[test]
fn what_was_found_beforehand_takes_no_walk() {
    let among = "{any: [{relation: viewer}, {role: none}]}";
    let through = "{any: [{relation: parent.viewer}, {role: none}]}";
    let selectors = SELECTORS.iter().map(|(selector, ..)| *selector).chain([among, through]);
    for selector in selectors {
        let policies = policies(&RELATIONS.replace("SELECTOR", selector));
        for (policies, kind) in [(policies.closed_as_ranges(), "ranges"), (policies, "pairs")] {
            // What one fact of the folder says is closed as a range alone.
            if (selector, kind) == (through, "pairs") {
                continue;
            }
            for (user, thing) in
                [1, 2, 3, 4, 77].into_iter().flat_map(|user| [(user, "a"), (user, "c")])
            {
                let actor = format!(r#""actor_id": "user:{user}", "actor_type": "human""#);
                let took = effort(&policies, &request(&actor, "act", ("thing", thing), ""));
                assert!(!took.walked, "{selector} {thing} {user} {kind}");
            }
        }
    }
}

#[test]
fn a_relation_that_depends_on_the_request_is_walked() {
    let text = RELATIONS
        .replace("SELECTOR", "{relation: owner}")
        .replace("'group:g#member'", "'group:g#away'");
    let policies = policies(&text.replace("owner: user:1", "owner: 'group:g#away'"));
    let actor = r#""actor_id": "user:1", "actor_type": "human", "microdao_ids": ["t:1"]"#;
    let took = effort(&policies, &request(actor, "act", ("thing", "a"), ""));
    assert!(took.walked, "{took:?}");
    assert_eq!(took.reason, "it");
}

/// Nine roles and nine tenants are more than there are marks.
#[test]
fn roles_tenants_and_types_take_no_expression_beyond_what_marks_hold() {
    let rules = |key: &str, of: &str| {
        (0..9).map(|n| format!("  - {{id: {key}{n}, effect: permit, resource: thing, actors: {{{key}: '{of}{n}'}}}}\n")).collect::<String>()
    };
    let text = format!(
        "version: 1\ntypes: {{thing: {{actions: [act]}}}}\nrules:\n{}{}  - {{id: any, effect: permit, resource: thing, actors: {{any: [{{role: r8}}, {{type: agent}}]}}}}\n",
        rules("role", "r"),
        rules("tenant", "t:"),
    );
    let policies = policies(&text);
    for (claim, reason) in [
        (r#""actor_type": "human", "roles": ["r7"]"#, "role7"),
        (r#""actor_type": "human", "microdao_ids": ["t:8"]"#, "tenant8"),
        (
            r#""actor_type": "human", "microdao_ids": ["t:9"], "roles": ["r9"]"#,
            "no_matching_policy",
        ),
    ] {
        let actor = format!(r#""actor_id": "x", {claim}"#);
        let took = effort(&policies, &request(&actor, "act", ("thing", "a"), ""));
        assert_eq!((took.reason.as_str(), took.walked), (reason, false), "{claim}");
    }
}

/// Of many rules only those are looked at that something of the request leads to.
#[test]
fn a_request_is_held_against_the_rules_that_its_keys_lead_to() {
    let kinds = [
        "actors: {role: rNNN}",
        "actors: {tenant: 't:NNN'}",
        "actors: {id: 'user:NNN'}",
        "actors: {id: 'unit/NNN/*'}",
        "resource: {type: thing, id: 'xNNN'}",
        "resource: {type: thing, id: 'y/NNN/*'}",
        "when: \"resource.id == 'zNNN'\"",
        "when: \"actor.id.startsWith('team/NNN/')\"",
        "actors: {any: [{role: sNNN}, {role: uNNN}]}",
        "actors: {all: [{role: vNNN}, {tenant: 'w:NNN'}]}",
    ];
    let requests = [
        (r#""roles": ["r7"]"#, "x", "a", 1),
        (r#""microdao_ids": ["t:7"]"#, "x", "a", 1),
        ("", "user:7", "a", 1),
        ("", "unit/7/x", "a", 1),
        ("", "x", "x7", 1),
        ("", "x", "y/7/x", 1),
        ("", "x", "z7", 1),
        ("", "team/7/x", "a", 1),
        (r#""roles": ["s7", "u8"]"#, "x", "a", 2),
        (r#""roles": ["v7"], "microdao_ids": ["w:7"]"#, "x", "a", 1),
    ];
    for (kind, (claim, actor, id, count)) in kinds.iter().zip(requests) {
        let rules: String = (0..40)
            .map(|n| {
                let selector = kind.replace("NNN", &n.to_string());
                let target = if kind.starts_with("resource") { "" } else { "resource: thing, " };
                format!("  - {{id: rule{n}, effect: permit, {target}{selector}}}\n")
            })
            .collect();
        let policies =
            policies(&format!("version: 1\ntypes: {{thing: {{actions: [act]}}}}\nrules:\n{rules}"));
        let comma = if claim.is_empty() { "" } else { ", " };
        let actor = format!(r#""actor_id": "{actor}", "actor_type": "human"{comma}{claim}"#);
        assert_eq!(tried(&policies, &request(&actor, "act", ("thing", id), "")), count, "{kind}");
        let nobody = r#""actor_id": "nobody", "actor_type": "human", "roles": ["none"]"#;
        assert_eq!(tried(&policies, &request(nobody, "act", ("thing", "none"), "")), 0, "{kind}");
    }
}

/// How many rules are tried of these, each its selector, by an actor with some claims.
fn tried_of(selectors: &[&str], claims: &str) -> usize {
    let rules: String = selectors
        .iter()
        .zip(0..)
        .map(|(selector, n)| {
            format!("  - {{id: rule{n}, effect: permit, resource: thing, actors: {selector}}}\n")
        })
        .collect();
    let policies =
        policies(&format!("version: 1\ntypes: {{thing: {{actions: [act]}}}}\nrules:\n{rules}"));
    let actor = format!(r#""actor_id": "x", "actor_type": "human", {claims}"#);
    tried(&policies, &request(&actor, "act", ("thing", "a"), ""))
}

/// A key of more than half of the rules leads to none of them, and it takes five that keys lead to.
#[test]
fn keys_lead_to_rules_where_that_tells_enough_of_them_apart() {
    let none = r#""roles": ["none"]"#;
    let (common, rare) =
        ("{role: common}", ["{role: a}", "{role: b}", "{role: c}", "{role: d}", "{role: e}"]);
    let of = |count: usize| [&[common].repeat(count)[..], &rare].concat();
    assert_eq!(tried_of(&of(5), none), 0);
    assert_eq!(tried_of(&of(6), none), 6);
    assert_eq!(tried_of(&of(6), r#""roles": ["a"]"#), 7);
    let of = |plain: usize, keyed: usize| {
        [&["{type: human}"].repeat(plain)[..], &rare[..keyed]].concat()
    };
    assert_eq!(tried_of(&of(1, 4), none), 5);
    assert_eq!(tried_of(&of(1, 5), none), 1);
    assert_eq!(tried_of(&of(3, 4), none), 7);
}

#[test]
fn a_list_under_a_key_has_keys_of_its_own_and_copies_nothing_again() {
    let all = |role: fn(usize) -> String| -> Vec<String> {
        (0..6)
            .flat_map(|n| (0..8).map(move |tenant| (n, tenant)))
            .map(|(n, tenant)| format!("{{all: [{{tenant: 't:{tenant}'}}, {}]}}", role(n)))
            .collect()
    };
    let tried_of = |selectors: Vec<String>| {
        let selectors: Vec<&str> = selectors.iter().map(String::as_str).collect();
        tried_of(&selectors, r#""roles": ["r3"], "microdao_ids": ["t:5"]"#)
    };
    assert_eq!(tried_of(all(|n| format!("{{role: r{n}}}"))), 1);
    assert_eq!(tried_of(all(|n| format!("{{any: [{{role: r{n}}}, {{role: s{n}}}]}}"))), 6);
}

/// Parts of "any of these" lead to a rule if each of them does.
#[test]
fn alternatives_lead_to_a_rule_by_one_key_of_each() {
    let selectors: Vec<String> = (0..9)
        .map(|n| format!("{{any: [{{role: a{n}, tenant: 't:{n}'}}, {{role: b{n}}}]}}"))
        .collect();
    let selectors: Vec<&str> = selectors.iter().map(String::as_str).collect();
    for (claims, count) in [
        (r#""roles": ["b3"]"#, 1),
        (r#""microdao_ids": ["t:3"]"#, 1),
        (r#""roles": ["a3"]"#, 0),
        (r#""roles": ["a3", "b3"], "microdao_ids": ["t:4"]"#, 2),
    ] {
        assert_eq!(tried_of(&selectors, claims), count, "{claims}");
    }
}

/// How many rules there are in earlier lists does not matter while all of them are few.
#[test]
fn the_rules_of_a_second_type_are_found_by_keys_too() {
    let rules: String = (0..3_000)
        .flat_map(|n| [("thing", n), ("other", n)])
        .map(|(of, n)| {
            format!("  - {{id: {of}{n}, effect: permit, resource: {of}, actors: {{role: r{n}}}}}\n")
        })
        .collect();
    let policies = policies(&format!(
        "version: 1\ntypes: {{thing: {{actions: [act]}}, other: {{actions: [act]}}}}\nrules:\n{rules}"
    ));
    let actor = r#""actor_id": "x", "actor_type": "human", "roles": ["r7"]"#;
    for of in ["thing", "other"] {
        assert_eq!(tried(&policies, &request(actor, "act", (of, "a"), "")), 1, "{of}");
    }
}

/// Up to sixteen lists are merged as they are gone through; the rules of more are sorted. Memory
/// for either is used again, and only keys that are wanted are found.
#[test]
fn lists_are_merged_and_many_are_sorted() {
    let rules: String = (0..40)
        .map(|n| {
            format!(
                "  - {{id: rule{n}, effect: permit, resource: thing, actors: {{role: r{n}, type: agent}}}}
  - {{id: of{n}, effect: permit, resource: other, actors: {{id: 'user:{n}'}}}}\n"
            )
        })
        .collect();
    let policies = policies(&format!(
        "version: 1\ntypes: {{thing: {{actions: [act]}}, other: {{actions: [act]}}}}\nrules:\n{rules}"
    ));
    for (count, is_sorted) in [(1, false), (16, false), (17, true)] {
        let roles: Vec<_> = (0..count).map(|role| format!(r#""r{role}""#)).collect();
        let roles = roles.join(", ");
        let actor = format!(r#""actor_id": "user:1", "actor_type": "human", "roles": [{roles}]"#);
        let document = request(&actor, "act", ("thing", "a"), "");
        let document = RequestDocument::parse(document.as_bytes()).expect("a request");
        let mut scratch = Scratch::new();
        for _ in 0..3 {
            policies.evaluate(&document.request(), &mut scratch);
        }
        assert_eq!(!scratch.memory.order.is_empty(), is_sorted, "{count}");
        assert_eq!((scratch.memory.runs.len(), scratch.memory.keys.len()), (1, count));
    }
}

#[test]
fn few_rules_are_looked_at_one_after_the_other() {
    let rules: String = (0..4)
        .map(|n| {
            format!(
                "  - {{id: rule{n}, effect: permit, resource: thing, actors: {{role: r{n}}}}}\n"
            )
        })
        .collect();
    let policies =
        policies(&format!("version: 1\ntypes: {{thing: {{actions: [act]}}}}\nrules:\n{rules}"));
    let actor = r#""actor_id": "x", "actor_type": "human""#;
    assert_eq!(tried(&policies, &request(actor, "act", ("thing", "a"), "")), 4);
}

/// What rules ask of one value is answered once a request, and the value looked at once.
#[test]
fn what_was_found_of_a_value_is_kept_for_the_request() {
    let shared = "context.risk > 9\"}
  - {id: again, effect: permit, resource: thing, actors: {type: human}, when: \"context.risk > 9";
    let alone = "context.risk > 9";
    for (condition, is_kept) in [(shared, true), (alone, false)] {
        let policies = policies(&VALUES.replace("CONDITION", &format!("\"{condition}\"")));
        let text = asked();
        let document = RequestDocument::parse(text.as_bytes()).expect("a request");
        let mut scratch = Scratch::new();
        policies.evaluate(&document.request(), &mut scratch);
        assert_eq!(scratch.memory.answer(0), is_kept.then_some(false), "{condition}");
        let leaves = 0..policies.code.leaves.leaves.len();
        let known = leaves.filter_map(|leaf| scratch.memory.checked(leaf.try_into().expect("few")));
        // The entries of a map stand by their names: it is the fifth.
        assert_eq!(known.collect::<Vec<_>>(), [4], "{condition}");
        scratch.memory.begin();
        assert_eq!(scratch.memory.answer(0), None);
    }
}

/// What rules ask of the words of a request are marks, as far as few words are enough.
#[test]
fn types_known_resources_and_four_roles_and_tenants_are_marks() {
    let policies = policies(
        "version: 1
types: {thing: {actions: [act]}}
rules:
  - {id: a, effect: permit, resource: thing, actors: {type: agent}}
  - {id: b, effect: permit, resource: {type: thing, known: true}, actors: {any: [{role: a}, {role: b}, {role: c}, {tenant: 't:1'}]}}
  - {id: c, effect: permit, resource: {type: thing, known: false}, actors: {any: [{role: d}, {role: e}]}}
  - {id: d, effect: permit, resource: thing, actors: {any: [{role: d}, {type: agent}]}}
",
    );
    let cell = &policies.code.dispatch.types[0].cells[0];
    let words = |marks: &[(Box<str>, u32)]| -> Vec<String> {
        marks.iter().map(|(word, mark)| format!("{word} {mark}")).collect()
    };
    let candidates = &policies.code.dispatch.lists.candidates;
    let asked = candidates.iter().map(|candidate| (candidate.marks, candidate.tests.count));
    assert_eq!(asked.collect::<Vec<_>>(), [(1, 0), (6, 0), (8, 1), (0, 1)]);
    assert_eq!(words(&cell.marks.tenants), ["t:1 4"]);
    assert_eq!(words(&cell.marks.roles), ["a 4", "b 4", "c 4"]);
    assert_eq!((cell.marks.actors, cell.marks.resources), ([0, 1, 0], [8, 2]));
}

/// Where nothing is asked of facts, the actor and the resource are not looked for.
#[test]
fn facts_are_asked_where_a_rule_or_a_word_of_the_default_deny_asks_them() {
    for (rule, asks) in [
        ("actors: {role: r}", false),
        ("actors: {tenant: t}", false),
        ("actors: {type: human}", false),
        ("actors: {id: 'user:*'}", false),
        ("when: context.risk > 1", false),
        ("when: resource.size > 1", true),
        ("when: context.risk + 1 > 1", true),
        ("actors: {relation: owner}", true),
        ("resource: {known: true}", true),
    ] {
        let text = format!(
            "version: 1
types: {{thing: {{actions: [act], relations: {{owner: direct}}, attributes: {{size: int}}}}}}
context: {{risk: int}}
rules: [{{id: it, effect: permit, resource: thing, {rule}}}]
"
        );
        let text = text.replace("resource: thing, resource: {", "resource: {type: thing, ");
        let cell = &policies(&text).code.dispatch.types[0].cells[0];
        assert_eq!(cell.asks_facts, asks, "{rule}");
    }
}

/// Where a request is about no declared type there are no marks; what is asked of its words takes
/// no expression either.
#[test]
fn bypassing_for_what_is_not_declared_takes_no_expression() {
    for actors in ["{role: root}", "{tenant: t}", "{type: service}", "{id: 'user:1'}"] {
        let policies = policies(&format!(
            "version: 1
types: {{thing: {{actions: [act]}}}}
rules: [{{id: it, effect: permit, bypass: true, actors: {actors}}}]
"
        ));
        for (actor, reason) in [
            (
                r#""actor_id": "user:1", "actor_type": "service", "roles": ["root"], "microdao_ids": ["t"]"#,
                "it",
            ),
            (r#""actor_id": "user:2", "actor_type": "human""#, "no_matching_policy"),
        ] {
            let took = effort(&policies, &request(actor, "act", ("planet", "a"), ""));
            assert_eq!((took.reason.as_str(), took.reckoned), (reason, false), "{actors}");
        }
    }
}

/// What is asked of values of other types, or of several kinds, is no question of one value.
#[test]
fn only_what_values_of_the_declared_type_can_answer_is_a_question() {
    for (condition, count) in [
        ("context.risk < 4", 1),
        ("context.real < 4", 0),
        ("context.real < 4.0", 0),
        ("'a' in context.words", 1),
        ("'a' in context.open", 0),
        ("'a' in context.things", 0),
        ("context.open == 4", 0),
    ] {
        let text = VALUES
            .replace(
                "  risk: int\n",
                "  risk: int\n  real: double\n  open: any\n  things: list(any)\n",
            )
            .replace("CONDITION", &format!("{condition:?}"));
        let questions = policies(&text).code.dispatch.value_tests.len();
        assert_eq!(questions, count, "{condition}");
    }
}
