use judge::Dice;
use judge::laws::{Checked, LAWS};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// Cases of each law.
const CASES: u32 = 300;

/// Choices beyond this many bytes are the smallest.
const BYTES_MAX: usize = 4_000;

fn check(name: &str) {
    let law = LAWS.iter().find(|law| law.0 == name).expect("it is listed").1;
    // Seeds reach everything with the likelihood that the generators mean to have …
    let mut held = 0;
    for seed in 0..u64::from(CASES) {
        match law(&mut Dice::from_seed(seed)) {
            Checked::Held(_) => held += 1,
            Checked::Skipped => {}
            Checked::Broken(example) => panic!("`{name}` is broken with seed {seed}\n{example}"),
        }
    }
    assert!(held * 2 > CASES, "`{name}` was checked {held} times only");
    // … and bytes can be made smaller.
    let config = Config { cases: CASES / 3, failure_persistence: None, ..Config::default() };
    let bytes = proptest::collection::vec(any::<u8>(), 0..BYTES_MAX);
    let checked =
        TestRunner::new(config).run(&bytes, |bytes| match law(&mut Dice::from_bytes(&bytes)) {
            Checked::Held(_) | Checked::Skipped => Ok(()),
            Checked::Broken(example) => Err(TestCaseError::fail(example)),
        });
    if let Err(error) = checked {
        panic!("`{name}` is broken\n{error}");
    }
}

macro_rules! laws {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            check($name);
        })*

        #[test]
        fn every_law_is_checked() {
            assert_eq!([$($name),*].to_vec(), LAWS.iter().map(|law| law.0).collect::<Vec<_>>());
        }
    };
}

laws! {
    default_deny: "default deny",
    permit_needs_permit_rule: "a permit needs a permit rule",
    deny_wins: "deny wins",
    permit_rule_takes_nothing_away: "a permit rule takes nothing away",
    deny_rule_adds_nothing: "a deny rule adds nothing",
    tenant_file_adds_nothing: "a tenant's file adds nothing",
    order_matters_to_reasons_alone: "order matters to reasons alone",
    other_types_change_nothing: "rules that match another type change nothing",
    spelling_does_not_matter: "spelling does not matter",
    names_do_not_matter: "names do not matter",
    brackets_change_nothing: "brackets change nothing",
    change_sets_travel_unchanged: "change sets travel unchanged",
    repeated_facts_are_harmless: "repeated facts are harmless",
    facts_about_others_change_nothing: "facts about others change nothing",
    warm_like_fresh: "a warm engine answers like a fresh one",
    forgotten_is_gone: "what is forgotten is gone",
    reload_keeps_words: "a reload keeps run time's words",
    reload_is_a_new_start: "a reload is a new start with old words",
    last_word_holds_after_reload: "the last word holds after a reload",
    like_its_texts: "an image is like its texts",
    whole_or_not_at_all: "a change set is applied whole or not at all",
    applied_once: "a change set is applied once",
    list_is_complete: "the list of facts is complete",
    walks_end_by_level: "walks end by level",
}
