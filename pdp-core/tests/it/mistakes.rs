use pdp_core::{Policies, SourceText};

use crate::support::{mistakes, policies};

#[test]
fn every_mistake_of_a_set_is_reported_in_one_run() {
    let one = SourceText {
        path: "a.yaml",
        text: "version: 1\ntypes:\n  door: {actoins: [open]}\nrules:\n  - {id: r, effect: den}\n",
    };
    let other = SourceText { path: "b.yaml", text: "version: 1\nroles: {}\n" };
    let broken = SourceText { path: "c.yaml", text: "version: 1\nrules: [\n" };
    let errors = Policies::from_sources(&[other, broken, one]).expect_err("mistakes");
    let report = errors.to_string();
    let found: Vec<&str> = report.lines().collect();
    for (line, start) in found.iter().zip([
        "a.yaml:3:10: unknown key `actoins` in type `door`; did you mean `actions`?",
        "a.yaml:5:21: `effect` is `permit` or `deny`; this is the string `den`",
        "b.yaml:2:1: unknown key `roles` in a policy file; did you mean `rules`?",
        "c.yaml:",
    ]) {
        assert!(line.starts_with(start), "{report}");
    }
    assert_eq!(found.len(), 4, "{report}");
}

#[test]
fn yaml_that_is_not_allowed_is_refused_with_its_place() {
    for (text, message) in [
        ("", "1:1: the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("[]", "a policy file is a mapping; this is a list"),
        ("types: {}", "1:1: `version` is missing"),
        ("version: 2", "1:10: the version of the language is `1`"),
        ("version: '1'", "the version of the language is `1`"),
        ("version: 1\ncontext: &a {x: int}", "2:13: anchors (`&name`) are not allowed"),
        ("version: 1\ncontext: *a", "aliases (`*name`) are not allowed"),
        ("version: 1\ncontext: !!map {x: int}", "tags (`!name`) are not allowed"),
        ("version: 1\ncontext: {<<: {x: int}}", "merge keys (`<<`) are not allowed"),
        ("version: 1\nversion: 1", "2:1: key `version` stands twice"),
        ("version: 1\ncontext: {x: int, 'x': bool}", "2:19: key `x` stands twice"),
        (
            "version: 1\ncontext: {a: int, b: int, c: int, d: int, e: int, f: int, g: int, h: int, i: int, c: bool}",
            "key `c` stands twice",
        ),
        ("version: 1\ncontext: {1: int}", "a key is a string, this is a number"),
        ("version: 1\ncontext: {~: int}", "a key is a string, this is nothing"),
        ("version: 1\ncontext: {[a]: int}", "a key is a string, this is a list"),
        ("version: 1\n---\nversion: 1", "a second document; a file holds one"),
        ("%YAML 1.1\n---\nversion: 1", "1:1: "),
        ("version: 1\nlet: {a: \"x}", "2:"),
        ("\u{0}", "1:1: "),
    ] {
        let found = mistakes(text);
        assert!(found.contains(message), "{text:?}\nfound: {found}");
        assert_eq!(found.lines().count(), 1, "{text:?}\nfound: {found}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn mistakes_of_shape_and_meaning_are_refused_with_their_place() {
    const HEAD: &str = "version: 1\ntypes: {door: {actions: [open, close], relations: {holder: direct, house: {to: house}, calc: holder}, attributes: {size: int?, asked: {type: int, from: request}}}, house: {ids: prefixed, actions: [enter], relations: {owner: direct}}}\ncontext: {n: int?}\n";
    for (text, message) in [
        ("types: {x: {actions: [a]}}", "key `types` stands twice"),
        ("rules: {}", "4:8: `rules` is a list; this is a mapping"),
        ("rules: [{effect: permit}]", "4:9: `id` is missing"),
        ("rules: [{id: r}]", "`effect` is missing"),
        ("rules: [{id: r, effect: permit}, {id: r, effect: deny}]", "4:34: rule `r` stands twice"),
        ("rules: [{id: r, effect: deny, bypass: true}]", "only a permit rule can bypass"),
        (
            "rules: [{id: r, effect: permit, bypass: yes}]",
            "`bypass` is `true` or `false`; this is the string `yes`",
        ),
        (
            "rules: [{id: r, effect: permit, resource: dor}]",
            "4:43: unknown type `dor`; did you mean `door`?",
        ),
        ("rules: [{id: r, effect: permit, resource: []}]", "`resource` is an empty list"),
        ("rules: [{id: r, effect: permit, resource: {}}]", "a selector of resources is empty"),
        ("rules: [{id: r, effect: permit, resource: {type: []}}]", "`type` is an empty list"),
        (
            "rules: [{id: r, effect: permit, resource: {role: x}}]",
            "unknown key `role` in a selector of resources",
        ),
        (
            "rules: [{id: r, effect: permit, resource: {all: [{type: door}, {type: house}]}}]",
            "the rule covers no type",
        ),
        (
            "rules: [{id: r, effect: permit, actions: [opne]}]",
            "unknown action `opne`: no type that the rule covers declares it; did you mean `open`?",
        ),
        (
            "rules: [{id: r, effect: permit, resource: house, actions: [open]}]",
            "unknown action `open`",
        ),
        ("rules: [{id: r, effect: permit, actions: []}]", "`actions` is an empty list"),
        (
            "rules: [{id: r, effect: permit, actions: 'z*'}]",
            "no action of a type that the rule covers fits `z*`",
        ),
        ("rules: [{id: r, effect: permit, actors: {any: []}}]", "`any` is an empty list"),
        (
            "rules: [{id: r, effect: permit, actors: {type: robot}}]",
            "the type of an actor is `human`, `agent` or `service`",
        ),
        (
            "rules: [{id: r, effect: permit, actors: {relation: holder}}]",
            "unknown relation `holder` on `house`",
        ),
        (
            "rules: [{id: r, effect: permit, resource: door, actors: {relation: owner}}]",
            "this relation is on `house`; reach it as `house.owner`",
        ),
        (
            "rules: [{id: r, effect: permit, actors: {id: {glob: a}}}]",
            "unknown key `glob` in an id; its keys are `exact` and `regex`",
        ),
        (
            "rules: [{id: r, effect: permit, actors: {id: 'ä'}}]",
            "holds a character outside ASCII; the setting `non_ascii_ids: true` allows them",
        ),
        (
            "rules: [{id: r, effect: permit, actors: {id: \"a\\u200bb\"}}]",
            "`a\\u{200b}b` holds a character that does not show",
        ),
        ("rules: [{id: r, effect: permit, obligations: [{properties: {}}]}]", "`type` is missing"),
        (
            "rules: [{id: r, effect: permit, obligations: [{type: a, properties: {n: 99999999999999999999}}]}]",
            "a number out of range",
        ),
        (
            "rules: [{id: 'a b', effect: permit}]",
            "`a b` is no name: a rule id is printable and without spaces",
        ),
        ("resources: [door]", "`door` is no reference to a resource; a reference is `type:id`"),
        ("resources: ['door:']", "a reference without an id"),
        (
            "resources: [7]",
            "a reference to a resource is a string (put it in quotes); this is a number",
        ),
        (
            "facts: {'door:a': {holdr: user:1}}",
            "unknown relation `holdr` on `door`; did you mean `holder`?",
        ),
        (
            "facts: {'door:a': {calc: user:1}}",
            "relation `calc` of `door` is computed; facts cannot state it",
        ),
        ("facts: {'door:a': {house: 'door:b'}}", "the link points to `house`; this is a `door`"),
        (
            "facts: {'door:a': {holder: 'house:1#onwer'}}",
            "unknown relation `onwer` on `house`; did you mean `owner`?",
        ),
        ("facts: {'door:a': {holder: 'door:b#house'}}", "unknown relation `house` on `door`"),
        ("facts: {'door:a': {holder: 'us*er'}}", "`us*er` is no short form of an actor"),
        ("facts: {'door:a': {holder: 'u:1, u:2'}}", "several actors stand in `[ ]`"),
        ("facts: {'door:a': {holder: 'u:1 '}}", "`u:1 ` is no short form of an actor"),
        ("facts: {'door:a': {holder: ~}}", "the actors of a relation is a list; this is nothing"),
        (
            "facts: {'door:a': {holder: {id: a, role: b}}}",
            "an actor has one of `id`, `prefix`, `set` and `role`",
        ),
        ("facts: {'door:a': {holder: {id: a, type: human}}}", "only a role takes a `type`"),
        ("facts: {'door:a': {holder: ['role:']}}", "a role is printable and without spaces"),
        (
            "attributes: {resources: {'door:a': {size: big}}}",
            "attribute `size` is declared as `int`; this is a string",
        ),
        (
            "attributes: {resources: {'door:a': {siez: 1}}}",
            "unknown attribute `siez`; did you mean `size`?",
        ),
        (
            "attributes: {resources: {'door:a': {asked: 1}}}",
            "attribute `asked` is stated by requests; facts cannot state it",
        ),
        (
            "attributes: {resources: {'door:a': {size: 1}}, actors: {a: {x: 1}}}",
            "unknown attribute `x`",
        ),
        ("action_groups: {open: [close]}", "`open` is an action already"),
        ("action_groups: {g: [opne]}", "unknown action `opne`; did you mean `open`?"),
        ("role_aliases: {a: b, b: c}", "`b` is an alias itself"),
        ("bypass: false", "`bypass` is `all`, `off` or `{actions: […]}`; this is a truth value"),
        ("bypass: {actions: [opne]}", "unknown action `opne`"),
        ("walk_limit: 0", "`walk_limit` is a whole number from 1 to 10000000"),
        ("non_ascii_ids: 'no'", "`non_ascii_ids` is `true` or `false`"),
        ("actor: {attributes: {roles: int}}", "`roles` has a meaning already"),
        (
            "actor: {attributes: {x: strng}}",
            "unknown type of values `strng`; did you mean `string`?",
        ),
        ("actor: {attributes: {x: {type: int, from: facs}}}", "`from` is `facts` or `request`"),
        ("actor: {attributes: {x: list(list(integer))}}", "unknown type of values"),
        ("deny_by_default: false", "unknown key `deny_by_default`"),
    ] {
        let found = mistakes(&format!("{HEAD}{text}"));
        assert!(found.contains(message), "{text}\nfound: {found}");
        assert!(found.starts_with("4:"), "{text}\nfound: {found}");
    }
}

#[test]
fn mistakes_in_types_are_refused() {
    for (types, message) in [
        ("{x: {actions: {}}}", "an action is a string"),
        ("{x: {actions: [a, a]}}", "action `a` stands twice"),
        ("{x: {actions: [a], ids: short}}", "`ids` is `prefixed` or `plain`"),
        ("{'x:y': {actions: [a]}}", "`x:y` is no name"),
        ("{x: {actions: [a], relations: {direct: direct}}}", "`direct` is no name for a relation"),
        ("{x: {actions: [a], relations: {r: []}}}", "a relation without parts"),
        ("{x: {actions: [a], relations: {r: s}}}", "unknown relation `s` on `x`"),
        ("{x: {actions: [a], relations: {r: l.s}}}", "unknown link `l` on `x`"),
        ("{x: {actions: [a], relations: {l: {to: y}}}}", "unknown type `y`"),
        (
            "{x: {actions: [a], relations: {l: {to: x, id: actor.id}}}}",
            "the `id` of a link is `resource.id`",
        ),
        ("{x: {actions: [a], relations: {r: {when: '1'}}}}", "a `int` where a `bool` belongs"),
        (
            "{x: {actions: [a], relations: {r: direct}, attributes: {r: int}}}",
            "the name of a relation or attribute `r` stands twice",
        ),
        ("{x: {actions: [a], attributes: {id: string}}}", "`id` has a meaning already"),
        ("{x: {actions: [a], otherwise: []}}", "`otherwise` is an empty list"),
        (
            "{x: {actions: [a], otherwise: [{reason: r}]}}",
            "a line of `otherwise` has `resource`, `actors` or `when`",
        ),
        (
            "{x: {actions: [a], otherwise: [{actors: {relation: r}, reason: r}]}}",
            "unknown relation `r` on `x`",
        ),
    ] {
        let found = mistakes(&format!("version: 1\ntypes: {types}"));
        assert!(found.contains(message), "{types}\nfound: {found}");
    }
    let relations: Vec<String> = (0..65).map(|index| format!("r{index}: direct")).collect();
    let text = format!(
        "version: 1\ntypes: {{x: {{actions: [a], relations: {{{}}}}}}}",
        relations.join(", ")
    );
    assert!(mistakes(&text).contains("more than 64 relations and links"));
}

#[test]
fn attributes_stated_differently_and_settings_given_twice_are_refused() {
    let types = SourceText {
        path: "t.yaml",
        text: "version: 1\nwalk_limit: 5\ntypes: {x: {actions: [a], attributes: {n: int?}}}\nattributes: {resources: {'x:1': {n: 1}}}",
    };
    let same =
        SourceText { path: "u.yaml", text: "version: 1\nattributes: {resources: {'x:1': {n: 1}}}" };
    let other = SourceText {
        path: "u.yaml",
        text: "version: 1\nwalk_limit: 5\nattributes: {resources: {'x:1': {n: 2}}}",
    };
    assert!(Policies::from_sources(&[types, same]).is_ok());
    let report = Policies::from_sources(&[types, other]).expect_err("mistakes").to_string();
    assert!(
        report.contains("u.yaml:2:13: the setting `walk_limit` stands in another file already"),
        "{report}"
    );
    assert!(
        report.contains("u.yaml:3:34: the attribute is stated with another value already"),
        "{report}"
    );
    let twice = Policies::from_sources(&[types, types]).expect_err("twice").to_string();
    assert!(twice.contains("t.yaml:1:1: the file is in the set twice"), "{twice}");
    assert!(Policies::from_sources(&[]).is_err());
}

#[test]
fn non_ascii_ids_are_a_setting() {
    let text = "version: 1\ntypes: {x: {actions: [a], relations: {r: direct}}}\nfacts: {'x:ключ': {r: 'användare:1'}}\n";
    assert!(mistakes(text).contains("`x:ключ` holds a character outside ASCII"));
    assert_eq!(mistakes(&format!("{text}non_ascii_ids: true")), "");
}

#[test]
fn names_beyond_what_can_be_numbered_are_refused_and_nothing_is_lost() {
    let many = |count: usize| {
        (0..count).map(|index| format!("c{index}: bool?")).collect::<Vec<_>>().join(", ")
    };
    let types = "types: {door: {actions: [open]}}";
    let rule = "rules: [{id: deny-it, effect: deny, when: 'context.c1024 ?? false'}]";
    let found = mistakes(&format!("version: 1\n{types}\ncontext: {{{}}}\n{rule}", many(1_025)));
    assert!(found.contains("more than 1024 attributes or context values"), "{found}");
    let found =
        mistakes(&format!("version: 1\n{types}\nactor: {{attributes: {{{}}}}}", many(1_025)));
    assert!(found.contains("more than 1024 attributes or context values"), "{found}");
    let types: String =
        (0..65_536).map(|index| format!("  t{index}: {{actions: [a]}}\n")).collect();
    let found = mistakes(&format!("version: 1\ntypes:\n{types}"));
    assert!(found.contains("more than 65535 types"), "{found}");
}

#[test]
fn every_action_of_a_rule_is_looked_at_in_any_order() {
    let head = "version: 1\ntypes: {door: {actions: [open]}}\n";
    for actions in ["['*', opne]", "[opne, '*']"] {
        let found =
            mistakes(&format!("{head}rules: [{{id: r, effect: permit, actions: {actions}}}]"));
        assert!(found.contains("unknown action `opne`"), "{found}");
    }
}

#[test]
fn a_rule_that_reaches_undeclared_types_asks_nothing_that_they_cannot_have() {
    let head = "version: 1\ntypes: {door: {actions: [open], relations: {holder: direct}, attributes: {size: int?}}}\n";
    for (rule, message) in [
        ("actors: {not: {relation: holder}}", "undeclared types, which have no relations"),
        ("when: '!related(\"holder\")'", "undeclared types, which have no relations"),
        ("when: '(resource.size ?? 0) == 0'", "undeclared types, which have no `size`"),
    ] {
        let open =
            mistakes(&format!("{head}rules: [{{id: r, effect: permit, bypass: true, {rule}}}]"));
        assert!(open.contains(message), "{rule}: {open}");
        let closed = mistakes(&format!(
            "{head}rules: [{{id: r, effect: permit, bypass: true, resource: door, {rule}}}]"
        ));
        assert_eq!(closed, "", "{rule}");
    }
}

#[test]
fn an_id_that_no_resource_of_the_type_can_have_is_refused() {
    let set = |resource: &str| {
        format!(
            "version: 1
types:
  club: {{ids: prefixed, actions: [read]}}
  cup: {{ids: prefixed, actions: [read]}}
  team: {{actions: [read]}}
rules: [{{id: r, effect: deny, resource: {resource}}}]
"
        )
    };
    for (resource, place) in [
        ("{type: club, id: fc}", "6:58"),
        ("{type: [club, cup], id: fc}", "6:65"),
        ("{type: club, id: {exact: clubfc}}", "6:66"),
        ("{type: club, id: 'fc*'}", "6:58"),
        ("{type: club, not: {id: 'team:*'}}", "6:64"),
    ] {
        let report = mistakes(&set(resource));
        let found = report.starts_with(&format!("{place}: no id of `club` is like"));
        assert!(found && report.ends_with("they begin with `club:`"), "{resource}: {report}");
    }
    for resource in [
        "{type: club, id: 'club:fc'}",
        "{type: club, id: 'club:*'}",
        "{type: club, id: 'cl*'}",
        "{type: [club, cup], id: 'cup:1'}",
        "{type: club, id: '*fc'}",
        "{type: [club, team], id: fc}",
        "{type: team, id: fc}",
        "{id: fc}",
    ] {
        assert_eq!(mistakes(&set(resource)), "", "{resource}");
    }
}

fn warnings(text: &str) -> Vec<String> {
    let policies = policies(text);
    let warnings = policies.warnings().iter();
    warnings.map(|one| format!("{}: {}", one.span.line, one.message)).collect()
}

#[test]
fn an_actor_that_looks_like_a_set_is_warned_of() {
    let set = |banned: &str| {
        format!(
            "version: 1
types:
  group: {{actions: [read], relations: {{member: direct}}}}
  agent: {{actions: [read], relations: {{keeper: direct}}}}
  door: {{actions: [read], relations: {{holder: direct, banned: direct}}}}
facts:
  door:a: {{holder: ['group:eng#member', 'agent:1#keeper', 'agent:1']}}
  door:b:
    banned: {banned}
"
        )
    };
    assert_eq!(
        warnings(&set("group:trolls #member")),
        ["9: `group:trolls` is an actor of this id; did you mean the set `group:trolls#member`?"]
    );
    assert_eq!(warnings(&set("['group:trolls#member', user:1]")), [] as [&str; 0]);
}

#[test]
fn a_tenant_that_no_fact_names_is_warned_of() {
    let set = |tenant: &str| {
        let sources = [
            ("rules.yaml", "version: 1\ntypes: {club: {actions: [read]}, team: {actions: [read], relations: {club: {to: club, tenant: true}}}}\nfacts: {'team:1': {club: 'club:fc'}}".to_owned()),
            ("tenant.yaml", format!("version: 1\ntenant: {tenant}\nrules: []")),
        ];
        let sources = sources.each_ref().map(|(path, text)| SourceText { path, text });
        let policies = Policies::from_sources(&sources).expect("policies");
        let warnings = policies.warnings().iter();
        warnings.map(|one| format!("{}:{}", one.file, one.span.line)).collect::<Vec<_>>()
    };
    assert_eq!(set("club:fc"), [] as [&str; 0]);
    assert_eq!(set("club:fcc"), ["tenant.yaml:2"]);
}

#[test]
fn facts_about_a_relation_too_many_are_no_more_than_that() {
    let text = |count: usize, facts: &str| {
        let relations: Vec<String> =
            (0..count).map(|number| format!("r{number}: direct")).collect();
        format!(
            "version: 1\ntypes: {{door: {{actions: [open], relations: {{{}}}}}}}\nfacts: {{'door:a': {{{facts}}}}}",
            relations.join(", ")
        )
    };
    assert_eq!(mistakes(&text(64, "r63: u")), "");
    assert!(mistakes(&text(65, "r63: u, r64: u")).contains("more than 64 relations and links"));
}

#[test]
fn a_summary_counts_facts_once() {
    let policies = policies(
        "
version: 1
types: {door: {actions: [open], relations: {holder: direct, near: {to: door}}, attributes: {n: int?}}}
actor: {attributes: {level: int?}}
facts: {'door:a': {holder: [u, u, 'v*'], near: ['door:b', 'door:c']}}
attributes: {resources: {'door:a': {n: 1}}, actors: {u: {level: 1}, v: {level: 2}}}
",
    );
    let summary = policies.summary();
    assert_eq!((summary.files, summary.types, summary.rules), (1, 1, 0));
    // `u`, `v*`, two targets, `n`, two levels; `a`, `b` and `c`.
    assert_eq!((summary.facts, summary.resources), (7, 3));
}
