//! Runs: many scenarios or worlds, on several threads, in an order that does not depend on them.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::progress::Progress;
use crate::worlds::{self, Visit, World};
use crate::{Disagreement, Outcome, Scenario};

/// Why a run stopped.
#[derive(Clone, Debug)]
pub enum End {
    /// It came to its end.
    Done,
    /// Engine and oracle disagree in the scenario of this seed, or the world of this number.
    Disagreed(u64, Box<Disagreement>),
    /// Something panicked in the scenario of this seed, or the world of this number.
    Panicked(u64, String),
}

/// So many scenarios, or parts of the small worlds, are run before the next are given out.
const BATCH: usize = 32;

/// So many numbers of worlds are one part.
const PART: u64 = 200;

/// The state is written after so long.
const SAVED_EVERY: Duration = Duration::from_secs(3);

/// A run: how far it is, and where that is written.
#[derive(Debug)]
pub struct Run<'p> {
    /// How far it is.
    pub progress: Progress,
    /// Where that is written, if anywhere.
    pub state: Option<&'p Path>,
    /// On how many threads it runs.
    pub threads: usize,
}

impl Run<'_> {
    /// Runs the scenarios of the seeds `seed`, `seed` + 1 … until so many pairs were compared.
    ///
    /// # Errors
    ///
    /// If the state cannot be written.
    pub fn random(&mut self, seed: u64, pairs: u64) -> io::Result<End> {
        let done = |progress: &Progress| progress.pairs >= pairs;
        self.batches(
            done,
            |position| (seed.wrapping_add(position), position + 1),
            |seed| Scenario::from_seed(seed).run(),
        )
    }

    /// Visits the worlds with numbers from [`Progress::position`] to before `to`.
    ///
    /// # Errors
    ///
    /// If the state cannot be written.
    pub fn worlds(&mut self, to: u64) -> io::Result<End> {
        let to = to.min(World::count());
        let done = |progress: &Progress| progress.position >= to;
        let end = |position| World::next_rules(position).min(position + PART).min(to);
        self.batches(
            done,
            |position| (position, end(position)),
            |number| worlds::visit(number, end(number)),
        )
    }

    /// Runs `work` on what `next` makes of each position: an input, and the position after it.
    fn batches<T: Work>(
        &mut self,
        done: impl Fn(&Progress) -> bool,
        next: impl Fn(u64) -> (u64, u64),
        work: impl Fn(u64) -> T + Sync,
    ) -> io::Result<End> {
        let start = Instant::now();
        let earlier = self.progress.seconds;
        let mut saved = Instant::now();
        while !done(&self.progress) {
            let mut inputs = Vec::new();
            let mut position = self.progress.position;
            while inputs.len() < BATCH {
                let (input, after) = next(position);
                if after == position {
                    break;
                }
                inputs.push(input);
                position = after;
            }
            for (input, result) in self.parallel(&inputs, &work) {
                let end = match result {
                    Ok(result) => result.count(input, &mut self.progress),
                    Err(message) => Some(End::Panicked(input, message)),
                };
                if let Some(end) = end {
                    self.progress.seconds = earlier + start.elapsed().as_secs_f64();
                    return Ok(end);
                }
            }
            self.progress.position = position;
            self.progress.seconds = earlier + start.elapsed().as_secs_f64();
            if saved.elapsed() >= SAVED_EVERY || done(&self.progress) {
                saved = Instant::now();
                self.state.map_or(Ok(()), |path| self.progress.save(path))?;
                eprint!("{}", self.progress);
            }
        }
        Ok(End::Done)
    }

    /// The results in the order of the inputs; a message where the work panicked.
    fn parallel<T: Send>(
        &self,
        inputs: &[u64],
        work: &(impl Fn(u64) -> T + Sync),
    ) -> Vec<(u64, Result<T, String>)> {
        let careful = |input: u64| {
            let result = catch_unwind(AssertUnwindSafe(|| work(input)));
            (input, result.map_err(|panic| message(&*panic)))
        };
        let threads = self.threads.max(1);
        let share = |start: usize| -> Vec<_> {
            inputs.iter().skip(start).step_by(threads).map(|input| careful(*input)).collect()
        };
        let shares = thread::scope(|scope| {
            let share = &share;
            let others: Vec<_> =
                (1..threads).map(|start| scope.spawn(move || share(start))).collect();
            let mut shares = vec![share(0)];
            shares.extend(others.into_iter().map(|other| other.join().expect("panics are caught")));
            shares
        });
        let mut results: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
        (0..inputs.len()).filter_map(|index| results[index % threads].next()).collect()
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}

/// What a piece of work came to.
trait Work: Send {
    /// Adds it to the progress; the end of the run, if this is one.
    fn count(self, input: u64, progress: &mut Progress) -> Option<End>;
}

impl Work for Outcome {
    fn count(self, input: u64, progress: &mut Progress) -> Option<End> {
        progress.worlds += 1;
        match self {
            Outcome::Rejected(why) => progress.reject(input, &why),
            Outcome::Agreed(answered) => progress.count(&answered),
            Outcome::Disagreed(disagreement) => return Some(End::Disagreed(input, disagreement)),
        }
        None
    }
}

impl Work for Visit {
    fn count(self, input: u64, progress: &mut Progress) -> Option<End> {
        progress.worlds += self.worlds;
        progress.count(&self.answered);
        self.disagreement.map(|disagreement| End::Disagreed(input, disagreement))
    }
}
