use judge::progress::Progress;
use judge::run::{End, Run};
use judge::smaller;
use judge::worlds::{World, visit};

/// Of the sets of two rules, one of so many is visited here; `judge worlds` visits all.
const STEP: u64 = 997;

/// Of the single rules, one of so many; no divisor of how many there are of any form.
const STEP_OF_ONE: u64 = 61;

#[test]
fn engine_and_oracle_agree_on_a_slice_of_the_small_worlds() {
    let (mut number, mut sets, mut progress) = (0, 0u64, Progress::default());
    let mut visit = |from: u64, to: u64| {
        let visit = visit(from, to);
        progress.worlds += visit.worlds;
        progress.count(&visit.answered);
        if let Some(disagreement) = visit.disagreement {
            panic!("{}", smaller(*disagreement, 3_000));
        }
    };
    while number < World::count() {
        let next = World::next_rules(number);
        let single = World::nth(number).rules.len() == 1;
        if sets % if single { STEP_OF_ONE } else { STEP } == 0 {
            // The first have few facts, the last have three.
            visit(number, next.min(number + 500));
            visit(next.saturating_sub(100).max(number + 500).min(next), next);
        }
        (number, sets) = (next, sets + 1);
    }
    assert!(progress.worlds > 4_000, "{progress}");
}

#[test]
fn a_run_goes_on_where_it_stopped() {
    let to = World::next_rules(0) * 3;
    let run = |progress: Progress, to: u64| {
        let mut run = Run { progress, state: None, threads: 2 };
        assert!(matches!(run.worlds(to).unwrap(), End::Done));
        Progress { seconds: 0.0, ..run.progress }
    };
    let whole = run(Progress::default(), to);
    let half = run(Progress::default(), to / 3 + 100);
    assert_eq!(run(half, to), whole);
}
