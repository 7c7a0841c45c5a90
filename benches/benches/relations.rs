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
use pdp_benches::reader::beside_reader;
use pdp_benches::relations::{Kind, Question, Relations};
use pdp_core::{Effect, Engine, Policies, Scratch, Statement};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// How many questions of a kind are asked, and how many of them the reference answers, too.
const ASKED: usize = 50_000;
const CHECKED: usize = 200;

/// How many members come and go.
const CHANGES: usize = 20_000;

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
    change(policies, &relations);
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

/// Members come and go while another thread decides, then a group becomes a member of another, and
/// closures are found anew.
fn change(policies: Policies, relations: &Relations) {
    let engine = Engine::new(policies);
    let member = |group: usize, actor: &str| {
        let actor = actor.parse().expect("an actor");
        Statement::relation(format!("group:{group}"), "member", actor)
    };
    let groups = relations.ring();
    let changes = (0..CHANGES).map(|index| member(index * 97 % groups, &format!("user:{index}")));
    let changes: Vec<Statement> = changes.collect();
    let questions = relations.questions(Kind::Any, ASKED);
    let requests = questions.iter().map(Question::request);
    let (mut added, mut removed) = beside_reader(&engine, requests, || {
        let added = timed(&changes, |one| engine.add(one.clone()).expect("a change"));
        (added, timed(&changes, |one| engine.remove(one.clone()).expect("a change")))
    });
    print("a member is added", &mut added);
    print("a member is removed", &mut removed);
    ask(&engine.present(), relations, Kind::Any, "after these changes");
    let changes = [member(groups, "group:1#member")];
    print("a group in a group", &mut timed(&changes, |one| engine.add(one.clone()).expect("one")));
    let begin = Instant::now();
    let of_use = engine.settle();
    println!("closures anew: {:?} ({of_use})", begin.elapsed());
}

fn timed(changes: &[Statement], mut change: impl FnMut(&Statement) -> u64) -> Vec<Duration> {
    let times = changes.iter().map(|one| {
        let begin = Instant::now();
        change(one);
        begin.elapsed()
    });
    times.collect()
}

fn print(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let (count, last) = (times.len(), times[times.len() - 1]);
    let (p50, p99) = (times[count / 2], times[count * 99 / 100]);
    println!("{what}: p50 {p50:?}, p99 {p99:?}, longest {last:?}");
}
