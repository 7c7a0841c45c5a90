//! What was measured: one engine on one set of requests.

use pdp_benches::contender::Compared;
use serde::{Deserialize, Serialize};

/// A workload of one size, and one set of requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Task {
    /// `seed`, `conditions`, or one of the applications of *hierarchies*.
    pub workload: String,
    /// The number of documents, of rules, or of entities of every type.
    pub size: usize,
    /// `hot`, `distinct`, `uniform`; `in a row` are those of one hierarchy after another.
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
    /// What came of one engine.
    pub fn new(task: &Task, compared: &Compared, permitted: f64) -> Self {
        Cell {
            task: task.clone(),
            engine: compared.name.to_owned(),
            typical: compared.rounds.median(|round| round.typical),
            spread: compared.rounds.spread(),
            mean: compared.rounds.median(|round| round.mean),
            p50: compared.rounds.median(|round| round.p50),
            p99: compared.rounds.median(|round| round.p99),
            allocations: compared.rounds.median(|round| round.allocations),
            load_milliseconds: compared.load.milliseconds,
            heap: compared.load.heap,
            checked: compared.checked,
            permitted,
        }
    }
}
