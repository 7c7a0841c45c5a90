//! Few are asked about often, many seldom.

use crate::random::Random;

/// Draws ranks, the first most often: the weight of rank `r` (from 1) is `1 / r`.
#[derive(Debug)]
pub(super) struct Zipf {
    /// Sums of the weights up to each rank, in parts of `ONE`.
    sums: Vec<u64>,
}

impl Zipf {
    /// Over `count` ranks. Whole parts of `ONE` keep the sums exact on every machine; they stay
    /// below 2^44 at a million ranks.
    pub(super) fn new(count: usize) -> Self {
        let sums = (1..).take(count).scan(0, |sum, rank| {
            *sum += ONE / rank;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    /// A rank, counted from 0.
    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let total = *self.sums.last().expect("a workload has at least one document");
        let point = random.below(total);
        self.sums.partition_point(|&sum| sum <= point)
    }
}

const ONE: u64 = 1 << 40;
