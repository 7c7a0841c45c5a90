//! What sets and links lead to is found beforehand, and decides as a walk does.

use pdp_core::{
    ChangedActor, Effect, Engine, Fault, Policies, Request, Resource, Scratch, Statement, Timestamp,
};

use crate::support::{human, policies};

/// Files in folders in folders, shared with groups of groups.
fn drive(settings: &str, facts: &str) -> Policies {
    policies(&format!(
        "
version: 1
{settings}
types:
  group: {{relations: {{member: direct}}}}
  profile: {{relations: {{boss: direct}}}}
  folder:
    relations:
      parent: {{to: folder}}
      viewer: [direct, parent.viewer]
  file:
    actions: [read, edit, see, sign, ask, avoid]
    relations:
      folder: {{to: folder}}
      archive: {{to: folder}}
      profile: {{to: profile, id: resource.id}}
      viewer: [direct, folder.viewer, archive.viewer]
      editor: direct
      signer: profile.boss
      asker: [direct, folder.viewer, {{when: actor.id == 'user:9'}}]
rules:
  - {{id: read, effect: permit, resource: file, actions: read, actors: {{relation: viewer}}}}
  - {{id: edit, effect: permit, resource: file, actions: edit, actors: {{relation: editor}}}}
  - {{id: see, effect: permit, resource: file, actions: see, actors: {{relation: [folder.viewer, archive.viewer]}}}}
  - {{id: sign, effect: permit, resource: file, actions: sign, actors: {{relation: signer}}}}
  - {{id: ask, effect: permit, resource: file, actions: ask, actors: {{relation: asker}}}}
  - {{id: avoid, effect: permit, resource: file, actions: avoid, actors: {{not: {{relation: [viewer, editor]}}}}}}
facts:
{facts}
"
    ))
}

const SHARED: &str = "
  group:inner: {member: [user:1, 'group:outer#member']}
  group:outer: {member: [user:2, 'group:inner#member']}
  folder:top: {viewer: ['group:inner#member', user:3]}
  folder:sub: {parent: folder:top, viewer: user:4}
  folder:old: {viewer: user:5}
  file:a: {folder: folder:sub, archive: folder:old, viewer: user:6, editor: ['group:outer#member', user:7]}
  profile:a: {boss: user:8}
";

/// Which users may do something to a file, by the last letter of their ids; the same with what was
/// found beforehand, as ranges, and without it.
fn users(policies: &Policies, action: &str, file: &str) -> String {
    let ask = |policies: &Policies, user: u32| {
        let id = format!("user:{user}");
        let request = Request::new(human(&id), action, Resource::new("file", file));
        let decision = policies.evaluate(&request, &mut Scratch::new());
        let faults: Vec<Fault> = decision.errors.iter().map(|error| error.fault).collect();
        (decision.effect == Effect::Permit, faults)
    };
    let (walking, ranged) = (policies.without_closures(), policies.closed_as_ranges());
    let mut users = String::new();
    for user in 1..=9 {
        let answer = ask(policies, user);
        assert_eq!(answer, ask(&walking, user), "{action} {file} {user}");
        assert_eq!(answer, ask(&ranged, user), "{action} {file} {user}");
        match answer {
            (true, _) => users.push_str(&user.to_string()),
            (false, faults) if !faults.is_empty() => users.push('!'),
            _ => {}
        }
    }
    users
}

fn relation(resource: &str, relation: &str, actor: &str) -> Statement {
    Statement::relation(resource, relation, actor.parse().expect("an actor"))
}

fn link(resource: &str, link: &str, target: &str) -> Statement {
    let (resource, link) = (resource.to_owned(), link.to_owned());
    Statement::Link { resource, link, targets: vec![target.to_owned()] }
}

#[test]
fn whoever_sets_and_links_lead_to_has_the_relation() {
    let policies = drive("", SHARED);
    let asked = |action| users(&policies, action, "a");
    assert_eq!(asked("read"), "123456");
    assert_eq!(asked("edit"), "127");
    assert_eq!(asked("see"), "12345");
    assert_eq!(asked("sign"), "8");
    assert_eq!(asked("avoid"), "89");
    assert_eq!(users(&policies, "read", "unknown"), "");
}

#[test]
fn several_links_that_lead_to_several_are_each_followed() {
    let facts = "  file:a: {folder: [folder:old, folder:sub], archive: folder:sub}
  file:b: {folder: [folder:old, folder:none], archive: [folder:old, folder:top]}
  file:c: {folder: [folder:old, folder:none], archive: [folder:none, folder:more]}";
    let shared = SHARED.replace("  file:a: {folder: folder:sub, archive: folder:old, viewer: user:6, editor: ['group:outer#member', user:7]}\n", "");
    assert_ne!(shared, SHARED);
    let policies = drive("", &(shared + facts + "\n"));
    for (file, who) in [("a", "12345"), ("b", "1235"), ("c", "5")] {
        assert_eq!(users(&policies, "see", file), who, "{file}");
    }
}

#[test]
fn a_change_far_away_is_seen_at_once_and_after_settling() {
    let engine = Engine::new(drive("", SHARED));
    let asked = |action: &str| users(&engine.present(), action, "a");
    let both = |action: &str, wanted: &str| {
        assert_eq!(asked(action), wanted);
        assert!(engine.settle(), "{wanted}: something was given up");
        assert_eq!(asked(action), wanted);
        assert!(!engine.settle(), "{wanted}: nothing was given up since");
    };
    assert!(!engine.settle(), "nothing has changed");
    engine.add(relation("group:outer", "member", "user:9")).expect("a change");
    both("read", "1234569");
    engine.remove(relation("group:inner", "member", "group:outer#member")).expect("a change");
    both("read", "13456");
    engine.remove(relation("file:a", "viewer", "user:6")).expect("a change");
    both("read", "1345");
    engine.remove(link("folder:sub", "parent", "folder:top")).expect("a change");
    both("see", "45");
    engine.add(link("file:a", "folder", "folder:top")).expect("a change");
    both("see", "1345");
    engine.add(relation("profile:a", "boss", "user:1")).expect("a change");
    both("sign", "18");
}

#[test]
fn settling_changes_no_revision() {
    let engine = Engine::new(drive("", SHARED));
    let revision = engine.remove(relation("group:inner", "member", "user:1")).expect("a change");
    assert!(engine.settle());
    assert_eq!(engine.present().version().revision, revision);
}

#[test]
fn what_depends_on_the_request_is_asked_then() {
    let policies = drive(
        "",
        "
  group:all: {member: 'user:*'}
  group:late: {member: {id: user:2, until: '2026-06-01T12:00:00Z'}}
  folder:open: {viewer: ['group:all#member']}
  folder:ending: {viewer: [user:1, 'group:late#member']}
  file:a: {folder: folder:open}
  file:b: {folder: folder:ending, asker: user:1}
  file:c: {viewer: ['user:*'], folder: folder:x}
  file:d: {folder: folder:x, viewer: [user:3, {id: user:4, until: '2026-06-01T12:00:00Z'}]}
",
    );
    assert_eq!(users(&policies, "read", "a"), "123456789");
    assert_eq!(users(&policies, "read", "b"), "1!");
    assert_eq!(users(&policies, "read", "c"), "123456789");
    assert_eq!(users(&policies, "read", "d"), "3!");
    assert_eq!(users(&policies, "ask", "b"), "1!9");
    assert_eq!(users(&policies, "ask", "d"), "9");
}

#[test]
fn a_resource_that_is_named_later_counts() {
    let engine = Engine::new(drive("", "\n  file:a: {folder: folder:x}\n"));
    assert_eq!(users(&engine.present(), "sign", "a"), "");
    engine.add(relation("profile:a", "boss", "user:5")).expect("a change");
    assert_eq!(users(&engine.present(), "sign", "a"), "5");
}

#[test]
fn the_limit_of_walks_is_the_same() {
    let chain: String = (0..6)
        .map(|level| {
            format!("  group:g{level}: {{member: ['group:g{}#member', user:{level}]}}\n", level + 1)
        })
        .collect();
    let facts = format!("{chain}  file:a: {{editor: ['group:g1#member']}}\n");
    for (limit, wanted) in [(3, "123!!!!!!"), (6, "12345!!!!"), (7, "12345"), (8, "12345")] {
        let policies = drive(&format!("walk_limit: {limit}"), &facts);
        let asked = users(&policies, "edit", "a");
        assert_eq!(
            asked.trim_end_matches('!').len(),
            wanted.trim_end_matches('!').len(),
            "{limit}"
        );
    }
}

#[test]
fn what_very_many_have_is_found_beforehand_too() {
    let members: Vec<String> = (1..=1_100).map(|user| format!("user:{user}")).collect();
    let facts = format!(
        "
  group:crowd: {{member: [{}]}}
  folder:top: {{viewer: ['group:crowd#member']}}
  file:a: {{folder: folder:top, editor: user:1}}
",
        members.join(", ")
    );
    let policies = drive("", &facts);
    assert_eq!(users(&policies, "read", "a"), "123456789");
    assert_eq!(users(&policies, "edit", "a"), "1");
}

/// Groups in groups, which share some of theirs, and rings of them.
#[test]
fn what_leads_very_far_is_found_beforehand_too() {
    let mut facts = String::new();
    for group in 0..400 {
        let (next, other) = (group + 1, (group * 7 + 3) % 400);
        facts.push_str(&format!(
            "  group:n{group}: {{member: ['group:n{next}#member', 'group:n{other}#member']}}\n"
        ));
    }
    facts.push_str("  group:n400: {member: [user:1, 'group:ring0#member']}\n");
    for group in 0..300 {
        let next = (group + 1) % 300;
        let user = if group == 7 { ", user:2" } else { "" };
        facts.push_str(&format!(
            "  group:ring{group}: {{member: ['group:ring{next}#member'{user}]}}\n"
        ));
    }
    facts.push_str(
        "  group:apart: {member: [user:3, 'group:n399#member']}
  group:open: {member: ['user:*', 'group:n0#member']}
  folder:top: {viewer: ['group:n0#member']}
  folder:ring: {viewer: ['group:ring150#member'], parent: folder:apart}
  folder:apart: {viewer: ['group:apart#member']}
  file:a: {folder: folder:top, viewer: user:4, editor: ['group:ring299#member']}
  file:b: {folder: folder:ring}
  file:c: {viewer: ['group:open#member']}
",
    );
    let policies = drive("", &facts);
    assert_eq!(users(&policies, "read", "a"), "124");
    assert_eq!(users(&policies, "see", "a"), "12");
    assert_eq!(users(&policies, "edit", "a"), "2");
    assert_eq!(users(&policies, "read", "b"), "123");
    assert_eq!(users(&policies, "read", "c"), "123456789");
    let engine = Engine::new(policies);
    engine.add(relation("group:ring20", "member", "user:5")).expect("a change");
    assert_eq!(users(&engine.present(), "read", "a"), "1245");
    assert!(engine.settle());
    assert_eq!(users(&engine.present(), "read", "a"), "1245");
    let actors = vec![ChangedActor {
        form: "user:6".parse().expect("an actor"),
        until: Timestamp::parse("2026-06-01T12:00:00Z").ok(),
    }];
    let (resource, relation) = ("group:ring30".to_owned(), "member".to_owned());
    let ending = Statement::Relation { resource, relation, actors };
    engine.add(ending).expect("a change");
    // Nobody can say whether it has ended: the request states no time.
    assert_eq!(users(&engine.present(), "read", "a"), "1245!");
    assert!(engine.settle());
    assert_eq!(users(&engine.present(), "read", "a"), "1245!");
    engine.remove(self::relation("group:ring30", "member", "user:6")).expect("a change");
    assert_eq!(users(&engine.present(), "read", "a"), "1245");
    for limit in [690, 700, 701, 702, 710] {
        // Whatever the limit says, it says it in all ways alike.
        users(&drive(&format!("walk_limit: {limit}"), &facts), "read", "a");
    }
}

/// What is known of one resource and kept for the request says nothing of another one, though their
/// relations stand at the same places.
#[test]
fn what_is_known_of_one_resource_is_not_taken_for_another() {
    let policies = policies(
        "
version: 1
types:
  folder: {relations: {parent: {to: folder}, viewer: [direct, parent.viewer], keeper: direct}}
  file: {actions: [read], relations: {folder: {to: folder}, owner: direct}}
  page: {actions: [read], relations: {folder: {to: folder}, editor: [direct, folder.keeper]}}
rules:
  - {id: folder, effect: permit, resource: file, actors: {relation: folder.viewer}}
  - {id: owner, effect: permit, resource: file, actors: {relation: owner}}
  - {id: editor, effect: permit, resource: page, actors: {relation: editor}}
  - {id: page, effect: permit, resource: page, actors: {relation: folder.viewer}}
facts:
  folder:top: {viewer: user:1}
  folder:sub: {parent: folder:top, viewer: 'bot:*', keeper: user:2}
  folder:plain: {parent: folder:top, keeper: user:2}
  file:a: {folder: folder:plain, owner: user:3}
  page:a: {folder: folder:sub, editor: user:4}
",
    );
    let (walking, ranged) = (policies.without_closures(), policies.closed_as_ranges());
    for policies in [&policies, &walking, &ranged] {
        for (of, actor, reason) in [
            ("file", "user:1", "folder"),
            ("file", "user:3", "owner"),
            ("file", "user:2", "no_matching_policy"),
            ("file", "bot:1", "no_matching_policy"),
            ("page", "user:1", "page"),
            ("page", "user:2", "editor"),
            ("page", "user:4", "editor"),
            ("page", "bot:1", "page"),
            ("page", "user:3", "no_matching_policy"),
        ] {
            let request = Request::new(human(actor), "read", Resource::new(of, "a"));
            let decision = policies.evaluate(&request, &mut Scratch::new());
            assert_eq!(decision.reason, reason, "{of} {actor}");
        }
    }
}

/// A relation with both a link and a condition leads on.
#[test]
fn the_members_of_a_set_have_its_relation_by_links_and_conditions() {
    let policies = policies(
        "
version: 1
types:
  folder: {relations: {parent: {to: folder}, viewer: [direct, parent.viewer, {when: actor.id == 'user:9'}]}}
  file: {actions: [read], relations: {reader: direct}}
rules: [{id: it, effect: permit, resource: file, actors: {relation: reader}}]
facts:
  folder:top: {viewer: user:1}
  folder:sub: {parent: folder:top, viewer: user:2}
  file:a: {reader: 'folder:sub#viewer'}
  file:b: {reader: ['folder:sub#viewer', 'folder:other#viewer']}
",
    );
    for policies in [&policies.without_closures(), &policies] {
        for (file, user) in [("a", 1), ("a", 2), ("a", 9), ("b", 1), ("b", 2), ("b", 9)] {
            let id = format!("user:{user}");
            let request = Request::new(human(&id), "read", Resource::new("file", file));
            let decision = policies.evaluate(&request, &mut Scratch::new());
            assert_eq!(decision.reason, "it", "{file} {user}");
        }
    }
}
