use pdp_core::model::ResourceName;
use pdp_core::{
    Declared, DeclaredPart, Effect, Engine, ExactFact, Layer, Policies, SourceText, Statement,
};

const TEXT: &str = "
version: 1
types:
  team:
    ids: prefixed
    relations: {member: direct}
  document:
    actions: [read, write, share]
    relations:
      team: {to: team}
      alike: {to: team, id: resource.id}
      owner: direct
      blocked: direct
      viewer: [direct, owner, team.member, {when: resource.id in actor.tenants}]
context: {late: bool?}
rules:
  - {id: blocked, effect: deny, resource: document, actors: {relation: blocked}}
  - {id: owners, effect: permit, resource: document, actors: {relation: owner}}
  - {id: viewers, effect: permit, resource: document, actions: read, actors: {relation: viewer}}
  - id: others
    effect: permit
    resource: document
    actions: [write]
    actors: {all: [{relation: team.member}, {not: {relation: viewer}}]}
  - id: asked
    effect: permit
    resource: document
    actions: [share]
    when: \"(context.late ?? false) ? related('viewer') : !related('team.member')\"
facts:
  document:a:
    team: team:1
    owner: user:1
    viewer: ['user:*', team:1#member, {role: clerk, type: human}, {id: user:2, until: 2030-01-01T00:00:00Z}]
  document:b: {owner: [user:1, user:3]}
  team:1: {member: user:4}
";

fn policies() -> Policies {
    Policies::from_sources(&[SourceText { path: "p.yaml", text: TEXT }]).expect("a policy set")
}

#[test]
fn types_are_listed_as_they_are_written() {
    let policies = policies();
    let types: Vec<_> = policies.types().collect();
    assert_eq!(types.iter().map(|one| one.name).collect::<Vec<_>>(), ["team", "document"]);
    assert_eq!((types[0].prefixed, types[1].prefixed), (true, false));
    assert_eq!(types[1].actions, ["read", "write", "share"]);
    let relations: Vec<_> =
        types[1].relations.iter().map(|one| (one.name, one.definition.clone())).collect();
    let direct = || Declared::Union(vec![DeclaredPart::Direct]);
    let viewer = Declared::Union(vec![
        DeclaredPart::Direct,
        DeclaredPart::Relation("owner"),
        DeclaredPart::Through { link: "team", relation: "member" },
        DeclaredPart::When("resource.id in actor.tenants"),
    ]);
    let expected = [
        ("team", Declared::Link { to: "team", same_id: false }),
        ("alike", Declared::Link { to: "team", same_id: true }),
        ("owner", direct()),
        ("blocked", direct()),
        ("viewer", viewer),
    ];
    assert_eq!(relations, expected);
}

#[test]
fn what_rules_ask_for_is_told_by_action_unless_they_deny_it() {
    let policies = policies();
    let asked = policies.asked_relations();
    assert!(asked[0].is_empty(), "{asked:?}");
    let mut lines: Vec<String> = asked[1]
        .iter()
        .map(|one| {
            let link = one.link.map(|link| format!("{link}.")).unwrap_or_default();
            format!("{} {link}{}: {}", one.effect.as_str(), one.relation, one.actions.join(" "))
        })
        .collect();
    lines.sort_unstable();
    let expected = [
        "deny blocked: read write share",
        "permit owner: read write share",
        "permit team.member: write",
        "permit viewer: read share",
    ];
    assert_eq!(lines, expected);
    assert!(asked[1].iter().any(|one| one.effect == Effect::Deny));
}

#[test]
fn rules_that_hang_on_keys_are_found_too() {
    let rules: String = (0..20)
        .map(|number| {
            format!(
                "  - {{id: r{number}, effect: permit, resource: document, actions: share, \
                 actors: {{all: [{{id: 'user:{number}'}}, {{relation: owner}}]}}}}\n"
            )
        })
        .collect();
    let text =
        "version: 1\ntypes: {document: {actions: [read, share], relations: {owner: direct}}}\n"
            .to_owned()
            + "rules:\n"
            + &rules;
    let policies =
        Policies::from_sources(&[SourceText { path: "p.yaml", text: &text }]).expect("a set");
    let asked = &policies.asked_relations()[0];
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].relation, &*asked[0].actions), ("owner", &["share"][..]));
}

#[test]
fn facts_about_resources_are_those_of_the_whole_list() {
    let engine = Engine::new(policies());
    engine
        .add(Statement::relation("document:b", "viewer", "team:1#member".parse().expect("a set")))
        .expect("a fact");
    engine
        .remove(Statement::relation("document:b", "owner", "user:3".parse().expect("an id")))
        .expect("a fact");
    let policies = engine.present();
    let references = ["document:a", "document:b", "team:1", "document:none"];
    let resources: Vec<ResourceName<'_>> = references
        .iter()
        .map(|reference| policies.resource_of(reference).expect("a reference"))
        .collect();
    let mut found: Vec<String> = Vec::new();
    for resource in &resources {
        found.extend(policies.facts_about(resource).map(|fact| format!("{fact:?}")));
    }
    let said = |fact: ExactFact<'_>| {
        let mut statement = Statement::relation(
            references[fact.resource],
            fact.relation,
            fact.actor.parse().expect("an id"),
        );
        if let Statement::Relation { actors, .. } = &mut statement {
            actors[0].until = fact.until;
        }
        format!("{statement:?}")
    };
    found.extend(policies.exact_facts(&resources, None).map(said));
    let mut expected: Vec<String> =
        policies.facts(Layer::Present).map(|fact| format!("{fact:?}")).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 9);
    for actor in ["user:1", "user:2", "user:3", "user:none"] {
        let all = policies.exact_facts(&resources, None).filter(|fact| fact.actor == actor);
        let mut all: Vec<String> = all.map(said).collect();
        let mut of_one: Vec<String> =
            policies.exact_facts(&resources, Some(actor)).map(said).collect();
        all.sort_unstable();
        of_one.sort_unstable();
        assert_eq!(of_one, all, "{actor}");
    }
}

#[test]
fn a_reference_names_a_declared_type() {
    let policies = policies();
    for (reference, resource) in [
        ("document:a", Some(("document", "a"))),
        ("document:a:b", Some(("document", "a:b"))),
        ("team:1", Some(("team", "team:1"))),
        ("tea:1", None),
        ("document", None),
        ("document:", None),
        ("", None),
    ] {
        let found = policies.resource_of(reference);
        let found = found.as_ref().map(|name| (&*name.resource_type, &*name.id));
        assert_eq!(found, resource, "{reference}");
    }
}
