//! Questions at a rate, and what was answered.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::caller::EVALUATE;
use crate::{Caller, Figures, Versions};

/// Which reason was given under which digest, and how often.
pub type Seen = BTreeMap<(String, String), u64>;

/// Questions that come at a rate, however long answers take.
pub struct Load {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<OfOne>>,
}

/// What came of a load.
#[derive(Debug, Default)]
pub struct Loaded {
    /// How long answers took, from when the questions were due.
    pub figures: Figures,
    /// What was answered.
    pub seen: Seen,
}

#[derive(Default)]
struct OfOne {
    durations: Vec<Duration>,
    failed: usize,
    seen: Seen,
}

impl Load {
    /// Asks about documents of [`Versions`], so many times a second on so many connections, each of
    /// which is due in its turn.
    pub fn begin(address: SocketAddr, connections: u32, rate: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (begun, period) = (Instant::now(), Duration::from_secs(1) / rate);
        let threads = (0..connections).map(|number| {
            let stop = Arc::clone(&stop);
            let first = begun + period * number;
            thread::spawn(move || ask(address, number as usize, first, period * connections, &stop))
        });
        Load { threads: threads.collect(), stop }
    }

    /// Ends, and tells what came of it.
    pub fn end(self) -> Loaded {
        self.stop.store(true, Ordering::Relaxed);
        let (mut durations, mut failed, mut seen) = (Vec::new(), 0, Seen::new());
        for thread in self.threads {
            let of_one = thread.join().unwrap_or(OfOne { failed: 1, ..OfOne::default() });
            durations.extend(of_one.durations);
            failed += of_one.failed;
            for (answer, count) in of_one.seen {
                *seen.entry(answer).or_default() += count;
            }
        }
        Loaded { figures: Figures::new(durations, failed), seen }
    }
}

impl Loaded {
    /// How many answers did not give the reason of the digest that they named.
    pub fn wrong(&self, reasons: &BTreeMap<String, String>) -> u64 {
        let wrong = self.seen.iter().filter(|((digest, reason), _)| {
            reasons.get(digest).is_none_or(|wanted| wanted != reason)
        });
        wrong.map(|(_, count)| count).sum()
    }
}

fn ask(
    address: SocketAddr,
    document: usize,
    first: Instant,
    period: Duration,
    stop: &AtomicBool,
) -> OfOne {
    let question = Versions::question(document);
    let mut of_one = OfOne::default();
    let (mut caller, mut due, mut last) = (None, first, (String::new(), String::new()));
    let mut times = 0;
    while !stop.load(Ordering::Relaxed) {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let connected = caller.take().map_or_else(|| Caller::connect(address), Ok);
        match connected.and_then(|mut caller| Ok((caller.post(EVALUATE, &question)?, caller))) {
            Ok((answer, asked)) if answer.status == 200 => {
                of_one.durations.push(due.elapsed());
                let field = |name| answer.text(name).unwrap_or_default();
                let (digest, reason) = (field("digest"), field("reason"));
                if (digest, reason) != (&*last.0, &*last.1) {
                    of_one.note(&mut times, last);
                    last = (digest.to_owned(), reason.to_owned());
                }
                times += 1;
                caller = Some(asked);
            }
            _ => of_one.failed += 1,
        }
        due += period;
    }
    of_one.note(&mut times, last);
    of_one
}

impl OfOne {
    /// Notes an answer that came `times` times in a row.
    fn note(&mut self, times: &mut u64, answer: (String, String)) {
        if *times > 0 {
            *self.seen.entry(answer).or_default() += std::mem::take(times);
        }
    }
}
