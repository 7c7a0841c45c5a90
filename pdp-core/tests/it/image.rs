#![expect(clippy::unwrap_used, reason = "what the tests set up must succeed")]

use std::collections::BTreeSet;

use pdp_core::wire::parse_change_set;
use pdp_core::{
    Actor, ActorType, Engine, HostFunction, ImageError, Layer, Policies, Request, Resource,
    Scratch, SourceText, Timestamp, Type, Value, is_image,
};
use sha2::{Digest as _, Sha256};

/// Magic, format and checksum.
const HEAD: usize = 44;

/// Every form of fact, in every section that states facts alone.
const RULES: &str = "
version: 1
role_aliases: {chief: boss}
types:
  group: {actions: [read], relations: {member: direct, lead: direct}}
  microdao: {ids: prefixed, actions: [read], relations: {owners: direct, admins: direct, members: direct}}
  channel:
    actions: [read]
    relations:
      microdao_id: {to: microdao, tenant: true}
      allowed_roles: direct
      blocked_users: direct
      allowed_agents: direct
  tool:
    actions: [run]
    relations: {allowed_agents: direct, allowed_user_roles: direct, microdao_ids: {to: microdao}}
    attributes: {enabled: bool, public: bool?}
  agent: {ids: prefixed, actions: [read], relations: {owner_id: direct, microdao_id: {to: microdao}}}
  document:
    actions: [read, write]
    relations:
      parent: {to: document}
      viewer: [direct, parent.viewer]
      barred: direct
    attributes:
      open: bool?
      size: int?
      share: double?
      since: timestamp?
      life: duration?
      from: ip?
      range: cidr?
      names: list(string)?
      more: any?
      asked: {type: int?, from: request}
actor: {attributes: {level: int?, resource_types: list(string)?}}
facts:
  document:a:
    viewer: [user:1, 'team:*', group:g#member, role:boss, {role: chief, type: agent}, {id: user:5, until: '2027-01-01T00:00:00Z'}]
    barred: [{prefix: 'bot:', until: '2030-01-01T00:00:00.5Z'}, {set: 'group:g#lead', until: '2028-01-01T00:00:00Z'}, user:666]
  document:b: {parent: [document:a, document:z]}
  document:c: {viewer: '*'}
  group:g: {member: user:2, lead: user:3}
rules:
  - {id: unknown, effect: deny, resource: {type: document, known: false}}
  - {id: barred, effect: deny, resource: document, actors: {relation: barred}}
  - {id: viewer, effect: permit, resource: document, actors: {relation: viewer}}
  - {id: open, effect: permit, resource: document, when: resource.open ?? false}
  - {id: large, effect: permit, resource: document, actions: write, when: '(resource.size ?? 0) > 3 && (resource.share ?? 0.0) < 1.0'}
  - {id: level, effect: permit, resource: document, when: (actor.level ?? 0) > 3}
  - {id: members, effect: permit, resource: microdao, actors: {relation: members}}
  - {id: blocked, effect: deny, resource: channel, actors: {relation: blocked_users}}
  - {id: roles, effect: permit, resource: channel, actors: {relation: allowed_roles}}
  - {id: tool, effect: permit, resource: tool, when: resource.enabled && (resource.public ?? false)}
  - {id: tool-roles, effect: permit, resource: tool, actors: {relation: allowed_user_roles}}
  - {id: of-type, effect: permit, resource: tool, when: 'resource.type in (actor.resource_types ?? [])'}
  - {id: owner, effect: permit, resource: agent, actors: {relation: [owner_id, microdao_id.owners]}}
attributes:
  resources:
    document:c: {since: '2026-01-01T00:00:00Z', life: 1h30m}
    document:f: {size: 7, share: 0.5, open: false}
    document:d: {open: true, from: 10.0.0.1, range: '10.0.0.0/8', names: [x, é], more: {a: [1, ~, {b: 18446744073709551615}], c: 2.5}}
  actors: {user:7: {level: 5, resource_types: [tool]}}
";

const FACTS: &str = "
version: 1
resources: [document:e, 'microdao:2']
microdao_policies: [{microdao_id: 'microdao:1', owners: [user:1], members: ['user:*']}]
channel_policies: [{channel_id: c, microdao_id: 'microdao:1', allowed_roles: [owners], blocked_users: [user:9]}]
tool_policies:
  - {tool_id: open, enabled: true, allowed_agents: ~}
  - {tool_id: own, enabled: true, allowed_agents: [], allowed_user_roles: [chief], microdao_ids: ['microdao:1']}
agent_policies: [{agent_id: 'agent:x', owner_id: user:5, microdao_id: 'microdao:1'}]
service_policies: [{service_id: 'service:s', resource_types: [tool]}]
defaults: {deny_by_default: true}
";

const TENANT: &str = "
version: 1
tenant: microdao:1
rules: [{id: of-tenant, effect: deny, resource: channel, actors: {id: 'user:8'}}]
";

const SOURCES: [SourceText<'static>; 3] = [
    SourceText { path: "facts.yaml", text: FACTS },
    SourceText { path: "rules.yaml", text: RULES },
    SourceText { path: "tenant.yaml", text: TENANT },
];

/// What run time says: every operation, on every form of fact.
const CHANGES: &str = r#"{"id": "c", "changes": [
  {"op": "add", "resource": "document:new", "relation": "viewer", "actor": {"role": "chief", "type": "human", "until": "2029-01-01T00:00:00Z"}},
  {"op": "add", "resource": "document:new", "relation": "viewer", "actor": "user:77"},
  {"op": "add", "resource": "document:a", "relation": "viewer", "actor": {"id": "user:1", "until": "2029-01-01T00:00:00Z"}},
  {"op": "add", "resource": "document:a", "relation": "viewer", "actor": {"prefix": "late:"}},
  {"op": "remove", "resource": "document:a", "relation": "viewer", "actors": ["user:5", "group:g#member", "user:404"]},
  {"op": "remove", "resource": "document:b", "relation": "viewer", "actor": {"role": "porter"}},
  {"op": "remove", "resource": "document:b", "relation": "parent", "target": "document:z"},
  {"op": "replace", "resource": "document:c", "relation": "viewer", "actors": ["user:4", "group:g#lead"]},
  {"op": "add", "resource": "document:d", "attribute": "names", "value": ["y"]},
  {"op": "remove", "resource": "document:d", "attribute": "open"},
  {"op": "add", "actor": "user:8", "attribute": "level", "value": 9},
  {"op": "remove", "actor": "user:7", "attribute": "level"},
  {"op": "add", "resource": "document:named"},
  {"op": "remove", "resource": "document:e"}
]}"#;

fn policies() -> Policies {
    Policies::from_sources(&SOURCES).unwrap_or_else(|errors| panic!("{errors}"))
}

fn changed() -> Engine {
    let engine = Engine::new(policies());
    engine.apply(&parse_change_set(CHANGES.as_bytes()).unwrap()).unwrap();
    engine
}

fn image(policies: &Policies) -> Vec<u8> {
    policies.to_image(&SOURCES).unwrap_or_else(|error| panic!("{error}"))
}

fn read(image: &[u8]) -> Policies {
    Policies::from_image(image).unwrap_or_else(|error| panic!("{error}"))
}

/// A set that is small, and yet has every part of an image.
fn small() -> (Policies, Vec<u8>) {
    let text = "{version: 1, types: {d: {actions: [a], relations: {v: direct, l: {to: d}}, attributes: {n: 'list(any)?'}}}, \
        actor: {attributes: {k: int?}}, rules: [{id: r, effect: permit, resource: d, actors: {relation: v}}], \
        facts: {d:1: {v: [u, {id: w, until: '2027-01-01T00:00:00Z'}, 'p*', role:x, d:2#v], l: d:2}, d:3: {}}, \
        attributes: {resources: {d:1: {n: [1, {a: ~}]}}, actors: {u: {k: 1}}}}";
    let sources = [SourceText { path: "p", text }];
    let engine = Engine::new(Policies::from_sources(&sources).unwrap());
    let changes = r#"{"id": "c", "changes": [
        {"op": "add", "resource": "d:1", "relation": "v", "actors": ["z", {"id": "w", "until": "2028-01-01T00:00:00Z"}, {"role": "x"}]},
        {"op": "remove", "resource": "d:1", "attribute": "n"},
        {"op": "add", "actor": "u", "attribute": "k", "value": 2},
        {"op": "remove", "resource": "d:3"}]}"#;
    engine.apply(&parse_change_set(changes.as_bytes()).unwrap()).unwrap();
    let present = Policies::clone(&engine.present());
    let image = present.to_image(&sources).unwrap();
    (present, image)
}

/// What policies answer to requests of all kinds, one a line.
fn answers(policies: &Policies) -> Vec<String> {
    let mut scratch = Scratch::new();
    let mut answers = Vec::new();
    let actors = ["user:1", "user:2", "user:3", "user:4", "user:5", "user:7", "user:8", "user:9"];
    let others = ["user:666", "user:77", "team:x", "late:1", "bot:1", "service:s", "u", "w", "z"];
    let resources = [
        ("document", &["a", "b", "c", "d", "e", "f", "z", "new", "named", "nowhere"][..]),
        ("channel", &["c"]),
        ("tool", &["open", "own"]),
        ("agent", &["agent:x"]),
        ("microdao", &["microdao:1", "microdao:2"]),
        ("d", &["1", "2", "3"]),
    ];
    let roles = [vec![], vec!["boss".into()], vec!["chief".into(), "x".into()]];
    let times = [None, Some("2026-06-01T00:00:00Z"), Some("2028-06-01T00:00:00Z")];
    for id in actors.into_iter().chain(others) {
        for (resource_type, ids) in resources {
            for resource in ids {
                for (roles, time) in roles.iter().zip(times) {
                    let actor_type =
                        if roles.len() > 1 { ActorType::Agent } else { ActorType::Human };
                    let mut actor = Actor::new(actor_type, id);
                    actor.roles = roles;
                    for action in ["read", "run", "write", "a"] {
                        let resource = Resource::new(resource_type, resource);
                        let mut request = Request::new(actor, action, resource);
                        request.now = time.map(|time| Timestamp::parse(time).unwrap());
                        let decision = policies.evaluate(&request, &mut scratch);
                        answers.push(serde_json::to_string(&decision).unwrap());
                    }
                }
            }
        }
    }
    answers
}

/// Everything that policies list: facts of both layers, words, differences.
fn listing(policies: &Policies) -> Vec<String> {
    let facts = |layer| {
        let facts = policies.facts(layer).map(|fact| serde_json::to_string(&fact).unwrap());
        facts.collect::<BTreeSet<String>>().into_iter()
    };
    let words = policies.words().chain(policies.difference());
    let words = words.map(|word| serde_json::to_string(&word).unwrap());
    facts(Layer::Files).chain(facts(Layer::Present)).chain(words).collect()
}

fn assert_same(one: &Policies, other: &Policies) {
    assert_eq!(one.version(), other.version());
    assert_eq!(one.summary(), other.summary());
    assert_eq!(listing(one), listing(other));
    assert_eq!(answers(one), answers(other));
}

/// The image with its checksum made right.
fn sealed(mut image: Vec<u8>) -> Vec<u8> {
    if image.len() >= HEAD {
        let checksum = Sha256::digest(&image[HEAD..]);
        image[12..HEAD].copy_from_slice(&checksum);
    }
    image
}

#[test]
fn an_image_decides_as_its_texts() {
    let policies = policies();
    let image = image(&policies);
    assert!(is_image(&image));
    let again = read(&image);
    assert_same(&policies, &again);
    assert_eq!(self::image(&again), image);
    let effects: BTreeSet<String> = answers(&again)
        .iter()
        .filter_map(|answer| answer.split(',').nth(1).map(str::to_owned))
        .collect();
    for reason in [
        "viewer",
        "barred",
        "open",
        "large",
        "level",
        "members",
        "blocked",
        "roles",
        "tool",
        "tool-roles",
        "of-type",
        "owner",
        "of-tenant",
        "unknown",
    ] {
        assert!(effects.contains(&format!("\"reason\":\"{reason}\"")), "{reason}: {effects:?}");
    }
}

#[test]
fn an_image_knows_what_run_time_said() {
    let engine = changed();
    let present = engine.present();
    let again = Engine::new(read(&image(&present)));
    assert_same(&present, &again.present());
    assert_eq!(again.present().version().revision, 2);
    // A reload applies the words to the files, and forgetting brings back what they say.
    for engine in [&engine, &again] {
        engine.reload(policies()).unwrap();
    }
    assert_same(&engine.present(), &again.present());
    for word in present.words() {
        for engine in [&engine, &again] {
            let mut statement = word.statement.clone();
            match &mut statement {
                pdp_core::Statement::Relation { actors, .. } => {
                    actors.iter_mut().for_each(|actor| actor.until = None);
                }
                pdp_core::Statement::ResourceAttribute { value, .. }
                | pdp_core::Statement::ActorAttribute { value, .. } => *value = None,
                _ => {}
            }
            engine.forget(statement).unwrap();
        }
        assert_eq!(listing(&engine.present()), listing(&again.present()));
    }
    assert_eq!(again.present().words().count(), 0);
    assert_eq!(answers(&engine.present()), answers(&again.present()));
    assert!(again.settle());
    assert_eq!(answers(&engine.present()), answers(&again.present()));
}

#[test]
fn a_reload_takes_an_image_without_words_and_refuses_one_with_them() {
    let engine = changed();
    let before = listing(&engine.present());
    engine.reload(read(&image(&policies()))).unwrap();
    assert_eq!(listing(&engine.present()), before);
    let error = engine.reload(read(&image(&engine.present()))).unwrap_err();
    assert_eq!(error.message, "these policies hold facts of run time already");
}

#[test]
fn changes_go_on_from_an_image() {
    let (one, other) = (changed(), Engine::new(read(&image(&policies()))));
    let change_set = parse_change_set(CHANGES.as_bytes()).unwrap();
    assert_eq!(other.apply(&change_set).unwrap().revision, 2);
    assert_same(&one.present(), &other.present());
}

#[test]
fn functions_of_the_host_come_with_the_host() {
    let function = || {
        HostFunction::new("is_even", vec![Type::Int], Type::Bool, |arguments| match arguments {
            [Value::Int(number)] => Some(Value::Bool(number % 2 == 0)),
            _ => None,
        })
    };
    let text = "
version: 1
types: {door: {actions: [open], attributes: {floor: int}}}
rules: [{id: even-floors, effect: permit, when: is_even(resource.floor)}]
attributes: {resources: {door:a: {floor: 2}, door:b: {floor: 3}}}
";
    let sources = [SourceText { path: "a.yaml", text }];
    let policies = Policies::with_functions(&sources, &[function()]).unwrap();
    let image = policies.to_image(&sources).unwrap();
    let error = Policies::from_image(&image).unwrap_err();
    let error = error.to_string();
    assert!(
        error.starts_with("the policies in the image cannot be compiled: a.yaml:4:"),
        "{error}"
    );
    let again = Policies::from_image_with_functions(&image, &[function()]).unwrap();
    for (id, reason) in [("a", "even-floors"), ("b", "no_matching_policy")] {
        let actor = Actor::new(ActorType::Human, "user:1");
        let request = Request::new(actor, "open", Resource::new("door", id));
        assert_eq!(again.evaluate(&request, &mut Scratch::new()).reason, reason);
    }
}

#[test]
fn warnings_of_rules_stay_and_those_of_facts_were_given() {
    let text = "
version: 1
types:
  dao: {ids: prefixed, relations: {member: direct}}
  door: {actions: [open], relations: {dao: {to: dao, tenant: true}, keeper: direct}}
facts:
  door:front:
    keeper: [dao:1#member, dao:2]
rules:
  - {id: one, effect: permit, obligations: [{type: log}]}
  - {id: two, effect: permit}
";
    let tenant = "{version: 1, tenant: dao:3, rules: [{id: t, effect: deny}]}";
    let sources =
        [SourceText { path: "a.yaml", text }, SourceText { path: "b.yaml", text: tenant }];
    let policies = Policies::from_sources(&sources).unwrap();
    let again = Policies::from_image(&policies.to_image(&sources).unwrap()).unwrap();
    let lines = |policies: &Policies| -> Vec<(String, u32, u32)> {
        let warnings = policies.warnings().iter();
        warnings.map(|it| (it.file.clone(), it.span.line, it.span.column)).collect()
    };
    let a = |line, column| ("a.yaml".to_owned(), line, column);
    assert_eq!(lines(&policies), [a(8, 28), a(11, 5), ("b.yaml".to_owned(), 1, 22)]);
    assert_eq!(lines(&again), [a(11, 5)]);
}

#[test]
fn only_the_texts_of_the_policies_are_taken() {
    let policies = policies();
    let mut sources = SOURCES;
    sources.reverse();
    assert_eq!(policies.to_image(&sources).unwrap(), image(&policies));
    sources[0].path = "other.yaml";
    for sources in [&sources[..], &SOURCES[1..], &[]] {
        let error = policies.to_image(sources).unwrap_err();
        assert!(matches!(error, ImageError::OtherTexts { .. }), "{error}");
    }
}

#[test]
fn a_text_whose_facts_cannot_be_told_from_the_rest_is_named() {
    let types = "{version: 1, types: {d: {actions: [a]}}}";
    let sources = |text| {
        [SourceText { path: "facts.yaml", text }, SourceText { path: "types.yaml", text: types }]
    };
    let image = |text| {
        let sources = sources(text);
        Policies::from_sources(&sources).unwrap().to_image(&sources)
    };
    assert!(image("resources:\n- # one\n  d:1\nversion: 1\n").is_ok());
    let error = image("resources:\n- # one-two\n  d:1\nversion: 1\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the facts of `facts.yaml` cannot be told from the rest of its text"
    );
}

#[test]
fn ids_are_as_the_texts_allow() {
    let text = "
version: 1
non_ascii_ids: true
role_aliases: {bb: a}
types: {d: {actions: [a], relations: {v: direct}}, p: {ids: prefixed}}
rules: [{id: r, effect: permit, resource: d, actors: {relation: v}}]
facts: {'d:é è': {v: [{id: 'ü x'}, {prefix: 'ö '}, 'role:ñ']}, 'p:ß': {}}
";
    let sources = [SourceText { path: "a.yaml", text }];
    let image = Policies::from_sources(&sources).unwrap().to_image(&sources).unwrap();
    let policies = read(&image);
    for (actor, reason) in [("ü x", "r"), ("ö y", "r"), ("öy", "no_matching_policy")] {
        let actor = Actor::new(ActorType::Human, actor);
        let request = Request::new(actor, "a", Resource::new("d", "é è"));
        assert_eq!(policies.evaluate(&request, &mut Scratch::new()).reason, reason);
    }
    // What stands in an image must be what its texts could say.
    let replaced = |old: &str, new: &str| {
        let (old, new) = (old.as_bytes(), new.as_bytes());
        let start = image.windows(old.len()).position(|window| window == old).unwrap();
        assert_eq!(old.len(), new.len());
        let mut replaced = image.clone();
        replaced[start..start + old.len()].copy_from_slice(new);
        Policies::from_image(&sealed(replaced)).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(replaced("ü x", "ü y"), Ok(()));
    assert_eq!(replaced("bb: a}", "xx: a}"), Ok(()));
    for (old, new, fault) in [
        ("é è", "é\u{b}è", "resources: an id that is not made as it must be"),
        ("ü x", "ü\u{b}x", "actors: a text that is not made as it must be"),
        ("ö ", "ö\u{b}", "prefixes: a text that is not made as it must be"),
        ("ñ", "bb", "roles: a role that facts cannot name"),
        ("ñ", "x ", "roles: a role that facts cannot name"),
        ("p:ß", "q:ß", "resources: an id without its type"),
        ("non_ascii_ids: true", "walk_limit:   10000", "roles: a role that facts cannot name"),
        ("non_ascii_ids: true", "non_ascii_ids: null", "is `true` or `false`"),
        ("facts:  {}", "facts: {x}", "a.yaml:7:"),
        ("facts:  {}", "facts: 'x'", "a.yaml:7:"),
    ] {
        let error = replaced(old, new).unwrap_err();
        assert!(error.contains(fault), "{old}: {error}");
    }
}

/// Why the image of a text is refused when some of its bytes are others.
fn refused(text: &str, old: &[u8], new: &[u8]) -> String {
    let sources = [SourceText { path: "a.yaml", text }];
    let image = Policies::from_sources(&sources).unwrap().to_image(&sources).unwrap();
    refused_image(image, old, new)
}

fn refused_image(mut image: Vec<u8>, old: &[u8], new: &[u8]) -> String {
    assert_eq!(old.len(), new.len());
    let found = image.windows(old.len()).enumerate().filter(|(_, window)| *window == old);
    let found: Vec<usize> = found.map(|(start, _)| start).collect();
    let [start] = found[..] else { panic!("{old:?} stands at {found:?}") };
    image[start..start + old.len()].copy_from_slice(new);
    match Policies::from_image(&sealed(image)) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string().replace("the image is malformed: ", ""),
    }
}

/// Numbers as they stand in an image: each with its width in bytes.
fn octets<const N: usize>(numbers: [(usize, u32); N]) -> Vec<u8> {
    numbers.iter().flat_map(|(width, number)| number.to_le_bytes()[..*width].to_vec()).collect()
}

/// Two resources, two actors with relations 0 and 1 for ever, and one of them with 1 until some time.
const PAIRS: &str = "
version: 1
types: {d: {actions: [a], relations: {v: direct, w: direct, l: {to: d}}}}
rules: []
resources: [d:1, d:2]
facts: {d:1: {v: [x, y], w: [x, {id: y, until: '2027-01-01T00:00:00Z'}]}}
";

#[test]
fn entries_stand_in_order_and_each_once() {
    const NOT_IN_ORDER: &str = "entries that are not in order, each once";
    let declared = |first, second| octets([(4, 2), (4, first), (4, second)]);
    let error = refused(PAIRS, &declared(0, 1), &declared(0, 0));
    assert_eq!(error, format!("declared resources: {NOT_IN_ORDER}"));
    let groups = |first, second, of_first, of_second| {
        octets([(4, 0), (1, first), (4, of_first), (4, 0), (1, second), (4, of_second)])
    };
    let error = refused(PAIRS, &groups(0, 1, 2, 1), &groups(0, 0, 2, 1));
    assert_eq!(error, format!("exact facts: {NOT_IN_ORDER}"));
    let error = refused(PAIRS, &groups(0, 1, 2, 1), &groups(0, 1, 0, 3));
    assert_eq!(error, "exact facts: a relation of nobody");
    let error = refused(PAIRS, &groups(0, 1, 2, 1), &groups(0, 2, 2, 1));
    assert_eq!(error, "exact facts: a relation that facts do not state");
    let actors =
        |first, second| [groups(0, 1, 2, 1), octets([(4, first), (4, second), (4, 0)])].concat();
    for (first, second) in [(1, 0), (0, 0), (1, 1)] {
        let error = refused(PAIRS, &actors(0, 1), &actors(first, second));
        assert_eq!(error, format!("exact facts: {NOT_IN_ORDER}"));
    }
    let error = refused(PAIRS, &actors(0, 1), &actors(0, 2));
    assert_eq!(error, "exact facts: an actor without an id");
    let ending =
        |relation, actor, time| octets([(4, 1), (4, 0), (1, relation), (4, actor), (4, time)]);
    for (relation, actor, time, fault) in [
        (1, 0, 1, "a fact that holds for ever, too"),
        (1, 2, 1, "an actor without an id"),
        (2, 1, 1, "a relation that facts do not state"),
        (1, 1, 0, "a fact without an end"),
        (1, 1, 2, "an unknown time"),
    ] {
        let error = refused(PAIRS, &ending(1, 1, 1), &ending(relation, actor, time));
        assert_eq!(error, format!("ending facts: {fault}"));
    }
}

#[test]
fn what_ends_stands_once_and_so_do_times() {
    let text = "
version: 1
types: {d: {actions: [a], relations: {v: direct}}}
rules: []
facts: {d:1: {v: [{id: x, until: '2027-01-01T00:00:00Z'}, {id: y, until: '2028-01-01T00:00:00Z'}]}}
";
    let ending = |actor, time| octets([(4, 0), (1, 0), (4, actor), (4, time)]);
    let entries = |second| [ending(0, 1), second].concat();
    let error = refused(text, &entries(ending(1, 2)), &entries(ending(0, 2)));
    assert_eq!(error, "ending facts: entries that are not in order, each once");
    let seconds = |year| {
        let time = Timestamp::parse(&format!("{year}-01-01T00:00:00Z")).unwrap();
        time.unix_seconds().to_le_bytes()
    };
    let error = refused(text, &seconds(2028), &seconds(2027));
    assert_eq!(error, "times: entries that are not in order, each once");
}

#[test]
fn an_attribute_of_an_actor_stands_once() {
    let text = "
version: 1
types: {d: {actions: [a]}}
actor: {attributes: {k: int?, l: int?}}
rules: []
attributes: {actors: {x: {k: 1, l: 2}}}
";
    let entries = |second| octets([(4, 2), (4, 0), (2, 0), (4, 0), (2, second)]);
    let error = refused(text, &entries(1), &entries(0));
    assert_eq!(error, "attributes of actors: entries that are not in order, each once");
}

#[test]
fn ids_have_letters() {
    let actors =
        |first, second| [octets([(4, 2), (2, first), (2, second)]), b"xy".to_vec()].concat();
    let error = refused(PAIRS, &actors(1, 1), &actors(0, 2));
    assert_eq!(error, "actors: a text that is not made as it must be");
    let resources = |first, second| {
        [octets([(4, 2), (2, first), (2, 0), (2, second), (2, 0)]), b"12".to_vec()].concat()
    };
    let error = refused(PAIRS, &resources(1, 1), &resources(2, 0));
    assert_eq!(error, "resources: an id that is not made as it must be");
}

#[test]
fn other_facts_name_what_is_there() {
    let text = "
version: 1
types: {d: {actions: [a], relations: {v: direct, w: direct, l: {to: d}}, attributes: {n: 'any?'}}}
actor: {attributes: {k: int?}}
rules: []
facts: {d:1: {v: ['p*', 'role:r', 'd:2#w'], l: d:2}}
attributes: {resources: {d:1: {n: {a: 1, b: 2}}}, actors: {x: {k: 1}}}
";
    // What it is about, its kind and three numbers, and the time.
    let fact = |kind, first, second, third| {
        octets([(4, 0), (1, kind), (4, first), (4, second), (4, third), (4, 0)])
    };
    let (prefix, role, link) = (fact(1, 0, 0, 0), fact(2, 0, 7, 0), fact(3, 2, 1, 0));
    for (old, new, fault) in [
        (&prefix, fact(1, 1, 0, 0), "an unknown prefix"),
        (&prefix, fact(1, 0, 2, 0), "a relation that facts do not state"),
        (&prefix, fact(1, 0, 0, 1), "a number that means nothing"),
        (&role, fact(2, 1, 7, 0), "an unknown role"),
        (&role, fact(2, 0, 3, 0), "actor types that no fact names"),
        (&role, fact(2, 0, 7, 2), "a relation that facts do not state"),
        (&link, fact(3, 1, 1, 0), "a link that facts do not state"),
        (&link, fact(3, 2, 1, 1), "a number that means nothing"),
        (&link, fact(3, 2, 2, 0), "a link to a resource of another type"),
        (&fact(4, 0, 1, 1), fact(4, 2, 1, 1), "a relation that facts do not state"),
        (&fact(4, 0, 1, 1), fact(4, 0, 1, 2), "a set of a relation that actors do not have"),
        (&fact(4, 0, 1, 1), fact(4, 0, 2, 1), "a resource without an id"),
    ] {
        assert_eq!(refused(text, old, &new), format!("other facts: {fault}"));
    }
    // Behind how many there are stands the first, an attribute; behind the one of an actor a map.
    let first = |attribute, second| octets([(4, 5), (4, 0), (1, 0), (4, attribute), (4, second)]);
    for (attribute, second, fault) in
        [(1, 0, "an attribute that is not declared"), (0, 1, "a number that means nothing")]
    {
        let error = refused(text, &first(0, 0), &first(attribute, second));
        assert_eq!(error, format!("other facts: {fault}"));
    }
    let of_actor = |actor, attribute| octets([(4, 1), (4, actor), (2, attribute), (1, 13)]);
    for (actor, attribute, fault) in
        [(1, 0, "an actor without an id"), (0, 1, "an attribute that is not declared")]
    {
        let error = refused(text, &of_actor(0, 0), &of_actor(actor, attribute));
        assert_eq!(error, format!("attributes of actors: {fault}"));
    }
    for key in [b'a', b'A'] {
        let error = refused(text, b"\x01\0\0\0b", &[1, 0, 0, 0, key]);
        assert_eq!(error, "other facts: a map whose keys are not in order");
    }
}

#[test]
fn texts_stand_in_order_and_each_once() {
    let sources = [
        SourceText { path: "a", text: "{version: 1, types: {d: {actions: [a]}}}" },
        SourceText { path: "b", text: "{version: 1, rules: []}" },
    ];
    let image = Policies::from_sources(&sources).unwrap().to_image(&sources).unwrap();
    for path in [b'a', b'A'] {
        let error = refused_image(image.clone(), b"\x01\0\0\0b", &[1, 0, 0, 0, path]);
        assert_eq!(error, "texts: paths that are not in order");
    }
}

#[test]
fn words_say_what_can_be_said() {
    let text = "{version: 1, types: {d: {actions: [a], relations: {v: direct, w: direct}, attributes: {n: int?}}}, \
        actor: {attributes: {k: int?}}, resources: ['d:1', 'd:2']}";
    let sources = [SourceText { path: "a.yaml", text }];
    let engine = Engine::new(Policies::from_sources(&sources).unwrap());
    let changes = r#"{"id": "c", "changes": [
        {"op": "remove", "resource": "d:2"},
        {"op": "add", "resource": "d:1", "relation": "w", "actor": "x"},
        {"op": "add", "resource": "d:1", "attribute": "n", "value": 7},
        {"op": "add", "actor": "x", "attribute": "k", "value": 8}]}"#;
    engine.apply(&parse_change_set(changes.as_bytes()).unwrap()).unwrap();
    let image = engine.present().to_image(&sources).unwrap();
    // A value says of what kind it is, 3, and then that it is a whole number, 3 again.
    let of_resource = |of_files| {
        let key = octets([(1, 1), (4, 0), (1, 0), (4, 0), (4, 0), (4, 0)]);
        [key, octets([(1, 3), (1, 3), (4, 7), (4, 0), (1, of_files)])].concat()
    };
    let of_actor = |of_files| {
        let key = octets([(1, 2), (4, 0), (2, 0)]);
        [key, octets([(1, 3), (1, 3), (4, 8), (4, 0), (1, of_files)])].concat()
    };
    // Of four words the first two, and three of which the first ends some time.
    let is_there = octets([(1, 3), (4, 1), (1, 0), (1, 1)]);
    let has_relation = octets([(1, 0), (4, 0), (1, 1), (4, 0), (1, 1), (1, 0)]);
    let until = octets([(1, 3), (4, 1), (1, 0), (1, 2), (4, 1), (4, 0), (4, 0)]);
    let two = [octets([(4, 4)]), is_there, has_relation].concat();
    let one = [octets([(4, 3)]), until].concat();
    for (old, new) in [(of_resource(0), of_resource(1)), (of_actor(0), of_actor(1)), (two, one)] {
        let error = refused_image(image.clone(), &old, &new);
        assert_eq!(error, "words: what cannot be said of such a fact");
    }
}

#[test]
fn an_attribute_of_requests_is_not_taken_from_an_image() {
    let text = "{version: 1, types: {d: {actions: [a], attributes: {n: {type: 'int', from: facts  }}}}, attributes: {resources: {'d:1': {n: 1}}}}";
    let error = refused(text, b"from: facts  ", b"from: request");
    assert_eq!(error, "other facts: an attribute that requests state");
}

#[test]
fn a_text_in_an_image_states_no_facts() {
    let text = "{version: 1, types: {d: {actions: [a]}}, resources: ['d:1'], rules: []}";
    let error = refused(text, b"resources:  []    ", b"resources: ['d:2']");
    assert_eq!(error, "texts: a text that states facts");
}

#[test]
fn values_without_end_are_not_written() {
    let text = "{version: 1, types: {d: {actions: [a], attributes: {n: any?}}}}";
    let sources = [SourceText { path: "a.yaml", text }];
    let nested = |depth: usize| {
        let value = (0..depth).fold(Value::Null, |value, _| Value::List(vec![value]));
        let statement = pdp_core::Statement::ResourceAttribute {
            resource: "d:1".into(),
            attribute: "n".into(),
            value: Some(value),
        };
        let engine = Engine::new(Policies::from_sources(&sources).unwrap());
        engine.add(statement).unwrap();
        engine.present().to_image(&sources)
    };
    assert!(nested(64).is_ok_and(|image| Policies::from_image(&image).is_ok()));
    let error = nested(65).unwrap_err().to_string();
    assert_eq!(
        error,
        "the policies hold what no image can: values: a value that is nested too deep"
    );
}

#[test]
fn every_flipped_bit_is_refused() {
    let (_, image) = small();
    for position in 0..image.len() {
        for bit in 0..8 {
            let mut flipped = image.clone();
            flipped[position] ^= 1 << bit;
            assert!(Policies::from_image(&flipped).is_err(), "byte {position}, bit {bit}");
        }
    }
}

#[test]
fn an_image_that_ends_early_or_late_is_refused() {
    let (_, image) = small();
    for length in 0..image.len() {
        assert!(Policies::from_image(&image[..length]).is_err(), "{length}");
        let sealed = sealed(image[..length].to_vec());
        assert!(Policies::from_image(&sealed).is_err(), "{length}, sealed");
    }
    let longer = sealed([&image[..], &[0]].concat());
    let error = Policies::from_image(&longer).unwrap_err().to_string();
    assert_eq!(error, "the image is malformed: words: it is too long");
}

#[test]
fn what_is_no_image_of_this_format_is_named() {
    let (_, image) = small();
    let error = |image: &[u8]| Policies::from_image(image).unwrap_err();
    assert!(matches!(error(b"version: 1\n"), ImageError::NoImage));
    assert!(matches!(error(&image[1..]), ImageError::NoImage));
    let mut other = image.clone();
    other[8] = 2;
    assert!(matches!(error(&other), ImageError::Format { found: 2, wanted: 1 }));
    let mut damaged = image.clone();
    *damaged.last_mut().unwrap() ^= 1;
    assert!(matches!(error(&damaged), ImageError::Checksum));
    // The digest is that of texts that nobody has here: it is as true as the whole image.
    let mut renamed = image;
    renamed[HEAD] ^= 1;
    assert!(matches!(error(&renamed), ImageError::Checksum));
}

/// With a right checksum, whatever an image says is refused or is a policy set like another.
#[test]
fn made_up_images_are_refused_or_sound() {
    let (_, image) = small();
    let (mut refused, mut accepted) = (BTreeSet::new(), 0);
    for position in HEAD..image.len() {
        for value in [0, 1, 2, 3, 0x7f, 0x80, 0xff, image[position] ^ 1, image[position] ^ 4] {
            let mut made_up = image.clone();
            if made_up[position] == value {
                continue;
            }
            made_up[position] = value;
            match Policies::from_image(&sealed(made_up)) {
                Ok(policies) => {
                    accepted += 1;
                    assert_sound(policies);
                }
                Err(ImageError::Malformed { part, fault }) => {
                    refused.insert(format!("{part}: {fault}"));
                }
                Err(ImageError::Policies(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
    // Other ids, values and times are as good as these.
    assert!(accepted > 100, "{accepted}");
    for (part, faults) in REFUSED {
        for fault in *faults {
            assert!(refused.contains(&format!("{part}: {fault}")), "{part}: {fault}: {refused:#?}");
        }
    }
}

/// What a changed byte can make of an image: each must be noticed.
const REFUSED: &[(&str, &[&str])] = &[
    ("actors", &["a text that is not made as it must be", "texts that are not each there once"]),
    ("attributes of actors", &["an attribute that is not declared", "an actor without an id"]),
    ("attributes of actors", &["a value of another type"]),
    ("declared resources", &["a resource without an id"]),
    ("declared resources", &["entries that are not in order, each once"]),
    ("ending facts", &["a fact that holds for ever, too", "a fact without an end"]),
    ("ending facts", &["a relation that facts do not state", "a resource without an id"]),
    ("ending facts", &["an actor without an id", "an unknown time"]),
    ("exact facts", &["a relation of nobody", "a relation that facts do not state"]),
    ("exact facts", &["a resource without an id", "an actor without an id"]),
    ("exact facts", &["entries that are not in order, each once"]),
    ("head", &["a revision out of range"]),
    ("other facts", &["a fact of an unknown kind", "a link that facts do not state"]),
    ("other facts", &["a link to a resource of another type", "a number that means nothing"]),
    ("other facts", &["a relation that facts do not state", "a resource without an id"]),
    ("other facts", &["a set of a relation that actors do not have"]),
    ("other facts", &["actor types that no fact names", "an unknown prefix", "an unknown role"]),
    ("other facts", &["an unknown time", "entries that are not in order, each once"]),
    ("other facts", &["what cannot be said of such a fact"]),
    ("prefixes", &["a text that is not made as it must be"]),
    ("resources", &["a type that is not declared", "an id that is not made as it must be"]),
    ("resources", &["texts that are not each there once"]),
    ("roles", &["a role that facts cannot name"]),
    ("times", &["a time out of range"]),
    ("words", &["a link that facts do not state", "a relation that facts do not state"]),
    ("words", &["a word that does not hold", "two words on one fact", "an actor without an id"]),
    ("words", &["what cannot be said of such a fact", "a value that is too large"]),
    ("words", &["an unknown role", "an attribute that is not declared", "it is too long"]),
];

/// Policies that were accepted answer, list, change and settle.
fn assert_sound(policies: Policies) {
    answers(&policies);
    let before = listing(&policies);
    let again = policies.clone();
    let engine = Engine::new(policies);
    let changes = r#"{"id": "d", "changes": [
        {"op": "add", "resource": "d:1", "relation": "v", "actor": "new"},
        {"op": "replace", "resource": "d:1", "relation": "v", "actors": ["u", "d:2#v"]}]}"#;
    let applied = engine.apply(&parse_change_set(changes.as_bytes()).unwrap());
    assert!(applied.is_ok() || !again.declares("d", "a") || listing(&again) == before);
    engine.settle();
    answers(&engine.present());
    listing(&engine.present());
}
