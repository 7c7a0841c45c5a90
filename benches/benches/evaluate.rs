//! How long a decision takes: workload *seed*, borrowed text in, the whole decision out.

use std::{hint::black_box, time::Duration};

use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main, measurement::WallTime,
};
use pdp_benches::{
    allocations::{Allocations, CountingAllocator},
    engine,
    reference::Reference,
    seed::{Draw, Draws, Seed},
    yaml,
};
use pdp_core::{Policies, Scratch};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn evaluate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluate");
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    for documents in [10, 1_000, 100_000] {
        let seed = Seed::new(documents);
        let policies = engine::policies(&yaml::texts(&seed));
        let reference = Reference::new(&seed);
        let draws = Draws::new(&seed);
        for (name, draws) in [("hot", draws.hot()), ("distinct", draws.distinct())] {
            println!("evaluate/{name}/{documents}: {}", check(&policies, &reference, &draws));
            measure(&mut group, BenchmarkId::new(name, documents), &policies, &draws);
        }
    }
    group.finish();
}

/// Right first: every request is compared with the reference before any is timed.
fn check(policies: &Policies, reference: &Reference<'_>, draws: &[Draw<'_>]) -> String {
    let permitted =
        engine::permitted(policies, draws, engine::request, |draw| reference.permits(draw));
    let mut scratch = Scratch::new();
    let before = Allocations::now();
    for draw in draws {
        black_box(policies.evaluate(&engine::request(draw), &mut scratch));
    }
    let allocations = Allocations::now().since(before).calls;
    format!("{} requests, {permitted} permitted, {allocations} allocations", draws.len())
}

fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    policies: &Policies,
    draws: &[Draw<'_>],
) {
    let mut scratch = Scratch::new();
    let mut endless = draws.iter().cycle();
    group.bench_function(id, |bencher| {
        bencher.iter(|| {
            let draw = black_box(endless.next().expect("a set of requests is never empty"));
            black_box(policies.evaluate(&engine::request(draw), &mut scratch));
        });
    });
}

criterion_group!(benches, evaluate);
criterion_main!(benches);
