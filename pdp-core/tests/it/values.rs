use pdp_core::{
    Actor, ActorType, Decision, Map, Policies, Request, Resource, Scratch, Text, Value,
};

use crate::support::{human, policies};

const HEAD: &str = "
version: 1
types:
  door:
    actions: [open]
    attributes: {kind: string, floor: int, locked: bool, keys: list(string), color: string?}
actor: {attributes: {team: string, shirt: string?}}
context:
  text: string
  short: {type: string, max: 3}
  number: int
  yes: bool
  list: list(string)
  few: {type: list(string), max: 2}
  client: ip
  maybe: string?
attributes:
  resources:
    door:front: {kind: oak, floor: 2, locked: true, keys: [a, b], color: red}
  actors:
    user:1: {team: red}
";

const WITHIN: &str = "cidr('10.1.0.0/16').containsIP(context.client)";

fn set(condition: &str) -> Policies {
    policies(&format!("{HEAD}rules: [{{id: r, effect: permit, when: {condition:?}}}]"))
}

fn decide<'p>(policies: &'p Policies, context: &Map<'_>, scratch: &mut Scratch) -> Decision<'p> {
    let request = Request::new(human("user:1"), "open", Resource::new("door", "front"));
    policies.evaluate(&Request { context, ..request }, scratch)
}

fn said(decision: &Decision<'_>) -> String {
    match &decision.errors[..] {
        [] if decision.reason == "r" => "yes".to_owned(),
        [] => "no".to_owned(),
        [error] => error.fault.as_str().to_owned(),
        more => format!("{more:?}"),
    }
}

/// What a condition comes to; the same if only an expression can say it, and the opposite of its
/// opposite.
fn asked(condition: &str, entries: &[(&'static str, Value<'static>)]) -> String {
    let entries = entries.iter().map(|(name, value)| (Text::from(*name), value.clone()));
    let context = Map::from_entries(entries.collect()).expect("each once");
    let come_to = |condition: &str| {
        let policies = set(condition);
        said(&decide(&policies, &context, &mut Scratch::new()))
    };
    let direct = come_to(condition);
    assert_eq!(come_to(&format!("({condition}) ? true : false")), direct, "{condition}");
    let opposite = match &*direct {
        "yes" => "no",
        "no" => "yes",
        fault => fault,
    };
    assert_eq!(come_to(&format!("!({condition})")), opposite, "{condition}");
    direct
}

fn list(items: &[&'static str]) -> Value<'static> {
    Value::List(items.iter().map(|item| Value::from(*item)).collect())
}

#[test]
fn one_question_about_a_value_of_the_context_is_answered() {
    let text = |condition: &str, value: &'static str| asked(condition, &[("text", value.into())]);
    assert_eq!(text("context.text == 'abc'", "abc"), "yes");
    assert_eq!(text("'abc' == context.text", "abd"), "no");
    assert_eq!(text("context.text != 'abc'", "abc"), "no");
    assert_eq!(text("context.text in ['x', 'abc']", "abc"), "yes");
    assert_eq!(text("context.text in ['x', 'abc']", "a"), "no");
    assert_eq!(text("context.text.startsWith('ab')", "abc"), "yes");
    assert_eq!(text("context.text.startsWith('bc')", "abc"), "no");
    assert_eq!(text("context.text.endsWith('bc')", "abc"), "yes");
    assert_eq!(text("context.text.endsWith('ab')", "abc"), "no");
    assert_eq!(text("context.text.contains('b')", "abc"), "yes");
    assert_eq!(text("context.text.contains('d')", "abc"), "no");
    assert_eq!(text("context.text.matches('^ab.$')", "abc"), "yes");
    assert_eq!(text("context.text.matches('^b')", "abc"), "no");

    let number = |condition: &str, value: i64| asked(condition, &[("number", value.into())]);
    for (condition, below, same, above) in [
        ("context.number < 5", "yes", "no", "no"),
        ("context.number <= 5", "yes", "yes", "no"),
        ("context.number > 5", "no", "no", "yes"),
        ("context.number >= 5", "no", "yes", "yes"),
        ("5 < context.number", "no", "no", "yes"),
        ("5 <= context.number", "no", "yes", "yes"),
        ("5 > context.number", "yes", "no", "no"),
        ("5 >= context.number", "yes", "yes", "no"),
        ("context.number == 5", "no", "yes", "no"),
        ("context.number != 5", "yes", "no", "yes"),
        ("5.5 > context.number", "yes", "yes", "no"),
    ] {
        assert_eq!([4, 5, 6].map(|value| number(condition, value)), [below, same, above]);
    }

    let yes = |condition: &str, value: bool| asked(condition, &[("yes", value.into())]);
    assert_eq!([true, false].map(|value| yes("context.yes", value)), ["yes", "no"]);
    assert_eq!([true, false].map(|value| yes("context.yes == false", value)), ["no", "yes"]);

    let holds = |items: &[&'static str]| asked("'b' in context.list", &[("list", list(items))]);
    assert_eq!([holds(&["a", "b"]), holds(&["a"]), holds(&[])], ["yes", "no", "no"]);

    let client = |address: &'static str| asked(WITHIN, &[("client", address.into())]);
    assert_eq!([client("10.1.2.3"), client("10.2.2.3"), client("::1")], ["yes", "no", "no"]);
    let address = Value::Ip("10.1.0.9".parse().expect("an address"));
    assert_eq!(asked(WITHIN, &[("client", address)]), "yes");
}

#[test]
fn a_value_that_is_missing_or_not_as_declared_is_a_fault_and_no_answer() {
    for (condition, name, wrong) in [
        ("context.text == 'abc'", "text", Value::Int(1)),
        ("context.text.matches('a')", "text", Value::Null),
        ("context.number < 5", "number", "4".into()),
        ("context.number == 5", "number", Value::Double(5.0)),
        ("context.yes", "yes", "true".into()),
        ("'b' in context.list", "list", Value::List(vec!["b".into(), Value::Int(1)])),
        ("'b' in context.list", "list", "b".into()),
        (WITHIN, "client", "10.1.0.256".into()),
        (WITHIN, "client", Value::Int(1)),
    ] {
        assert_eq!(asked(condition, &[]), "context_missing", "{condition}");
        assert_eq!(asked(condition, &[(name, wrong)]), "wrong_type", "{condition}");
    }
    for (condition, name, value) in [
        ("context.short == 'abcd'", "short", Value::from("abcd")),
        ("context.short.startsWith('a')", "short", "abcd".into()),
        ("'a' in context.few", "few", list(&["a", "b", "c"])),
    ] {
        assert_eq!(asked(condition, &[(name, value)]), "too_large", "{condition}");
    }
    let maybe = |condition, value: Value<'static>| asked(condition, &[("maybe", value)]);
    assert_eq!(asked("has(context.maybe)", &[]), "no");
    assert_eq!(maybe("has(context.maybe)", "a".into()), "yes");
    assert_eq!(maybe("has(context.maybe)", Value::Int(1)), "wrong_type");
    assert_eq!(asked("has(context.maybe) && context.maybe == 'a'", &[]), "no");
    assert_eq!(maybe("has(context.maybe) && context.maybe == 'a'", "a".into()), "yes");
    assert_eq!(asked("context.short == 'abc'", &[("short", "abc".into())]), "yes");
    assert_eq!(asked("'b' in context.few", &[("few", list(&["a", "b"]))]), "yes");
}

#[test]
fn facts_and_ids_answer_questions() {
    for (condition, answer) in [
        ("resource.kind == 'oak'", "yes"),
        ("resource.kind == 'elm'", "no"),
        ("resource.kind.startsWith('o')", "yes"),
        ("resource.floor == 2", "yes"),
        ("resource.floor > 2", "no"),
        ("resource.locked", "yes"),
        ("resource.locked == false", "no"),
        ("'b' in resource.keys", "yes"),
        ("'c' in resource.keys", "no"),
        ("actor.team == 'red'", "yes"),
        ("actor.team in ['blue', 'green']", "no"),
        ("actor.id == 'user:1'", "yes"),
        ("actor.id.endsWith(':2')", "no"),
        ("resource.id.matches('^fr[a-z]+t$')", "yes"),
        ("resource.id in ['back', 'side']", "no"),
        ("has(resource.color)", "yes"),
        ("has(actor.shirt)", "no"),
    ] {
        assert_eq!(asked(condition, &[]), answer, "{condition}");
    }
    let policies = set("resource.kind == 'oak'");
    let request = Request::new(human("user:1"), "open", Resource::new("door", "back"));
    let decision = policies.evaluate(&request, &mut Scratch::new());
    assert_eq!(said(&decision), "attribute_missing");
    let policies = set("actor.team == 'red'");
    let stranger = Actor::new(ActorType::Human, "user:2");
    let request = Request::new(stranger, "open", Resource::new("door", "front"));
    assert_eq!(said(&policies.evaluate(&request, &mut Scratch::new())), "attribute_missing");
}

/// What several rules ask is answered once a request, and anew in the next, wherever the values
/// stand there.
#[test]
fn nothing_is_left_of_the_request_before() {
    let policies = policies(&format!(
        "{HEAD}rules:
  - {{id: d, effect: deny, when: \"context.text == 'b' && {WITHIN}\"}}
  - {{id: p, effect: permit, when: \"context.text == 'b' && context.number < 5\"}}
  - {{id: q, effect: permit, when: \"context.text != 'b' && {WITHIN}\"}}
  - {{id: r, effect: permit, when: \"context.number < 5 && context.number > 1\"}}
"
    ));
    let mut scratch = Scratch::new();
    let mut reasons = Vec::new();
    for (more, text, client, number) in [
        (None, "b", "10.1.0.1", 3),
        (None, "b", "11.0.0.1", 3),
        (Some("list"), "c", "11.0.0.1", 3),
        (None, "c", "10.1.0.1", 9),
        (Some("yes"), "c", "11.0.0.1", 9),
        (None, "b", "11.0.0.1", 9),
    ] {
        let mut context = Map::new();
        context.insert("text", text);
        context.insert("client", client);
        context.insert("number", number);
        if let Some(name) = more {
            context.insert(name, false);
        }
        let warm = decide(&policies, &context, &mut scratch);
        assert_eq!(warm, decide(&policies, &context, &mut Scratch::new()));
        reasons.push(warm.reason.into_owned());
    }
    assert_eq!(reasons, ["d", "p", "r", "q", "no_matching_policy", "no_matching_policy"]);
}
