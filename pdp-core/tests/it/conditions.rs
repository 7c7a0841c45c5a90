use pdp_core::{Actor, Effect, Fault, Map, Request, Resource, Scratch, Timestamp, Value};

use crate::support::{human, mistakes, policies, texts};

const HEAD: &str = "
version: 1
types:
  door:
    actions: [open]
    relations: {house: {to: house}, near: {to: house}}
    attributes: {colour: string, size: int?, made: timestamp?, tags: list(string)?, weight: {type: double?, from: request}, opened: {type: bool?, from: request}}
  house: {actions: [enter], relations: {owner: direct}}
actor:
  attributes: {level: int?, badge: {type: string?, from: request}}
context:
  text: string?
  other: string?
  number: int?
  ratio: double?
  flag: bool?
  must: int
  when: timestamp?
  list: list(int)?
  words: list(string)?
let:
  limit: 10
  small: (context.number ?? 0) < limit
  names: '[''a'', ''b'']'
facts:
  door:a: {house: house:1}
  house:1: {owner: user:1}
attributes:
  resources: {door:a: {colour: red, size: 3, made: '2026-01-01T00:00:00Z', tags: [x, y]}}
  actors: {user:1: {level: 5}}
rules:
  - id: rule
    effect: permit
    resource: door
    when: ";

/// `yes`, `no`, or the fault.
fn value(condition: &str) -> String {
    let policies = policies(&format!("{HEAD}{condition:?}"));
    let mut context = Map::new();
    for (name, value) in [
        ("text", Value::from("héllo")),
        ("number", 5.into()),
        ("ratio", 5.into()),
        ("flag", true.into()),
        ("when", "2026-11-26T10:00:00+01:00".into()),
        ("list", Value::List(vec![1.into(), 2.into()])),
        ("words", Value::List(vec!["a".into()])),
        ("undeclared", Value::Null),
    ] {
        context.insert(name, value);
    }
    let mut attributes = Map::new();
    attributes.insert("weight", 1.5);
    attributes.insert("colour", "blue");
    let roles = texts(&["r"]);
    let tenants = texts(&["t"]);
    let request = Request {
        context: &context,
        now: Timestamp::parse("2026-11-26T09:00:00Z").ok(),
        ..Request::new(
            Actor { roles: &roles, tenants: &tenants, ..human("user:1") },
            "open",
            Resource { attributes: &attributes, ..Resource::new("door", "a") },
        )
    };
    let decision = policies.evaluate(&request, &mut Scratch::new());
    match &decision.errors[..] {
        [] if decision.effect == Effect::Permit => "yes".to_owned(),
        [] => "no".to_owned(),
        [error] => error.fault.as_str().to_owned(),
        _ => panic!("one rule, several errors"),
    }
}

#[test]
fn conditions_say_what_they_say() {
    for (condition, expected) in [
        ("true", "yes"),
        ("!true || false", "no"),
        ("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 1 != 2 && 1 == 1", "yes"),
        ("-9223372036854775808 < 9223372036854775807", "yes"),
        ("0x1F == 31 && 1.5 > 1 && 1e3 == 1000 && 9007199254740993 != 9007199254740992.0", "yes"),
        (
            "'a' < 'b' && \"a\" == 'a' && 'é' > 'z' && r'\\n' != '\\n' && '\\u0041\\x42\\103' == 'ABC'",
            "yes",
        ),
        ("'''it's''' == \"it's\"", "yes"),
        ("false < true", "yes"),
        ("2 in [1, 2] && !(3 in [1, 2]) && !(1 in [])", "yes"),
        ("[1, 2] == [1, 2] && [1] != [1, 2] && [] == []", "yes"),
        ("actor.id == 'user:1' && actor.type == 'human' && action == 'open'", "yes"),
        ("resource.id == 'a' && resource.type == 'door'", "yes"),
        ("'r' in actor.roles && 't' in actor.tenants && actor.roles == ['r']", "yes"),
        ("resource.colour == 'red'", "yes"),
        ("resource.size ?? 0 == 3", "yes"),
        ("(resource.weight ?? 0.0) == 1.5", "yes"),
        ("has(resource.weight) && resource.weight > 1", "yes"),
        ("has(context.other)", "no"),
        ("has(context.other) && context.other == 'x'", "no"),
        ("context.other == 'x' && has(context.other)", "no"),
        ("!has(context.other) || context.other == 'x'", "yes"),
        ("context.other ?? context.text ?? 'none' == 'héllo'", "yes"),
        ("(context.ratio ?? 0.0) == 5.0", "yes"),
        ("context.flag ?? false", "yes"),
        ("(context.text ?? '').startsWith('hé') && !(context.text ?? '').startsWith('e')", "yes"),
        ("(context.when ?? timestamp('2000-01-01T00:00:00Z')) == now", "yes"),
        (
            "now < timestamp('2027-01-01T00:00:00Z') && has(resource.made) && resource.made < now",
            "yes",
        ),
        ("2 in (context.list ?? []) && !(3 in (context.list ?? []))", "yes"),
        ("(context.words ?? []) == ['a'] && 'a' in names", "yes"),
        ("(actor.level ?? 0) >= 5", "yes"),
        ("has(actor.badge)", "no"),
        ("small && limit == 10", "yes"),
        ("related('house.owner')", "yes"),
        ("has(resource.house) && !has(resource.near)", "yes"),
        ("actor.id in [context.other ?? 'user:1', 'x']", "yes"),
        ("(1 == 2) == (3 == 4)", "yes"),
        ("has(resource.opened) && resource.opened", "no"),
        ("context.must == 1", "context_missing"),
        ("context.must == 1 && false", "no"),
        ("context.must == 1 || true", "yes"),
        ("!(context.must == 1)", "context_missing"),
        ("context.must == 1 && context.flag ?? false", "context_missing"),
    ] {
        assert_eq!(value(condition), expected, "{condition}");
    }
}

#[test]
fn conditions_that_do_not_fit_are_refused_with_their_place() {
    for (condition, message) in [
        ("", "the expression ends where a value should"),
        ("1", "a `int` where a `bool` belongs"),
        ("1 == 'a'", "`==` between `int` and `string`"),
        ("1 < true", "`<` between `int` and `bool`"),
        ("[1] < [2]", "`<` between `list(int)` and `list(int)`"),
        ("1 in ['a']", "`in` between `int` and `list(string)`"),
        ("1 in 2", "`in` between `int` and `int`"),
        ("[1, 'a'] == []", "a `string` in a list of another type"),
        (
            "context.number > 1",
            "`context.number` may be absent; write `context.number ?? …`, or ask `has(context.number)` beside it",
        ),
        ("has(context.number) || context.number > 1", "`context.number` may be absent"),
        (
            "has(context.number) && (context.number ?? 1) > 1",
            "`??` after a value that is always present",
        ),
        ("context.numbr ?? 0 == 1", "`context` declares no `numbr`; did you mean `number`?"),
        (
            "resource.color == 'red'",
            "`resource` of type `door` declares no `color`; did you mean `colour`?",
        ),
        ("actor.levle ?? 1 == 1", "did you mean `level`?"),
        ("smal", "unknown name `smal`; did you mean `small`?"),
        ("resource.colour ?? 'x' == 'y'", "`??` after a value that is always present"),
        ("context.number ?? 'x' == 1", "`??` between `int` and `string`"),
        ("context.text ?? null == 'x'", "`??` between `string` and `null`"),
        ("actor == 1", "`actor` is no value by itself; name a field, such as `actor.id`"),
        ("actor.id.size == 1", "a `string` has no fields, so no `size`"),
        ("siez(actor.id) == 1", "unknown function `siez`; did you mean `size`?"),
        ("actor.id.startWith('a')", "unknown function `startWith`; did you mean `startsWith`?"),
        ("actor.id.startsWith(1)", "`startsWith` does not take `string`, `int`"),
        ("has(actor)", "`has` takes a field"),
        ("related('hose.owner')", "unknown link `hose` on `door`; did you mean `house`?"),
        ("related('house.oner')", "unknown relation `oner` on `house`; did you mean `owner`?"),
        ("related('house')", "`house` is a link, not a relation of actors"),
        ("related('owner')", "this relation is on `house`; reach it as `house.owner`"),
        ("related(actor.id)", "`related` takes a relation in quotes"),
        (
            "timestamp('today') < now",
            "this never has a value: an argument that the function cannot take",
        ),
        ("-actor.id == 1", "`-` before a `string`"),
        ("!1", "a `int` where a `bool` belongs"),
        ("1 +", "the expression ends where a value should"),
        ("1 ==", "the expression ends where a value should"),
        ("(true", "the expression ends where `)` should"),
        ("'abc", "a text whose closing quote is missing"),
        ("'\\q'", "an unknown escape"),
        ("9223372036854775808 > 1", "a whole number of more than 64 bits"),
        ("1e999 > 1.0", "a number out of range"),
        ("12abc", "not a number"),
        ("a @ b", "unexpected `@`"),
        ("1 + 1.0 == 2.0", "`+` between `int` and `double`"),
        ("now.getHours('Mars/Olympus') == 1", "this never has a value"),
        ("1 / 0 == 1", "this never has a value: division by zero"),
        ("context.a + 1 > 2", "`context` declares no `a`"),
        ("[1].map(x, y) == [1]", "unknown name `y`"),
        ("actor.tenants.exists(t, t == 1)", "`==` between `string` and `int`"),
        ("context.text ?? 'a' + 'b' == 'c'", "`??` beside arithmetic needs brackets"),
        ("actor.id.matches(action)", "the pattern of `matches` is written out, in quotes"),
        ("actor.id.matches('(')", "no regular expression"),
        ("true ? 1 : 'a'", "either a `int` or a `string`"),
        ("resource.house == 'x'", "`resource.house` is a link, and no value"),
        ("Point{x: 1} == 1", "protobuf messages are not offered"),
        (
            "actor.roles.all(a, actor.roles.all(b, actor.roles.all(c, a == b || b == c)))",
            "steps, more than the 1000000",
        ),
    ] {
        let found = mistakes(&format!("{HEAD}{condition:?}"));
        assert!(found.contains(message), "{condition}\nfound: {found}");
        assert!(found.starts_with("35:"), "{condition}\nfound: {found}");
    }
}

#[test]
fn let_is_checked_even_if_unused_and_does_not_run_in_circles() {
    let head = "version: 1\ntypes: {door: {actions: [open], attributes: {size: int}}, page: {actions: [read]}}\n";
    assert_eq!(mistakes(&format!("{head}let: {{big: resource.size > 3}}")), "");
    assert!(
        mistakes(&format!("{head}let: {{big: resource.siez > 3}}"))
            .contains("did you mean `size`?")
    );
    let fits_nowhere =
        "{x: resource.size > 3, z: x && resource.type == 'page' && resource.sice > 1}";
    assert!(mistakes(&format!("{head}let: {fits_nowhere}")).contains("declares no `sice`"));
    assert!(mistakes(&format!("{head}let: {{a: b, b: c, c: a}}")).contains("uses itself"));
    assert!(
        mistakes(&format!("{head}let: {{now: true}}"))
            .contains("`now` has a meaning in conditions already")
    );
    let on_page = format!(
        "{head}let: {{big: resource.size > 3}}\nrules: [{{id: r, effect: permit, resource: page, when: big}}]"
    );
    assert!(mistakes(&on_page).contains("`resource` of type `page` declares no `size`"));
    let mut upwards = format!("{head}let:\n  n0: actor.id == 'x'\n");
    let mut downwards = format!("{head}let:\n  n200: actor.id == 'x'\n");
    for index in 1..200 {
        let operator = if index % 2 == 0 { "&&" } else { "||" };
        upwards.push_str(&format!("  n{index}: n{} {operator} action == '{index}'\n", index - 1));
        downwards.push_str(&format!("  n{index}: n{} {operator} action == '{index}'\n", index + 1));
    }
    assert!(mistakes(&upwards).contains("more than 128 deep"));
    assert!(mistakes(&downwards).contains("more than 128 deep"));
    let mut wide = format!("{head}let:\n  n0: actor.id == 'x'\n");
    for index in 1..40 {
        wide.push_str(&format!(
            "  n{index}: (n{0} && action == 'a{index}') || (n{0} && action == 'b{index}')\n",
            index - 1
        ));
    }
    wide.push_str("rules: [{id: r, effect: permit, when: n39}]");
    assert!(mistakes(&wide).contains("steps, more than the 1000000"), "{}", mistakes(&wide));
}

#[test]
fn a_condition_of_a_relation_reads_the_actor_and_the_resource_only() {
    for (condition, message) in [
        ("context.x ?? true", "`context` in the condition of a relation"),
        ("now < now", "`now` in the condition of a relation"),
        ("action == 'open'", "`action` in the condition of a relation"),
        ("related('b')", "`related` in the condition of a relation"),
        ("resource.type == 'door'", "`resource.type` in the condition of a relation"),
        ("resource.asked ?? true", "`resource.asked` in the condition of a relation"),
    ] {
        let text = format!(
            "version: 1\ncontext: {{x: bool?}}\ntypes: {{door: {{actions: [open], attributes: {{asked: {{type: bool?, from: request}}}}, relations: {{b: direct, a: [{{when: {condition:?}}}]}}}}}}"
        );
        assert!(mistakes(&text).contains(message), "{condition}: {}", mistakes(&text));
    }
}

#[test]
fn now_is_missing_where_it_would_decide() {
    let policies = policies("
version: 1
types: {door: {actions: [open]}}
rules: [{id: r, effect: permit, when: \"actor.id == 'user:1' && now < timestamp('2030-01-01T00:00:00Z')\"}]");
    let ask = |id: &str| {
        let request = Request::new(human(id), "open", Resource::new("door", "a"));
        policies.evaluate(&request, &mut Scratch::new()).errors.first().map(|error| error.fault)
    };
    assert_eq!(ask("user:1"), Some(Fault::NowMissing));
    assert_eq!(ask("user:2"), None);
}

#[test]
fn what_is_known_of_one_side_does_not_hide_an_error_of_the_other() {
    for condition in [
        "context.s.startsWith('')",
        "!(context.n in [])",
        "context.s.startsWith('') == false",
        "context.n == context.n",
        "!(context.s == 'x') || !(context.s != 'x')",
    ] {
        let policies = policies(&format!(
            "version: 1\ntypes: {{door: {{actions: [open]}}}}\ncontext: {{s: string, n: int}}\nrules: [{{id: r, effect: deny, when: {condition:?}}}, {{id: p, effect: permit}}]"
        ));
        let decision = crate::support::ask(&policies, human("user:1"), "open", "door", "a");
        assert_eq!((decision.effect, decision.reason.as_ref()), (Effect::Deny, "r"), "{condition}");
        assert_eq!(decision.errors.len(), 1, "{condition}");
    }
}
