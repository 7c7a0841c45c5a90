//! Relations that neither links nor conditions can give: facts answer at once, as a walk would.

use pdp_core::{
    Actor, Effect, Engine, Fault, Policies, Request, Resource, Scratch, Statement, Timestamp,
};

use crate::support::{human, policies};

/// Documents on shelves, shared with groups. Nothing here leads further than one set or link.
fn library(settings: &str, facts: &str) -> Policies {
    policies(&format!(
        "
version: 1
{settings}
types:
  group: {{relations: {{member: direct, guest: direct}}}}
  shelf: {{relations: {{keeper: direct, reader: direct}}}}
  document:
    actions: [read, write, keep, look]
    relations:
      shelf: {{to: shelf}}
      archive: {{to: shelf}}
      reader: direct
      writer: direct
rules:
  - {{id: read, effect: permit, resource: document, actions: read, actors: {{relation: [reader, writer]}}}}
  - {{id: write, effect: permit, resource: document, actions: write, actors: {{relation: writer}}}}
  - {{id: keep, effect: permit, resource: document, actions: keep, actors: {{relation: archive.keeper}}}}
  - {{id: look, effect: permit, resource: document, actions: look, actors: {{relation: [archive.keeper, archive.reader]}}}}
facts:
{facts}
"
    ))
}

/// `yes`, `no`, or the fault of the one rule that cannot be evaluated.
fn answer(policies: &Policies, actor: Actor<'_>, action: &str, now: Option<&str>) -> String {
    let now = now.map(|now| Timestamp::parse(now).expect("a time"));
    let request = Request::new(actor, action, Resource::new("document", "d"));
    let decision = policies.evaluate(&Request { now, ..request }, &mut Scratch::new());
    match (&decision.errors[..], decision.effect) {
        ([], Effect::Permit) => "yes".to_owned(),
        ([], Effect::Deny) => "no".to_owned(),
        ([error], Effect::Deny) => error.fault.as_str().to_owned(),
        _ => panic!("{decision:?}"),
    }
}

fn asks(policies: &Policies, actor: &str, action: &str) -> String {
    answer(policies, human(actor), action, None)
}

#[test]
fn a_set_has_the_relation_that_facts_give_it_and_no_other() {
    let policies = library(
        "",
        "
  group:g: {member: user:1, guest: user:2}
  document:d: {reader: ['group:g#member']}
",
    );
    assert_eq!(asks(&policies, "user:1", "read"), "yes");
    assert_eq!(asks(&policies, "user:1", "write"), "no");
    assert_eq!(asks(&policies, "user:2", "read"), "no", "a guest is no member");
    assert_eq!(asks(&policies, "user:3", "read"), "no");
}

#[test]
fn several_sets_of_one_resource_and_of_several_are_all_looked_at() {
    for facts in [
        "  document:d: {reader: ['group:g#guest', 'group:g#member']}",
        "  document:d: {reader: ['group:f#member', 'group:g#member']}",
        "  document:d: {reader: ['group:g#member', 'group:h#member']}",
        "  document:d: {reader: 'group:f#guest', writer: ['group:g#member']}",
    ] {
        let policies = library("", &format!("  group:g: {{member: user:1}}\n{facts}"));
        assert_eq!(asks(&policies, "user:1", "read"), "yes", "{facts}");
        assert_eq!(asks(&policies, "user:2", "read"), "no", "{facts}");
    }
}

#[test]
fn sets_of_one_relation_do_not_give_another() {
    let sets = |of_g, of_h| {
        format!(
            "
  group:g: {{member: {of_g}}}
  group:h: {{member: {of_h}}}
  document:d: {{reader: ['group:g#member'], writer: ['group:h#member']}}
"
        )
    };
    // At once, and, where a role is to be asked for in the set of a set, by a walk.
    let walked = sets("['group:i#member', user:1]", "['group:i#member', user:2]");
    for facts in [sets("user:1", "user:2"), walked + "  group:i: {member: 'role:chief'}\n"] {
        let policies = library("", &facts);
        for policies in [policies.without_closures(), policies] {
            assert_eq!(asks(&policies, "user:1", "write"), "no", "{facts}");
            assert_eq!(asks(&policies, "user:2", "write"), "yes", "{facts}");
            assert_eq!(asks(&policies, "user:1", "read"), "yes", "{facts}");
        }
    }
}

#[test]
fn a_set_that_leads_to_another_is_walked() {
    let policies = library(
        "",
        "
  group:f: {member: 'group:g#member'}
  group:g: {member: 'role:chief'}
  document:d: {reader: ['group:f#member']}
",
    );
    let chief = ["chief".into()];
    let actor = Actor { roles: &chief, ..human("user:1") };
    assert_eq!(answer(&policies, actor, "read", None), "yes");
    assert_eq!(asks(&policies, "user:1", "read"), "no");
}

#[test]
fn a_set_that_ends_is_a_question_of_time() {
    for sets in [
        "{set: 'group:g#member', until: 2026-06-01T00:00:00Z}",
        "{set: 'group:g#member', until: 2026-06-01T00:00:00Z}, 'group:h#member'",
        "'group:f#member', {set: 'group:g#member', until: 2026-06-01T00:00:00Z}",
    ] {
        let facts = format!("  group:g: {{member: user:1}}\n  document:d: {{reader: [{sets}]}}");
        let policies = library("", &facts);
        let at = |actor, now| answer(&policies, human(actor), "read", now);
        assert_eq!(at("user:1", Some("2026-05-31T00:00:00Z")), "yes", "{sets}");
        assert_eq!(at("user:1", Some("2026-06-01T00:00:00Z")), "no", "{sets}");
        assert_eq!(at("user:1", None), Fault::NowMissing.as_str(), "{sets}");
        assert_eq!(at("user:2", None), "no", "{sets}");
    }
}

#[test]
fn a_link_is_followed_under_its_own_name() {
    for facts in [
        "  document:d: {shelf: shelf:s}",
        "  document:d: {shelf: shelf:s, archive: shelf:a}",
        "  document:d: {shelf: shelf:s, archive: [shelf:a, shelf:b]}",
    ] {
        let facts =
            format!("  shelf:s: {{keeper: user:1}}\n  shelf:b: {{reader: user:2}}\n{facts}");
        let policies = library("", &facts);
        assert_eq!(asks(&policies, "user:1", "keep"), "no", "{facts}");
        assert_eq!(asks(&policies, "user:1", "look"), "no", "{facts}");
        let of_archive = if facts.contains("shelf:b]") { "yes" } else { "no" };
        assert_eq!(asks(&policies, "user:2", "look"), of_archive, "{facts}");
    }
    let policies = library("", "  shelf:a: {keeper: user:1}\n  document:d: {archive: shelf:a}");
    assert_eq!(asks(&policies, "user:1", "keep"), "yes");
    assert_eq!(asks(&policies, "user:1", "look"), "yes");
    assert_eq!(asks(&policies, "user:2", "look"), "no");
}

#[test]
fn the_limit_of_walks_counts_here_too() {
    for sets in [
        "'group:g#member'",
        "'group:g#member', 'group:g#guest'",
        "'group:f#member', 'group:g#member'",
    ] {
        let facts = format!("  group:g: {{member: user:1}}\n  document:d: {{writer: [{sets}]}}");
        // The document counts, and each set.
        let visited = 2 + sets.matches(',').count();
        for limit in 1..=4 {
            let policies = library(&format!("walk_limit: {limit}"), &facts);
            let other = if visited > limit { Fault::WalkLimit.as_str() } else { "no" };
            assert_eq!(asks(&policies, "user:1", "write"), "yes", "{sets}, {limit}");
            assert_eq!(asks(&policies, "user:2", "write"), other, "{sets}, {limit}");
        }
    }
}

#[test]
fn what_run_time_says_is_seen_where_nothing_was() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::new(library("", "  group:g: {guest: user:9}\n  document:d: {}"));
    let reads = |actor: &str| asks(&engine.present(), actor, "read");
    for (relation, actor) in [("reader", "user:1"), ("writer", "user:2"), ("reader", "user:3")] {
        let statement = Statement::relation("document:d", relation, actor.parse()?);
        assert_eq!(reads(actor), "no");
        engine.add(statement.clone())?;
        assert_eq!(reads(actor), "yes");
        engine.remove(statement)?;
        assert_eq!(reads(actor), "no");
    }
    let set = Statement::relation("document:d", "reader", "group:g#member".parse()?);
    engine.add(set)?;
    assert_eq!(reads("user:4"), "no");
    engine.add(Statement::relation("group:g", "member", "user:4".parse()?))?;
    assert_eq!(reads("user:4"), "yes");
    assert_eq!(asks(&engine.present(), "user:4", "write"), "no");
    let link = |link: &str, target: &str| Statement::Link {
        resource: "document:d".to_owned(),
        link: link.to_owned(),
        targets: vec![target.to_owned()],
    };
    engine.add(Statement::relation("shelf:a", "keeper", "user:5".parse()?))?;
    assert_eq!(asks(&engine.present(), "user:5", "keep"), "no");
    engine.add(link("archive", "shelf:a"))?;
    assert_eq!(asks(&engine.present(), "user:5", "keep"), "yes");
    engine.add(link("shelf", "shelf:b"))?;
    assert_eq!(asks(&engine.present(), "user:5", "keep"), "yes");
    engine.remove(link("archive", "shelf:a"))?;
    assert_eq!(asks(&engine.present(), "user:5", "keep"), "no");
    Ok(())
}

#[test]
fn relations_that_share_a_bit_are_told_apart() {
    let relations: Vec<String> = (0..64).map(|index| format!("r{index}: direct")).collect();
    let actions: Vec<String> = (0..64).map(|index| format!("a{index}")).collect();
    let rules = (0..64).map(|index| {
        format!("  - {{id: u{index}, effect: permit, actions: a{index}, actors: {{relation: r{index}}}}}\n")
    });
    let policies = policies(&format!(
        "
version: 1
types:
  page: {{actions: [{}], relations: {{{}}}}}
rules:
{}facts:
  page:1: {{r3: ['page:2#r8', user:3], r35: user:5}}
  page:2: {{r8: user:1, r40: user:2}}
  page:3: {{r3: ['page:4#r40', user:3], r35: user:5}}
  page:4: {{r40: user:1, r8: user:2}}
",
        actions.join(", "),
        relations.join(", "),
        rules.collect::<String>()
    ));
    for (relation, page) in (0..64).flat_map(|relation| [(relation, "1"), (relation, "3")]) {
        let may = |actor| {
            let action = format!("a{relation}");
            let request = Request::new(human(actor), &action, Resource::new("page", page));
            policies.evaluate(&request, &mut Scratch::new()).effect == Effect::Permit
        };
        assert_eq!(may("user:1"), relation == 3, "{relation}, {page}");
        assert!(!may("user:2"), "{relation}, {page}");
        assert_eq!(may("user:3"), relation == 3, "{relation}, {page}");
        assert_eq!(may("user:5"), relation == 35, "{relation}, {page}");
    }
}
