use crate::support::{mistakes, policies};

fn warnings(rules: &str) -> Vec<(u32, String)> {
    let head =
        "version: 1\ntypes: {door: {actions: [open, close]}, page: {actions: [open]}}\nrules:\n";
    let policies = policies(&format!("{head}{rules}"));
    policies.warnings().iter().map(|warning| (warning.span.line, warning.message.clone())).collect()
}

const LOG: &str = "obligations: [{type: log}]";

#[test]
fn permits_that_overlap_and_differ_in_obligations_are_warned_of_once() {
    let rules = format!(
        "  - {{id: a, effect: permit, resource: door, {LOG}}}
  - {{id: b, effect: permit, resource: door}}
  - {{id: c, effect: permit, resource: page, {LOG}}}
"
    );
    let message = "rules `a` and `b` both permit `open` on `door`, with different obligations; those of the first that matches hold";
    assert_eq!(warnings(&rules), [(5, message.to_owned())]);
    // Equal obligations, other effects and bypass rules beside ordinary ones are no surprise.
    for other in [
        format!("{{id: b, effect: permit, resource: door, {LOG}}}"),
        "{id: b, effect: deny, resource: door}".to_owned(),
        "{id: b, effect: permit, bypass: true, resource: door}".to_owned(),
        "{id: b, effect: permit, resource: page}".to_owned(),
    ] {
        let rules = format!("  - {{id: a, effect: permit, resource: door, {LOG}}}\n  - {other}\n");
        assert_eq!(warnings(&rules), [], "{other}");
    }
}

#[test]
fn rules_about_different_actor_types_do_not_overlap() {
    let count = |one: &str, other: &str| {
        let rules = format!(
            "  - {{id: a, effect: permit, resource: door, actors: {one}, {LOG}}}
  - {{id: b, effect: permit, resource: door, actors: {other}}}
"
        );
        warnings(&rules).len()
    };
    assert_eq!(count("{type: human}", "{type: agent}"), 0);
    assert_eq!(count("{type: human}", "{type: human}"), 1);
    assert_eq!(count("{type: human, role: x}", "{type: agent, role: x}"), 0);
    assert_eq!(count("{type: human, role: x}", "{type: human, role: y}"), 1);
    assert_eq!(count("{role: x}", "{type: agent}"), 1);
    assert_eq!(count("{type: service, role: x}", "{type: agent}"), 0);
    assert_eq!(count("{all: [{type: human}, {type: agent}]}", "{type: agent}"), 0);
}

#[test]
fn warnings_stand_in_the_order_of_the_text() {
    let rules = format!(
        "  - {{id: a, effect: permit, resource: page, {LOG}}}
  - {{id: b, effect: permit, resource: door, {LOG}}}
  - {{id: c, effect: permit, resource: page}}
  - {{id: d, effect: permit, resource: door}}
  - {{id: e, effect: permit, bypass: true, resource: door, {LOG}}}
  - {{id: f, effect: permit, bypass: true, resource: door}}
"
    );
    let lines: Vec<u32> = warnings(&rules).iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [6, 7, 9]);
}

#[test]
fn only_the_nearest_rules_are_compared() {
    let rules = |between: usize| {
        let mut rules = "  - {id: first, effect: permit, resource: door}\n".to_owned();
        for index in 0..between {
            rules.push_str(&format!(
                "  - {{id: r{index}, effect: permit, resource: door, {LOG}}}\n"
            ));
        }
        warnings(&rules).len()
    };
    assert_eq!((rules(100), rules(101), rules(150)), (100, 100, 100));
}

#[test]
fn a_rule_that_can_never_apply_is_told_why() {
    let refused = |rule: &str| {
        mistakes(&format!(
            "version: 1\ntypes: {{door: {{actions: [open]}}, page: {{actions: [read]}}}}\nrules: [{rule}]"
        ))
    };
    let none = refused("{id: r, effect: permit, resource: {all: [door, page]}}");
    assert!(none.contains("the rule covers no type"), "{none}");
}
