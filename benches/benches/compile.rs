//! How long it takes from policy texts in memory, and from their image, to policies that answer, and
//! what they occupy: workload *seed*.

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
use pdp_core::Policies;

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
        let image = engine::image(&texts);
        print_size(documents, text_bytes, &texts, &image);
        group
            .throughput(Throughput::Bytes(u64::try_from(text_bytes).expect("a size fits 64 bits")));
        group.bench_function(BenchmarkId::from_parameter(documents), |bencher| {
            // The policies are dropped outside the measured time.
            bencher.iter_batched(|| (), |()| engine::policies(&texts), BatchSize::PerIteration);
        });
        group.throughput(Throughput::Bytes(
            u64::try_from(image.len()).expect("a size fits 64 bits"),
        ));
        group.bench_function(BenchmarkId::new("image", documents), |bencher| {
            bencher.iter_batched(|| (), |()| engine::read(&image), BatchSize::PerIteration);
        });
    }
    group.finish();
}

fn print_size(documents: usize, text_bytes: usize, texts: &[PolicyText], image: &[u8]) {
    let (policies, of_texts) = counted(|| engine::policies(texts));
    drop(policies);
    let (policies, of_image) = counted(|| engine::read(image));
    drop(policies);
    println!(
        "compile/{documents}: {} kB of text, {} kB of image; {} kB of heap after loading, {} kB from the image; {} and {} allocations on the way",
        text_bytes / 1_000,
        image.len() / 1_000,
        of_texts.live_bytes / 1_000,
        of_image.live_bytes / 1_000,
        of_texts.calls,
        of_image.calls,
    );
}

fn counted(load: impl Fn() -> Policies) -> (Policies, Allocations) {
    let before = Allocations::now();
    let policies = load();
    (policies, Allocations::now().since(before))
}

criterion_group!(benches, compile);
criterion_main!(benches);
