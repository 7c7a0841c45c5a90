use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pdp_core::{
    Decision, Fault, HostFunction, Map, Policies, Request, Resource, Scratch, SourceText, Text,
    Timestamp, Type, Value,
};

use crate::support::{human, mistakes, policies};

const HEAD: &str = "
version: 1
types:
  door: {actions: [open], attributes: {codes: list(int)?, until: timestamp?}}
context:
  n: int?
  u: uint?
  text: string?
  list: list(string)?
  few: {type: list(int)?, max: 3}
  short: {type: string?, max: 5}
  map: map(int)?
  open: any?
  client: ip?
  offices: list(cidr)?
  wait: duration?
  nested: list(map(list(int)))?
";

const NOW: &str = "2026-11-27T09:30:00Z";

fn decide<'p>(policies: &'p Policies, context: &Map<'_>) -> Decision<'p> {
    let request = Request {
        context,
        now: Timestamp::parse(NOW).ok(),
        ..Request::new(human("user:1"), "open", Resource::new("door", "a"))
    };
    policies.evaluate(&request, &mut Scratch::new())
}

/// What a permit rule with this condition makes of a context: `yes`, `no`, or the fault.
fn asked(condition: &str, entries: Vec<(&'static str, Value<'static>)>) -> String {
    let text = format!("{HEAD}rules: [{{id: r, effect: permit, when: {condition:?}}}]");
    let entries = entries.into_iter().map(|(name, value)| (Text::from(name), value));
    let context = Map::from_entries(entries.collect()).expect("each once");
    let policies = policies(&text);
    let decision = decide(&policies, &context);
    match &decision.errors[..] {
        [] if decision.reason == "r" => "yes".to_owned(),
        [] => "no".to_owned(),
        [error] => error.fault.as_str().to_owned(),
        more => format!("{more:?}"),
    }
}

fn list(items: impl IntoIterator<Item = impl Into<Value<'static>>>) -> Value<'static> {
    Value::List(items.into_iter().map(Into::into).collect())
}

fn map(entries: Vec<(&'static str, Value<'static>)>) -> Value<'static> {
    let entries = entries.into_iter().map(|(name, value)| (Text::from(name), value));
    Value::Map(Map::from_entries(entries.collect()).expect("each once"))
}

#[test]
fn declared_values_are_of_their_types() {
    let client = |text: &'static str| vec![("client", text.into())];
    assert_eq!(asked("context.?client.orValue(ip('::1')).isLoopback()", vec![]), "yes");
    assert_eq!(asked("(context.client ?? ip('::1')).family() == 4", client("10.0.0.1")), "yes");
    assert_eq!(asked("has(context.client)", client("10.0.0")), "wrong_type");
    let offices =
        vec![("client", "10.1.2.3".into()), ("offices", list(["9.0.0.0/8", "10.0.0.0/8"]))];
    let inside =
        "has(context.client) && (context.offices ?? []).exists(o, o.containsIP(context.client))";
    assert_eq!(asked(inside, offices), "yes");
    assert_eq!(
        asked("(context.wait ?? duration('1h')) > duration('59m')", vec![("wait", "60m".into())]),
        "yes"
    );
    assert_eq!(asked("(context.u ?? 0u) == 7u", vec![("u", 7.into())]), "yes");
    assert_eq!(asked("(context.u ?? 0u) == 7u", vec![("u", (-7).into())]), "wrong_type");
    assert_eq!(
        asked("(context.map ?? {}).k ?? 0 == 3", vec![("map", map(vec![("k", 3.into())]))]),
        "yes"
    );
    assert_eq!(asked("(context.map ?? {'a': 1}).all(k, v, v > 0 && k != '')", vec![]), "yes");
    let nested = map(vec![("k", list([1, 2]))]);
    assert_eq!(
        asked("(context.nested ?? [])[0]['k'][1] == 2", vec![("nested", list([nested]))]),
        "yes"
    );
    assert_eq!(
        asked("(context.nested ?? [])[0]['k'][1] == 2", vec![("nested", list([list([1])]))]),
        "wrong_type"
    );
    assert_eq!(asked("(context.nested ?? [])[0]['k'][1] == 2", vec![]), "index_out_of_range");
}

#[test]
fn what_cannot_be_computed_is_a_fault_and_no_answer() {
    let n = |value: i64| vec![("n", value.into())];
    for (condition, context, fault) in [
        ("(context.n ?? 0) + 1 > 0", n(i64::MAX), "overflow"),
        ("1 / (context.n ?? 0) > 0", vec![], "division_by_zero"),
        ("[1, 2][context.n ?? 0] == 1", n(2), "index_out_of_range"),
        ("(context.map ?? {})['a'] == 1", vec![], "no_such_key"),
        ("context.?n.value() == 1", vec![], "empty_optional"),
        ("timestamp(context.text ?? '') < now", vec![], "invalid_argument"),
        ("{(context.text ?? 'a'): 1, 'a': 2}.size() == 2", vec![], "duplicate_key"),
        ("(context.open ?? 1) < 2", vec![("open", "x".into())], "no_such_overload"),
        ("(context.open ?? 1)", vec![], "no_such_overload"),
        // Each outweighed by what decides.
        ("true || 1 / (context.n ?? 0) > 0", vec![], "yes"),
        ("false && 1 / (context.n ?? 0) > 0", vec![], "no"),
        ("[0, 1].exists(x, x / (context.n ?? 0) > 0 || x == 1)", vec![], "yes"),
        ("[0, 1].all(x, x / (context.n ?? 0) > 0 && x == 1)", vec![], "no"),
        ("[0, 1].exists(x, x / (context.n ?? 0) > 0)", vec![], "division_by_zero"),
        ("[0, 1].exists_one(x, x / (context.n ?? 0) > 0 || x == 1)", vec![], "division_by_zero"),
    ] {
        assert_eq!(asked(condition, context), fault, "{condition}");
    }
}

#[test]
fn a_deny_rule_whose_condition_fails_denies_and_a_permit_rule_does_not_permit() {
    let text = format!(
        "{HEAD}rules:
  - {{id: a, effect: permit}}
  - {{id: b, effect: permit, when: '(context.n ?? 0) + 9223372036854775807 > 0'}}
  - {{id: c, effect: deny, when: '10 % (context.n ?? 0) == 3'}}
"
    );
    let policies = policies(&text);
    let mut context = Map::new();
    context.insert("n", 0);
    let decision = decide(&policies, &context);
    assert_eq!(decision.rule.map(|rule| rule.id.into_owned()).as_deref(), Some("c"));
    let error = &decision.errors[0];
    assert_eq!((&*error.rule.id, error.rule.line, error.fault), ("c", 21, Fault::DivisionByZero));
    assert_eq!(error.message, "division by zero, in `10 % (context.n ?? 0)`");
    context.insert("n", 1);
    assert_eq!(decide(&policies, &context).reason, "a");
}

#[test]
fn values_that_are_too_large_are_faults() {
    let text = |bytes| vec![("text", Value::String("x".repeat(bytes).into()))];
    let few = |count| vec![("few", list(std::iter::repeat_n(1, count)))];
    let words = |count| vec![("list", list(std::iter::repeat_n("x", count)))];
    for (condition, context, expected) in [
        ("(context.text ?? '') != ''", text(16 * 1024), "yes"),
        ("(context.text ?? '') != ''", text(16 * 1024 + 1), "too_large"),
        ("has(context.text)", text(16 * 1024 + 1), "too_large"),
        ("(context.short ?? '') != ''", vec![("short", "hallo".into())], "yes"),
        ("(context.short ?? '') != ''", vec![("short", "hall\u{f6}".into())], "too_large"),
        ("size(context.few ?? []) == 3", few(3), "yes"),
        ("size(context.few ?? []) == 3", few(4), "too_large"),
        ("size(context.list ?? []) == 500", words(500), "yes"),
        ("size(context.list ?? []) == 500", words(501), "too_large"),
        (
            "has(context.list)",
            vec![("list", list([Value::String("x".repeat(64 * 1024 + 1).into())]))],
            "too_large",
        ),
        // Items of items count.
        ("has(context.open)", vec![("open", list([list(std::iter::repeat_n(1, 499))]))], "yes"),
        (
            "has(context.open)",
            vec![("open", list([list(std::iter::repeat_n(1, 500))]))],
            "too_large",
        ),
        (
            "has(context.open)",
            vec![("open", map(vec![("a", list(std::iter::repeat_n(1, 500)))]))],
            "too_large",
        ),
        // Of another type, it is that.
        ("has(context.n)", vec![("n", list(std::iter::repeat_n(1, 900)))], "wrong_type"),
    ] {
        assert_eq!(asked(condition, context), expected, "{condition}");
    }
    let codes = |count: usize| {
        let items = vec!["1"; count].join(", ");
        mistakes(&format!("{HEAD}attributes: {{resources: {{door:a: {{codes: [{items}]}}}}}}"))
    };
    assert_eq!(codes(500), "");
    assert!(codes(501).contains("`codes` has more than 500 items or 65536 bytes of text"));
    for (declaration, message) in [
        ("{type: int, max: 3}", "`max` counts items or bytes, and a `int` has none"),
        ("{type: list(int), max: 0}", "`max` is a whole number from 1 to 10000"),
        ("{type: list(int), max: 10001}", "`max` is a whole number from 1 to 10000"),
        ("{type: string, max: 65537}", "`max` is a whole number from 1 to 65536"),
        ("{type: list(int), max: many}", "`max` is a whole number from 1 to 10000"),
    ] {
        let text = format!("version: 1\ncontext: {{x: {declaration}}}");
        assert!(mistakes(&text).contains(message), "{declaration}: {}", mistakes(&text));
    }
}

#[test]
fn more_roles_or_tenants_than_may_be_gone_through_are_a_fault() {
    let condition = "!actor.tenants.exists(t, t == 'x')";
    let text = format!(
        "{HEAD}rules: [{{id: r, effect: permit, when: {condition:?}}}, {{id: t, effect: deny, actors: {{tenant: no}}}}]"
    );
    let policies = policies(&text);
    for (count, expected) in [(500, None), (501, Some(Fault::TooLarge))] {
        let tenants: Vec<Text<'_>> = (0..count).map(|number| format!("t{number}").into()).collect();
        let mut actor = human("user:1");
        actor.tenants = &tenants;
        let request = Request::new(actor, "open", Resource::new("door", "a"));
        let decision = policies.evaluate(&request, &mut Scratch::new());
        assert_eq!(decision.errors.first().map(|error| error.fault), expected);
        assert_eq!(decision.errors.len(), usize::from(expected.is_some()));
    }
}

#[test]
fn an_open_context_is_open_for_the_conditions_of_its_file() {
    let closed = SourceText {
        path: "a.yaml",
        text: "{version: 1, types: {door: {actions: [open]}}, context: {known: int?}}",
    };
    let rule = |head: &str, id: &str, condition: &str| {
        format!("version: 1\n{head}\nrules: [{{id: {id}, effect: permit, when: {condition:?}}}]")
    };
    let open = rule("context: open", "b", "(context.level ?? 0) >= 3 && (context.known ?? 1) == 1");
    let open = SourceText { path: "b.yaml", text: &open };
    let policies = Policies::from_sources(&[closed, open]).expect("an open context");
    let mut context = Map::new();
    context.insert("level", 3);
    assert_eq!(decide(&policies, &context).reason, "b");
    context.insert("level", "high");
    let decision = decide(&policies, &context);
    assert_eq!(decision.errors[0].fault, Fault::NoSuchOverload);
    // It is said where the type of something is open.
    let warnings: Vec<String> =
        policies.warnings().iter().map(|warning| warning.message.clone()).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("in `(context.level ?? 0) >= 3` is open"), "{warnings:?}");
    // Other files are as closed as before, and what may be absent must be dealt with.
    let other = rule("", "c", "context.level ?? 0 == 3");
    let other = SourceText { path: "c.yaml", text: &other };
    let errors = Policies::from_sources(&[closed, open, other]).expect_err("c.yaml is closed");
    assert!(errors.to_string().contains("`context` declares no `level`"), "{errors}");
    let bare = rule("context: open", "d", "context.level == 3");
    let bare = SourceText { path: "d.yaml", text: &bare };
    let errors = Policies::from_sources(&[closed, bare]).expect_err("not dealt with");
    assert!(errors.to_string().contains("`context.level` may be absent"), "{errors}");
}

/// A function of the host that takes no negative number, and how often it was called.
fn counted_is_even() -> (HostFunction, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let even = HostFunction::new("is_even", vec![Type::Int], Type::Bool, move |arguments| {
        counted.fetch_add(1, Ordering::Relaxed);
        match arguments {
            [Value::Int(number)] if *number >= 0 => Some(Value::Bool(number % 2 == 0)),
            _ => None,
        }
    });
    (even, calls)
}

#[test]
fn functions_of_the_host_are_typed_and_called_once_for_a_request() {
    let (even, calls) = counted_is_even();
    let head = "version: 1\ntypes: {door: {actions: [open]}}\ncontext: {n: int}\n";
    let compile = |rules: &str| {
        let text = format!("{head}rules:\n{rules}");
        let source = SourceText { path: "policy.yaml", text: &text };
        Policies::with_functions(&[source], std::slice::from_ref(&even))
    };
    for (condition, message) in [
        ("is_even('a')", "`is_even` does not take `string`"),
        ("is_even(1) == 2", "`==` between `bool` and `int`"),
        ("is_even()", "unknown function `is_even`"),
        ("is_evn(1)", "did you mean `is_even`?"),
    ] {
        let found = compile(&format!("  - {{id: r, effect: permit, when: {condition:?}}}"));
        let found = found.expect_err("does not fit").to_string();
        assert!(found.contains(message), "{condition}: {found}");
    }
    let policies = compile(
        "  - {id: a, effect: deny, when: is_even(context.n) && context.n > 100}
  - {id: b, effect: permit, when: is_even(context.n)}
  - {id: c, effect: permit, when: '!is_even(context.n)'}
",
    )
    .expect("it fits");
    calls.store(0, Ordering::Relaxed);
    for (n, expected) in [(2, "b"), (3, "c"), (102, "a")] {
        let mut context = Map::new();
        context.insert("n", n);
        assert_eq!(decide(&policies, &context).reason, expected);
    }
    // What is cheaper is asked first: of the deny rule, whether it is more than a hundred.
    assert_eq!(calls.load(Ordering::Relaxed), 3, "once for a request");
    let mut context = Map::new();
    context.insert("n", -1);
    let faults: Vec<Fault> =
        decide(&policies, &context).errors.iter().map(|error| error.fault).collect();
    assert_eq!(faults, [Fault::InvalidArgument; 2]);
}

#[test]
fn a_condition_of_several_rules_is_evaluated_once() {
    let (even, calls) = counted_is_even();
    let text = "version: 1
types: {door: {actions: [open]}}
context: {n: int}
rules:
  - {id: a, effect: deny, when: is_even(context.n)}
  - {id: b, effect: permit, when: is_even(context.n)}
";
    let source = SourceText { path: "policy.yaml", text };
    let policies = Policies::with_functions(&[source], &[even]).expect("it fits");
    let mut context = Map::new();
    context.insert("n", 3);
    assert_eq!(decide(&policies, &context).reason, "no_matching_policy");
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn names_of_macros_stand_for_the_innermost_one() {
    for (condition, expected) in [
        ("[1].all(x, [2].all(x, x == 2) && x == 1)", "yes"),
        ("[1, 2].map(x, [x].map(x, x + 1)) == [[2], [3]]", "yes"),
        ("cel.bind(x, (context.n ?? 1), cel.bind(y, x + 1, x + y)) == 3", "yes"),
        ("['a', 'b'].transformMap(i, v, i) == {0: 0, 1: 1}", "yes"),
        ("context.?n.optMap(x, x + 1).orValue(7) == 7", "yes"),
    ] {
        assert_eq!(asked(condition, vec![]), expected, "{condition}");
    }
    // A `let` that has names of its own is put in where others are known.
    let text = format!(
        "{HEAD}let: {{some: '(context.few ?? [1]).exists(x, x > 0)'}}\nrules: [{{id: r, effect: permit, when: '[5].exists(x, some && x == 5)'}}]"
    );
    assert_eq!(decide(&policies(&text), Map::empty()).reason, "r");
}

#[test]
fn time_zones_are_known_without_any_file() {
    for (condition, expected) in [
        ("now.getHours('Europe/Kyiv') == 11", "yes"),
        ("now.getHours('-02:30') == 7 && now.getMinutes('-02:30') == 0", "yes"),
        ("now.getDayOfWeek() == 5 && now.getMonth() == 10", "yes"),
        ("now.getHours(context.text ?? 'Mars') == 1", "invalid_argument"),
        ("now + duration('24h') - now == duration('1440m')", "yes"),
    ] {
        assert_eq!(asked(condition, vec![]), expected, "{condition}");
    }
}

#[test]
fn what_a_condition_may_cost_is_bounded_by_its_values() {
    let check = |declaration: &str, condition: &str| {
        mistakes(&format!(
            "version: 1\ntypes: {{door: {{actions: [open]}}}}\ncontext: {{{declaration}}}\nrules: [{{id: r, effect: permit, when: {condition:?}}}]"
        ))
    };
    let pairs = "context.a.exists(x, context.a.exists(y, x == y + 'z' && x != ''))";
    let found = check("a: list(string)", pairs);
    assert!(found.contains("steps, more than the 1000000"), "{found}");
    // The part that costs is named: the outer loop, and nothing around it.
    assert!(found.starts_with("4:40: "), "{found}");
    assert_eq!(check("a: {type: list(string), max: 100}", pairs), "");
    assert_eq!(
        check("a: list(string), b: list(string)", "sets.intersects(context.a, context.b)"),
        ""
    );
    assert_eq!(
        check("a: list(string), b: list(string)", "context.a.exists(x, x in context.b)"),
        ""
    );
    // Each part is cheap, and all of them are not.
    let many = ["context.a.exists(x, x in context.b)"; 8];
    let many: Vec<String> = many
        .iter()
        .enumerate()
        .map(|(index, part)| format!("{part} && action != '{index}'"))
        .collect();
    let found = check("a: list(string), b: list(string)", &many.join(" || "));
    assert!(found.contains("steps, more than the 1000000"), "{found}");
}
