//! How long it takes from policy texts in memory to policies that answer, and what they occupy:
//! workload *seed*.

use std::time::Duration;

use criterion::{
    BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use pdp_benches::{
    allocations::{Allocations, CountingAllocator},
    engine,
    seed::Seed,
    yaml::{self, PolicyText},
};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    // Flat: the largest set takes its time, and growing numbers of iterations would multiply it.
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3));
    for documents in [10, 1_000, 100_000] {
        let texts = yaml::texts(&Seed::new(documents));
        let text_bytes = texts.iter().map(|file| file.text.len()).sum::<usize>();
        print_size(documents, text_bytes, &texts);
        group
            .throughput(Throughput::Bytes(u64::try_from(text_bytes).expect("a size fits 64 bits")));
        group.bench_function(BenchmarkId::from_parameter(documents), |bencher| {
            // The policies are dropped outside the measured time.
            bencher.iter_batched(|| (), |()| engine::policies(&texts), BatchSize::PerIteration);
        });
    }
    group.finish();
}

fn print_size(documents: usize, text_bytes: usize, texts: &[PolicyText]) {
    let before = Allocations::now();
    let policies = engine::policies(texts);
    let loaded = Allocations::now().since(before);
    drop(policies);
    println!(
        "compile/{documents}: {} kB of text; {} kB of heap after loading; {} allocations on the way",
        text_bytes / 1_000,
        loaded.live_bytes / 1_000,
        loaded.calls,
    );
}

criterion_group!(benches, compile);
criterion_main!(benches);
