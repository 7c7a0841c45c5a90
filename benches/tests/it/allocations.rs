use pdp_benches::allocations::{Allocations, CountingAllocator};
use pdp_core::{Actor, ActorType, Effect, Map, Policies, Request, Resource, Scratch, SourceText};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const POLICY: &str = "
version: 1
types:
  group: {actions: [read], relations: {member: direct}}
  folder:
    actions: [read]
    relations: {viewer: direct, space: {to: folder, tenant: true}}
  page:
    actions: [read, write]
    relations:
      parent: {to: folder, tenant: true}
      blocked: direct
      viewer: [direct, parent.viewer]
    attributes: {size: int?}
    otherwise: [{actors: {not: {relation: viewer}}, reason: not_a_viewer}, no]
derived_roles: {reader: {actors: {relation: viewer, id: ['*', {exact: x}]}, when: actor.id.contains(':')}}
context:
  place: string?
  tags: list(string)?
  client: ip?
  offices: list(cidr)?
  level: map(int)?
  sent: timestamp?
rules:
  - {id: root, effect: permit, bypass: true, actors: {role: root}}
  - {id: blocked, effect: deny, resource: page, actors: {relation: blocked}}
  - {id: odd, effect: deny, resource: {type: page, id: {regex: 'q-[0-9]+(x|y)*'}}, actors: {id: '*z*z'}}
  - {id: viewers, effect: permit, resource: page, actions: read, actors: {derived_role: reader}, obligations: [{type: log}]}
  - id: writers
    effect: permit
    resource: page
    actions: write
    when: \"(context.place ?? '').startsWith('off') && 'x' in (context.tags ?? []) && (resource.size ?? 0) < 10\"
  - id: guests
    effect: permit
    resource: page
    actions: write
    when: >-
      has(context.client) && has(context.sent) && has(context.level)
      && (context.offices ?? []).exists(office, office.containsIP(context.client))
      && (context.tags ?? []).all(i, tag, i < 9 && tag != '' && tag.matches('^[a-z]+$'))
      && now - context.sent < duration('10m') && now.getHours('Europe/Kyiv') < 18
      && (context.level['pages'] ?? 0) + 1 > 3
      && cel.bind(name, actor.id.substring(5), name.size() > 2 && name.indexOf('a') == 0)
facts:
  folder:top: {viewer: user:linked, space: folder:space}
  group:outer: {member: 'group:inner#member'}
  group:inner: {member: user:nested}
  page:a: {parent: folder:top, viewer: [user:direct, 'agent:*', 'role:reader', 'group:outer#member', {id: user:timed, until: 2030-01-01T00:00:00Z}], blocked: user:bad}
attributes: {resources: {page:a: {size: 3}}}
";

const POLICY_FILE: SourceText<'_> = SourceText { path: "p.yaml", text: POLICY };
const TENANT_FILE: SourceText<'_> = SourceText {
    path: "t.yaml",
    text: "{version: 1, tenant: 'folder:space', rules: [{id: shut, effect: deny, actors: {id: user:shut}}]}",
};

/// The decision's reason, and how often memory was asked for while it was made.
fn counted(
    policies: &Policies,
    request: &Request<'_>,
    scratch: &mut Scratch,
) -> (Effect, String, u64) {
    let before = Allocations::now();
    let decision = policies.evaluate(request, scratch);
    let calls = Allocations::now().since(before).calls;
    (decision.effect, decision.reason.into_owned(), calls)
}

#[test]
fn a_decision_allocates_nothing() {
    let policies = Policies::from_sources(&[POLICY_FILE, TENANT_FILE]).expect("policies");
    let now = pdp_core::Timestamp::parse("2029-01-01T00:00:00Z").ok();
    let (root, reader) = (["root".into()], ["reader".into()]);
    let mut office = Map::new();
    office.insert("place", "office");
    office.insert("tags", pdp_core::Value::List(vec!["x".into()]));
    let mut guest = Map::new();
    let texts = |texts: &[&'static str]| {
        pdp_core::Value::List(texts.iter().map(|text| (*text).into()).collect())
    };
    let mut level = Map::new();
    level.insert("pages", 3);
    guest.insert("tags", texts(&["y", "z"]));
    guest.insert("client", "10.1.2.3");
    guest.insert("offices", texts(&["9.0.0.0/8", "10.0.0.0/8"]));
    guest.insert("level", pdp_core::Value::Map(level));
    guest.insert("sent", "2028-12-31T23:55:00Z");
    let human = |id| Actor::new(ActorType::Human, id);
    let read = |actor| Request::new(actor, "read", Resource::new("page", "a"));
    let write = Request {
        context: &office,
        ..Request::new(human("user:w"), "write", Resource::new("page", "a"))
    };
    let mut scratch = Scratch::new();
    for (request, effect, reason) in [
        (read(human("user:direct")), Effect::Permit, "viewers"),
        (read(human("user:linked")), Effect::Permit, "viewers"),
        (read(human("user:nested")), Effect::Permit, "viewers"),
        (Request { now, ..read(human("user:timed")) }, Effect::Permit, "viewers"),
        (read(human("user:shut")), Effect::Deny, "shut"),
        (read(Actor::new(ActorType::Agent, "agent:x")), Effect::Permit, "viewers"),
        (read(Actor { roles: &reader, ..human("user:r") }), Effect::Permit, "viewers"),
        (read(Actor { roles: &root, ..human("user:r") }), Effect::Permit, "root"),
        (read(human("user:bad")), Effect::Deny, "blocked"),
        (read(human("user:stranger")), Effect::Deny, "not_a_viewer"),
        (
            Request::new(human("user:1"), "read", Resource::new("planet", "a")),
            Effect::Deny,
            "no_matching_policy",
        ),
        (write, Effect::Permit, "writers"),
        (Request { context: Map::empty(), ..write }, Effect::Deny, "not_a_viewer"),
        (
            Request { context: &guest, now, actor: human("user:anna"), ..write },
            Effect::Permit,
            "guests",
        ),
    ] {
        // The first time, working memory may grow; then it is large enough for good.
        counted(&policies, &request, &mut scratch);
        let found = counted(&policies, &request, &mut scratch);
        assert_eq!(found, (effect, reason.to_owned(), 0), "{request:?}");
    }
}

#[test]
fn the_counter_counts() {
    let before = Allocations::now();
    let kept = std::hint::black_box(vec![1_u8; 100]);
    let since = Allocations::now().since(before);
    assert_eq!((since.calls, since.live_bytes), (1, 100));
    drop(kept);
}
