use judge::harness::{TARGETS, Target};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

/// Every construct of the language in one text.
const WHOLE: &[u8] = include_bytes!("../../../pdp-core/tests/it/whole.yaml");

/// What is put into damaged inputs beside any bytes.
const PIECES: &[&str] =
    &["\n", "\r\n", " ", "\"", "'", ":", "{", "}", "[", ",", "*", "#", "\\u0000", "é", "-", "9e9"];

fn target(name: &str) -> Target {
    *TARGETS.iter().find(|target| target.name == name).expect("it is listed")
}

fn run<S: Strategy<Value = Vec<u8>>>(target: Target, cases: u32, bytes: S) {
    let mut config = Config { cases, failure_persistence: None, ..Config::default() };
    // A disagreement is made smaller where it is found; at each step of proptest once more, that
    // would take hours.
    if target.name == "engine_against_oracle" {
        config.max_shrink_iters = 0;
    }
    let ran = TestRunner::new(config).run(&bytes, |bytes| {
        (target.run)(&bytes);
        Ok(())
    });
    if let Err(error) = ran {
        panic!("{}: {error}", target.name);
    }
}

/// The good inputs as they are, in part, and damaged in one to four places; then any bytes.
fn check(name: &str, cases: u32) {
    let target = target(name);
    let mut seeds = (target.seeds)();
    if name == "policy_text" {
        seeds.push(WHOLE.to_vec());
    }
    seeds.iter().for_each(|seed| (target.run)(seed));
    let patch = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4),
        prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
    ];
    let damage = prop::collection::vec((any::<Index>(), 0..4_usize, patch), 1..5);
    let damaged = (prop::sample::select(seeds), damage).prop_map(|(mut bytes, damage)| {
        for (at, length, patch) in damage {
            let start = at.index(bytes.len() + 1);
            let end = bytes.len().min(start + length);
            bytes.splice(start..end, patch);
        }
        bytes
    });
    run(target, cases, damaged);
    run(target, cases, prop::collection::vec(any::<u8>(), 0..2_000));
}

#[test]
fn policy_texts_are_policies_or_mistakes() {
    check("policy_text", 400);
}

#[test]
fn requests_are_read_as_they_are_written() {
    check("request_json", 1_000);
}

#[test]
fn change_sets_are_applied_whole_or_not_at_all() {
    check("change_set", 1_000);
}

#[test]
fn images_are_refused_or_policy_sets() {
    check("image", 400);
}

#[test]
fn expressions_mean_the_same_to_both_evaluators() {
    check("expression", 4_000);
}

#[test]
fn choices_make_expressions_of_which_the_checker_is_right() {
    check("checked_expression", 1_000);
}

#[test]
fn choices_make_scenarios_that_are_agreed_upon() {
    check("engine_against_oracle", 100);
}

#[test]
fn every_fuzz_target_calls_its_function() {
    for Target { name, .. } in TARGETS {
        let path = format!("{}/../fuzz/fuzz_targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect(name);
        assert!(text.contains(&format!("judge::harness::{name}(bytes)")), "{path}");
    }
}
