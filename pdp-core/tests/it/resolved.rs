use pdp_core::{
    Actor, ActorType, Decision, Engine, Membership, Policies, Request, ResolvedRequest, Resource,
    Scratch, Statement, Text,
};

use crate::support::policies;

const SET: &str = "
version: 1
types:
  club: {actions: [join]}
  document:
    actions: [read, write]
    relations: {club: {to: club}, viewer: direct}
  note: {actions: [read], attributes: {kind: {type: string?, from: request}}}
actor: {attributes: {level: {type: int?, from: request}}}
role_aliases: {chief: boss}
rules:
  - {id: bosses, effect: permit, resource: document, actors: {role: boss}}
  - {id: viewers, effect: permit, resource: document, actions: read, actors: {relation: viewer}}
  - {id: members, effect: permit, resource: club, actors: {tenant: t1}}
  - {id: kinds, effect: permit, resource: note, when: \"has(resource.kind) && resource.kind == 'x' && has(actor.level) && actor.level > 2\"}
  - {id: roots, effect: permit, bypass: true, actors: {role: root}}
facts:
  document:a: {viewer: user:1}
  document:b: {viewer: 'user:*'}
";

fn set() -> Policies {
    policies(SET)
}

fn with<T>(ask: impl FnOnce(&[Request<'_>]) -> T) -> T {
    let texts = |words: &[&'static str]| -> Vec<Text<'static>> {
        words.iter().map(|word| Text::from(*word)).collect()
    };
    let roles = ["chief", "boss", "root", "other"].map(|role| texts(&[role]));
    let many = texts(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "boss"]);
    let tenants = texts(&["t1"]);
    let memberships = [Membership { tenant: "t1".into(), role: "any".into() }];
    let mut level = pdp_core::Map::new();
    level.insert("level", 3);
    let mut kind = pdp_core::Map::new();
    kind.insert("kind", "x");
    let person = Actor::new(ActorType::Human, "user:1");
    let stranger = Actor::new(ActorType::Agent, "agent:9");
    let mut actors = vec![person, stranger, Actor { roles: &many, ..person }];
    actors.extend(roles.iter().map(|roles| Actor { roles, ..person }));
    actors.extend([
        Actor { tenants: &tenants, ..stranger },
        Actor { memberships: &memberships, ..stranger },
        Actor { attributes: &level, ..stranger },
    ]);
    let note = Resource { attributes: &kind, ..Resource::new("note", "n") };
    let resources = [
        Resource::new("document", "a"),
        Resource::new("document", "b"),
        Resource::new("document", "unknown"),
        Resource::new("club", "c"),
        Resource::new("undeclared", "a"),
        note,
    ];
    let mut requests = Vec::new();
    for resource in resources {
        for action in ["read", "write", "join", "undeclared"] {
            requests.extend(actors.iter().map(|actor| Request::new(*actor, action, resource)));
        }
    }
    ask(&requests)
}

#[test]
fn what_was_resolved_is_decided_as_by_name() {
    let policies = set();
    let mut scratch = Scratch::new();
    let reasons = with(|requests| {
        let mut reasons = std::collections::BTreeSet::new();
        for request in requests {
            let actor = policies.resolve_actor(&request.actor);
            let resource = policies.resolve_resource(&request.resource);
            let resolved = ResolvedRequest::new(&actor, request.action, &resource);
            assert_eq!(resolved.request(), *request);
            let decision = policies.evaluate_resolved(&resolved, &mut scratch).expect("present");
            assert_eq!(decision, policies.evaluate(request, &mut Scratch::new()), "{request:?}");
            reasons.insert(decision.reason.into_owned());
        }
        reasons
    });
    let all = ["bosses", "kinds", "members", "no_matching_policy", "roots", "viewers"];
    assert_eq!(reasons.iter().map(String::as_str).collect::<Vec<_>>(), all);
}

#[test]
fn a_batch_is_decided_one_by_one() {
    let policies = set();
    let mut scratch = Scratch::new();
    with(|requests| {
        assert!(requests.len() > 64);
        for count in [0, 1, 15, 16, 17, requests.len()] {
            let batch: Vec<Request<'_>> = requests.iter().rev().take(count).copied().collect();
            let mut decisions = Vec::new();
            policies.evaluate_batch(&batch, &mut scratch, &mut decisions);
            let single = |request| policies.evaluate(request, &mut Scratch::new());
            assert_eq!(decisions, batch.iter().map(single).collect::<Vec<Decision<'_>>>());
            policies.evaluate_batch(&batch, &mut scratch, &mut decisions);
            assert_eq!(decisions.len(), 2 * count);
        }
    });
}

/// The same letters in other memory are looked up, and so are other roles of the same actor.
#[test]
fn a_batch_takes_no_actor_for_another() {
    let policies = set();
    let [boss, other] = ["boss", "other"].map(|role| [Text::from(role)]);
    let ids = ["user:1".to_owned(), "user:2".to_owned(), "user:1".to_owned()];
    let requests: Vec<Request<'_>> = [
        (&ids[0], &other[..]),
        (&ids[1], &other),
        (&ids[2], &boss),
        (&ids[2], &other),
        (&ids[2], &[]),
        (&ids[1], &boss),
    ]
    .into_iter()
    .map(|(id, roles)| {
        let actor = Actor { roles, ..Actor::new(ActorType::Human, id) };
        Request::new(actor, "read", Resource::new("document", "a"))
    })
    .collect();
    let mut decisions = Vec::new();
    policies.evaluate_batch(&requests, &mut Scratch::new(), &mut decisions);
    let reasons: Vec<&str> = decisions.iter().map(|decision| &*decision.reason).collect();
    let none = "no_matching_policy";
    assert_eq!(reasons, ["viewers", none, "bosses", "viewers", "viewers", "bosses"]);
}

#[test]
fn what_was_resolved_elsewhere_is_an_error() {
    let (one, same) = (set(), set());
    let actor = one.resolve_actor(&Actor::new(ActorType::Human, "user:1"));
    let resource = one.resolve_resource(&Resource::new("document", "a"));
    let other_resource = same.resolve_resource(&Resource::new("document", "a"));
    let ask = |policies: &Policies, resource| {
        let request = ResolvedRequest::new(&actor, "read", resource);
        let decided = policies.evaluate_resolved(&request, &mut Scratch::new());
        decided.map(|decision| decision.reason.into_owned())
    };
    assert_eq!(ask(&one, &resource).as_deref(), Ok("viewers"));
    assert_eq!(ask(&one.clone(), &resource).as_deref(), Ok("viewers"));
    assert_eq!(ask(&one.without_closures(), &resource).as_deref(), Ok("viewers"));
    assert!(ask(&same, &resource).is_err());
    assert!(ask(&one, &other_resource).is_err());

    let engine = Engine::new(one.clone());
    let viewer = Statement::relation("document:a", "viewer", "user:2".parse().expect("an actor"));
    engine.add(viewer.clone()).expect("declared");
    let stale = ask(&engine.present(), &resource).expect_err("another revision");
    assert_eq!((stale.resolved.revision, stale.present.revision), (1, 2));
    assert_eq!(
        stale.to_string(),
        "the actor or the resource was looked up in other policies or facts, at revision 1; \
         these are at revision 2"
    );
    let again = engine.present().resolve_resource(&Resource::new("document", "a"));
    assert!(ask(&engine.present(), &again).is_err());
    engine.reload(set()).expect("the same files");
    assert!(ask(&engine.present(), &resource).is_err());
    assert_eq!(ask(&one, &resource).as_deref(), Ok("viewers"));
}
