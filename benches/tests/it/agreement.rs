use pdp_benches::{
    engine,
    floor::{SeedFloor, SeedRequest},
    reference::Reference,
    seed::{Draws, Seed},
    yaml,
};

#[test]
fn the_engine_answers_all_hot_requests_like_the_reference() {
    for documents in [10, 100, 1_000] {
        let seed = Seed::new(documents);
        let policies = engine::policies(&yaml::texts(&seed));
        let reference = Reference::new(&seed);
        // `permitted` panics at a disagreement; some of both answers must be among them.
        let hot = Draws::new(&seed).hot();
        let permitted = engine::permitted(&policies, &reference, &hot);
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
