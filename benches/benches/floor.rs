//! The engine beside the floor, in one run: workloads *seed* and *hierarchies*.

use pdp_benches::{
    allocations::CountingAllocator,
    contender::{Compared, Contender, Disagreement, compare, loaded},
    floor::SeedFloor,
    hierarchies::{self, App, Hierarchies},
    ours,
    reference::Reference,
    seed::{Draws, Seed},
};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// How many times each engine is measured, in turn.
const ROUNDS: usize = 3;

fn main() -> Result<(), Disagreement> {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|one| !one.starts_with('-')).collect();
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|one| name.contains(one));
    if asked("seed") {
        let sizes = std::env::var("FLOOR_SIZES").unwrap_or("10,1000,10000,100000".to_owned());
        for documents in sizes.split(',') {
            seed(documents.parse().expect("a number of documents"))?;
        }
    }
    for app in App::ALL.into_iter().filter(|app| asked(app.name())) {
        for size in hierarchies::SIZES {
            let drawn = Hierarchies::new(app, size);
            let (policies, load) = ours::hierarchy_policies(&drawn);
            let contenders = ours::hierarchies(&policies, load, &drawn);
            report(app.name(), size, contenders, &drawn.wanted())?;
        }
    }
    Ok(())
}

fn seed(documents: usize) -> Result<(), Disagreement> {
    let seed = Seed::new(documents);
    let (policies, load) = ours::seed_policies(&seed);
    let (floor, floor_load) = loaded(|| SeedFloor::new(&seed));
    let (reference, draws) = (Reference::new(&seed), Draws::new(&seed));
    for (name, draws) in
        [("hot", draws.hot()), ("distinct", draws.distinct()), ("uniform", draws.uniform())]
    {
        let wanted: Vec<bool> = draws.iter().map(|draw| reference.permits(draw)).collect();
        let mut contenders = vec![ours::seed(&policies, load, &draws)];
        contenders.push(ours::seed_handles(&policies, load, &draws));
        contenders.extend(ours::seed_floor(&floor, floor_load, &draws));
        report(name, documents, contenders, &wanted)?;
    }
    Ok(())
}

fn report(
    name: &str,
    size: usize,
    mut contenders: Vec<Contender<'_>>,
    wanted: &[bool],
) -> Result<(), Disagreement> {
    let compared = compare(&mut contenders, wanted, ROUNDS)?;
    let typical = |one: &Compared| one.rounds.median(|sample| sample.typical);
    let floor = compared.iter().find(|one| one.name == "floor").map_or(f64::NAN, typical);
    for one in &compared {
        println!(
            "{size:>8} {name:<9} {:<20} {:>8.1} ns {:>6.2}x   p50 {:>5.0}   p99 {:>5.0}   allocations {}",
            one.name,
            typical(one),
            typical(one) / floor,
            one.rounds.median(|sample| sample.p50),
            one.rounds.median(|sample| sample.p99),
            one.rounds.median(|sample| sample.allocations),
        );
    }
    Ok(())
}
