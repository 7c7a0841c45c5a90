//! How long one change of a fact takes while another thread decides: workload *seed*. What single
//! changes of many kinds take, and how long the longest, is what `change` prints.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use pdp_benches::{
    engine,
    reader::beside_reader,
    seed::{Draws, Seed},
    yaml,
};
use pdp_core::{Engine, Statement};

/// How many facts are added in turn, and then removed.
const FACTS: usize = 256;

fn facts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("facts");
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    for documents in [10, 1_000, 100_000] {
        let seed = Seed::new(documents);
        let engine = Engine::new(engine::policies(&yaml::texts(&seed)));
        let draws = Draws::new(&seed).hot();
        let members = (0..FACTS).map(|index| engine::new_member(&seed, index));
        let members: Vec<Statement> = members.collect();
        // Each round changes something: a fact that is there is removed, one that is not is added.
        let mut round = 0;
        beside_reader(&engine, draws.iter().map(engine::request), || {
            group.bench_function(BenchmarkId::new("add or remove", documents), |bencher| {
                bencher.iter(|| {
                    let member = members[round % FACTS].clone();
                    let adds = (round / FACTS).is_multiple_of(2);
                    round += 1;
                    let changed = if adds { engine.add(member) } else { engine.remove(member) };
                    changed.expect("a fact of the vocabulary")
                });
            });
        });
    }
    group.finish();
}

criterion_group!(benches, facts);
criterion_main!(benches);
