//! Relations among a million actors: how long a decision takes at most, what facts occupy, and how
//! long it takes to find closures anew.
//!
//! ```sh
//! cargo bench -p pdp-benches --bench relations     # RELATIONS_GROUPS=10000 for a tenth
//! ```

use std::hint::black_box;
use std::time::{Duration, Instant};

use pdp_benches::allocations::{Allocations, CountingAllocator};
use pdp_benches::engine;
use pdp_benches::relations::{Kind, Question, Relations};
use pdp_core::{Effect, Engine, Policies, Scratch, Statement};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// How many questions of a kind are asked, and how many of them the reference answers, too.
const ASKED: usize = 50_000;
const CHECKED: usize = 200;

fn main() {
    // `cargo test` runs benchmarks, too; there is nothing to time then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let groups = std::env::var("RELATIONS_GROUPS").unwrap_or("100000".to_owned());
    let relations = Relations::new(groups.parse().expect("a number of groups"));
    let texts = relations.texts();
    let (before, begin) = (Allocations::now(), Instant::now());
    let policies = engine::policies(&texts);
    let loading = begin.elapsed();
    let bytes = Allocations::now().since(before).live_bytes;
    let facts = policies.summary().facts;
    let each = bytes / i64::try_from(facts).expect("fewer than 2^63 facts");
    println!(
        "{facts} facts loaded in {loading:?}; {} MB of heap, {each} bytes a fact",
        bytes / 1_000_000
    );
    drop(texts);
    for kind in Kind::ALL {
        ask(&policies, &relations, kind, "closed");
        ask(&policies.without_closures(), &relations, kind, "walked");
    }
    settle(policies, relations.ring());
}

fn ask(policies: &Policies, relations: &Relations, kind: Kind, how: &str) {
    let questions = relations.questions(kind, ASKED);
    let mut scratch = Scratch::new();
    let mut decide = |question: &Question| {
        policies.evaluate(&question.request(), &mut scratch).effect == Effect::Permit
    };
    for question in &questions[..CHECKED] {
        assert_eq!(decide(question), relations.permits(question), "{question:?}");
    }
    let times = questions.iter().map(|question| {
        let begin = Instant::now();
        black_box(decide(question));
        begin.elapsed()
    });
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    let permitted = questions.iter().filter(|question| decide(question)).count();
    println!(
        "{kind:?}, {how}: p50 {:?}, p99 {:?}, longest {:?}; {} of {ASKED} permitted",
        times[ASKED / 2],
        times[ASKED * 99 / 100],
        times[ASKED - 1],
        permitted,
    );
}

/// A change far away, and closures found anew.
fn settle(policies: Policies, ring: usize) {
    let engine = Engine::new(policies);
    let group = format!("group:{ring}");
    let statement = Statement::relation(group, "member", "user:99".parse().expect("an actor"));
    let begin = Instant::now();
    engine.add(statement).expect("a change");
    let changing = begin.elapsed();
    let begin = Instant::now();
    let of_use = engine.settle();
    println!("a change: {changing:?}; closures anew: {:?} ({of_use})", begin.elapsed());
}
