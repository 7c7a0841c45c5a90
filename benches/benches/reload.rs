//! How long it takes from policy texts in memory until an engine answers by them, while another
//! thread decides: workload *seed*, with facts of run time and without.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use pdp_benches::{
    engine,
    reader::beside_reader,
    seed::{Draws, Seed},
    yaml,
};
use pdp_core::Engine;

/// How many facts run time has stated, which a reload keeps.
const WORDS: [usize; 2] = [0, 1_000];

fn reload(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reload");
    // Flat: the largest set takes its time, and growing numbers of iterations would multiply it.
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3));
    for documents in [1_000, 100_000] {
        let seed = Seed::new(documents);
        let (texts, draws) = (yaml::texts(&seed), Draws::new(&seed).hot());
        for words in WORDS {
            let engine = Engine::new(engine::policies(&texts));
            for index in 0..words {
                engine.add(engine::new_member(&seed, index)).expect("a fact of the vocabulary");
            }
            let id = BenchmarkId::new(format!("{words} facts of run time"), documents);
            beside_reader(&engine, draws.iter().map(engine::request), || {
                group.bench_function(id, |bencher| {
                    bencher.iter(|| engine.reload(engine::policies(&texts)).expect("a reload"));
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, reload);
criterion_main!(benches);
