use pdp_core::Effect;

use crate::support::{ask, human, mistakes, policies};

/// Whether a resource with this id fits the pattern.
fn fits(pattern: &str, id: &str) -> bool {
    let policies = policies(&format!(
        "
version: 1
types: {{doc: {{actions: [read]}}}}
rules: [{{id: r, effect: permit, resource: {{type: doc, id: {pattern}}}}}]
"
    ));
    ask(&policies, human("user:1"), "read", "doc", id).effect == Effect::Permit
}

#[test]
fn a_star_stands_for_any_text_wherever_it_is() {
    for (pattern, id, expected) in [
        ("'*-draft'", "a-draft", true),
        ("'*-draft'", "-draft", true),
        ("'*-draft'", "a-draft2", false),
        ("'eu/*/invoice-*'", "eu/it/2026/invoice-7", true),
        ("'eu/*/invoice-*'", "eu/invoice-7", false),
        ("'a*a'", "a", false),
        ("'a*a'", "aa", true),
        ("'a*b*c'", "a-b-b-c", true),
        ("'a**c'", "ac", true),
        ("{exact: 'a*b'}", "a*b", true),
        ("{exact: 'a*b'}", "a-b", false),
        ("['x', '*z']", "yz", true),
    ] {
        assert_eq!(fits(pattern, id), expected, "{pattern} {id}");
    }
}

#[test]
fn a_regular_expression_fits_whole_ids() {
    for (pattern, id, expected) in [
        ("{regex: 'doc-[0-9]{4}'}", "doc-2026", true),
        ("{regex: 'doc-[0-9]{4}'}", "doc-20267", false),
        ("{regex: 'doc-[0-9]{4}'}", "my-doc-2026", false),
        ("{regex: 'a|b'}", "ab", false),
        ("{regex: 'a|b'}", "b", true),
        (r"{regex: 'v\d+\.\d+'}", "v1.22", true),
        (r"{regex: 'v\d+\.\d+'}", "v1x22", false),
        ("[x, {regex: 'y+'}]", "yy", true),
    ] {
        assert_eq!(fits(pattern, id), expected, "{pattern} {id}");
    }
}

#[test]
fn ids_with_every_delimiter_fit_only_themselves() {
    let ids = ["a.b", "a|b", "a+", "(a)", "[a]", "a?", "^a$", r"a\b", "a/b", "a:b", "a#b", "a,b"];
    for pattern in ids {
        for id in ids {
            assert_eq!(fits(&format!("{{exact: '{pattern}'}}"), id), pattern == id);
            assert_eq!(fits(&format!("'*{pattern}'"), id), pattern == id, "{pattern} {id}");
        }
    }
}

#[test]
fn what_is_no_regular_expression_is_refused_with_its_place() {
    for (regex, message) in [
        ("'('", "4:"),
        ("'('", "regular expression `(`: unclosed group"),
        (r"'(a)\1'", "backreferences are not supported"),
        ("'(?=a)'", "look-around"),
        (r"'\p{Greek}'", "classes of Unicode"),
        ("''", "a regular expression has 1 to 1024 bytes"),
        ("'(?:a|b)*a(?:a|b){30}'", "share"),
        ("'(?:(?:a{1000}){1000}){1000}'", "share"),
    ] {
        let text = format!(
            "version: 1\ntypes: {{doc: {{actions: [read]}}}}\nrules:\n  - {{id: r, effect: permit, resource: {{id: {{regex: {regex}}}}}}}\n"
        );
        let found = mistakes(&text);
        assert!(found.contains(message), "{regex}: {found}");
    }
}

#[test]
fn patterns_of_actions_mean_declared_actions() {
    let policies = policies(
        "
version: 1
types:
  file: {actions: [read_text, read_meta, write]}
  note: {actions: [read_text]}
action_groups: {reading: ['read_*'], changing: [write]}
rules:
  - {id: reads, effect: permit, actions: [reading], actors: {id: reader}}
  - {id: texts, effect: permit, actions: '*_text', actors: {id: texter}}
  - {id: root, effect: permit, bypass: true, actions: 'w*', actors: {id: root}}
",
    );
    let may = |actor, action, resource_type| {
        ask(&policies, human(actor), action, resource_type, "1").effect == Effect::Permit
    };
    assert!(may("reader", "read_text", "file") && may("reader", "read_meta", "file"));
    assert!(may("reader", "read_text", "note") && !may("reader", "write", "file"));
    assert!(may("texter", "read_text", "note") && !may("texter", "read_meta", "file"));
    assert!(may("root", "write", "file"));
    // A pattern never reaches what is not declared.
    assert!(!may("reader", "read_all", "file") && !may("root", "wipe", "file"));
    assert!(!may("root", "write", "planet"));
}

#[test]
fn a_pattern_that_fits_nothing_is_refused() {
    let head = "version: 1\ntypes: {doc: {actions: [read]}, x: {actions: [go]}}\n";
    for (text, message) in [
        ("action_groups: {g: ['w*']}", "no declared action fits `w*`"),
        (
            "rules: [{id: r, effect: deny, resource: doc, actions: ['g*']}]",
            "no action of a type that the rule covers fits `g*`",
        ),
        ("action_groups: {g: []}", "an action group is an empty list"),
        ("bypass: {actions: ['r*']}", "`r*` is no name"),
    ] {
        let found = mistakes(&format!("{head}{text}"));
        assert!(found.contains(message) && found.starts_with("3:"), "{text}: {found}");
    }
}
