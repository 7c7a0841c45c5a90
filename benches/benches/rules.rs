//! Decisions by very many rules, and by the policies of *seed* in other words.
//!
//! ```sh
//! cargo bench -p pdp-benches --bench rules
//! ```
//!
//! `RULES_SIZES=10,1000` measures some sizes only. `to first` is the ratio to the first set of those
//! that are measured together: the growth from 10 rules, and what other words cost. Below a set
//! stands its floor, and `to floor` is the ratio of the engine to it; that of *seed* is measured by
//! `floor`.

use pdp_benches::{
    allocations::CountingAllocator,
    asked::Asked,
    contender::{Load, loaded},
    engine,
    floor::{HospitalFloor, HospitalRequest, RbacFloor, RbacRequest, RulesFloor, RulesRequest},
    hospital::{self, Hospital},
    measure::{Rounds, Sample, sample},
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

/// Requests: hot and distinct ones.
type Sets<R> = [Vec<R>; 2];

/// A policy set that is measured, with its requests and its floor.
struct Case<'a, R> {
    name: String,
    policies: Policies,
    load: Load,
    sets: &'a Sets<R>,
    permitted_percent: f64,
    floor: Option<Floor<'a>>,
}

/// Measures the floor on each of the sets of requests.
type Floor<'a> = [Box<dyn Fn() -> Sample + 'a>; 2];

fn main() {
    // `cargo test` runs benchmarks, too; there is nothing to time then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!(
        "{:<16} {:<9} {:>9} {:>7} {:>8} {:>8} {:>7} {:>7} {:>7} {:>10} {:>9} {:>9}",
        "set",
        "requests",
        "typ, ns",
        "spread",
        "to first",
        "to floor",
        "p50",
        "p99",
        "allocs",
        "permitted",
        "load, ms",
        "heap, MB"
    );
    rules();
    rbac();
    hospital();
    other_words();
}

/// Where there are few rules, the reference answers every request; else some.
fn rules() {
    let sizes = std::env::var("RULES_SIZES").unwrap_or("10,1000,100000".to_owned());
    let sizes = sizes.split(',').map(|size| size.parse().expect("a number of rules"));
    let drawn: Vec<RuleSet> = sizes.map(RuleSet::new).collect();
    let sets: Vec<Sets<Asked>> = drawn.iter().map(|set| [set.hot(), set.distinct()]).collect();
    let floors: Vec<RulesFloor<'_>> = drawn.iter().map(RulesFloor::new).collect();
    let cases = drawn.iter().zip(&sets).zip(&floors).map(|((set, sets), rules)| {
        let (count, reference) = (set.rules.len(), Reference::new(set));
        let checked = if count > 10_000 { 400 } else { usize::MAX };
        let permits = |asked: &Asked| reference.permits(asked);
        let decide = |request: &RulesRequest<'_>| rules.permits(request);
        let floor = floor(sets, RulesRequest::new, decide, permits, checked);
        let case = case(&format!("rules {count}"), &set.texts(), sets, checked, |policies, all| {
            engine::permitted(policies, all, Asked::request, permits)
        });
        Case { floor: Some(floor), ..case }
    });
    compare(&cases.collect::<Vec<_>>(), Asked::request);
}

fn rbac() {
    let rbac = Rbac::new();
    let (sets, rows) = ([rbac.hot(), rbac.distinct()], RbacFloor::new(&rbac));
    let permits = |asked: &Asked| rbac.permits(asked);
    let decide = |request: &RbacRequest<'_>| rows.permits(request);
    let floor = floor(&sets, RbacRequest::new, decide, permits, usize::MAX);
    let case = case("rbac", &rbac.texts(), &sets, usize::MAX, |policies, all| {
        engine::permitted(policies, all, Asked::request, permits)
    });
    compare(&[Case { floor: Some(floor), ..case }], Asked::request);
}

fn hospital() {
    let hospital = Hospital::new();
    let (sets, masks) = ([hospital.hot(), hospital.distinct()], HospitalFloor::new());
    let decide = |request: &HospitalRequest<'_>| masks.permits(request);
    let floor = floor(&sets, HospitalRequest::new, decide, hospital::permits, usize::MAX);
    let case = case("hospital", &hospital.texts(), &sets, usize::MAX, |policies, all| {
        engine::permitted(policies, all, Asked::request, hospital::permits)
    });
    compare(&[Case { floor: Some(floor), ..case }], Asked::request);
}

/// *varied* beside *seed*.
fn other_words() {
    let seed = Seed::new(1_000);
    let (reference, draws) = (reference::Reference::new(&seed), Draws::new(&seed));
    let sets = [draws.hot(), draws.distinct()];
    let words = [("seed 1000", yaml::texts(&seed)), ("varied 1000", varied::texts(&seed))];
    let permits = |draw: &Draw<'_>| reference.permits(draw);
    let cases = words.map(|(name, texts)| {
        case(name, &texts, &sets, usize::MAX, |policies, all| {
            engine::permitted(policies, all, engine::request, permits)
        })
    });
    compare(&cases, engine::request);
}

/// Loads, and checks: right first. `permitted` says how many requests are.
fn case<'a, R>(
    name: &str,
    texts: &[PolicyText],
    sets: &'a Sets<R>,
    checked: usize,
    permitted: impl Fn(&Policies, &[R]) -> usize,
) -> Case<'a, R> {
    let (policies, load) = loaded(|| engine::policies(texts));
    let asked = sets.each_ref().map(|all| &all[..all.len().min(checked)]);
    let permitted = real(asked.iter().map(|some| permitted(&policies, some)).sum());
    let permitted_percent = 100.0 * permitted / real(asked.iter().map(|some| some.len()).sum());
    Case { name: name.to_owned(), policies, load, sets, permitted_percent, floor: None }
}

/// Puts requests into the form that the floor takes, and checks it, too.
fn floor<'a, R, F: 'a>(
    sets: &'a Sets<R>,
    read: impl Fn(&'a R) -> F,
    decide: impl Fn(&F) -> bool + Copy + 'a,
    permits: impl Fn(&R) -> bool,
    checked: usize,
) -> Floor<'a> {
    sets.each_ref().map(|all| {
        let requests: Vec<F> = all.iter().map(&read).collect();
        for (index, (one, request)) in all.iter().zip(&requests).take(checked).enumerate() {
            assert_eq!(decide(request), permits(one), "the floor, request {index}");
        }
        Box::new(move || sample(&requests, decide)) as Box<dyn Fn() -> Sample>
    })
}

/// Measures all cases in turn, so that a slow minute is slow for each, and prints them.
fn compare<R>(cases: &[Case<'_, R>], request: impl for<'r> Fn(&'r R) -> Request<'r>) {
    for (set, requests) in ["hot", "distinct"].into_iter().enumerate() {
        let mut rounds = vec![[Rounds::default(), Rounds::default()]; cases.len()];
        for _ in 0..ROUNDS {
            for (case, [engine, floor]) in cases.iter().zip(&mut rounds) {
                let mut scratch = Scratch::new();
                let decide = |one: &R| case.policies.evaluate(&request(one), &mut scratch);
                engine.0.push(sample(&case.sets[set], decide));
                floor.0.extend(case.floor.as_ref().map(|floor| floor[set]()));
            }
        }
        let first = typical(&rounds[0][0]);
        for (case, [engine, floor]) in cases.iter().zip(&rounds) {
            let is_measured = !floor.0.is_empty();
            let to_floor = is_measured.then(|| typical(engine) / typical(floor));
            print(&case.name, requests, engine, [Some(typical(engine) / first), to_floor]);
            print_load(case);
            if is_measured {
                print("  floor", requests, floor, [None; 2]);
                println!();
            }
        }
    }
}

fn typical(rounds: &Rounds) -> f64 {
    rounds.median(|sample| sample.typical)
}

/// Begins a line; the ratios are those to the first set and to the floor.
fn print(name: &str, requests: &str, rounds: &Rounds, ratios: [Option<f64>; 2]) {
    let ratio = |ratio: Option<f64>| ratio.map_or_else(String::new, |one| format!("{one:.2}x"));
    let [to_first, to_floor] = ratios.map(ratio);
    print!(
        "{name:<16} {requests:<9} {:>9.1} {:>7.2} {to_first:>8} {to_floor:>8} {:>7.0} {:>7.0} {:>7.2}",
        typical(rounds),
        rounds.spread(),
        rounds.median(|sample| sample.p50),
        rounds.median(|sample| sample.p99),
        rounds.median(|sample| sample.allocations),
    );
}

/// Ends the line of an engine.
fn print_load<R>(case: &Case<'_, R>) {
    let heap = f64::from(i32::try_from(case.load.heap / 1_000).expect("few")) / 1e3;
    let Case { permitted_percent, load, .. } = case;
    println!(" {permitted_percent:>8.0} % {:>9.1} {heap:>9.1}", load.milliseconds);
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("few requests"))
}
