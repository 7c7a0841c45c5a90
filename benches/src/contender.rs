//! Engines that are loaded, each with the requests that it is asked, beside each other.

use std::fmt;
use std::time::Instant;

use crate::allocations::Allocations;
use crate::measure::{Rounds, Sample, sample};

/// An engine with its requests, ready to be checked and measured.
pub struct Contender<'a> {
    /// The engine and the encoding.
    pub name: &'static str,
    /// How long it took from text to ready, and what stayed in memory.
    pub load: Load,
    run: Box<dyn Run + 'a>,
}

/// What loading cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Load {
    /// Milliseconds.
    pub milliseconds: f64,
    /// Bytes of heap.
    pub heap: i64,
}

/// Loads something, and says what that cost.
pub fn loaded<T>(load: impl FnOnce() -> T) -> (T, Load) {
    let (before, begin) = (Allocations::now(), Instant::now());
    let loaded = load();
    let milliseconds = begin.elapsed().as_secs_f64() * 1e3;
    let heap = Allocations::now().since(before).live_bytes;
    (loaded, Load { milliseconds, heap })
}

impl<'a> Contender<'a> {
    /// An engine that answers `requests` by `call`; `permits` reads the answer.
    pub fn new<R: 'a, O>(
        name: &'static str,
        load: Load,
        requests: Vec<R>,
        call: impl FnMut(&R) -> O + 'a,
        permits: impl Fn(O) -> bool + 'a,
    ) -> Self
    where
        O: 'a,
    {
        Contender { name, load, run: Box::new(Runner { requests, call, permits }) }
    }

    /// Compares the answers with those of the reference, as many as fit into about a second and at
    /// least sixteen; how many that were.
    ///
    /// # Errors
    ///
    /// The first request that is answered otherwise.
    pub fn check(&mut self, wanted: &[bool]) -> Result<usize, Disagreement> {
        let name = self.name;
        let disagreement = |index: usize| Disagreement { name, index, wanted: wanted[index] };
        self.run.check(wanted).map_err(disagreement)
    }
}

impl fmt::Debug for Contender<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contender").field("name", &self.name).finish_non_exhaustive()
    }
}

/// An engine that answers a request otherwise than the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The engine and the encoding.
    pub name: &'static str,
    /// The request, by its position.
    pub index: usize,
    /// Whether the reference permits it.
    pub wanted: bool,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Disagreement { name, index, wanted } = self;
        let verb = if *wanted { "permits" } else { "denies" };
        write!(f, "{name} answers request {index} otherwise than the reference, which {verb} it")
    }
}

impl std::error::Error for Disagreement {}

/// What came of one of the contenders that were compared.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The engine and the encoding.
    pub name: &'static str,
    /// What loading cost.
    pub load: Load,
    /// How many requests were compared with the reference.
    pub checked: usize,
    /// One measurement for each round.
    pub rounds: Rounds,
}

/// Right first: all are compared with the reference. Then, in each round, all are measured in turn.
///
/// # Errors
///
/// The first answer that is not that of the reference.
pub fn compare(
    contenders: &mut [Contender<'_>],
    wanted: &[bool],
    rounds: usize,
) -> Result<Vec<Compared>, Disagreement> {
    let mut compared = Vec::new();
    for contender in &mut *contenders {
        let Contender { name, load, .. } = *contender;
        let checked = contender.check(wanted)?;
        compared.push(Compared { name, load, checked, rounds: Rounds::default() });
    }
    for _ in 0..rounds {
        for (contender, compared) in contenders.iter_mut().zip(&mut compared) {
            compared.rounds.0.push(contender.run.measure());
        }
    }
    Ok(compared)
}

trait Run {
    fn check(&mut self, wanted: &[bool]) -> Result<usize, usize>;
    fn measure(&mut self) -> Sample;
}

struct Runner<R, F, P> {
    requests: Vec<R>,
    call: F,
    permits: P,
}

/// The fewest requests that are compared, however slow an engine is.
const CHECKED_MIN: usize = 16;

impl<R, O, F: FnMut(&R) -> O, P: Fn(O) -> bool> Run for Runner<R, F, P> {
    fn check(&mut self, wanted: &[bool]) -> Result<usize, usize> {
        let begin = Instant::now();
        for (index, (request, wanted)) in self.requests.iter().zip(wanted).enumerate() {
            if (self.permits)((self.call)(request)) != *wanted {
                return Err(index);
            }
            if index + 1 >= CHECKED_MIN && begin.elapsed().as_secs() >= 1 {
                return Ok(index + 1);
            }
        }
        Ok(self.requests.len())
    }

    fn measure(&mut self) -> Sample {
        sample(&self.requests, &mut self.call)
    }
}
