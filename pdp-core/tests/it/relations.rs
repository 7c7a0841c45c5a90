use std::fmt::Write;

use pdp_core::{Actor, Effect, Fault, Membership, Policies};

use crate::support::{ask, human, policies, texts};

fn may(policies: &Policies, actor: Actor<'_>, resource_type: &str, id: &str) -> bool {
    let decision = ask(policies, actor, "read", resource_type, id);
    assert!(decision.errors.is_empty(), "{:?}", decision.errors);
    decision.effect == Effect::Permit
}

/// Folders in folders, groups in groups; whoever is a viewer reads.
fn tree(facts: &str) -> Policies {
    policies(&format!(
        "
version: 1
types:
  group: {{actions: [read], relations: {{member: direct}}}}
  folder:
    actions: [read]
    relations:
      parent: {{to: folder}}
      owner: direct
      viewer: [direct, owner, parent.viewer]
rules: [{{id: viewers, effect: permit, resource: folder, actors: {{relation: viewer}}}}]
facts:
{facts}
"
    ))
}

#[test]
fn a_chain_of_twenty_links_is_followed_to_its_end() {
    let mut facts = String::new();
    for index in 0..20 {
        writeln!(facts, "  folder:{index}: {{parent: 'folder:{}'}}", index + 1).expect("text");
    }
    facts.push_str("  folder:20: {owner: user:1}\n");
    let policies = tree(&facts);
    assert!(may(&policies, human("user:1"), "folder", "0"));
    assert!(!may(&policies, human("user:2"), "folder", "0"));
}

#[test]
fn a_cycle_of_three_groups_answers() {
    let policies = tree(
        "
  group:a: {member: ['group:b#member']}
  group:b: {member: ['group:c#member']}
  group:c: {member: ['group:a#member', user:1]}
  folder:x: {viewer: 'group:a#member', parent: folder:y}
  folder:y: {parent: folder:x}
",
    );
    assert!(may(&policies, human("user:1"), "folder", "x"));
    assert!(may(&policies, human("user:1"), "folder", "y"));
    assert!(!may(&policies, human("user:2"), "folder", "x"));
}

#[test]
fn the_last_of_very_many_decides() {
    for count in [65_535, 65_536, 65_537, 100_000] {
        let members: Vec<String> = (1..=count).map(|index| format!("user:{index}")).collect();
        let policies = tree(&format!("  folder:x: {{viewer: [{}]}}", members.join(", ")));
        assert!(may(&policies, human(&format!("user:{count}")), "folder", "x"));
        assert!(!may(&policies, human(&format!("user:{}", count + 1)), "folder", "x"));
    }
}

#[test]
fn the_last_of_very_many_sets_and_roles_decides() {
    let sets: Vec<String> = (1..=100_000).map(|index| format!("group:{index}#member")).collect();
    let sets = sets.join(", ");
    let policies =
        tree(&format!("  group:100000: {{member: user:1}}\n  folder:x: {{viewer: [{sets}]}}"));
    assert!(may(&policies, human("user:1"), "folder", "x"));
    assert!(!may(&policies, human("user:2"), "folder", "x"));
    let policies = tree("  folder:x: {viewer: 'role:r100000'}");
    let roles: Vec<_> = (1..=100_000).map(|index| format!("r{index}").into()).collect();
    assert!(may(&policies, Actor { roles: &roles, ..human("user:1") }, "folder", "x"));
    assert!(!may(&policies, Actor { roles: &roles[..99_999], ..human("user:1") }, "folder", "x"));
}

#[test]
fn patterns_everyone_and_roles_hold_beside_exact_actors() {
    let policies = tree(
        "
  folder:users: {viewer: ['user:*', agent:x]}
  folder:all: {viewer: '*'}
  folder:staff: {viewer: ['role:staff', {role: boss, type: agent}]}
",
    );
    assert!(may(&policies, human("user:7"), "folder", "users"));
    assert!(may(&policies, human("agent:x"), "folder", "users"));
    assert!(!may(&policies, human("agent:y"), "folder", "users"));
    assert!(may(&policies, human("whoever"), "folder", "all"));
    let (staff, boss) = (texts(&["other", "staff"]), texts(&["boss"]));
    assert!(may(&policies, Actor { roles: &staff, ..human("user:1") }, "folder", "staff"));
    assert!(!may(&policies, Actor { roles: &boss, ..human("user:1") }, "folder", "staff"));
    let agent = Actor { roles: &boss, ..Actor::new(pdp_core::ActorType::Agent, "agent:1") };
    assert!(may(&policies, agent, "folder", "staff"));
}

#[test]
fn relations_of_one_resource_imply_each_other_in_circles() {
    let policies = policies(
        "
version: 1
types:
  door:
    actions: [read]
    relations: {a: [direct, b], b: [direct, c], c: [direct, a]}
rules: [{id: holders, effect: permit, actors: {relation: b}}]
facts:
  door:x: {a: user:a, b: user:b, c: user:c}
",
    );
    for (actor, holds) in [("user:a", true), ("user:b", true), ("user:c", true), ("user:d", false)]
    {
        assert_eq!(may(&policies, human(actor), "door", "x"), holds, "{actor}");
    }
}

#[test]
fn a_computed_relation_is_asked_of_the_resource_it_belongs_to() {
    let policies = policies(
        "
version: 1
types:
  team:
    ids: prefixed
    actions: [read]
    relations: {member: [direct, {when: resource.id in actor.tenants && (resource.open ?? true)}]}
    attributes: {open: bool?}
  page:
    actions: [read]
    relations: {team: {to: team}, same: {to: team, id: resource.id}, reader: [direct, team.member], twin: [same.member]}
rules:
  - {id: readers, effect: permit, resource: page, actors: {relation: reader}}
  - {id: twins, effect: permit, resource: page, actors: {relation: same.member}, when: has(resource.same)}
  - {id: members, effect: permit, resource: team, actors: {relation: member}}
facts:
  page:linked: {team: team:7}
  page:set: {reader: 'team:7#member'}
  page:shut: {team: team:shut}
  team:known: {member: user:5}
attributes:
  resources: {team:shut: {open: false}}
",
    );
    let tenants = texts(&["team:7", "team:shut"]);
    let actor = Actor { tenants: &tenants, ..human("user:1") };
    assert!(may(&policies, actor, "page", "linked"));
    assert!(may(&policies, actor, "page", "set"));
    assert!(!may(&policies, actor, "page", "shut"));
    assert!(may(&policies, actor, "team", "team:7"), "not known, and a member all the same");
    assert!(!may(&policies, human("user:1"), "page", "linked"));
    assert!(may(&policies, human("user:5"), "page", "team:known"), "through the link by id");
    assert!(!may(&policies, actor, "page", "team:7"), "the link by id has no known target");
    let memberships = [Membership { tenant: "team:7".into(), role: "whatever".into() }];
    assert!(may(
        &policies,
        Actor { memberships: &memberships, ..human("user:1") },
        "page",
        "linked"
    ));
}

#[test]
fn a_link_may_have_several_targets() {
    let policies = tree(
        "
  folder:a: {owner: user:1}
  folder:b: {owner: user:2}
  folder:x: {parent: [folder:a, folder:b]}
",
    );
    assert!(may(&policies, human("user:1"), "folder", "x"));
    assert!(may(&policies, human("user:2"), "folder", "x"));
    assert!(!may(&policies, human("user:3"), "folder", "x"));
}

/// `folder:x` has three viewers groups, each of which has three more.
fn nested(limit: u32) -> Policies {
    let mut facts = String::from(
        "  folder:x: {viewer: ['group:0#member', 'group:1#member', 'group:2#member']}\n",
    );
    for outer in 0..3 {
        let inner: Vec<_> = (0..3).map(|inner| format!("'group:{outer}{inner}#member'")).collect();
        writeln!(facts, "  group:{outer}: {{member: [{}]}}", inner.join(", ")).expect("text");
    }
    facts.push_str("  group:22: {member: [user:1, 'group:deep#member']}\n");
    let text = format!(
        "
version: 1
walk_limit: {limit}
types:
  group: {{actions: [read], relations: {{member: direct}}}}
  folder: {{actions: [read], relations: {{viewer: direct}}}}
rules:
  - {{id: strangers, effect: deny, actors: {{not: {{relation: viewer}}}}, resource: folder}}
  - {{id: viewers, effect: permit, resource: folder, actors: {{relation: viewer}}}}
facts:
{facts}"
    );
    policies(&text)
}

#[test]
fn a_walk_that_hits_its_limit_is_an_error_and_never_no() {
    // 1 + 3 + 9 + 1 sets in four levels.
    for (limit, stranger_errs) in [(14, false), (13, true), (4, true), (3, true), (1, true)] {
        let policies = nested(limit);
        let decision = ask(&policies, human("user:2"), "read", "folder", "x");
        assert_eq!(
            (decision.effect, decision.reason.as_ref()),
            (Effect::Deny, "strangers"),
            "{limit}"
        );
        let faults: Vec<_> = decision.errors.iter().map(|error| error.fault).collect();
        assert_eq!(faults, if stranger_errs { vec![Fault::WalkLimit] } else { vec![] }, "{limit}");
    }
    assert_eq!(ask(&nested(14), human("user:1"), "read", "folder", "x").effect, Effect::Permit);
}

/// `folder:x` leads to `left:x` and `right:x`, which facts name, and both of them to `end:x`, which
/// no fact names: four sets.
fn diamond(limit: u32) -> Policies {
    policies(&format!(
        "
version: 1
walk_limit: {limit}
types:
  end: {{actions: [read], relations: {{seer: {{when: 'actor.id == \"user:1\"'}}}}}}
  left: {{actions: [read], relations: {{own: direct, on: {{to: end, id: resource.id}}, seer: [on.seer]}}}}
  right: {{actions: [read], relations: {{own: direct, on: {{to: end, id: resource.id}}, seer: [on.seer]}}}}
  folder:
    actions: [read]
    relations:
      to_left: {{to: left, id: resource.id}}
      to_right: {{to: right, id: resource.id}}
      seer: [to_left.seer, to_right.seer]
rules:
  - {{id: strangers, effect: deny, actors: {{not: {{relation: seer}}}}, resource: folder}}
  - {{id: seers, effect: permit, resource: folder, actors: {{relation: seer}}}}
facts:
  left:x: {{own: user:9}}
  right:x: {{own: user:9}}
"
    ))
}

#[test]
fn a_resource_that_no_fact_names_is_reached_and_counts_once() {
    for (limit, errors) in [(4, 0), (3, 1)] {
        let policies = diamond(limit);
        let decision = ask(&policies, human("user:2"), "read", "folder", "x");
        assert_eq!((&*decision.reason, decision.errors.len()), ("strangers", errors), "{limit}");
    }
    let policies = diamond(4);
    // Neither `folder:x` nor `end:x` is named by a fact; nor is anything of `folder:y`.
    for id in ["x", "y"] {
        let decision = ask(&policies, human("user:1"), "read", "folder", id);
        assert_eq!((decision.effect, &*decision.reason), (Effect::Permit, "seers"), "{id}");
    }
}

#[test]
fn every_branch_of_a_walk_is_followed() {
    let outer: Vec<_> = (0..40).map(|index| format!("'group:o{index}#member'")).collect();
    let mut facts = format!("  folder:x: {{viewer: [{}]}}\n", outer.join(", "));
    for index in 0..40 {
        writeln!(facts, "  group:o{index}: {{member: 'group:i{index}#member'}}").expect("text");
        writeln!(facts, "  group:i{index}: {{member: user:{index}}}").expect("text");
    }
    let policies = tree(&facts);
    for index in 0..40 {
        assert!(may(&policies, human(&format!("user:{index}")), "folder", "x"), "{index}");
    }
    assert!(!may(&policies, human("user:40"), "folder", "x"));
}

#[test]
fn a_level_is_looked_through_even_where_it_breaks_the_limit() {
    // The actor is in the last of nine groups; the limit is hit at the first of them.
    for limit in [4, 5, 12, 13, 14] {
        let policies = nested(limit);
        let decision = ask(&policies, human("user:1"), "read", "folder", "x");
        assert_eq!((decision.effect, decision.errors.len()), (Effect::Permit, 0), "{limit}");
    }
    let policies = nested(3);
    let decision = ask(&policies, human("user:1"), "read", "folder", "x");
    assert_eq!(decision.errors[0].fault, Fault::WalkLimit);
}

#[test]
fn one_resource_is_visited_for_each_relation_that_is_wanted_on_it() {
    let policies = policies(
        "
version: 1
types:
  group: {actions: [read], relations: {member: direct, admin: direct}}
  folder:
    actions: [read]
    relations:
      parent: {to: folder}
      owner: direct
      editor: [direct, owner, parent.editor]
      viewer: [direct, editor]
rules: [{id: viewers, effect: permit, resource: folder, actors: {relation: viewer}}]
facts:
  group:a: {member: user:1, admin: user:2}
  folder:x: {viewer: 'group:a#member', editor: 'group:a#admin'}
  folder:y: {parent: folder:z}
  folder:z: {owner: user:3}
",
    );
    assert!(may(&policies, human("user:1"), "folder", "x"));
    assert!(may(&policies, human("user:2"), "folder", "x"));
    assert!(!may(&policies, human("user:3"), "folder", "x"));
    assert!(may(&policies, human("user:3"), "folder", "y"), "viewer, through editor of the parent");
}

#[test]
fn a_condition_is_asked_anew_of_each_resource() {
    let policies = policies(
        "
version: 1
types:
  team: {ids: prefixed, actions: [read], relations: {member: [{when: resource.id in actor.tenants}]}}
  page: {actions: [read], relations: {team: {to: team}}}
rules:
  - {id: named-like-a-tenant, effect: deny, resource: page, when: resource.id in actor.tenants}
  - {id: members, effect: permit, resource: page, actors: {relation: team.member}}
  - {id: again, effect: permit, resource: page, when: resource.id in actor.tenants && action == 'read'}
facts:
  page:a: {team: team:7}
",
    );
    let tenants = texts(&["team:7"]);
    assert!(may(&policies, Actor { tenants: &tenants, ..human("user:1") }, "page", "a"));
    let tenants = texts(&["a"]);
    let actor = Actor { tenants: &tenants, ..human("user:1") };
    assert_eq!(ask(&policies, actor, "read", "page", "a").reason, "named-like-a-tenant");
}

#[test]
fn a_part_that_is_named_twice_counts_once() {
    let policies = policies(
        "
version: 1
types: {door: {actions: [open], relations: {owner: direct, holder: [owner, owner]}}}
rules: [{id: holders, effect: permit, resource: door, actors: {relation: holder}}]
facts: {'door:a': {owner: [u, u]}}
",
    );
    assert_eq!(ask(&policies, human("u"), "open", "door", "a").reason, "holders");
}
