//! What is measured of our engine alone: how quick it is at once, and on two threads.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pdp_benches::engine;
use pdp_benches::measure::median;
use pdp_benches::seed::Draw;
use pdp_core::{Policies, Request, Scratch};
use serde::{Deserialize, Serialize};

/// A figure beside the cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What was measured.
    pub what: What,
    /// The number of documents.
    pub size: usize,
    /// Nanoseconds, or how many times as much two threads did as one.
    pub value: f64,
}

/// What a [`Figure`] is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// One of the first thousand decisions after loading, on the whole.
    First,
    /// One of distinct requests, asked one by one.
    Singly,
    /// One of the same requests, asked in batches of 64.
    Batched,
    /// Two threads that share one engine.
    TwoThreads,
    /// Two threads that only reckon: what the machine gives.
    TwoThreadsReckoning,
}

/// How long one measurement on threads takes.
const MEASURED: Duration = Duration::from_millis(300);

/// How often each is measured, in turn.
const ROUNDS: usize = 5;

/// Nanoseconds of each of the first thousand decisions, with new working memory.
pub fn first(policies: &Policies, draws: &[Draw<'_>]) -> f64 {
    let mut scratch = Scratch::new();
    let count = draws.len().min(1_000);
    let begin = Instant::now();
    for draw in &draws[..count] {
        black_box(policies.evaluate(&engine::request(black_box(draw)), &mut scratch));
    }
    #[expect(clippy::cast_precision_loss, reason = "a thousand")]
    let count = count as f64;
    begin.elapsed().as_secs_f64() * 1e9 / count
}

/// How many requests a batch holds.
const BATCH: usize = 64;

/// Nanoseconds of a decision where requests are asked one by one, and in batches.
pub fn batches(policies: &Policies, draws: &[Draw<'_>]) -> [f64; 2] {
    let requests: Vec<Request<'_>> = draws.iter().map(engine::request).collect();
    let mut scratch = Scratch::new();
    let (mut singly, mut batched) = (Vec::new(), Vec::new());
    let mut decisions = Vec::with_capacity(BATCH);
    for _ in 0..ROUNDS {
        singly.push(each(&requests, |batch| {
            for request in batch {
                decisions.push(policies.evaluate(request, &mut scratch));
            }
            black_box(&mut decisions).clear();
        }));
        batched.push(each(&requests, |batch| {
            policies.evaluate_batch(batch, &mut scratch, &mut decisions);
            black_box(&mut decisions).clear();
        }));
    }
    [median(&mut singly), median(&mut batched)]
}

/// Nanoseconds for each request, where `step` takes a batch of them.
fn each<'r>(requests: &[Request<'r>], mut step: impl FnMut(&[Request<'r>])) -> f64 {
    let begin = Instant::now();
    let mut count = 0_u32;
    while begin.elapsed() < MEASURED {
        for batch in requests.chunks(BATCH) {
            step(black_box(batch));
        }
        count += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    let asked = requests.len() as f64 * f64::from(count);
    begin.elapsed().as_secs_f64() * 1e9 / asked
}

/// How many times as many decisions two threads make as one, and how many times as much two
/// threads reckon.
pub fn two_threads(policies: &Policies, draws: &[Draw<'_>]) -> [f64; 2] {
    let decide = |stop: &AtomicBool| {
        let mut scratch = Scratch::new();
        let mut requests = draws.iter().cycle();
        repeated(stop, || {
            let draw = requests.next().expect("requests without end");
            black_box(policies.evaluate(&engine::request(black_box(draw)), &mut scratch));
        })
    };
    let reckon = |stop: &AtomicBool| {
        let mut word = 1_u64;
        repeated(stop, || {
            for _ in 0..64 {
                word = black_box(word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
            }
        })
    };
    let (mut deciding, mut reckoning) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        deciding.push(on_threads(2, &decide) / on_threads(1, &decide));
        reckoning.push(on_threads(2, &reckon) / on_threads(1, &reckon));
    }
    [median(&mut deciding), median(&mut reckoning)]
}

/// Takes a step again and again; how often.
fn repeated(stop: &AtomicBool, mut step: impl FnMut()) -> u64 {
    let mut count = 0;
    while !stop.load(Ordering::Relaxed) {
        for _ in 0..256 {
            step();
        }
        count += 256;
    }
    count
}

/// How often all threads together took their step.
fn on_threads(threads: usize, work: &(impl Fn(&AtomicBool) -> u64 + Sync)) -> f64 {
    let stop = AtomicBool::new(false);
    let total: u64 = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(&stop))).collect();
        std::thread::sleep(MEASURED);
        stop.store(true, Ordering::Relaxed);
        running.into_iter().map(|thread| thread.join().expect("no thread panics")).sum()
    });
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    let total = total as f64;
    total
}
