use crate::support::{POLICY, folder, pdp};

const TESTS: &str = "version: 1
actors: {one: {id: user:1, type: human}, two: {id: user:2, type: human}}
resources: {front: {type: door, id: front}}
cases:
  - name: a holder opens
    actor: one
    action: open
    resource: front
    expect: {effect: permit, reason: holders, rule: holders, obligations: [{type: log}], bypass: false, errors: []}
matrix:
  - {name: doors, actors: [one, two], resources: [front], actions: [open], permit: {one: {front: [open]}}}
";

#[test]
fn passing_tests_are_counted() {
    let folder = folder(&[("p.yaml", POLICY), ("p_test.yaml", TESTS)]);
    for path in [".", "p_test.yaml"] {
        let outcome = pdp(folder.path(), &["test", path], "");
        assert_eq!(
            (outcome.code, outcome.output.as_str()),
            (Some(0), "3 passed, 0 failed\n"),
            "{outcome:?}"
        );
    }
}

#[test]
fn what_differs_is_shown() {
    let tests = TESTS
        .replace("reason: holders, rule: holders", "reason: owners, rule: ~")
        .replace("obligations: [{type: log}]", "obligations: []")
        .replace("permit: {one:", "permit: {two:");
    let folder = folder(&[("p.yaml", POLICY), ("p_test.yaml", &tests)]);
    let outcome = pdp(folder.path(), &["test", "."], "");
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    insta::assert_snapshot!(outcome.output);
}

#[test]
fn each_folder_is_its_own_set() {
    let files = [
        ("a/p.yaml", POLICY),
        ("a/p_test.yaml", TESTS),
        ("b/p.yaml", POLICY),
        ("b/p_test.yaml", TESTS),
    ];
    let folder = folder(&files);
    let outcome = pdp(folder.path(), &["test", "."], "");
    assert_eq!(
        (outcome.code, outcome.output.as_str()),
        (Some(0), "6 passed, 0 failed\n"),
        "{outcome:?}"
    );
}

#[test]
fn nothing_tested_is_not_green() {
    for (tests, message) in [
        ("version: 1\n", "the file holds no case"),
        ("version: 2\ncases: []\n", "the version of test files is `1`"),
        ("version: 1\ncase: []\n", "unknown key `case`"),
        (&TESTS.replace("one: {front", "three: {front"), "the matrix does not cross `three`"),
        (&TESTS.replace("actor: one", "actor: oen"), "unknown actor `oen`"),
        (&TESTS.replace("permit, reason", "allow, reason"), "`effect` is `permit` or `deny`"),
        (
            &TESTS.replace("resources: {front", "resources: {unused: {type: door, id: x}, front"),
            "no case uses the resource `unused`",
        ),
        (
            &format!(
                "{TESTS}  - {{name: doors, actors: [one], resources: [front], actions: [open]}}\n"
            ),
            "a matrix is named `doors` already",
        ),
    ] {
        let folder = folder(&[("p.yaml", POLICY), ("p_test.yaml", tests)]);
        let outcome = pdp(folder.path(), &["test", "."], "");
        assert_eq!(outcome.code, Some(1), "{message}: {outcome:?}");
        assert!(outcome.errors.contains(message), "{message}: {outcome:?}");
        assert!(outcome.output.contains("1 could not be run"), "{message}: {outcome:?}");
    }
    let folder = folder(&[("p.yaml", POLICY)]);
    let outcome = pdp(folder.path(), &["test", "."], "");
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.errors.contains("no tests"), "{outcome:?}");
}

#[test]
fn policies_that_do_not_load_fail_their_tests() {
    let folder = folder(&[("p.yaml", "version: 1\nrulse: []\n"), ("p_test.yaml", TESTS)]);
    let outcome = pdp(folder.path(), &["test", "."], "");
    assert_eq!(
        (outcome.code, outcome.output.as_str()),
        (Some(1), "0 passed, 0 failed, 1 could not be run\n")
    );
}

#[test]
fn the_example_in_the_documentation_is_a_test_file() {
    let page = include_str!("../../../docs/testing-policies.md");
    let example = page
        .split("```yaml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("an example");
    let folder = crate::support::root().join("policies/daarion");
    let copy = self::folder(&[("docs_test.yaml", example)]);
    for file in ["rules.yaml", "data.yaml"] {
        std::fs::copy(folder.join(file), copy.path().join(file)).expect("a copy");
    }
    let outcome = pdp(copy.path(), &["test", "."], "");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
}

#[test]
fn names_of_cases_reach_no_terminal_as_they_are() {
    let tests = TESTS
        .replace("name: a holder opens", "name: \"x \\e[2J\\a\"")
        .replace("rule: holders", "rule: other");
    let folder = folder(&[("p.yaml", POLICY), ("p_test.yaml", &tests)]);
    let outcome = pdp(folder.path(), &["test", "."], "");
    assert!(outcome.output.contains("failed: x \u{fffd}[2J\u{fffd} ("), "{outcome:?}");
}

#[test]
fn a_matrix_has_its_bounds() {
    let names =
        |count: usize| (0..count).map(|index| format!("a{index}")).collect::<Vec<_>>().join(", ");
    for (actions, message) in [
        (names(1_000_001), "more than 1000000 cells"),
        ("open, open".to_owned(), "names `open` twice"),
    ] {
        let tests = TESTS
            .replace(
                "actions: [open], permit: {one: {front: [open]}}",
                &format!("actions: [{actions}]"),
            )
            .replace("actors: [one, two]", "actors: [one]");
        let folder = folder(&[("p.yaml", POLICY), ("p_test.yaml", &tests)]);
        let outcome = pdp(folder.path(), &["test", "."], "");
        assert!(outcome.errors.contains(message), "{message}");
    }
}

#[test]
fn a_slip_of_the_pen_is_not_green() {
    let case = |action: &str, expect: &str| {
        format!(
            "version: 1\ncases: [{{name: a, actor: {{id: user:9, type: human}}, action: {action}, resource: {{type: door, id: front}}, expect: {expect}}}]"
        )
    };
    let matrix = TESTS.replace("actions: [open], permit", "actions: [open, opne], permit");
    for (tests, message) in [
        (
            case("opne", "{effect: deny}"),
            "`door` declares no action `opne`; a case that means it states the reason",
        ),
        (matrix, "no resource of the matrix `doors` declares `opne`"),
        (case("opne", "{effect: deny, reason: no_matching_policy}"), ""),
        (case("open", "{effect: deny}"), ""),
    ] {
        let folder = folder(&[("p.yaml", POLICY), ("p_test.yaml", &tests)]);
        let outcome = pdp(folder.path(), &["test", "."], "");
        assert_eq!(outcome.code == Some(0), message.is_empty(), "{outcome:?}");
        assert!(outcome.errors.contains(message), "{message}: {outcome:?}");
    }
}

const ATTRIBUTES: &str = "version: 1
types:
  door:
    actions: [open]
    attributes: {weight: {type: int?, from: request}, locked: bool?}
actor: {attributes: {badge: {type: string?, from: request}}}
context: {assignee: string}
rules:
  - {id: assigned, effect: permit, resource: door, when: context.assignee == actor.id}
  - {id: unlocked, effect: permit, resource: door, when: '!(resource.locked ?? true)'}
";

fn attribute_tests(attributes: &str, context: &str, expect: &str) -> String {
    format!(
        "version: 1
actors: {{one: {{id: user:1, type: human}}}}
resources: {{front: {{type: door, id: front, attributes: {attributes}}}}}
cases:
  - name: a
    actor: one
    action: open
    resource: front
    context: {context}
    expect: {expect}
"
    )
}

#[test]
fn what_requests_state_is_declared() {
    let deny = "{effect: deny}";
    let reasoned = "{effect: deny, reason: no_matching_policy}";
    let matrix = "matrix: [{name: m, actors: [one], resources: [front], actions: [open], context: {asignee: a}}]\n";
    for (attributes, context, expect, more, message) in [
        ("{weight: 1}", "{assignee: user:2}", deny, "", ""),
        (
            "{wieght: 1}",
            "{}",
            reasoned,
            "",
            "p_test.yaml:3:57: no attribute `wieght` of `door` is declared",
        ),
        (
            "{}",
            "{asignee: x}",
            reasoned,
            "",
            "p_test.yaml:9:15: no value `asignee` of the context is",
        ),
        ("{}", "{}", deny, matrix, "p_test.yaml:11:82: no value `asignee` of the context"),
        (
            "{locked: false}",
            "{}",
            deny,
            "",
            "3:57: facts state `locked` of `door`, requests cannot",
        ),
        ("{locked: false}", "{}", reasoned, "", ""),
        (
            "{locked: false}",
            "{}",
            reasoned,
            &matrix.replace("asignee", "assignee"),
            "facts state `locked` of `door`",
        ),
    ] {
        let tests = attribute_tests(attributes, context, expect) + more;
        let folder = folder(&[("p.yaml", ATTRIBUTES), ("p_test.yaml", &tests)]);
        let outcome = pdp(folder.path(), &["test", "."], "");
        assert_eq!(outcome.code == Some(0), message.is_empty(), "{tests}: {outcome:?}");
        assert!(outcome.errors.contains(message), "{message}: {outcome:?}");
    }
    let tests = attribute_tests("{wieght: 1}", "{asignee: x}", deny)
        .replace("type: human", "type: human, attributes: {bagde: a}");
    let folder = folder(&[("p.yaml", ATTRIBUTES), ("p_test.yaml", &tests)]);
    let outcome = pdp(folder.path(), &["test", "p_test.yaml"], "");
    insta::assert_snapshot!(outcome.errors);
}

#[test]
fn a_failure_says_what_could_not_be_evaluated() {
    let tests = attribute_tests("{}", "{}", "{effect: permit}");
    let folder = folder(&[("a/p.yaml", ATTRIBUTES), ("a/p_test.yaml", &tests)]);
    let outcome = pdp(folder.path(), &["test", "a"], "");
    let expected = "failed: a (a/p_test.yaml:5)
    effect: expected \"permit\", found \"deny\" (no_matching_policy, by no rule)
    could not evaluate assigned: `context.assignee` is absent
0 passed, 1 failed
";
    assert_eq!((outcome.code, &*outcome.output), (Some(1), expected), "{outcome:?}");
    let outcome = pdp(folder.path(), &["test", "a", "--format", "json"], "");
    let report: serde_json::Value = serde_json::from_str(&outcome.output).expect("JSON");
    assert_eq!(report["cases"][0]["errors"][0]["fault"], "context_missing", "{outcome:?}");
}

#[test]
fn a_name_given_twice_is_shown_where_it_stands() {
    let case =
        "  - {actor: one, action: open, resource: front, expect: {effect: deny}, name: twice}\n";
    let tests = TESTS.replace("matrix:", &format!("{case}  # Again.\n{case}matrix:"));
    let folder = folder(&[("p.yaml", POLICY), ("p_test.yaml", &tests)]);
    let outcome = pdp(folder.path(), &["test", "."], "");
    insta::assert_snapshot!(outcome.errors);
}

#[test]
fn mistakes_are_named_so_that_they_can_be_opened() {
    let slips = attribute_tests("{wieght: 1}", "{}", "{effect: deny}");
    let folder = folder(&[
        ("packs/bad/p.yaml", "version: 1\nrulse: []\n"),
        ("packs/bad/p_test.yaml", TESTS),
        ("packs/form/p.yaml", POLICY),
        ("packs/form/p_test.yaml", "version: 2\ncases: []\n"),
        ("packs/slip/p.yaml", ATTRIBUTES),
        ("packs/slip/p_test.yaml", &slips),
    ]);
    for (path, prefix) in [("packs", "packs/"), ("./packs", "packs/"), (".", "packs/")] {
        let outcome = pdp(folder.path(), &["test", path], "");
        for place in ["bad/p.yaml:2:1: ", "form/p_test.yaml:1:10: ", "slip/p_test.yaml:3:57: "] {
            let place = format!("error: {prefix}{place}");
            assert!(outcome.errors.contains(&place), "{place}: {outcome:?}");
        }
    }
    let outcome = pdp(folder.path(), &["test", "packs", "none", "--format", "json"], "");
    assert_eq!((outcome.code, &*outcome.errors), (Some(1), ""), "{outcome:?}");
    let report: serde_json::Value = serde_json::from_str(&outcome.output).expect("JSON");
    let errors = report["errors"].as_array().expect("a list");
    let told: Vec<String> = errors
        .iter()
        .map(|error| {
            format!("{} {} {} {}", error["kind"], error["file"], error["line"], error["hint"])
        })
        .collect();
    assert_eq!(
        told,
        [
            r#""unknown_key" "packs/bad/p.yaml" 2 "did you mean `rules`?""#,
            r#""test" "packs/form/p_test.yaml" 1 null"#,
            r#""test" "packs/slip/p_test.yaml" 3 "did you mean `weight`?""#,
            r#""source" null null null"#,
        ]
    );
    assert_eq!((&report["broken"], &report["omitted"]), (&4.into(), &0.into()));
}
