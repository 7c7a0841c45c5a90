use std::collections::BTreeMap;
use std::env;

use judge::Dice;
use judge::checked::{Tally, judged, smallest};
use judge::grammar::{Case, Grammar, Setting, Variable};
use pdp_cel::Stored;

/// So many expressions are drawn where `JUDGE_EXPRESSIONS` says nothing.
const EXPRESSIONS: u64 = 25_000;

#[test]
fn what_the_checker_says_of_expressions_is_so() {
    let count = env::var("JUDGE_EXPRESSIONS").map_or(EXPRESSIONS, |text| text.parse().unwrap());
    let first: u64 = env::var("JUDGE_SEED").map_or(0, |text| text.parse().unwrap());
    let (grammar, mut tally) = (Grammar::new(), Tally::default());
    for seed in first..first + count {
        let case = grammar.case(&mut Dice::from_seed(seed), Setting::CHECKED);
        let finding = judged(&case);
        let is_broken = finding.as_ref().is_some_and(|finding| finding.broken.is_some());
        assert!(!is_broken, "seed {seed}: {}", smallest(&case));
        tally.count(finding.as_ref());
    }
    println!("{tally}");
    assert!(tally.accepted * 3 > tally.drawn * 2, "few are accepted: {tally}");
    assert!(tally.closed * 10 > tally.accepted * 9, "few have no open types: {tally}");
    assert!(tally.valued * 4 > tally.accepted * 3, "few have a value: {tally}");
    assert!(tally.dear * 20 > tally.accepted, "few take many steps: {tally}");
    assert!(tally.share_percent_max > 80, "costs are far from what is taken: {tally}");
}

/// Lists in which one item has nearly everything.
#[test]
fn what_grows_faster_than_an_item_is_paid_for() {
    let mut refused = 0;
    for expression in [
        "words.all(x, x.replace('a', x) != 'q')",
        "words.exists(x, x.split('').size() < 0)",
        "words.exists(x, x.split('').join(x) == 'q')",
        "words.all(x, x.split('a').all(y, x.split('a').all(z, y == z || true)))",
        "words.exists(x, words.exists(y, x == y + 'b'))",
        "words.map(x, x + x).map(x, x + x).exists(x, x.contains('b'))",
        "words.all(x, x.matches('a*') && x.matches('^a*$'))",
        "numbers.all(x, x.all(y, x.all(z, y == z || true)))",
        "numbers.all(x, !sets.intersects(x.map(y, [y]), x.map(y, [-y - 1])))",
        "numbers.map(x, x.map(y, x))",
        "numbers.map(x, x.map(y, x)).all(z, z.all(y, y.all(w, w >= 0)))",
        "numbers.all(x, x.all(y, y in x))",
        "numbers.map(x, x.filter(y, y in x))",
        "numbers.transformList(i, x, x.map(y, string(y).split('')))",
        "numbers.all(x, numbers.all(y, x != y || x == y))",
    ] {
        for suffix in ["1", "2"] {
            let case = uneven(expression, suffix);
            match judged(&case) {
                Some(finding) => assert_eq!(finding.broken, None, "{}", case.text()),
                None => refused += 1,
            }
        }
    }
    assert!(refused < 20, "{refused} are refused");
}

/// The names end in a digit, which says how tightly the variables are declared.
fn uneven(expression: &str, suffix: &str) -> Case {
    let text = |length: usize| Stored::String("a".repeat(length).into());
    let numbers = |length: i64| Stored::List((0..length).map(Stored::Int).collect());
    let words = std::iter::once(text(3_000)).chain((0..150).map(|_| text(0)));
    let lists = std::iter::once(numbers(120)).chain((0..20).map(|_| numbers(0)));
    let variables = [
        ("words", "list(string)", Stored::List(words.collect())),
        ("numbers", "list(list(int))", Stored::List(lists.collect())),
    ];
    let named = |text: &str| {
        let words = ["words", "numbers"].into_iter();
        words.fold(text.to_owned(), |text, word| text.replace(word, &format!("{word}{suffix}")))
    };
    let variables: BTreeMap<String, Variable> = variables
        .into_iter()
        .map(|(name, kind, value)| (named(name), Variable::present(kind, value)))
        .collect();
    Case::written(&named(expression), variables)
}

/// What was accepted once and came to something else.
#[test]
fn open_types_are_noted_and_keys_are_keys() {
    let values = || BTreeMap::from([("v1".to_owned(), Variable::present("int", Stored::Int(1)))]);
    let is_closed = |text: &str| {
        let finding = judged(&Case::written(text, values()));
        finding.map(|finding| {
            assert_eq!(finding.broken, None, "{text}");
            finding.is_closed
        })
    };
    for open in [
        "optional.of(v1).optFlatMap(x, dyn(x))",
        "optional.of(v1).orValue(dyn('a'))",
        "{}[?v1].orValue(dyn(v1))",
        "optional.unwrap([v1, ?optional.none()])",
        "math.greatest([optional.none(), optional.of([v1])].unwrapOpt())",
        "[dyn(v1)].join('')",
        "'%s'.format([dyn(optional.of(v1))])",
    ] {
        assert_eq!(is_closed(open), Some(false), "{open}");
    }
    for closed in [
        "optional.none()",
        "optional.of(v1).hasValue()",
        "optional.of(optional.of(v1)) == optional.of(optional.of(v1))",
        "b'' + bytes(string(v1))",
        "{v1: 1}[v1] == {}[?v1].orValue(1)",
        "sets.intersects([double(v1)], [1.5])",
        "'%x'.format([bytes(string(v1))])",
        "'%s'.format([{'a': {'b': {'c': {'d': v1}}}}])",
    ] {
        assert_eq!(is_closed(closed), Some(true), "{closed}");
    }
    for refused in ["{}[[v1]]", "{}[?[v1]]", "{dyn(v1): 1}[[v1]]", "'%s'.format([optional.of(v1)])"]
    {
        assert_eq!(is_closed(refused), None, "{refused}");
    }
}
