//! Searches for the dearest condition that is accepted, on the dearest request: how long it takes,
//! and how much memory.
//!
//! ```sh
//! cargo bench -p pdp-benches --bench worst -- --seconds 120
//! ```
//!
//! What was found lies in `target/worst.txt`; the next search begins with it.

use std::time::{Duration, Instant};

use pdp_benches::allocations::{Allocations, CountingAllocator};
use pdp_benches::random::Random;
use pdp_benches::worst::{Choices, condition, context, policy};
use pdp_core::{Actor, ActorType, Map, Policies, Request, Resource, Scratch, SourceText};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const STATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/worst.txt");

/// How many of the dearest are kept to be changed further.
const KEPT: usize = 24;

/// How many choices make a condition at most.
const CHOICES: usize = 40;

/// A condition, and what it costs.
#[derive(Clone, Debug)]
struct Found {
    choices: Choices,
    time: Duration,
    bytes: i64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test` runs benchmarks, too; there is nothing to search then.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let seconds = arguments.iter().skip_while(|argument| *argument != "--seconds").nth(1);
    let seconds = seconds.and_then(|seconds| seconds.parse().ok()).unwrap_or(60);
    search(Duration::from_secs(seconds));
}

fn search(limit: Duration) {
    let context = context();
    let mut random = Random::new(u64::from(std::process::id()));
    let mut dearest: Vec<Found> = earlier().iter().filter_map(|one| cost(one, &context)).collect();
    let (begin, mut tried, mut accepted) = (Instant::now(), 0_u64, 0_u64);
    while begin.elapsed() < limit {
        tried += 1;
        let choices = next(&mut random, &dearest);
        let Some(found) = cost(&choices, &context) else { continue };
        accepted += 1;
        keep(&mut dearest, found);
    }
    let by_bytes = dearest.iter().max_by_key(|found| found.bytes);
    println!("worst: {tried} conditions, {accepted} of them accepted, in {limit:?}");
    for (what, found) in [("time", dearest.first()), ("memory", by_bytes)] {
        let Some(Found { choices, time, bytes }) = found else { continue };
        println!("most {what}: {time:?}, {} kB: {}", bytes / 1_000, condition(choices));
    }
    let lines: Vec<String> = dearest.iter().map(|found| hex(&found.choices)).collect();
    if let Err(error) = std::fs::write(STATE, lines.join("\n")) {
        eprintln!("{STATE}: {error}");
    }
}

/// Anything new, or one of the dearest with some choices changed.
fn next(random: &mut Random, dearest: &[Found]) -> Choices {
    let byte = |random: &mut Random| u8::try_from(random.below(256)).expect("a byte");
    if dearest.is_empty() || random.happens(20) {
        return Choices((0..CHOICES).map(|_| byte(random)).collect());
    }
    let mut choices = dearest[random.index(dearest.len())].choices.clone();
    for _ in 0..random.between(1, 4) {
        let index = random.index(CHOICES);
        choices.0[index] = byte(random);
    }
    choices
}

/// What a condition costs; `None` where it is refused.
fn cost(choices: &Choices, context: &Map<'_>) -> Option<Found> {
    let text = policy(&condition(choices));
    let policies =
        Policies::from_sources(&[SourceText { path: "worst.yaml", text: &text }]).ok()?;
    let actor = Actor::new(ActorType::Human, "user:1");
    let request = Request::new(actor, "open", Resource::new("door", "front"));
    let request = Request { context, ..request };
    let mut scratch = Scratch::new();
    let mut time = Duration::MAX;
    let mut bytes = 0;
    // The first time it is not known whether it is worth the others.
    for round in 0..5 {
        Allocations::forget_peak();
        let before = Allocations::now();
        let begin = Instant::now();
        std::hint::black_box(policies.evaluate(&request, &mut scratch));
        time = time.min(begin.elapsed());
        bytes = Allocations::now().peak_since(before);
        if round == 0 && time < Duration::from_micros(300) {
            break;
        }
    }
    Some(Found { choices: choices.clone(), time, bytes })
}

/// The dearest by time, and the one that takes the most memory.
fn keep(dearest: &mut Vec<Found>, found: Found) {
    if dearest.iter().any(|known| condition(&known.choices) == condition(&found.choices)) {
        return;
    }
    dearest.push(found);
    dearest.sort_by_key(|found| std::cmp::Reverse(found.time));
    if dearest.len() > KEPT {
        let most = dearest.iter().map(|found| found.bytes).max();
        let last = dearest.iter().rposition(|found| Some(found.bytes) != most);
        dearest.remove(last.unwrap_or(KEPT));
    }
}

fn earlier() -> Vec<Choices> {
    let text = std::fs::read_to_string(STATE).unwrap_or_default();
    let byte = |pair: &[u8]| {
        std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    let choices = |line: &str| line.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>();
    text.lines().filter_map(choices).filter(|bytes| bytes.len() == CHOICES).map(Choices).collect()
}

fn hex(choices: &Choices) -> String {
    choices.0.iter().map(|byte| format!("{byte:02x}")).collect()
}
