use pdp_core::model::Model;
use pdp_core::{Effect, Fault, Policies, SourceText};

use crate::support::{answer, ask, human};

const SET: &str = "
version: 1
types:
  team: {ids: prefixed, actions: [read], relations: {member: direct}}
  folder: {actions: [read, write], relations: {team: {to: team, tenant: true}, parent: {to: folder, tenant: true}}}
  document: {actions: [read, write], relations: {folder: {to: folder, tenant: true}, see: {to: team}}}
  usage: {actions: [read], relations: {of: {to: document, id: resource.id, tenant: true}}}
  memo: {actions: [read]}
let: {short: resource.id.startsWith('s')}
rules: [{id: all, effect: permit}]
facts:
  folder:a: {parent: folder:root}
  folder:root: {team: 'team:7'}
  folder:both: {team: ['team:7', 'team:8']}
  document:s1: {folder: folder:a}
  document:l1: {folder: folder:a}
  document:s2: {folder: folder:both}
  document:s3: {see: 'team:7'}
  document:s4: {folder: folder:loop}
  folder:loop: {parent: folder:loop}
";

fn with(tenant: &str) -> Policies {
    load(SET, tenant).unwrap_or_else(|errors| panic!("{errors}"))
}

fn load(set: &str, tenant: &str) -> Result<Policies, pdp_core::PolicyErrors> {
    Policies::from_sources(&[
        SourceText { path: "m.yaml", text: set },
        SourceText { path: "t.yaml", text: tenant },
    ])
}

#[test]
fn rules_of_a_tenant_apply_to_what_belongs_to_it() {
    let policies = with(
        "{version: 1, tenant: 'team:7', let: {barred: short}, rules: [{id: t, effect: deny, when: barred || resource.type == 'team'}]}",
    );
    for (resource_type, id, expected) in [
        ("document", "s1", "deny t"),
        ("document", "l1", "permit all"),
        ("document", "s2", "deny t"),
        ("document", "s3", "permit all"),
        ("document", "s4", "permit all"),
        ("document", "sx", "permit all"),
        ("usage", "s1", "deny t"),
        ("usage", "l1", "permit all"),
        ("team", "team:7", "deny t"),
        ("team", "team:8", "permit all"),
        ("memo", "s1", "permit all"),
    ] {
        let found = answer(&policies, human("user:1"), "read", resource_type, id);
        assert_eq!(found, expected, "{resource_type} {id}");
    }
}

#[test]
fn a_walk_over_the_limit_denies() {
    let set = format!("walk_limit: 2\n{SET}");
    let policies = load(&set, "{version: 1, tenant: 'team:8', rules: [{id: t, effect: deny}]}");
    let policies = policies.unwrap_or_else(|errors| panic!("{errors}"));
    // document:s1, folder:a, folder:root: three, and team:8 is not among them.
    let decision = ask(&policies, human("user:1"), "read", "document", "s1");
    assert_eq!(decision.reason, "t");
    assert_eq!(decision.errors[0].fault, Fault::WalkLimit);
    // folder:both, team:7, team:8: the last level is looked at as a whole.
    let decision = ask(&policies, human("user:1"), "read", "folder", "both");
    assert_eq!((&*decision.reason, decision.errors.len()), ("t", 0));
    assert_eq!(answer(&policies, human("user:1"), "read", "document", "s3"), "permit all");
}

#[test]
fn a_tenant_file_holds_nothing_that_could_add_a_permit() {
    let tenant = |text: &str| {
        let text = format!("version: 1\ntenant: 'team:7'\n{text}");
        load(SET, &text).map(drop).map_err(|errors| errors.to_string())
    };
    assert_eq!(tenant("rules: []"), Ok(()));
    for (text, message) in [
        ("rules: [{id: t, effect: permit}]", "t.yaml:3:9: a rule in a tenant file denies"),
        ("rules: [{id: t, effect: permit, bypass: true}]", "a rule in a tenant file denies"),
        ("facts: {'document:x': {}}", "t.yaml:3:1: a tenant file cannot hold `facts`"),
        ("bypass: all", "a tenant file cannot hold `bypass`"),
        ("types: {y: {actions: [a]}}", "a tenant file cannot hold `types`"),
        ("microdao_policies: []", "a tenant file cannot hold `microdao_policies`"),
        ("derived_roles: {y: {when: 'true'}}", "a tenant file cannot hold `derived_roles`"),
        ("let: {short: 'true'}", "name `short` stands twice"),
        ("rules: [{id: t, effect: deny, resource: memo}]", "t.yaml:3:9: the rule covers no type"),
        (
            "rules: [{id: t, effect: deny, actors: {relation: member}}]",
            "unknown relation `member` on `folder`",
        ),
        ("rules: [{id: all, effect: deny}]", "rule `all` stands twice"),
    ] {
        let found = tenant(text).expect_err(text);
        assert!(found.contains(message), "{text}: {found}");
    }
    for (reference, message) in [
        ("team", "no reference to a resource"),
        ("memo:1", "no link to `memo` is marked as a tenant's"),
        ("tram:1", "unknown type `tram`; did you mean `team`?"),
    ] {
        let found = load(SET, &format!("{{version: 1, tenant: '{reference}'}}"));
        let found = found.expect_err(reference).to_string();
        assert!(found.contains(message), "{found}");
    }
}

#[test]
fn names_of_a_tenant_are_its_own() {
    let file = |path, text| SourceText { path, text };
    let set = file("m.yaml", SET);
    let seven = "{version: 1, tenant: 'team:7', let: {mine: 'true'}, rules: [{id: s, effect: deny, when: mine}]}";
    let eight = "{version: 1, tenant: 'team:8', let: {mine: 'false'}, rules: [{id: e, effect: deny, when: mine}]}";
    let policies = Policies::from_sources(&[set, file("7.yaml", seven), file("8.yaml", eight)]);
    let policies = policies.unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(answer(&policies, human("user:1"), "read", "document", "s2"), "deny s");
    assert_eq!(answer(&policies, human("user:1"), "read", "team", "team:8"), "permit all");
    let thief = file("x.yaml", "{version: 1, rules: [{id: x, effect: permit, when: mine}]}");
    let errors = Policies::from_sources(&[set, file("7.yaml", seven), thief]);
    assert!(
        errors.expect_err("a name of another file").to_string().contains("unknown name `mine`")
    );
}

#[test]
fn a_model_holds_no_permit_of_a_tenant_either() {
    let sources = [
        SourceText { path: "m.yaml", text: SET },
        SourceText {
            path: "t.yaml",
            text: "{version: 1, tenant: 'team:7', rules: [{id: t, effect: deny}]}",
        },
    ];
    let mut model = Model::parse(&sources).expect("a model");
    assert!(Policies::compile(&model).is_ok());
    model.rules.last_mut().expect("the tenant's rule").effect = Effect::Permit;
    let errors = Policies::compile(&model).expect_err("a permit").to_string();
    assert!(errors.contains("a rule in a tenant file denies"), "{errors}");
}

/// Several tenants share types; which rule decides, and why, is as if all rules were tried in turn.
#[test]
fn rules_of_several_tenants_are_tried_in_their_order() {
    let tenant_file = |number: usize| {
        format!(
            "{{version: 1, tenant: 'team:{number}', rules: [
                {{id: first-{number}, effect: deny, actors: {{id: 'user:{number}'}}}},
                {{id: all-{number}, effect: deny, actions: write}}]}}"
        )
    };
    let mut links = String::new();
    for count in 1..10 {
        let teams: Vec<String> = (1..=count).rev().map(|team| format!("'team:{team}'")).collect();
        links += &format!("  folder:of{count}: {{team: [{}]}}\n", teams.join(", "));
    }
    let rules = "
rules:
  - {id: early, effect: deny, actors: {id: 'user:early'}}
  - {id: open, effect: permit}
";
    let set = SET.replace("rules: [{id: all, effect: permit}]", rules) + &links;
    let late = "{version: 1, rules: [{id: late, effect: deny, actors: {id: 'user:late'}}]}";
    let mut files = vec![("a.yaml".to_owned(), set), ("z.yaml".to_owned(), late.to_owned())];
    files.extend((1..10).map(|number| (format!("t{number}.yaml"), tenant_file(number))));
    files.sort();
    let sources: Vec<SourceText<'_>> =
        files.iter().map(|(path, text)| SourceText { path, text }).collect();
    let policies = Policies::from_sources(&sources).unwrap_or_else(|errors| panic!("{errors}"));
    for count in 1..10 {
        let of = format!("of{count}");
        let asked = |actor: &str, action: &str| {
            let decision = ask(&policies, human(actor), action, "folder", &of);
            assert!(decision.errors.is_empty());
            decision.reason.into_owned()
        };
        assert_eq!(asked("user:early", "write"), "early");
        assert_eq!(asked("user:0", "write"), "all-1");
        assert_eq!(asked(&format!("user:{count}"), "read"), format!("first-{count}"));
        assert_eq!(asked(&format!("user:{}", count + 1), "read"), "open");
        assert_eq!(asked("user:late", "read"), "late");
        assert_eq!(asked("user:late", "write"), "all-1");
    }
    assert_eq!(answer(&policies, human("user:1"), "write", "folder", "nowhere"), "permit open");
}

/// Rules of another type are not among them, whichever rules are tried apart from others.
#[test]
fn only_rules_of_the_type_are_tried_where_tenants_have_some() {
    let set = "
version: 1
types:
  apart: {actions: [read]}
  document: {actions: [read], relations: {team: {to: team, tenant: true}}}
  team: {ids: prefixed}
rules:
  - {id: apart, effect: permit, resource: apart}
  - {id: root, effect: permit, bypass: true, actors: {id: user:0}}
  - {id: denied, effect: deny, resource: document, actors: {id: user:1}}
  - {id: reader, effect: permit, resource: document, actors: {id: [user:1, user:2, user:3]}}
facts: {document:d: {team: 'team:7'}}
";
    let tenant =
        "{version: 1, tenant: 'team:7', rules: [{id: t, effect: deny, actors: {id: user:2}}]}";
    let policies = load(set, tenant).unwrap_or_else(|errors| panic!("{errors}"));
    for (actor, expected) in [
        ("user:0", "permit root"),
        ("user:1", "deny denied"),
        ("user:2", "deny t"),
        ("user:3", "permit reader"),
        ("user:4", "deny no_matching_policy"),
    ] {
        assert_eq!(answer(&policies, human(actor), "read", "document", "d"), expected, "{actor}");
    }
}
