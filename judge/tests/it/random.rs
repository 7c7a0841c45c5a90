use std::env;

use judge::compare::Step;
use judge::progress::Progress;
use judge::run::{End, Run};
use judge::smaller;

/// So many pairs of policies and request are compared where `JUDGE_PAIRS` says nothing.
const PAIRS: u64 = 1_000_000;

/// The generators are meant to make valid sets; if fewer are, they have drifted from the language.
const REJECTED_PERCENT_MAX: f64 = 5.0;

/// No step is answered more rarely; a generator that hardly ever permits would test little.
const STEP_PERCENT_MIN: f64 = 4.0;

#[test]
fn engine_and_oracle_agree_on_random_pairs() {
    let pairs = env::var("JUDGE_PAIRS").map_or(PAIRS, |text| text.parse().unwrap());
    let seed = env::var("JUDGE_SEED").map_or(0, |text| text.parse().unwrap());
    let mut run = Run { progress: Progress::default(), state: None, threads: 2 };
    match run.random(seed, pairs).unwrap() {
        End::Done => {}
        End::Disagreed(seed, disagreement) => {
            panic!("disagreement in the scenario of seed {seed}\n{}", smaller(*disagreement, 3_000))
        }
        End::Panicked(seed, message) => {
            panic!("panicked in the scenario of seed {seed}: {message}")
        }
    }
    let progress = run.progress;
    assert!(progress.rejected_percent() <= REJECTED_PERCENT_MAX, "{progress}");
    // A short run may miss the mix.
    let rare = |step: &Step| progress.step_percent(*step) < STEP_PERCENT_MIN;
    let rare: Vec<Step> = Step::ALL.into_iter().filter(rare).collect();
    assert!(pairs < PAIRS || rare.is_empty(), "rare: {rare:?}\n{progress}");
}
