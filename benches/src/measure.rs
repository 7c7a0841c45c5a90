//! How long one of many calls takes, on a machine that others use too.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::allocations::Allocations;

/// How long a measurement of [`sample`] takes, about.
const MEASURED: Duration = Duration::from_millis(200);

/// How many pieces the measured time is cut into; the middle one counts, so that time stolen from
/// some of them does not show.
const CHUNKS: usize = 64;

/// How many calls are timed one by one, at most.
const SINGLES: usize = 200_000;

/// What one measurement says of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Nanoseconds, from the middle chunk: the figure to look at.
    pub typical: f64,
    /// Nanoseconds, all calls together.
    pub mean: f64,
    /// Nanoseconds of the middle one of calls that were timed one by one. Below a hundred, look at
    /// `typical` instead: the counter is too coarse.
    pub p50: f64,
    /// Nanoseconds that one such call in a hundred exceeds.
    pub p99: f64,
    /// Calls to the allocator for one call.
    pub allocations: f64,
}

/// Several measurements of the same calls.
#[derive(Clone, Debug, Default)]
pub struct Rounds(pub Vec<Sample>);

impl Rounds {
    /// The middle one of a figure.
    ///
    /// # Panics
    ///
    /// Where nothing was measured.
    pub fn median(&self, figure: fn(&Sample) -> f64) -> f64 {
        median(&mut self.0.iter().map(figure).collect::<Vec<_>>())
    }

    /// The largest and the smallest of the typical times, divided.
    pub fn spread(&self) -> f64 {
        let typical = self.0.iter().map(|round| round.typical);
        let (least, most) = typical.fold((f64::MAX, 0.0_f64), |(least, most), figure| {
            (least.min(figure), most.max(figure))
        });
        most / least
    }
}

/// Measures calls of `call`, one for each of the requests in turn, again and again.
///
/// # Panics
///
/// Where there are no requests.
pub fn sample<R, O>(requests: &[R], mut call: impl FnMut(&R) -> O) -> Sample {
    assert!(!requests.is_empty(), "there is something to call with");
    let mut next = 0;
    let mut run = |calls: usize| {
        let begin = Instant::now();
        for _ in 0..calls {
            black_box(call(black_box(&requests[next])));
            next += 1;
            if next == requests.len() {
                next = 0;
            }
        }
        begin.elapsed()
    };
    let calls = calls_within(MEASURED / u32::try_from(CHUNKS).expect("few chunks"), &mut run);
    run(calls * CHUNKS / 4);
    let mut chunks: Vec<f64> = (0..CHUNKS).map(|_| nanoseconds(run(calls))).collect();
    let mean = chunks.iter().sum::<f64>() / real(calls * CHUNKS);
    let typical = median(&mut chunks) / real(calls);

    let before = Allocations::now();
    let counted = requests.len().min(calls * CHUNKS);
    for request in &requests[..counted] {
        black_box(call(black_box(request)));
    }
    let allocated = Allocations::now().since(before);

    let singles = SINGLES.min(calls * CHUNKS / 2).max(1);
    let mut times = singles_of(singles, requests, call);
    times.sort_by(f64::total_cmp);
    Sample {
        typical,
        mean,
        p50: times[singles / 2],
        p99: times[singles * 99 / 100],
        allocations: real_of(allocated.calls) / real(counted),
    }
}

/// How many calls fit into the time.
fn calls_within(time: Duration, run: &mut impl FnMut(usize) -> Duration) -> usize {
    let mut calls = 1;
    loop {
        // The quickest of three: where time was stolen, or memory had to be fetched from afar, one
        // call would seem so slow that hardly any were measured.
        let taken = (0..3).map(|_| run(calls)).min().unwrap_or_default();
        if taken >= time / 2 || calls >= 1 << 24 {
            let each = nanoseconds(taken) / real(calls);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 1 and a few million"
            )]
            return ((nanoseconds(time) / each.max(0.1)) as usize).max(1);
        }
        calls *= 2;
    }
}

/// Nanoseconds of single calls, without what reading the counter takes.
fn singles_of<R, O>(count: usize, requests: &[R], mut call: impl FnMut(&R) -> O) -> Vec<f64> {
    let begin = (Instant::now(), counter());
    let mut empty: Vec<u64> = (0..1_000).map(|_| timed(|| ())).collect();
    empty.sort_unstable();
    let empty = empty[empty.len() / 2];
    let requests = requests.iter().cycle().take(count);
    let ticks: Vec<u64> = requests.map(|request| timed(|| call(black_box(request)))).collect();
    let elapsed = real_of(counter() - begin.1);
    let tick = nanoseconds(begin.0.elapsed()) / elapsed.max(1.0);
    ticks.into_iter().map(|ticks| real_of(ticks.saturating_sub(empty)) * tick).collect()
}

#[inline]
fn timed<O>(call: impl FnOnce() -> O) -> u64 {
    let begin = counter();
    black_box(call());
    counter() - begin
}

/// The processor's counter, once all before it is done and before anything after it begins.
#[inline]
fn counter() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every processor of this architecture has both instructions; neither touches memory.
    unsafe {
        use std::arch::x86_64::{_mm_lfence, _rdtsc};
        _mm_lfence();
        let ticks = _rdtsc();
        _mm_lfence();
        ticks
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        static BEGIN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
        u64::try_from(BEGIN.elapsed().as_nanos()).expect("a run is shorter than centuries")
    }
}

/// The middle of some figures; sorts them.
///
/// # Panics
///
/// Where there are none.
pub fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

fn real(number: usize) -> f64 {
    real_of(number as u64)
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn real_of(number: u64) -> f64 {
    number as f64
}
