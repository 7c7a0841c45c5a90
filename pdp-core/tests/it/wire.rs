use pdp_core::wire::{
    Answer, AnswerDocument, REQUEST_BYTES_MAX, RequestDocument, RequestErrorKind,
};
use pdp_core::{Map, Resource, Scratch, Value};
use proptest::prelude::*;

use crate::support::{human, policies};

const WHOLE: &str = r#"{
  "actor": {"actor_id": "user:93", "actor_type": "human", "microdao_ids": ["microdao:7"], "roles": ["member"],
            "memberships": [{"microdao_id": "microdao:d", "role": "admin"}], "attributes": {"dept": "sales"}},
  "action": "send_message",
  "resource": {"type": "channel", "id": "general", "attributes": {"amount": 12}},
  "context": {"n": 1, "big": 18446744073709551615, "d": 1.5, "neg": -9223372036854775808, "null": null, "list": [true, {"a": "é\n"}]},
  "now": "2026-11-26T09:30:00Z"
}"#;

#[test]
fn a_whole_request_is_read() {
    let document = RequestDocument::parse(WHOLE.as_bytes()).expect("a request");
    let request = document.request();
    assert_eq!(
        (request.actor.id, request.action, request.resource.id),
        ("user:93", "send_message", "general")
    );
    assert_eq!(request.actor.all_tenants().collect::<Vec<_>>(), ["microdao:7", "microdao:d"]);
    assert_eq!(request.context.value("big"), Some(&Value::Uint(u64::MAX)));
    assert_eq!(request.context.value("neg"), Some(&Value::Int(i64::MIN)));
    assert_eq!(request.context.value("null"), Some(&Value::Null));
    assert_eq!(request.now.map(|now| now.to_string()).as_deref(), Some("2026-11-26T09:30:00Z"));
    assert_eq!(request.resource.attributes.value("amount"), Some(&Value::Int(12)));
    let again = serde_json::to_string(&request).expect("JSON");
    let again = RequestDocument::parse(again.as_bytes()).expect("a request");
    assert_eq!(again.request(), request);
}

/// The shortest request, with one part replaced.
fn with(part: &str, replacement: &str) -> String {
    let request = r#"{"actor": {"actor_id": "u", "actor_type": "human"}, "action": "a", "resource": {"type": "t", "id": "i"}}"#;
    assert!(request.contains(part), "{part}");
    request.replacen(part, replacement, 1)
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn a_bad_request_names_its_field() {
    use RequestErrorKind::{Shape, Size, Syntax};
    let long = format!("\"{}\"", "x".repeat(1_025));
    let deep = format!("\"a\", \"context\": {}", "{\"a\":".repeat(40) + "1" + &"}".repeat(40));
    for (part, replacement, kind, field, message) in [
        ("\"u\"", "7", Shape, "actor.actor_id", "expected a string, found a number"),
        ("\"u\"", "null", Shape, "actor.actor_id", "expected a string, found null"),
        ("\"u\"", "\"\"", Shape, "actor.actor_id", "empty"),
        ("\"u\"", "\"a\\u0000b\"", Shape, "actor.actor_id", "a control character"),
        ("\"u\"", "\"a\\nb\"", Shape, "actor.actor_id", "a control character"),
        ("\"u\"", &long, Size, "actor.actor_id", "more than 1024 bytes"),
        (
            "\"human\"",
            "\"Human\"",
            Shape,
            "actor.actor_type",
            "`Human` is none of human, agent and service",
        ),
        (
            "\"human\"",
            "\"human\", \"roles\": \"x\"",
            Shape,
            "actor.roles",
            "expected a list, found a string",
        ),
        (
            "\"human\"",
            "\"human\", \"roles\": [\"x\", 1]",
            Shape,
            "actor.roles[1]",
            "expected a string, found a number",
        ),
        (
            "\"human\"",
            "\"human\", \"memberships\": [{\"microdao_id\": \"m\"}]",
            Shape,
            "actor.memberships[0].role",
            "missing",
        ),
        (
            "\"human\"",
            "\"human\", \"memberships\": [[\"m\", \"r\"]]",
            Shape,
            "actor.memberships[0]",
            "expected an object, found a list",
        ),
        (
            "\"human\"",
            "\"human\", \"role\": []",
            Shape,
            "actor.role",
            "unknown field; did you mean `roles`?",
        ),
        (
            "\"human\"",
            "\"human\", \"attributes\": null",
            Shape,
            "actor.attributes",
            "expected an object, found null",
        ),
        (
            "{\"actor_id\": \"u\", \"actor_type\": \"human\"}",
            "[\"u\", \"human\"]",
            Shape,
            "actor",
            "expected an object, found a list",
        ),
        ("\"action\"", "\"Action\"", Shape, "action", "missing"),
        ("\"a\"", "\"a\", \"on\": 1", Shape, "on", "unknown field"),
        (
            "\"a\"",
            "\"a\", \"now\": \"today\"",
            Shape,
            "now",
            "not a time in RFC 3339 form, such as 2026-11-26T09:30:00Z",
        ),
        ("\"a\"", "\"a\", \"now\": null", Shape, "now", "expected a string, found null"),
        ("\"a\"", "\"a\", \"context\": [1]", Shape, "context", "expected an object, found a list"),
        ("\"a\"", "\"a\", \"action\": \"b\"", Shape, "", "key `action` is given twice"),
        (
            "\"a\"",
            "\"a\", \"context\": {\"x\": {\"y\": 1, \"y\": 2}}",
            Shape,
            "",
            "key `y` is given twice",
        ),
        ("\"a\"", "\"a\", \"context\": {\"x\": 1e400}", Syntax, "", "number out of range"),
        (
            "\"a\"",
            "\"a\", \"context\": {\"x\": 18446744073709551616}",
            Shape,
            "",
            "a number that 64 bits do not hold exactly",
        ),
        (
            "\"a\"",
            "\"a\", \"context\": {\"x\": 9007199254740994.0}",
            Shape,
            "",
            "a number that 64 bits do not hold exactly",
        ),
        ("\"a\"", "\"a\", \"context\": {\"x\": NaN}", Syntax, "", "expected value"),
        ("\"a\"", "\"\\ud800\"", Syntax, "", "hex escape"),
        ("\"a\"", &deep, Size, "", "nested more than 32 deep"),
        ("\"i\"}}", "\"i\"}} x", Syntax, "", "trailing characters"),
        ("\"i\"}}", "\"i\"}", Syntax, "", "EOF"),
    ] {
        let error =
            RequestDocument::parse(with(part, replacement).as_bytes()).expect_err(replacement);
        assert_eq!((error.kind, error.field.as_deref().unwrap_or("")), (kind, field), "{error}");
        assert!(error.message.contains(message), "{error}");
    }
}

#[test]
fn size_and_encoding_are_checked_first() {
    let error = RequestDocument::parse(&vec![b' '; REQUEST_BYTES_MAX + 1]).expect_err("too large");
    assert_eq!(error.kind, RequestErrorKind::Size);
    let error = RequestDocument::parse(b"{\"actor\": \"\xff\"}").expect_err("no UTF-8");
    assert_eq!(error.to_string(), "not UTF-8 from byte 11 on");
    for text in ["", "null", "[]", "\"x\"", "\u{feff}{}"] {
        assert!(RequestDocument::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn a_decision_is_written_as_documented() {
    let policies = policies(
        "
version: 1
types: {door: {actions: [open]}}
context: {must: bool}
rules:
  - {id: odd, effect: permit, when: context.must}
  - {id: open, effect: permit, reason: fine, obligations: [{type: log, properties: {level: info}}]}
",
    );
    let request = pdp_core::Request::new(human("user:1"), "open", Resource::new("door", "a"));
    let decision = policies.evaluate(&request, &mut Scratch::new());
    let json = serde_json::to_string(&decision).expect("JSON");
    let digest = policies.version().digest;
    assert_eq!(
        json,
        format!(
            r#"{{"effect":"permit","reason":"fine","rule":{{"id":"open","file":"policy.yaml","line":7}},"bypass":false,"obligations":[{{"type":"log","properties":{{"level":"info"}}}}],"errors":[{{"rule":{{"id":"odd","file":"policy.yaml","line":6}},"fault":"context_missing","message":"`context.must` is absent"}}],"policy":{{"digest":"{digest}","revision":1}}}}"#
        )
    );
}

proptest! {
    #[test]
    fn any_bytes_are_a_request_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = RequestDocument::parse(&bytes);
    }

    #[test]
    fn any_damage_to_a_request_is_a_request_or_an_error(at in 0..WHOLE.len(), byte: u8, cut in 0..WHOLE.len()) {
        let mut bytes = WHOLE.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = RequestDocument::parse(&bytes);
        prop_assert!(RequestDocument::parse(&WHOLE.as_bytes()[..cut]).is_err());
    }
}

#[test]
fn decimals_are_read_as_conditions_read_them() {
    let head = "version: 1\ntypes: {door: {actions: [open]}}\ncontext: {d: double}\nrules: [{id: r, effect: permit, when: 'context.d == ";
    let mut seed = 1_u64;
    for _ in 0..2_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = f64::from(u32::try_from(seed >> 32).expect("32 bits")) / 4_398_046.3 + 1e-9;
        let policies = policies(&format!("{head}{number:?}'}}]"));
        let request = with("\"a\"", &format!("\"open\", \"context\": {{\"d\": {number:?}}}"))
            .replace("\"t\"", "\"door\"");
        let document = RequestDocument::parse(request.as_bytes()).expect("a request");
        let decision = policies.evaluate(&document.request(), &mut Scratch::new());
        assert_eq!(decision.reason, "r", "{number:?}");
    }
}

#[test]
fn a_batch_is_read_whole_or_not_at_all() {
    let batch = |requests: &[String]| format!(r#"{{"requests": [{}]}}"#, requests.join(","));
    let read = |json: &str| {
        let documents = RequestDocument::parse_batch(json.as_bytes(), 2_000, 3);
        documents.map(|documents| documents.len()).map_err(|error| error.to_string())
    };
    let request = with("", "");
    assert_eq!(read(&batch(&[request.clone(), request.clone()])), Ok(2));
    let faulty = with(r#""id": "i""#, r#""id": """#);
    assert_eq!(
        read(&batch(&[request.clone(), faulty])),
        Err("requests[1].resource.id: empty".to_owned())
    );
    assert_eq!(
        read(&batch(&[request.clone(), "7".to_owned()])),
        Err("requests[1]: expected an object, found a number".to_owned())
    );
    let four = vec![request.clone(); 4];
    assert_eq!(read(&batch(&four)), Err("requests: more than 3 requests".to_owned()));
    assert_eq!(read(&batch(&[])), Err("requests: no request".to_owned()));
    assert_eq!(read("{}"), Err("requests: no request".to_owned()));
    assert_eq!(
        read(r#"{"requests": [], "request": 1}"#),
        Err("request: unknown field; did you mean `requests`?".to_owned())
    );
    let long = with(r#""id": "i""#, &format!(r#""id": "{}""#, "i".repeat(2_000)));
    assert_eq!(read(&batch(&[long])), Err("a batch of more than 2000 bytes".to_owned()));
}

#[test]
fn a_request_in_a_batch_may_nest_as_deep_as_alone() {
    let nested = |depth: usize| {
        let list = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        with(r#""action""#, &format!(r#""context": {{"x": {list}}}, "action""#))
    };
    for (depth, is_read) in [(30, true), (31, false)] {
        let request = nested(depth);
        assert_eq!(RequestDocument::parse(request.as_bytes()).is_ok(), is_read, "{depth}");
        let batch = format!(r#"{{"requests": [{request}]}}"#);
        let read = RequestDocument::parse_batch(batch.as_bytes(), 10_000, 10);
        assert_eq!(read.is_ok(), is_read, "{depth}");
    }
}

/// What a door writes, a client reads; and nothing else.
#[test]
fn an_answer_is_read_as_it_was_written() {
    let policies = policies(
        "version: 1
types: {t: {actions: [a, b]}}
context: {n: int?}
rules:
  - {id: broken, effect: deny, resource: t, actions: b, when: \"1 / (context.n ?? 0) > 0\"}
  - id: yes
    effect: permit
    resource: t
    obligations: [{type: log, properties: {level: info, depth: 3, parts: [1.5, true, null]}}]
",
    );
    for action in ["a", "b", "none"] {
        let json = with(r#""action": "a""#, &format!(r#""action": "{action}""#));
        let document = RequestDocument::parse(json.as_bytes()).expect("a request");
        let decision = policies.evaluate(&document.request(), &mut Scratch::new());
        for dropped in [&[][..], &["actor.roles", "now"]] {
            let answer = Answer { decision_id: "an id", decision: &decision, dropped };
            let mut json = Vec::new();
            answer.write_json(&mut json);
            let json = String::from_utf8(json).expect("UTF-8");
            let read = AnswerDocument::parse(json.as_bytes()).expect("an answer");
            assert_eq!(read.decision, decision);
            assert_eq!(
                (read.decision_id.as_str(), read.dropped),
                ("an id", dropped.iter().map(ToString::to_string).collect())
            );
            let batch = format!(r#"{{"decisions": [{json}, {json}], "later": 1}}"#);
            assert_eq!(AnswerDocument::parse_batch(batch.as_bytes()).expect("answers").len(), 2);
            for (part, replacement) in [
                (r#""effect""#, r#""effekt""#),
                (r#""permit""#, r#""Permit""#),
                (r#""deny""#, r#""allow""#),
                (r#""rule""#, r#""rules""#),
                (r#""bypass":false"#, r#""bypass":0"#),
                (r#""obligations""#, r#""duties""#),
                (r#""properties""#, r#""props""#),
                (r#""errors""#, r#""error""#),
                (r#""division_by_zero""#, r#""division""#),
                ("sha256:", "sha512:"),
                (r#""revision":1"#, r#""revision":-1"#),
                (r#""decision_id""#, r#""id""#),
            ] {
                if json.contains(part) {
                    let other = json.replacen(part, replacement, 1);
                    let error = AnswerDocument::parse(other.as_bytes()).expect_err(&other);
                    assert!(error.to_string().starts_with("not an answer: "), "{error}");
                }
            }
        }
    }
    for text in ["", "null", "[]", "{}", r#"{"decisions": 1}"#] {
        assert!(AnswerDocument::parse(text.as_bytes()).is_err(), "{text}");
        assert!(AnswerDocument::parse_batch(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn an_answer_in_another_encoding_is_read_as_its_json() {
    let fields = |fields: &[(&'static str, Value<'static>)]| {
        let mut map = Map::new();
        fields.iter().for_each(|(name, value)| {
            map.insert(*name, value.clone());
        });
        Value::Map(map)
    };
    let digest = format!("sha256:{}", "0".repeat(64));
    let tree = |effect: &'static str| {
        let policy = fields(&[
            ("digest", Value::String(digest.clone().into())),
            ("revision", Value::Int(1)),
        ]);
        fields(&[
            ("decision_id", Value::String("an id".into())),
            ("effect", Value::String(effect.into())),
            ("reason", Value::String("member".into())),
            ("rule", Value::Null),
            ("bypass", Value::Bool(false)),
            ("obligations", Value::List(Vec::new())),
            ("errors", Value::List(Vec::new())),
            ("policy", policy),
        ])
    };
    let json = serde_json::to_vec(&tree("deny")).expect("JSON");
    let read = AnswerDocument::from_value(tree("deny")).expect("an answer");
    assert_eq!(read, AnswerDocument::parse(&json).expect("an answer"));
    for tree in [tree("allow"), tree("0"), Value::Null, Value::Map(Map::new())] {
        let error = AnswerDocument::from_value(tree).expect_err("no answer");
        assert!(error.to_string().starts_with("not an answer: "), "{error}");
    }
}
