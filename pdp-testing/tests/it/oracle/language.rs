use pdp_core::model::Model;
use pdp_core::{
    Actor, ActorType, Map, Membership, Request, Resource, SourceText, Timestamp, Value,
};
use pdp_testing::Oracle;

use super::{assert_decisions, decide, human, model, read};

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

fn map<const N: usize>(entries: [(&'static str, Value<'static>); N]) -> Map<'static> {
    let entries = entries.into_iter().map(|(name, value)| (name.into(), value)).collect();
    Map::from_entries(entries).expect("names differ")
}

#[test]
fn relations_close_over_parts_links_and_sets_of_sets() {
    let text = "
version: 1
types:
  team:
    ids: prefixed
    actions: [read]
    relations: {owner: direct, member: [direct, owner]}
  folder:
    actions: [read]
    relations:
      team: {to: team}
      parent: {to: folder}
      twin: {to: team, id: resource.id}
      viewer: [direct, team.member, parent.viewer, twin.owner]
rules:
  - {id: view, effect: permit, actors: {relation: viewer}, resource: folder}
  - {id: lead, effect: permit, actors: {relation: owner}, resource: team}
facts:
  team:1: {owner: user:owner, member: [user:member, team:2#member]}
  team:2: {member: [user:second, team:1#member]}
  folder:root: {team: team:1, parent: folder:leaf}
  folder:inner: {parent: [folder:root, folder:none]}
  folder:leaf: {parent: folder:inner, viewer: user:leaf}
";
    let none = "deny no_matching_policy";
    assert_decisions(
        text,
        &[
            (read(human("user:owner"), "folder", "leaf"), "permit view"),
            (read(human("user:member"), "folder", "leaf"), "permit view"),
            (read(human("user:second"), "folder", "leaf"), "permit view"),
            // The links go round, so what holds at the leaf holds at the root.
            (read(human("user:leaf"), "folder", "root"), "permit view"),
            (read(human("user:stranger"), "folder", "leaf"), none),
            (read(human("user:owner"), "folder", "none"), none),
            // A link by id needs no fact.
            (read(human("user:owner"), "folder", "team:1"), "permit view"),
            (read(human("user:member"), "folder", "team:1"), none),
            (read(human("user:owner"), "team", "team:1"), "permit lead"),
            // Ids of the type carry it.
            (read(human("user:owner"), "team", "1"), none),
        ],
    );
}

#[test]
fn facts_are_about_ids_prefixes_and_claimed_roles() {
    let text = "
version: 1
role_aliases: {on_call: oncall}
types: {door: {actions: [read], relations: {opener: direct}}}
rules:
  - {id: opens, effect: permit, actors: {relation: opener}}
facts:
  door:1: {opener: 'staff:*'}
  door:2: {opener: '*'}
  door:3: {opener: role:oncall}
  door:4: {opener: {role: on_call, type: agent}}
  door:5: {opener: {id: 'staff:*'}}
";
    let (roles, aliases) = (["oncall".into()], ["on_call".into()]);
    let memberships = [Membership { tenant: "t".into(), role: "oncall".into() }];
    let claims = Actor { roles: &roles, ..human("user:1") };
    let alias = Actor { roles: &aliases, ..Actor::new(ActorType::Agent, "agent:1") };
    let member = Actor { memberships: &memberships, ..human("user:1") };
    let none = "deny no_matching_policy";
    assert_decisions(
        text,
        &[
            (read(human("staff:7"), "door", "1"), "permit opens"),
            (read(human("user:7"), "door", "1"), none),
            (read(human("user:7"), "door", "2"), "permit opens"),
            (read(claims, "door", "3"), "permit opens"),
            (read(alias, "door", "3"), "permit opens"),
            (read(member, "door", "3"), none),
            (read(human("role:oncall"), "door", "3"), none),
            (read(claims, "door", "4"), none),
            (read(alias, "door", "4"), "permit opens"),
            (read(human("staff:7"), "door", "5"), none),
            (read(human("staff:*"), "door", "5"), "permit opens"),
        ],
    );
}

#[test]
fn a_fact_holds_until_its_time() {
    let text = "
version: 1
types: {door: {actions: [read], relations: {opener: direct}}}
rules:
  - {id: opens, effect: permit, resource: {known: true}, actors: {relation: opener}}
facts:
  door:1: {opener: {id: user:1, until: 2026-06-01T00:00:00Z}}
  door:2: {opener: [{id: user:1, until: 2026-06-01T00:00:00Z}, user:1]}
  door:3:
    opener:
      - {id: user:1, until: 2026-06-01T00:00:00Z}
      - {id: user:1, until: 2026-07-01T00:00:00Z}
      - {set: 'door:1#opener', until: 2026-01-01T00:00:00Z}
";
    let at = |id, text| Request { now: Some(time(text)), ..read(human("user:1"), "door", id) };
    let none = "deny no_matching_policy";
    assert_decisions(
        text,
        &[
            (at("1", "2026-05-31T23:59:59.999999999Z"), "permit opens"),
            (at("1", "2026-06-01T00:00:00Z"), none),
            (read(human("user:1"), "door", "1"), &format!("{none} !opens:now_missing")),
            (read(human("user:2"), "door", "1"), none),
            (read(human("user:1"), "door", "2"), "permit opens"),
            (at("3", "2026-06-15T00:00:00Z"), "permit opens"),
            (at("3", "2026-07-15T00:00:00Z"), none),
        ],
    );
}

#[test]
fn a_computed_part_is_asked_of_the_resource_whose_relation_is_wanted() {
    let text = "
version: 1
types:
  team:
    actions: [read]
    relations:
      member: [direct, {when: resource.open && resource.id in actor.tenants}]
    attributes: {open: bool}
  note:
    actions: [read]
    relations: {team: {to: team}, reader: [direct, team.member]}
rules:
  - {id: reads, effect: permit, resource: note, actors: {relation: reader}}
  - {id: reads-path, effect: permit, resource: note, actors: {relation: team.member}}
facts:
  note:1: {team: team:open}
  note:2: {team: team:closed}
  note:3: {team: [team:unsaid, team:closed], reader: user:1}
attributes:
  resources: {team:open: {open: true}, team:closed: {open: false}}
";
    let tenants = ["open".into(), "closed".into(), "unsaid".into(), "1".into()];
    let actor = |id| Actor { tenants: &tenants, ..human(id) };
    let none = "deny no_matching_policy";
    let missing = format!("{none} !reads:attribute_missing !reads-path:attribute_missing");
    assert_decisions(
        text,
        &[
            (read(actor("user:1"), "note", "1"), "permit reads"),
            (read(human("user:1"), "note", "1"), none),
            (read(actor("user:1"), "note", "2"), none),
            (read(actor("user:1"), "note", "3"), "permit reads"),
            (read(actor("user:2"), "note", "3"), &missing),
            // "No" beside the error makes it "no".
            (read(human("user:2"), "note", "3"), none),
        ],
    );
}

#[test]
fn a_derived_role_is_an_all_and_is_no_where_its_resource_shuts_out() {
    let text = "
version: 1
types:
  expense:
    actions: [read, approve]
    relations: {requester: direct}
    attributes: {amount: {type: int, from: request}}
  page: {actions: [read]}
derived_roles:
  approver:
    resource: expense
    actors: {role: manager, not: {relation: requester}}
    when: resource.amount <= 100
  reader: {actors: {any: [{role: auditor}, {derived_role: approver}]}}
rules:
  - {id: no-page, effect: deny, resource: page, when: derived_role('approver')}
  - {id: read, effect: permit, actors: {derived_role: reader}}
facts:
  expense:1: {requester: user:asks}
";
    let (manager, auditor) = (["manager".into()], ["auditor".into(), "approver".into()]);
    let attributes = map([("amount", Value::Int(100))]);
    let manager = |id| Actor { roles: &manager, ..human(id) };
    let auditor = Actor { roles: &auditor, ..human("user:1") };
    let expense = Resource { attributes: &attributes, ..Resource::new("expense", "1") };
    let with_amount = |actor| Request::new(actor, "read", expense);
    let none = "deny no_matching_policy";
    assert_decisions(
        text,
        &[
            (with_amount(manager("user:1")), "permit read"),
            (with_amount(manager("user:asks")), none),
            (
                read(manager("user:1"), "expense", "1"),
                "deny no_matching_policy !read:attribute_missing",
            ),
            (read(manager("user:asks"), "expense", "1"), none),
            (read(auditor, "expense", "1"), "permit read"),
            (read(manager("user:1"), "page", "1"), none),
            (read(auditor, "page", "1"), "permit read"),
        ],
    );
}

#[test]
fn patterns_fit_whole_ids_and_actions() {
    let text = r"
version: 1
types:
  doc: {actions: [read, read_all, write]}
action_groups: {reading: ['read*']}
rules:
  - {id: glob, effect: permit, resource: {id: 'eu/*/x-*'}, actions: [reading]}
  - {id: star, effect: permit, resource: {id: {exact: 'a*b'}}, actions: 'w*e'}
  - {id: regex, effect: permit, resource: {id: {regex: 'a|doc-\d{2}|.|\bé\w+'}}}
";
    let action = |action, id| Request::new(human("user:1"), action, Resource::new("doc", id));
    let none = "deny no_matching_policy";
    assert_decisions(
        text,
        &[
            (action("read", "eu/1/2/x-"), "permit glob"),
            (action("read_all", "eu//x-y"), "permit glob"),
            (action("write", "eu//x-y"), none),
            (action("read", "EU//x-y"), none),
            (action("read", "eu/x-y"), none),
            (action("write", "a*b"), "permit star"),
            (action("write", "axb"), none),
            (action("read", "a*b"), none),
            (action("write", "doc-42"), "permit regex"),
            (action("write", "doc-٤٢"), none),
            (action("write", "ab"), none),
            (action("write", "é"), "permit regex"),
            // `é` is no letter of a word in ASCII, so no word begins there.
            (action("write", "éa"), none),
            // A pattern means declared actions only.
            (action("readable", "eu//x-y"), none),
        ],
    );
}

#[test]
fn a_tenant_file_takes_away_from_what_belongs_to_its_tenant() {
    let set = "
version: 1
types:
  team: {ids: prefixed, actions: [read], relations: {part_of: {to: team, tenant: true}}}
  note: {actions: [read], relations: {team: {to: team, tenant: true}, cites: {to: note}}}
  page: {actions: [read]}
let: {late: context.late}
context: {late: bool}
rules: [{id: all, effect: permit}]
facts:
  team:2: {part_of: [team:1, team:2]}
  note:1: {team: team:2}
  note:2: {cites: note:1}
";
    let one = "
version: 1
tenant: team:1
let: {shut: late && actor.id != 'user:free'}
rules: [{id: one, effect: deny, when: shut}]
";
    let other = "
version: 1
tenant: team:9
let: {shut: 'true'}
rules: [{id: nine, effect: deny, when: shut}]
";
    let sources = [("0.yaml", other), ("1.yaml", set), ("2.yaml", one)];
    let sources = sources.map(|(path, text)| SourceText { path, text });
    let model = Model::parse(&sources).unwrap_or_else(|errors| panic!("{errors:?}"));
    let oracle = Oracle::new(&model);
    let late = map([("late", Value::Bool(true))]);
    let at = |actor, kind, id| Request { context: &late, ..read(human(actor), kind, id) };
    for (request, expected) in [
        (at("user:1", "note", "1"), "deny one"),
        (at("user:1", "team", "team:1"), "deny one"),
        (at("user:1", "team", "team:2"), "deny one"),
        (at("user:free", "note", "1"), "permit all"),
        (at("user:1", "note", "2"), "permit all"),
        (at("user:1", "page", "1"), "permit all"),
        (at("user:1", "team", "team:9"), "deny nine"),
        (read(human("user:1"), "note", "1"), "deny one !one:context_missing"),
        (read(human("user:1"), "note", "2"), "permit all"),
    ] {
        assert_eq!(decide(&oracle, &request), expected, "{request:?}");
    }
}

#[test]
fn bypass_rules_beat_deny_rules_as_far_as_the_setting_goes() {
    let text = |setting: &str| {
        format!(
            "
version: 1
{setting}
types: {{doc: {{actions: [read, write], otherwise: closed}}}}
rules:
  - {{id: nobody, effect: deny}}
  - {{id: erring, effect: permit, bypass: true, when: context.x}}
  - {{id: admin, effect: permit, bypass: true, actors: {{id: admin}}}}
  - {{id: helper, effect: permit, bypass: true, actions: [read], actors: {{id: helper}}}}
context: {{x: bool}}
"
        )
    };
    let ask = |actor, action, kind| Request::new(human(actor), action, Resource::new(kind, "1"));
    let erring = "!erring:context_missing";
    assert_decisions(
        &text(""),
        &[
            (ask("admin", "read", "doc"), &format!("permit admin {erring}")),
            (ask("admin", "fly", "doc"), &format!("permit admin {erring}")),
            (ask("admin", "fly", "kite"), &format!("permit admin {erring}")),
            (ask("helper", "read", "doc"), &format!("permit helper {erring}")),
            (ask("helper", "read", "kite"), &format!("deny no_matching_policy {erring}")),
            (ask("user", "read", "doc"), &format!("deny nobody {erring}")),
            // Deny rules, too, apply to declared actions alone.
            (ask("user", "fly", "doc"), &format!("deny no_matching_policy {erring}")),
        ],
    );
    assert_decisions(
        &text("bypass: {actions: [read]}"),
        &[
            (ask("admin", "read", "doc"), &format!("permit admin {erring}")),
            (ask("admin", "write", "doc"), "deny nobody"),
        ],
    );
    assert_decisions(&text("bypass: off"), &[(ask("admin", "read", "doc"), "deny nobody")]);
}

#[test]
fn the_first_line_of_otherwise_that_holds_gives_the_reason() {
    let text = "
version: 1
types:
  doc:
    actions: [read]
    relations: {member: direct}
    otherwise:
      - {when: context.x, reason: x}
      - {resource: {id: odd}, actors: {not: {relation: member}}, reason: stranger_to_odd}
      - {actors: {not: {relation: member}}, reason: stranger}
      - not_authorized
  page: {actions: [read], otherwise: [{actors: {type: agent}, reason: agents}]}
context: {x: bool}
facts: {doc:1: {member: user:1}}
";
    let x = map([("x", Value::Bool(true))]);
    let fly = Request::new(human("user:1"), "fly", Resource::new("doc", "1"));
    assert_decisions(
        text,
        &[
            (Request { context: &x, ..read(human("user:1"), "doc", "1") }, "deny x"),
            (read(human("user:1"), "doc", "1"), "deny not_authorized"),
            (read(human("user:1"), "doc", "odd"), "deny stranger_to_odd"),
            (read(human("user:2"), "doc", "1"), "deny stranger"),
            (read(human("user:2"), "page", "1"), "deny no_matching_policy"),
            (fly, "deny no_matching_policy"),
            (read(human("user:1"), "kite", "1"), "deny no_matching_policy"),
        ],
    );
}

#[test]
fn rules_that_cannot_be_evaluated_are_listed_as_they_were_tried() {
    let text = "
version: 1
types: {doc: {actions: [read], attributes: {level: {type: int, from: request}}}}
context: {a: bool, b: int}
rules:
  - {id: p1, effect: permit, when: context.a && now > timestamp('2026-01-01T00:00:00Z')}
  - {id: p2, effect: permit, actors: {id: user:2}}
  - {id: p3, effect: permit, when: resource.level > 1}
  - {id: d1, effect: deny, actors: {id: nobody}, when: context.a}
  - {id: d2, effect: deny, actors: {not: {id: user:2}}, when: context.b < 5, reason: low}
  - {id: d3, effect: deny, actors: {id: user:1}}
";
    let five = map([("b", Value::Int(5))]);
    let text_b = map([("b", "5".into())]);
    let false_a = map([("a", Value::Bool(false)), ("b", Value::Int(5))]);
    let with = |context, actor| Request { context, ..read(human(actor), "doc", "1") };
    assert_decisions(
        text,
        &[
            // In its place, before d3 and before every permit rule.
            (read(human("user:1"), "doc", "1"), "deny low !d2:context_missing"),
            (with(&text_b, "user:1"), "deny low !d2:wrong_type"),
            (with(&five, "user:1"), "deny d3"),
            (with(&five, "user:2"), "permit p2 !p1:context_missing,now_missing"),
            (
                with(&five, "user:3"),
                "deny no_matching_policy !p1:context_missing,now_missing !p3:attribute_missing",
            ),
            // `&&` with a "no" is "no", whatever stands beside it.
            (with(&false_a, "user:3"), "deny no_matching_policy !p3:attribute_missing"),
        ],
    );
}

#[test]
fn conditions_deal_with_absence_and_wrong_types() {
    let text = "
version: 1
types:
  doc:
    actions: [read]
    relations: {parent: {to: doc}, self: {to: doc, id: resource.id}}
    attributes: {size: int?, draft: {type: bool?, from: request}}
actor: {attributes: {level: int?}}
context: {n: int?, m: int?, must: int}
let: {small: (context.n ?? context.m ?? 9) < 5}
rules:
  - {id: small, effect: permit, when: small}
  - {id: has-n, effect: permit, when: has(context.n) && context.n > 100}
  - {id: no-m, effect: permit, when: actor.id == 'b' && (!has(context.m) || context.m == 7)}
  - {id: size, effect: permit, when: actor.id == 'c' && (resource.size ?? 0) == 3}
  - {id: level, effect: permit, when: actor.id == 'd' && (actor.level ?? 0) == 3}
  - {id: linked, effect: permit, when: actor.id == 'e' && has(resource.parent)}
  - {id: known, effect: permit, when: actor.id == 'f' && has(resource.self)}
  - {id: unmissed, effect: permit, when: actor.id == 'g' && !has(context.must)}
facts: {doc:2: {parent: doc:1}}
attributes: {resources: {doc:3: {size: 3}}, actors: {d: {level: 3}}}
";
    let n = |value| map([("n", value)]);
    let (n4, n101, n_text) = (n(Value::Int(4)), n(Value::Int(101)), n("4".into()));
    let n_null = n(Value::Null);
    let m4 = map([("m", Value::Int(4))]);
    let with = |context, actor| Request { context, ..read(human(actor), "doc", "1") };
    let stated = map([("size", Value::Int(3))]);
    let states_size = Resource { attributes: &stated, ..Resource::new("doc", "1") };
    let none = "deny no_matching_policy";
    let wrong = &format!("{none} !small:wrong_type !has-n:wrong_type");
    assert_decisions(
        text,
        &[
            (with(&n4, "a"), "permit small"),
            (with(&m4, "a"), "permit small"),
            (with(Map::empty(), "a"), none),
            (with(&n101, "a"), "permit has-n"),
            (with(&n_text, "a"), wrong),
            (with(&n_null, "a"), wrong),
            (with(Map::empty(), "b"), "permit no-m"),
            (read(human("c"), "doc", "3"), "permit size"),
            // What facts own, a request cannot state.
            (Request::new(human("c"), "read", states_size), none),
            (read(human("d"), "doc", "1"), "permit level"),
            (read(human("e"), "doc", "2"), "permit linked"),
            (read(human("e"), "doc", "1"), none),
            // A link by id has a target if it is known; to be pointed at is not enough.
            (read(human("f"), "doc", "2"), "permit known"),
            (read(human("f"), "doc", "1"), none),
            (read(human("g"), "doc", "1"), "permit unmissed"),
        ],
    );
}

#[test]
fn values_are_compared_exactly() {
    let text = "
version: 1
types: {doc: {actions: [read]}}
context: {i: int?, d: double?, s: string?, t: timestamp?, l: list(string)?}
rules:
  - {id: equal, effect: permit, when: has(context.i) && has(context.d) && context.i == context.d}
  - {id: less, effect: permit, when: has(context.i) && has(context.d) && context.i < context.d}
  - {id: text, effect: permit, when: (context.s ?? '') > '\u{fffd}'}
  - {id: time, effect: permit, when: \"has(context.t) && context.t == timestamp('2026-01-01T00:00:00Z')\"}
  - {id: list, effect: permit, when: \"(context.l ?? ['x']) == ['a', 'b'] || 'c' in (context.l ?? ['x'])\"}
";
    let numbers = |i, d| map([("i", Value::Int(i)), ("d", d)]);
    let contexts = [
        // As doubles the two would be equal.
        (numbers(9_007_199_254_740_993, Value::Double(9_007_199_254_740_992.0)), "deny"),
        // Behind the range of 64 bits numbers are rounded.
        (numbers(i64::MAX, Value::Double(9_223_372_036_854_775_808.0)), "permit equal"),
        (numbers(3, Value::Int(3)), "permit equal"),
        (numbers(3, Value::Double(3.5)), "permit less"),
        (numbers(-3, Value::Double(-3.5)), "deny"),
        (map([("s", "\u{10000}".into())]), "permit text"),
        (map([("s", "\u{e000}".into())]), "deny"),
        (map([("t", "2026-01-01T01:00:00+01:00".into())]), "permit time"),
        (map([("l", Value::List(vec!["a".into(), "b".into()]))]), "permit list"),
        (map([("l", Value::List(vec!["b".into(), "a".into()]))]), "deny"),
        (map([("l", Value::List(vec!["b".into(), "c".into()]))]), "permit list"),
    ];
    let model = model(text);
    let oracle = Oracle::new(&model);
    for (context, expected) in &contexts {
        let request = Request { context, ..read(human("user:1"), "doc", "1") };
        let expected = expected.replace("deny", "deny no_matching_policy");
        assert_eq!(decide(&oracle, &request), expected, "{context:?}");
    }
    // An integer beyond 2^53 is no double.
    let beyond = map([("d", Value::Int((1 << 53) + 1)), ("i", Value::Int(1))]);
    let request = Request { context: &beyond, ..read(human("user:1"), "doc", "1") };
    let wrong = "deny no_matching_policy !equal:wrong_type !less:wrong_type";
    assert_eq!(decide(&oracle, &request), wrong);
}

#[test]
fn what_stands_on_the_left_of_a_fact_is_known() {
    let text = "
version: 1
types:
  microdao: {ids: prefixed, actions: [read], relations: {owners: direct, admins: direct, members: [direct, owners]}}
  channel:
    actions: [read]
    relations:
      microdao_id: {to: microdao}
      allowed_roles: direct
      blocked_users: direct
      allowed_agents: direct
rules:
  - {id: unknown, effect: deny, resource: {known: false}}
  - {id: role, effect: permit, resource: channel, actors: {relation: allowed_roles}}
microdao_policies:
  - {microdao_id: microdao:1, owners: [user:1]}
channel_policies:
  - {channel_id: c1, microdao_id: microdao:1, allowed_roles: [members]}
resources: [channel:declared]
facts:
  channel:empty: {}
  channel:linked: {microdao_id: microdao:2}
";
    let (none, unknown) = ("deny no_matching_policy", "deny unknown");
    assert_decisions(
        text,
        &[
            (read(human("user:1"), "channel", "c1"), "permit role"),
            (read(human("user:2"), "channel", "c1"), none),
            (read(human("user:1"), "channel", "declared"), none),
            (read(human("user:1"), "channel", "empty"), none),
            (read(human("user:1"), "channel", "linked"), none),
            (read(human("user:1"), "channel", "other"), unknown),
            (read(human("user:1"), "microdao", "microdao:1"), none),
            // A target only.
            (read(human("user:1"), "microdao", "microdao:2"), unknown),
        ],
    );
}
