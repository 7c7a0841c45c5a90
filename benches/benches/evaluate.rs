//! How long a decision takes: workloads *seed*, *hierarchies* and *conditions*, borrowed text in,
//! the whole decision out.

use std::{fmt::Debug, hint::black_box, time::Duration};

use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main, measurement::WallTime,
};
use pdp_benches::{
    allocations::{Allocations, CountingAllocator},
    conditions, engine,
    hierarchies::{self, App, Hierarchies},
    ours,
    reference::{Ground, Reference},
    seed::{Draw, Draws, Seed},
    yaml,
};
use pdp_core::{Policies, Request, Scratch};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// What decides, where it is measured apart.
const GROUNDS: [(&str, Ground); 5] = [
    ("owner", Ground::Owner),
    ("blocked", Ground::Blocked),
    ("everyone", Ground::Everyone),
    ("bypass", Ground::SystemAdmin),
    ("unknown id", Ground::Unknown),
];

/// With so many documents they are.
const GROUNDS_AT: usize = 1_000;

fn evaluate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluate");
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    for documents in [10, 1_000, 100_000] {
        seed(&mut group, documents);
    }
    for app in App::ALL {
        for size in hierarchies::SIZES {
            hierarchy(&mut group, app, size);
        }
    }
    let ((policies, _), draws) = (ours::conditions_policies(), conditions::draws());
    let set = Set { name: "conditions", size: conditions::RULES, requests: &draws };
    set.measure(&mut group, &[policies], |_| 0, engine::condition_request, conditions::permits);
    group.finish();
}

fn seed(group: &mut BenchmarkGroup<'_, WallTime>, size: usize) {
    let seed = Seed::new(size);
    let policies = [engine::policies(&yaml::texts(&seed))];
    let (reference, draws) = (Reference::new(&seed), Draws::new(&seed));
    let permits = |draw: &Draw<'_>| reference.permits(draw);
    let distinct = draws.distinct();
    for (name, requests) in [("hot", &draws.hot()), ("distinct", &distinct)] {
        Set { name, size, requests }.measure(group, &policies, |_| 0, engine::request, permits);
    }
    if size != GROUNDS_AT {
        return;
    }
    for (name, ground) in GROUNDS {
        let of_ground = distinct.iter().filter(|draw| reference.ground(draw) == ground);
        let requests = &of_ground.cloned().collect::<Vec<_>>();
        Set { name, size, requests }.measure(group, &policies, |_| 0, engine::request, permits);
    }
}

fn hierarchy(group: &mut BenchmarkGroup<'_, WallTime>, app: App, size: usize) {
    let drawn = Hierarchies::new(app, size);
    let (policies, _) = ours::hierarchy_policies(&drawn);
    let set = Set { name: app.name(), size, requests: &drawn.draws };
    let permits = |draw: &hierarchies::Draw| hierarchies::permits(drawn.of(draw), draw);
    set.measure(group, &policies, |draw| draw.hierarchy, engine::hierarchy_request, permits);
}

/// Requests that are measured together.
#[derive(Clone, Copy)]
struct Set<'s, R> {
    name: &'s str,
    size: usize,
    requests: &'s [R],
}

impl<R: Debug> Set<'_, R> {
    /// `which` says which of the policies a request is asked of. Right first: every request is
    /// compared with the reference before any is timed.
    fn measure(
        self,
        group: &mut BenchmarkGroup<'_, WallTime>,
        policies: &[Policies],
        which: impl Fn(&R) -> usize,
        request: impl for<'q> Fn(&'q R) -> Request<'q>,
        permits: impl Fn(&R) -> bool,
    ) {
        let Set { name, size, requests } = self;
        let ask = |one: &R| {
            let asked = std::slice::from_ref(one);
            engine::permitted(&policies[which(one)], asked, &request, &permits)
        };
        let permitted: usize = requests.iter().map(ask).sum();
        let mut scratch = Scratch::new();
        let mut decide = |one: &R| {
            black_box(policies[which(one)].evaluate(&request(one), &mut scratch));
        };
        requests.iter().for_each(&mut decide);
        let before = Allocations::now();
        requests.iter().for_each(&mut decide);
        let allocations = Allocations::now().since(before).calls;
        let count = requests.len();
        println!(
            "evaluate/{name}/{size}: {count} requests, {permitted} permitted, {allocations} allocations"
        );
        let mut endless = requests.iter().cycle();
        group.bench_function(BenchmarkId::new(name, size), |bencher| {
            bencher.iter(|| {
                decide(black_box(endless.next().expect("a set of requests is never empty")));
            });
        });
    }
}

criterion_group!(benches, evaluate);
criterion_main!(benches);
