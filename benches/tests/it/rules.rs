use pdp_benches::{
    asked::Asked,
    engine,
    floor::{RulesFloor, RulesRequest},
    rules::{ActorKey, Pattern, Reference, ResourceKey, RuleEffect, RuleSet},
};
use pdp_core::Scratch;

#[test]
fn the_engine_decides_by_the_same_rule_as_the_reference() {
    for count in [10, 1_000] {
        let set = RuleSet::new(count);
        assert_same_rule(&set, &set.hot());
        let distinct = set.distinct();
        assert_same_rule(&set, if count == 10 { &distinct } else { &distinct[..8_192] });
    }
}

#[test]
fn a_sample_of_very_many_rules_agrees() {
    let set = RuleSet::new(20_000);
    assert_same_rule(&set, &set.hot()[..300]);
    assert_same_floor(&set, &set.hot()[..300]);
}

#[test]
fn the_floor_answers_like_the_reference() {
    for count in [10, 1_000] {
        let set = RuleSet::new(count);
        assert_same_floor(&set, &set.hot());
    }
}

#[test]
fn three_to_five_in_ten_are_permitted() {
    for count in [10, 1_000, 10_000] {
        let set = RuleSet::new(count);
        let policies = engine::policies(&set.texts());
        let reference = Reference::new(&set);
        let hot = &set.hot()[..2_000];
        let permitted =
            engine::permitted(&policies, hot, Asked::request, |one| reference.permits(one));
        let permille = permitted * 1_000 / hot.len();
        assert!((300..=500).contains(&permille), "{count} rules: {permille} permille");
    }
}

#[test]
fn few_rules_are_applicable_to_one_request() {
    for (count, checked) in [(10, 4_096), (1_000, 4_096), (100_000, 200)] {
        let set = RuleSet::new(count);
        let reference = Reference::new(&set);
        let hot = set.hot();
        let applicable: Vec<usize> =
            hot[..checked].iter().map(|one| reference.applicable(one)).collect();
        let most = applicable.iter().max().expect("there are requests");
        assert!(*most <= 20, "{count} rules: {most} applicable");
        let permille = applicable.iter().sum::<usize>() * 1_000 / checked;
        assert!((1_500..5_500).contains(&permille), "{count} rules: {permille} permille");
    }
}

#[test]
fn selectors_of_every_form_are_there_and_few_expressions() {
    let set = RuleSet::new(10_000);
    assert_eq!(set.rules.len(), 10_000);
    let text: String = set.texts().into_iter().map(|file| file.text).collect();
    for form in [
        "type: human",
        "id: \"user:",
        "id: \"service:fleet-",
        "{regex: ",
        "role: ",
        "relation: viewer",
        "relation: team.member",
        "derived_role: ",
        "tenant: ",
        "any: ",
        "all: ",
        "not: ",
        "known: ",
        "bypass: true",
        "when: ",
        "obligations: ",
    ] {
        assert!(text.contains(form), "{form}");
    }
    assert_eq!(text.matches("{regex: ").count(), 100);
    let bypass = set.rules.iter().filter(|rule| rule.effect == RuleEffect::Bypass);
    assert!((2..=13).contains(&bypass.count()));
    let globs = set.rules.iter().filter(|rule| {
        rule.resource.iter().any(|key| matches!(key, ResourceKey::Id(Pattern::Glob(_))))
    });
    assert!(globs.count() > 2_000);
    let roles = set
        .rules
        .iter()
        .filter(|rule| rule.actors.iter().any(|key| matches!(key, ActorKey::Role(_))));
    assert!(roles.count() > 2_000);
}

fn assert_same_rule(set: &RuleSet, asked: &[Asked]) {
    let policies = engine::policies(&set.texts());
    let reference = Reference::new(set);
    let mut scratch = Scratch::new();
    for one in asked {
        let decision = policies.evaluate(&one.request(), &mut scratch);
        let wanted = reference.deciding(one);
        let found = decision.rule.as_ref().map(|rule| &*rule.id);
        assert_eq!(found, wanted.map(|rule| rule.id.as_str()), "{one:?}");
        assert_eq!(decision.errors, [], "{one:?}");
        let obligations: Vec<&str> =
            decision.obligations.iter().map(|one| &*one.obligation_type).collect();
        assert_eq!(obligations, wanted.and_then(|rule| rule.obligation).as_slice(), "{one:?}");
    }
}

fn assert_same_floor(set: &RuleSet, all: &[Asked]) {
    let (floor, reference) = (RulesFloor::new(set), Reference::new(set));
    for asked in all {
        let wanted = reference.permits(asked);
        assert_eq!(floor.permits(&RulesRequest::new(asked)), wanted, "{asked:?}");
    }
}
