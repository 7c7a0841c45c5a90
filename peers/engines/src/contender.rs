//! An engine that is loaded, with the requests that it is asked.

use std::time::Instant;

use pdp_benches::allocations::Allocations;
use pdp_benches::measure::{Sample, sample};

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
    /// The first request that is answered otherwise, by its position.
    pub fn check(&mut self, wanted: &[bool]) -> anyhow::Result<usize> {
        match self.run.check(wanted) {
            Ok(checked) => Ok(checked),
            Err(index) => anyhow::bail!(
                "{} answers request {index} otherwise than the reference, which {} it",
                self.name,
                if wanted[index] { "permits" } else { "denies" }
            ),
        }
    }

    /// One measurement.
    pub fn measure(&mut self) -> Sample {
        self.run.measure()
    }
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
