//! What was measured: one engine on one set of requests.

use pdp_benches::measure::{Sample, median};
use serde::{Deserialize, Serialize};

use crate::contender::Load;

/// A workload of one size, and one set of requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Task {
    /// `seed` or `conditions`.
    pub workload: String,
    /// The number of documents, or of rules.
    pub size: usize,
    /// `hot`, `distinct` or `uniform`.
    pub requests: String,
}

/// One engine on one task. Times are nanoseconds for one decision, the median of all rounds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cell {
    /// What was asked.
    #[serde(flatten)]
    pub task: Task,
    /// Who was asked.
    pub engine: String,
    /// The figure to look at: the middle chunk.
    pub typical: f64,
    /// The smallest and the largest of the rounds, divided.
    pub spread: f64,
    /// All calls together.
    pub mean: f64,
    /// The middle one of single calls.
    pub p50: f64,
    /// What one single call in a hundred exceeds.
    pub p99: f64,
    /// Calls to the allocator.
    pub allocations: f64,
    /// From text to ready, in milliseconds.
    pub load_milliseconds: f64,
    /// Bytes of heap afterwards.
    pub heap: i64,
    /// How many requests were compared with the reference.
    pub checked: usize,
    /// How many of a hundred requests are permitted.
    pub permitted: f64,
}

impl Cell {
    /// Puts the rounds of one engine together.
    pub fn new(
        task: &Task,
        engine: &str,
        load: Load,
        checked: usize,
        permitted: f64,
        rounds: &[Sample],
    ) -> Self {
        let of = |figure: fn(&Sample) -> f64| -> f64 {
            median(&mut rounds.iter().map(figure).collect::<Vec<_>>())
        };
        let typical = rounds.iter().map(|round| round.typical);
        let (least, most) = typical.fold((f64::MAX, 0.0_f64), |(least, most), figure| {
            (least.min(figure), most.max(figure))
        });
        Cell {
            task: task.clone(),
            engine: engine.to_owned(),
            typical: of(|round| round.typical),
            spread: most / least,
            mean: of(|round| round.mean),
            p50: of(|round| round.p50),
            p99: of(|round| round.p99),
            allocations: of(|round| round.allocations),
            load_milliseconds: load.milliseconds,
            heap: load.heap,
            checked,
            permitted,
        }
    }
}
