//! Decisions by very many rules, and by the policies of *seed* in other words.
//!
//! ```sh
//! cargo bench -p pdp-benches --bench rules
//! ```
//!
//! `RULES_SIZES=10,1000` measures some sizes only. `to first` is the ratio to the first set of those
//! that are measured together: the growth from 10 rules, and what other words cost.

use pdp_benches::{
    allocations::CountingAllocator,
    asked::Asked,
    contender::{Load, loaded},
    engine,
    hospital::{self, Hospital},
    measure::{Rounds, sample},
    rbac::Rbac,
    reference,
    rules::{Reference, RuleSet},
    seed::{Draw, Draws, Seed},
    varied,
    yaml::{self, PolicyText},
};
use pdp_core::{Policies, Request, Scratch};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// How many times each is measured, in turn.
const ROUNDS: usize = 3;

/// A policy set that is measured, and the requests: hot and distinct ones.
struct Case<R> {
    name: String,
    policies: Policies,
    load: Load,
    sets: [Vec<R>; 2],
    permitted_percent: f64,
}

fn main() {
    // `cargo test` runs benchmarks, too; there is nothing to time then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!(
        "{:<16} {:<9} {:>9} {:>7} {:>8} {:>7} {:>7} {:>7} {:>10} {:>9} {:>9}",
        "set",
        "requests",
        "typ, ns",
        "spread",
        "to first",
        "p50",
        "p99",
        "allocs",
        "permitted",
        "load, ms",
        "heap, MB"
    );
    let sizes = std::env::var("RULES_SIZES").unwrap_or("10,1000,100000".to_owned());
    let sizes = sizes.split(',').map(|size| size.parse().expect("a number of rules"));
    compare(&sizes.map(rules).collect::<Vec<_>>(), Asked::request);
    compare(&[rbac()], Asked::request);
    compare(&[hospital()], Asked::request);
    let seed = Seed::new(1_000);
    let words = [("seed 1000", yaml::texts(&seed)), ("varied 1000", varied::texts(&seed))];
    compare(&words.map(|(name, texts)| documents(name, &seed, &texts)), engine::request);
}

/// Where there are few rules, the reference answers every request; else some.
fn rules(count: usize) -> Case<Asked> {
    let set = RuleSet::new(count);
    let reference = Reference::new(&set);
    let checked = if count > 10_000 { 400 } else { usize::MAX };
    let sets = [set.hot(), set.distinct()];
    case(&format!("rules {count}"), &set.texts(), sets, |policies, asked| {
        let asked = &asked[..asked.len().min(checked)];
        (
            engine::permitted(policies, asked, Asked::request, |one| reference.permits(one)),
            asked.len(),
        )
    })
}

fn rbac() -> Case<Asked> {
    let rbac = Rbac::new();
    case("rbac", &rbac.texts(), [rbac.hot(), rbac.distinct()], |policies, asked| {
        (engine::permitted(policies, asked, Asked::request, |one| rbac.permits(one)), asked.len())
    })
}

fn hospital() -> Case<Asked> {
    let hospital = Hospital::new();
    case("hospital", &hospital.texts(), [hospital.hot(), hospital.distinct()], |policies, asked| {
        (engine::permitted(policies, asked, Asked::request, hospital::permits), asked.len())
    })
}

fn documents<'s>(name: &str, seed: &'s Seed, texts: &[PolicyText]) -> Case<Draw<'s>> {
    let (reference, draws) = (reference::Reference::new(seed), Draws::new(seed));
    case(name, texts, [draws.hot(), draws.distinct()], |policies, draws| {
        (
            engine::permitted(policies, draws, engine::request, |draw| reference.permits(draw)),
            draws.len(),
        )
    })
}

/// Loads, and checks: right first. `check` says how many requests are permitted, and of how many.
fn case<R>(
    name: &str,
    texts: &[PolicyText],
    sets: [Vec<R>; 2],
    check: impl Fn(&Policies, &[R]) -> (usize, usize),
) -> Case<R> {
    let (policies, load) = loaded(|| engine::policies(texts));
    let checked = sets.each_ref().map(|requests| check(&policies, requests));
    let permitted = real(checked.iter().map(|(permitted, _)| permitted).sum());
    let permitted_percent = 100.0 * permitted / real(checked.iter().map(|(_, all)| all).sum());
    Case { name: name.to_owned(), policies, load, sets, permitted_percent }
}

/// Measures all cases in turn, so that a slow minute is slow for each, and prints them.
fn compare<R>(cases: &[Case<R>], request: impl for<'r> Fn(&'r R) -> Request<'r>) {
    for (set, requests) in ["hot", "distinct"].into_iter().enumerate() {
        let mut rounds = vec![Rounds::default(); cases.len()];
        for _ in 0..ROUNDS {
            for (case, rounds) in cases.iter().zip(&mut rounds) {
                let mut scratch = Scratch::new();
                let decide = |one: &R| case.policies.evaluate(&request(one), &mut scratch);
                rounds.0.push(sample(&case.sets[set], decide));
            }
        }
        let first = rounds[0].median(|sample| sample.typical);
        for (case, rounds) in cases.iter().zip(&rounds) {
            print(case, requests, rounds, first);
        }
    }
}

fn print<R>(case: &Case<R>, requests: &str, rounds: &Rounds, first: f64) {
    let typical = rounds.median(|sample| sample.typical);
    let heap = f64::from(i32::try_from(case.load.heap / 1_000).expect("few")) / 1e3;
    println!(
        "{:<16} {requests:<9} {typical:>9.1} {:>7.2} {:>7.2}x {:>7.0} {:>7.0} {:>7.2} {:>8.0} % {:>9.1} {heap:>9.1}",
        case.name,
        rounds.spread(),
        typical / first,
        rounds.median(|sample| sample.p50),
        rounds.median(|sample| sample.p99),
        rounds.median(|sample| sample.allocations),
        case.permitted_percent,
        case.load.milliseconds,
    );
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("few requests"))
}
