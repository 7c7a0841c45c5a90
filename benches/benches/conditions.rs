//! How long it takes to compile conditions.

use std::{hint::black_box, time::Duration};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use pdp_benches::allocations::{Allocations, CountingAllocator};
use pdp_benches::conditions;
use pdp_core::{Policies, SourceText};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn policies(text: &str) -> Policies {
    match Policies::from_sources(&[SourceText { path: "policy.yaml", text }]) {
        Ok(policies) => policies,
        Err(errors) => panic!("the workload is no valid policy set: {errors}"),
    }
}

fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("conditions/compile");
    group.sample_size(20).measurement_time(Duration::from_secs(3));
    for count in [100, 1_000, 10_000] {
        let text = conditions::many(count);
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| policies(black_box(&text)));
        });
    }
    group.finish();
}

/// Sets that are made to be dear, each once with what came of it, then timed.
fn hostile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("conditions/hostile");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(1))
        .measurement_time(Duration::from_secs(1));
    for set in conditions::hostile() {
        let load =
            || Policies::from_sources(&[SourceText { path: "policy.yaml", text: &set.text }]);
        Allocations::forget_peak();
        let before = Allocations::now();
        let outcome = match load() {
            Ok(_) => "accepted".to_owned(),
            Err(errors) => format!("refused: {}", errors.to_string().lines().next().unwrap_or("")),
        };
        let peak = Allocations::now().peak_since(before);
        println!("conditions/hostile/{}: {} kB at most, {outcome}", set.name, peak / 1_000);
        group.bench_function(set.name, |bencher| bencher.iter(|| black_box(load().is_ok())));
    }
    group.finish();
}

criterion_group!(benches, compile, hostile);
criterion_main!(benches);
