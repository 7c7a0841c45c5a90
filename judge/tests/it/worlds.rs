use judge::progress::Progress;
use judge::run::{End, Run};
use judge::smaller;
use judge::worlds::{World, visit};

/// Of the sets of rules, one of so many is visited here; `judge worlds` visits all.
const STEP: u64 = 997;

#[test]
fn engine_and_oracle_agree_on_a_slice_of_the_small_worlds() {
    let (mut number, mut sets, mut progress) = (0, 0u64, Progress::default());
    while number < World::count() {
        // All sets of rules with one rule come first; few of those that are visited stand for all.
        let next = World::next_rules(number);
        if sets % STEP == 0 {
            let visit = visit(number, next.min(number + 500));
            progress.worlds += visit.worlds;
            progress.count(&visit.answered);
            if let Some(disagreement) = visit.disagreement {
                panic!("{}", smaller(*disagreement, 3_000));
            }
        }
        (number, sets) = (next, sets + 1);
    }
    assert!(progress.worlds > 1_000, "{progress}");
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
