//! Rules so many that those a request can match are found by what it has.

use pdp_core::{Actor, ActorType, Decision, Policies, Request, Resource, Scratch};

use crate::support::{policies, texts};

/// Thirty teams, each with rules of every form, and some that hang on nothing.
fn company() -> Policies {
    let mut rules = String::new();
    for team in 0..30 {
        rules.push_str(&format!(
            "
  - {{id: role-{team}, effect: permit, actions: read, actors: {{role: r{team}}}}}
  - {{id: actor-{team}, effect: permit, actions: read, actors: {{id: 'user:{team}'}}}}
  - {{id: robots-{team}, effect: permit, actions: read, actors: {{id: 'bot:{team}/*'}}}}
  - {{id: tenant-{team}, effect: permit, actions: read, actors: {{tenant: t{team}}}}}
  - {{id: page-{team}, effect: permit, actions: read, resource: {{type: page, id: 'page:{team}'}}}}
  - {{id: space-{team}, effect: permit, actions: read, resource: {{type: page, id: 'page:{team}/*'}}}}
  - {{id: draft-{team}, effect: permit, actions: read, resource: {{type: page, id: 'page:{team}-*-draft'}}}}
  - {{id: issue-{team}, effect: permit, actions: read, resource: {{type: page, id: {{regex: 'page:i{team}-[0-9]+'}}}}}}
  - {{id: either-{team}, effect: permit, actions: read, actors: {{any: [{{role: e{team}}}, {{id: ['user:e{team}', 'user:f{team}']}}]}}}}
  - {{id: both-{team}, effect: permit, actions: read, actors: {{any: [{{role: lead, tenant: b{team}}}]}}}}
  - {{id: pair-{team}, effect: permit, actions: read, actors: {{role: c{team}, type: agent}}}}
  - {{id: failing-{team}, effect: permit, actions: read, actors: {{role: x{team}}}, when: context.n > 0}}
  - {{id: written-{team}, effect: permit, actions: read, when: 'actor.id in [\"user:w{team}\"] || resource.id == \"page:w{team}\"'}}
  - {{id: services-{team}, effect: permit, actions: read, actors: {{any: [{{role: s{team}}}, {{type: service}}]}}}}
  - {{id: denied-{team}, effect: deny, actions: read, actors: {{role: d{team}}}}}
  - {{id: unclear-{team}, effect: deny, actions: read, actors: {{role: u{team}}}, when: context.n > 0}}"
        ));
    }
    policies(&format!(
        "
version: 1
context: {{n: int}}
types: {{page: {{actions: [read]}}}}
rules:{rules}
  - {{id: agents, effect: permit, actions: read, actors: {{type: agent, role: guest}}}}
  - {{id: ends, effect: permit, actions: read, resource: {{type: page, id: '*-open'}}}}
"
    ))
}

fn asks<'p>(policies: &'p Policies, actor: Actor<'_>, id: &str) -> Decision<'p> {
    let request = Request::new(actor, "read", Resource::new("page", id));
    policies.evaluate(&request, &mut Scratch::new())
}

/// The id of the rule that decides, and of those that could not be evaluated.
fn outcome(decision: &Decision<'_>) -> (String, Vec<String>) {
    let rule = decision.rule.as_ref().map_or_else(String::new, |rule| rule.id.to_string());
    (rule, decision.errors.iter().map(|error| error.rule.id.to_string()).collect())
}

fn decided(policies: &Policies, actor: Actor<'_>, id: &str) -> String {
    outcome(&asks(policies, actor, id)).0
}

#[test]
fn each_rule_is_found_by_what_it_asks_and_by_nothing_else() {
    let policies = company();
    let of = |id: &'static str| Actor::new(ActorType::Human, id);
    let roles = |words: &[&'static str]| Actor { roles: texts(words).leak(), ..of("user:x") };
    let tenants = |words: &[&'static str]| Actor { tenants: texts(words).leak(), ..of("user:x") };
    for (actor, id, rule) in [
        (roles(&["r7"]), "page:x", "role-7"),
        (of("user:12"), "page:x", "actor-12"),
        (of("bot:3/a"), "page:x", "robots-3"),
        (tenants(&["other", "t29"]), "page:x", "tenant-29"),
        (of("user:x"), "page:5", "page-5"),
        (of("user:x"), "page:5/a/b", "space-5"),
        (of("user:x"), "page:25-my-draft", "draft-25"),
        (of("user:x"), "page:i4-17", "issue-4"),
        (roles(&["e11"]), "page:x", "either-11"),
        (of("user:f11"), "page:x", "either-11"),
        (Actor { tenants: texts(&["b2"]).leak(), ..roles(&["lead"]) }, "page:x", "both-2"),
        (Actor { actor_type: ActorType::Agent, ..roles(&["c9"]) }, "page:x", "pair-9"),
        (of("user:w8"), "page:x", "written-8"),
        (of("user:x"), "page:w8", "written-8"),
        (roles(&["r3", "d30", "d29"]), "page:x", "denied-29"),
        (Actor { actor_type: ActorType::Agent, ..roles(&["guest"]) }, "page:x", "agents"),
        (of("user:x"), "page:x-open", "ends"),
        (roles(&["s13"]), "page:x", "services-13"),
        (Actor { actor_type: ActorType::Service, ..of("x") }, "page:x", "services-0"),
    ] {
        assert_eq!(decided(&policies, actor, id), rule, "{id}");
    }
    for (actor, id) in [
        (roles(&["r30", "r", "lead"]), "page:x"),
        (of("user:30"), "page:x"),
        (of("bot:3"), "page:55"),
        (of("user:x"), "page:25-draft"),
        (of("user:x"), "page:i4-17a"),
        (roles(&["c9"]), "page:x"),
        (tenants(&["b2"]), "page:x"),
    ] {
        assert_eq!(decided(&policies, actor, id), "", "{id}");
    }
}

/// Of "all of these" among "any of these" one part leads to the rule, and the others are asked.
#[test]
fn a_part_that_leads_to_a_rule_is_not_all_of_it() {
    let rules: String = (0..9)
        .map(|n| {
            format!(
                "
  - {{id: rule-{n}, effect: permit, actors: {{any: [{{role: a{n}, tenant: t{n}}}, {{role: b{n}}}]}}}}"
            )
        })
        .collect();
    let policies =
        policies(&format!("version: 1\ntypes: {{page: {{actions: [read]}}}}\nrules:{rules}\n"));
    for (roles, tenants, rule) in [
        (&["a7"][..], &["t7"][..], "rule-7"),
        (&["b7"], &[], "rule-7"),
        (&["b7"], &["t6"], "rule-7"),
        (&["a7"], &["t6"], ""),
        (&["a7"], &[], ""),
        (&["a6"], &["t7"], ""),
        (&[], &["t7"], ""),
    ] {
        let (roles, tenants) = (texts(roles), texts(tenants));
        let actor =
            Actor { roles: &roles, tenants: &tenants, ..Actor::new(ActorType::Human, "user:1") };
        assert_eq!(decided(&policies, actor, "page:1"), rule, "{roles:?} {tenants:?}");
    }
}

#[test]
fn whoever_has_both_a_role_and_a_tenant_has_either() {
    let rule = "{id: it, effect: permit, actors: {any: [{role: r}, {tenant: t}]}}";
    let policies =
        policies(&format!("version: 1\ntypes: {{page: {{actions: [read]}}}}\nrules: [{rule}]\n"));
    for (roles, tenants, found) in [
        (&["r"][..], &["t"][..], "it"),
        (&["r", "r"], &[], "it"),
        (&[], &["t", "t"], "it"),
        (&["t"], &["r"], ""),
    ] {
        let (roles, tenants) = (texts(roles), texts(tenants));
        let actor =
            Actor { roles: &roles, tenants: &tenants, ..Actor::new(ActorType::Human, "user:1") };
        assert_eq!(decided(&policies, actor, "page:1"), found, "{roles:?} {tenants:?}");
    }
}

/// However many roles an actor claims, and in whichever order, each of them is found.
#[test]
fn a_role_is_found_among_few_and_among_many() {
    let facts: String = (0..12).map(|n| format!("\n  page:{n}: {{viewer: 'role:r{n}'}}")).collect();
    let rule = "{id: it, effect: permit, resource: page, actors: {relation: viewer}}";
    let policies = policies(&format!(
        "
version: 1
types: {{page: {{actions: [read], relations: {{viewer: direct}}}}}}
rules: [{rule}]
facts:{facts}
"
    ));
    for count in [1, 2, 7, 8, 9, 12] {
        let roles: Vec<String> = (0..count).rev().map(|n| format!("r{n}")).collect();
        let roles: Vec<&'static str> = roles.iter().map(|role| &*role.clone().leak()).collect();
        let roles = texts(&roles);
        let actor = Actor { roles: &roles, ..Actor::new(ActorType::Human, "user:1") };
        for page in 0..12 {
            let wanted = if page < count { "it" } else { "" };
            assert_eq!(decided(&policies, actor, &page.to_string()), wanted, "{count} {page}");
        }
    }
}

#[test]
fn what_is_found_in_several_ways_is_tried_in_the_order_of_the_rules() {
    let policies = company();
    let mut scratch = Scratch::new();
    let mut asked = |words: &[&'static str], id: &'static str, resource: &str| {
        let roles = texts(words);
        let actor = Actor { roles: &roles, ..Actor::new(ActorType::Human, id) };
        let request = Request::new(actor, "read", Resource::new("page", resource));
        outcome(&policies.evaluate(&request, &mut scratch))
    };
    let found = asked(&["r9", "r8", "x4"], "user:7", "page:6");
    assert_eq!(found, ("page-6".to_owned(), vec!["failing-4".to_owned()]));
    let found = asked(&["x7", "x5", "x6", "x5", "r6"], "user:x", "page:8");
    assert_eq!(found, ("role-6".to_owned(), vec!["failing-5".to_owned()]));
    let found = asked(&["d9", "u8", "d8", "u9", "r1"], "user:x", "page:8");
    assert_eq!(found, ("denied-8".to_owned(), Vec::new()));
    let found = asked(&["d9", "u8", "x1"], "user:x", "page:8");
    assert_eq!(found, ("unclear-8".to_owned(), vec!["unclear-8".to_owned()]));
    assert_eq!(asked(&[], "user:x", "page:x"), (String::new(), Vec::new()));
    let failing = |numbers: std::ops::Range<u32>| -> Vec<String> {
        numbers.map(|number| format!("failing-{number}")).collect()
    };
    let all: Vec<String> = (0..30).rev().map(|number| format!("x{number}")).collect();
    let all: Vec<&'static str> =
        all.iter().cycle().take(50).map(|role| &*role.clone().leak()).collect();
    assert_eq!(asked(&all, "user:x", "page:x"), (String::new(), failing(0..30)));
    assert_eq!(asked(&all, "user:20", "page:x"), ("actor-20".to_owned(), failing(0..20)));
    assert_eq!(asked(&all, "user:20", "page:7/x"), ("space-7".to_owned(), failing(0..7)));
}

#[test]
fn many_rules_of_many_rules_are_told_apart_again() {
    let mut rules = String::new();
    for (role, space) in (0..20).flat_map(|role| (0..20).map(move |space| (role, space))) {
        rules.push_str(&format!(
            "
  - {{id: r{role}-{space}, effect: permit, actors: {{role: r{role}}}, resource: {{type: page, id: 'page:{space}/*'}}}}"
        ));
    }
    let policies =
        policies(&format!("version: 1\ntypes: {{page: {{actions: [read]}}}}\nrules:{rules}\n"));
    for (roles, id, rule) in [
        (&["r7"][..], "page:12/a", "r7-12"),
        (&["r19", "r3"], "page:1/1", "r3-1"),
        (&["r19"], "page:20/a", ""),
        (&["r20"], "page:1/a", ""),
        (&[], "page:1/a", ""),
    ] {
        let roles = texts(roles);
        let actor = Actor { roles: &roles, ..Actor::new(ActorType::Human, "user:1") };
        assert_eq!(decided(&policies, actor, id), rule);
    }
}
