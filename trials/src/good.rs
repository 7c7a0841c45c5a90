//! Callers that behave while others do not.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::{Caller, Figures};

/// How long a caller thinks before the next question.
const PAUSE: Duration = Duration::from_millis(5);

/// Some callers, each with its own connection, which ask again and again.
pub struct GoodCallers {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<(Vec<Duration>, usize)>>,
}

impl GoodCallers {
    /// Begins to ask.
    pub fn begin(address: SocketAddr, count: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..count).map(|_| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || ask(address, &stop))
        });
        GoodCallers { threads: threads.collect(), stop }
    }

    /// Ends, and tells how long the answers took. A caller that broke is a failure more.
    pub fn end(self) -> Figures {
        self.stop.store(true, Ordering::Relaxed);
        let (mut durations, mut failed) = (Vec::new(), 0);
        for thread in self.threads {
            let (of_one, failed_of_one) = thread.join().unwrap_or((Vec::new(), 1));
            durations.extend(of_one);
            failed += failed_of_one;
        }
        Figures::new(durations, failed)
    }
}

fn ask(address: SocketAddr, stop: &AtomicBool) -> (Vec<Duration>, usize) {
    let (mut durations, mut failed) = (Vec::new(), 0);
    let mut caller = None;
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let connected = caller.take().map_or_else(|| Caller::connect(address), Ok);
        match connected.and_then(|mut caller| Ok((caller.ask()?, caller))) {
            Ok((answer, asked)) if answer.status == 200 => {
                durations.push(begun.elapsed());
                caller = Some(asked);
            }
            _ => failed += 1,
        }
        thread::sleep(PAUSE);
    }
    (durations, failed)
}
