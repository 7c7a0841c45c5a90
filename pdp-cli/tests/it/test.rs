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
