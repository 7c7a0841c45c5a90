//! Decisions by very many rules.
//!
//! ```sh
//! cargo bench -p pdp-benches --bench rules
//! ```
//!
//! `RULES_SIZES=10,1000` measures some sizes only.

use std::time::Instant;

use pdp_benches::{
    allocations::{Allocations, CountingAllocator},
    asked::{self, Asked},
    engine,
    hospital::{self, Hospital},
    measure::{Sample, median, sample},
    rbac::Rbac,
    rules::{Reference, RuleSet},
    yaml::PolicyText,
};
use pdp_core::{Policies, Scratch};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// How many times each is measured, in turn.
const ROUNDS: usize = 3;

/// A policy set that is measured, and the requests.
struct Case {
    name: String,
    policies: Policies,
    load_ms: f64,
    heap_megabytes: f64,
    sets: [(&'static str, Vec<Asked>); 2],
    permitted_percent: f64,
}

fn main() {
    // `cargo test` runs benchmarks, too; there is nothing to time then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!(
        "{:<16} {:<9} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7} {:>10} {:>9} {:>9}",
        "set",
        "requests",
        "typ, ns",
        "spread",
        "growth",
        "p50",
        "p99",
        "allocs",
        "permitted",
        "load, ms",
        "heap, MB"
    );
    let sizes = std::env::var("RULES_SIZES").unwrap_or("10,1000,100000".to_owned());
    let sizes = sizes.split(',').map(|size| size.parse().expect("a number of rules"));
    compare(&sizes.map(rules).collect::<Vec<Case>>());
    compare(&[rbac()]);
    compare(&[hospital()]);
}

/// Where there are few rules, the reference answers every request; else some.
fn rules(count: usize) -> Case {
    let set = RuleSet::new(count);
    let reference = Reference::new(&set);
    let checked = if count > 10_000 { 400 } else { usize::MAX };
    let sets = [("hot", set.hot()), ("distinct", set.distinct())];
    case(format!("rules {count}"), &set.texts(), sets, checked, |one| reference.permits(one))
}

fn rbac() -> Case {
    let rbac = Rbac::new();
    let sets = [("hot", rbac.hot()), ("distinct", rbac.distinct())];
    case("rbac".to_owned(), &rbac.texts(), sets, usize::MAX, |one| rbac.permits(one))
}

fn hospital() -> Case {
    let hospital = Hospital::new();
    let sets = [("hot", hospital.hot()), ("distinct", hospital.distinct())];
    case("hospital".to_owned(), &hospital.texts(), sets, usize::MAX, hospital::permits)
}

/// Loads and checks: right first.
fn case(
    name: String,
    texts: &[PolicyText],
    sets: [(&'static str, Vec<Asked>); 2],
    checked: usize,
    permits: impl Fn(&Asked) -> bool,
) -> Case {
    let (before, begin) = (Allocations::now(), Instant::now());
    let policies = engine::policies(texts);
    let load_ms = begin.elapsed().as_secs_f64() * 1e3;
    let live_bytes = Allocations::now().since(before).live_bytes;
    let heap_megabytes = f64::from(i32::try_from(live_bytes / 1_000).expect("few")) / 1e3;
    let mut counts = [0, 0];
    for (_, asked) in &sets {
        let asked = &asked[..asked.len().min(checked)];
        counts[0] += asked::permitted(&policies, asked, &permits);
        counts[1] += asked.len();
    }
    let [permitted, all] = counts.map(|count| f64::from(u32::try_from(count).expect("few")));
    let permitted_percent = permitted / all * 100.0;
    Case { name, policies, load_ms, heap_megabytes, sets, permitted_percent }
}

/// Measures all cases in turn, so that a slow minute is slow for each, and prints them; growth is
/// relative to the first.
fn compare(cases: &[Case]) {
    for set in 0..2 {
        let mut rounds: Vec<Vec<Sample>> = vec![Vec::new(); cases.len()];
        for _ in 0..ROUNDS {
            for (case, rounds) in cases.iter().zip(&mut rounds) {
                let mut scratch = Scratch::new();
                let decide = |one: &Asked| case.policies.evaluate(&one.request(), &mut scratch);
                rounds.push(sample(&case.sets[set].1, decide));
            }
        }
        let base = middle(&rounds[0], |sample| sample.typical);
        for (case, rounds) in cases.iter().zip(&rounds) {
            print(case, case.sets[set].0, rounds, base);
        }
    }
}

fn print(case: &Case, requests: &str, rounds: &[Sample], base: f64) {
    let typical = middle(rounds, |sample| sample.typical);
    let times = || rounds.iter().map(|sample| sample.typical);
    let spread = times().fold(0.0, f64::max) / times().fold(f64::INFINITY, f64::min);
    println!(
        "{:<16} {requests:<9} {typical:>9.1} {spread:>7.2} {:>6.2}x {:>7.0} {:>7.0} {:>7.2} {:>8.0} % {:>9.1} {:>9.1}",
        case.name,
        typical / base,
        middle(rounds, |sample| sample.p50),
        middle(rounds, |sample| sample.p99),
        middle(rounds, |sample| sample.allocations),
        case.permitted_percent,
        case.load_ms,
        case.heap_megabytes,
    );
}

fn middle(rounds: &[Sample], figure: fn(&Sample) -> f64) -> f64 {
    median(&mut rounds.iter().map(figure).collect::<Vec<f64>>())
}
