//! As much as is allowed, and one more.

use std::fmt::Write;

use crate::support::mistakes;

/// The largest number up to `most` with which a text is accepted; all smaller ones are, too.
fn largest(most: usize, text: impl Fn(usize) -> String) -> usize {
    let (mut accepted, mut refused) = (0, most + 1);
    while refused - accepted > 1 {
        let middle = usize::midpoint(accepted, refused);
        if mistakes(&text(middle)).is_empty() {
            accepted = middle;
        } else {
            refused = middle;
        }
    }
    accepted
}

#[test]
fn rules_apply_to_eight_million_pairs() {
    let actions: Vec<String> = (0..40).map(|action| format!("a{action}")).collect();
    let actions = actions.join(", ");
    let set = |rules: usize| {
        let mut text = "version: 1\ntypes:\n".to_owned();
        for index in 0..2_000 {
            writeln!(text, "  t{index}: {{actions: [{actions}]}}").expect("text");
        }
        text.push_str("rules:\n");
        for rule in 0..rules {
            writeln!(text, "  - {{id: r{rule}, effect: permit}}").expect("text");
        }
        text
    };
    assert_eq!(mistakes(&set(100)), "");
    let found = mistakes(&set(101));
    assert!(found.contains("more than 8000000 pairs of type and action"), "{found}");
}

#[test]
fn a_derived_role_has_a_thousand_operations() {
    let set = |parts: usize| {
        let parts: Vec<String> = (0..parts).map(|part| format!("{{id: 'user:{part}'}}")).collect();
        let parts = parts.join(", ");
        format!(
            "version: 1
types: {{door: {{actions: [open]}}}}
derived_roles: {{guest: {{actors: {{any: [{parts}]}}}}}}
"
        )
    };
    // Three for each comparison, the id and the text among them, and one for "any".
    assert_eq!(largest(1_000, set), 333);
}

#[test]
fn a_derived_role_is_128_levels_deep() {
    // Each role of a chain adds as many levels as it has parts, the last one as many as asked for.
    let set = |levels: usize| {
        let mut text = "version: 1
types: {door: {actions: [open]}}
context: {n: int}
derived_roles:
"
        .to_owned();
        let mut inner = "context.n == 0".to_owned();
        for role in 0..levels.div_ceil(20) {
            let of_role = (levels - role * 20).min(20);
            for level in 0..of_role {
                let operator = if level % 2 == 0 { "&&" } else { "||" };
                inner = format!("(context.n > {role}{level} {operator} {inner})");
            }
            writeln!(text, "  r{role}: {{when: \"{inner}\"}}").expect("text");
            inner = format!("derived_role('r{role}')");
        }
        text
    };
    // A comparison and what it compares are the other two.
    assert_eq!(largest(300, set), 126);
}
