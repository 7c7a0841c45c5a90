use pdp_core::{Actor, Fault};

use crate::support::{answer, ask, human, mistakes, policies, texts};

const SET: &str = "
version: 1
types:
  expense:
    actions: [read, approve]
    relations: {manager: direct, requester: direct}
    attributes: {amount: {type: int, from: request}}
    otherwise:
      - {actors: {derived_role: boss}, reason: boss_cannot}
      - nobody
  memo: {actions: [read]}
context: {urgent: bool?}
derived_roles:
  boss: {resource: expense, actors: {relation: manager}}
  approver: {actors: {derived_role: boss, not: {relation: requester}}, when: resource.amount <= 100, resource: [expense]}
  reader: {actors: {any: [{role: auditor}, {derived_role: approver}]}}
rules:
  - {id: approve, effect: permit, resource: expense, actions: approve, actors: {derived_role: approver}}
  - {id: read, effect: permit, actions: read, actors: {derived_role: [reader]}}
  - {id: urgent, effect: permit, resource: expense, actions: read, when: derived_role('boss') && (context.urgent ?? false)}
  - {id: fake, effect: permit, resource: memo, actors: {role: boss}, reason: fake}
facts:
  expense:1: {manager: [user:1, user:2], requester: user:2}
";

#[test]
fn a_derived_role_is_had_where_all_its_parts_hold() {
    let policies = policies(SET);
    let amount = pdp_core::Map::from_entries(vec![("amount".into(), 50.into())]).expect("a map");
    let large = pdp_core::Map::from_entries(vec![("amount".into(), 500.into())]).expect("a map");
    let decide = |id: &'static str, action, attributes| {
        let resource = pdp_core::Resource { attributes, ..pdp_core::Resource::new("expense", "1") };
        let request = pdp_core::Request::new(human(id), action, resource);
        policies.evaluate(&request, &mut pdp_core::Scratch::new())
    };
    assert_eq!(decide("user:1", "approve", &amount).reason, "approve");
    assert_eq!(decide("user:1", "approve", &large).reason, "boss_cannot");
    assert_eq!(decide("user:2", "approve", &amount).reason, "boss_cannot");
    assert_eq!(decide("user:3", "approve", &amount).reason, "nobody");
    assert_eq!(decide("user:1", "read", &amount).reason, "read");
    // The amount is missing: the role cannot be evaluated, and neither can the rule.
    let missing = ask(&policies, human("user:1"), "approve", "expense", "1");
    let errors: Vec<_> =
        missing.errors.iter().map(|error| (&*error.rule.id, error.fault)).collect();
    assert_eq!(errors, [("approve", Fault::AttributeMissing)]);
    // Who is no boss has the role in no case, whatever is missing.
    assert!(ask(&policies, human("user:3"), "approve", "expense", "1").errors.is_empty());
}

#[test]
fn a_derived_role_is_no_claimed_role() {
    let policies = policies(SET);
    let claims = texts(&["boss", "approver", "reader"]);
    let actor = Actor { roles: &claims, ..human("user:3") };
    assert_eq!(answer(&policies, actor, "read", "expense", "1"), "deny nobody");
    assert_eq!(answer(&policies, actor, "read", "memo", "1"), "permit fake");
    assert_eq!(answer(&policies, human("user:1"), "read", "memo", "1"), "deny no_matching_policy");
    let roles = texts(&["auditor"]);
    let auditor = Actor { roles: &roles, ..human("user:4") };
    assert_eq!(answer(&policies, auditor, "read", "memo", "1"), "permit read");
}

#[test]
fn mistakes_of_derived_roles_are_refused_with_their_place() {
    let head =
        "version: 1\ntypes: {doc: {actions: [read], relations: {r: direct}}, x: {actions: [go]}}\n";
    let chain: String = (0..20)
        .map(|index| format!("r{index}: {{actors: {{derived_role: r{}}}}}, ", index + 1))
        .collect();
    let doubled: String = (0..12)
        .map(|index| {
            format!("d{index}: {{actors: {{any: [{{derived_role: d{0}}}, {{all: [{{not: {{derived_role: d{0}}}}}, {{id: 'i{index}'}}]}}]}}}}, ", index + 1)
        })
        .collect();
    for (text, message) in [
        ("derived_roles: {a: {}}", "a derived role has `actors`, `when` or both"),
        ("derived_roles: {a: {actors: {derived_role: a}}}", "the derived role `a` uses itself"),
        (
            "derived_roles: {a: {actors: {derived_role: b}}, b: {when: \"derived_role('a')\"}}",
            "uses itself",
        ),
        (
            "derived_roles: {abc: {when: 'true'}, b: {actors: {derived_role: abd}}}",
            "unknown derived role `abd`; did you mean `abc`?",
        ),
        ("derived_roles: {a: {actors: {relation: q}}}", "unknown relation `q` on `doc`"),
        ("derived_roles: {a: {resource: x, actors: {relation: r}}}", "unknown relation `r` on `x`"),
        ("derived_roles: {a: {resource: {id: i, type: y}, when: 'true'}}", "unknown type `y`"),
        (
            "derived_roles: {a: {actors: {relation: r}}}\nrules: [{id: p, effect: deny, resource: x, actors: {derived_role: a}}]",
            "unknown relation `r` on `x`",
        ),
        (
            &format!("derived_roles: {{{chain} r20: {{when: 'true'}}}}"),
            "use each other more than 16 deep",
        ),
        (
            &format!("derived_roles: {{{doubled} d12: {{when: actor.id == 'x'}}}}"),
            "the derived role is too large",
        ),
        ("let: {derived_role: 'true'}", "`derived_role` has a meaning in conditions already"),
    ] {
        let found = mistakes(&format!("{head}{text}"));
        assert!(found.contains(message), "{text}: {found}");
        assert!(found.starts_with(|first: char| first.is_ascii_digit()), "{found}");
    }
}

#[test]
fn a_relation_cannot_ask_for_a_derived_role() {
    let found = mistakes(
        "version: 1\ntypes: {doc: {actions: [read], relations: {r: {when: \"derived_role('a')\"}}}}\nderived_roles: {a: {when: 'true'}}\n",
    );
    assert!(found.contains("`derived_role` in the condition of a relation"), "{found}");
}

#[test]
fn what_a_role_hides_on_one_type_is_said_where_a_rule_asks_it() {
    let report = mistakes(
        "version: 1
types:
  b: {actions: [read]}
  a: {actions: [read], attributes: {amount: int}}
let: {is_big: resource.amount > 10}
derived_roles: {r: {when: is_big}}
rules:
  - {id: x, effect: permit, resource: a, actors: {derived_role: r}}
  - {id: y, effect: deny, resource: b, when: is_big}
  - {id: z, effect: deny, resource: c}
",
    );
    assert!(report.contains("unknown type `c`"), "{report}");
    assert!(report.contains("declares no `amount`"), "{report}");
}

/// A set with so many types, and so many derived roles that only the last type admits.
fn picky(types: usize, roles: usize) -> String {
    let mut set = String::from("version: 1\ntypes:\n");
    (0..types).for_each(|number| set += &format!("  t{number}: {{actions: [read]}}\n"));
    set += "derived_roles:\n";
    for number in 0..roles {
        set += &format!("  r{number}: {{resource: t{}, when: 'true'}}\n", types - 1);
    }
    set
}

#[test]
fn looking_for_types_that_admit_roles_has_a_bound() {
    assert_eq!(mistakes(&picky(2_000, 2_000)), "");
    let report = mistakes(&picky(2_000, 2_001));
    assert!(report.contains("tried on 4000000 types"), "{report}");
}

/// A role that asks for one of so many ids: three operations each, and one for "one of".
fn wide(ids: usize) -> String {
    let ids: Vec<String> = (0..ids).map(|number| format!("{{id: i{number}}}")).collect();
    format!(
        "version: 1\ntypes: {{x: {{actions: [read]}}}}\nderived_roles:\n  r: {{actors: {{any: [{}]}}}}\n",
        ids.join(", ")
    )
}

/// Roles that use each other, 8 levels each, with so many levels above an id, which is two deep.
fn deep(levels: usize) -> String {
    let mut set = String::from("version: 1\ntypes: {x: {actions: [read]}}\nderived_roles:\n");
    let mut inner = "{id: 'innermost'}".to_owned();
    for level in 0..levels {
        let key = if level % 2 == 0 { "any" } else { "all" };
        inner = format!("{{{key}: [{inner}, {{id: 'i{level}'}}]}}");
        if level % 8 == 7 || level + 1 == levels {
            set += &format!("  r{level}: {{actors: {inner}}}\n");
            inner = format!("{{derived_role: r{level}}}");
        }
    }
    set
}

#[test]
fn a_derived_role_has_a_bound_in_operations_and_levels() {
    for set in [wide(333), deep(126)] {
        assert_eq!(mistakes(&set), "");
    }
    for set in [wide(334), deep(127)] {
        let report = mistakes(&set);
        let expected = "the derived role is too large: more than 1000 operations or 128 levels";
        assert!(report.contains(expected), "{report}");
    }
}
