use std::collections::BTreeSet;

use pdp_benches::{
    engine,
    floor::{SeedFloor, SeedRequest},
    reference::Reference,
    seed::{Draws, Seed},
    varied, yaml,
};
use pdp_core::Scratch;

#[test]
fn the_engine_answers_all_hot_requests_like_the_reference() {
    for documents in [10, 100, 1_000] {
        let seed = Seed::new(documents);
        let policies = engine::policies(&yaml::texts(&seed));
        let reference = Reference::new(&seed);
        // `permitted` panics at a disagreement; some of both answers must be among them.
        let hot = Draws::new(&seed).hot();
        let permitted =
            engine::permitted(&policies, &hot, engine::request, |draw| reference.permits(draw));
        assert!(permitted > 0 && permitted < hot.len());
    }
}

#[test]
fn the_floor_answers_all_hot_requests_like_the_reference() {
    for documents in [10, 100, 1_000] {
        let seed = Seed::new(documents);
        let (floor, reference) = (SeedFloor::new(&seed), Reference::new(&seed));
        for draw in Draws::new(&seed).hot() {
            let (request, wanted) = (SeedRequest::new(&draw), reference.permits(&draw));
            assert_eq!(floor.permits::<true>(&request), wanted, "{draw:?}");
            assert_eq!(floor.permits::<false>(&request), wanted, "{draw:?}");
            assert_eq!(floor.permits_handles(&floor.handles(&request)), wanted, "{draw:?}");
        }
    }
}

#[test]
fn other_words_change_no_answer() {
    for documents in [10, 1_000] {
        let seed = Seed::new(documents);
        let policies = engine::policies(&varied::texts(&seed));
        let reference = Reference::new(&seed);
        let draws = Draws::new(&seed);
        for draws in [&draws.hot()[..], &draws.distinct()[..65_536]] {
            engine::permitted(&policies, draws, engine::request, |draw| reference.permits(draw));
        }
    }
}

#[test]
fn rules_that_nobody_fulfils_decide_nothing() {
    let seed = Seed::new(1_000);
    let policies = engine::policies(&varied::texts(&seed));
    let mut scratch = Scratch::new();
    let mut deciding = BTreeSet::new();
    for draw in Draws::new(&seed).hot() {
        let decision = policies.evaluate(&engine::request(&draw), &mut scratch);
        assert_eq!(decision.errors, [], "{draw:?}");
        deciding.extend(decision.rule.map(|rule| rule.id.into_owned()));
    }
    assert!(deciding.iter().all(|rule| !rule.starts_with("unused")), "{deciding:?}");
    // The fifty, and the one that denies what the rule before it has denied.
    assert_eq!(policies.summary().rules - deciding.len(), 51, "{deciding:?}");
}
