//! The engine beside the floor, in one run: workload *seed*.

use pdp_benches::{
    allocations::CountingAllocator,
    engine,
    floor::{SeedFloor, SeedRequest},
    measure::{Sample, median, sample},
    reference::Reference,
    seed::{Draw, Draws, Seed},
    yaml,
};
use pdp_core::{Policies, Scratch};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() {
    let sizes = std::env::var("FLOOR_SIZES").unwrap_or("10,1000,10000,100000".to_owned());
    for documents in sizes.split(',').map(|size| size.parse().expect("a number of documents")) {
        let seed = Seed::new(documents);
        let policies = engine::policies(&yaml::texts(&seed));
        let floor = SeedFloor::new(&seed);
        let reference = Reference::new(&seed);
        let draws = Draws::new(&seed);
        for (name, draws) in
            [("hot", draws.hot()), ("distinct", draws.distinct()), ("uniform", draws.uniform())]
        {
            check(&policies, &floor, &reference, &draws);
            compare(documents, name, &policies, &floor, &draws);
        }
    }
}

fn check(policies: &Policies, floor: &SeedFloor, reference: &Reference<'_>, draws: &[Draw<'_>]) {
    engine::permitted(policies, reference, draws);
    for draw in draws {
        let request = SeedRequest::new(draw);
        let wanted = reference.permits(draw);
        assert_eq!(floor.permits::<true>(&request), wanted, "{draw:?}");
        assert_eq!(floor.permits_handles(&floor.handles(&request)), wanted, "{draw:?}");
    }
}

/// How many times each engine is measured, in turn.
const ROUNDS: usize = 3;

fn compare(
    documents: usize,
    name: &str,
    policies: &Policies,
    floor: &SeedFloor,
    draws: &[Draw<'_>],
) {
    let requests: Vec<SeedRequest<'_>> = draws.iter().map(SeedRequest::new).collect();
    let handles: Vec<_> = requests.iter().map(|request| floor.handles(request)).collect();
    let mut scratch = Scratch::new();
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push([
            sample(draws, |draw| policies.evaluate(&engine::request(draw), &mut scratch)),
            sample(&requests, |request| floor.permits::<true>(request)),
            sample(&requests, |request| floor.permits::<false>(request)),
            sample(&handles, |request| floor.permits_handles(request)),
        ]);
    }
    let of = |engine: usize, figure: fn(&Sample) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(|round| figure(&round[engine])).collect();
        median(&mut figures)
    };
    let base = of(1, |sample| sample.typical);
    let names = ["engine", "floor", "floor, no prefetch", "floor, handles"];
    for (engine, row) in names.iter().enumerate() {
        let typical = of(engine, |sample| sample.typical);
        println!(
            "{documents:>8} {name:<9} {row:<20} {typical:>8.1} ns {:>6.2}x   p50 {:>5.0}   p99 {:>5.0}   allocations {}",
            typical / base,
            of(engine, |sample| sample.p50),
            of(engine, |sample| sample.p99),
            of(engine, |sample| sample.allocations),
        );
    }
}
