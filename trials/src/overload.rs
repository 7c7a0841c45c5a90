//! More questions than a server takes on.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::{Caller, Figures};

/// What became of questions that came faster than they were answered.
#[derive(Debug)]
pub struct Overload {
    /// How long those took that were decided.
    pub accepted: Figures,
    /// How long those took that were refused: 503 with `Retry-After`.
    pub refused: Figures,
}

#[derive(Default)]
struct Counts {
    accepted: Vec<Duration>,
    refused: Vec<Duration>,
    failed: usize,
}

/// Asks for `time` on `count` connections. With a `period` a question is due in each period, on one
/// connection after the other, however long answers take; without one each connection asks as fast
/// as it is answered. Each question is timed from when it is sent. An answer that is neither a
/// decision nor a refusal for overload is a failure of `accepted`.
pub fn overload(
    address: SocketAddr,
    count: usize,
    time: Duration,
    period: Option<Duration>,
) -> Overload {
    let begin = Instant::now();
    let threads = (0..count).map(|number| {
        let schedule = period.map(|period| Schedule { begin, period, count, number });
        thread::spawn(move || ask(address, begin + time, schedule))
    });
    let threads: Vec<_> = threads.collect();
    let mut sum = Counts::default();
    for thread in threads {
        let of_one = thread.join().unwrap_or(Counts { failed: 1, ..Counts::default() });
        sum.accepted.extend(of_one.accepted);
        sum.refused.extend(of_one.refused);
        sum.failed += of_one.failed;
    }
    Overload {
        accepted: Figures::new(sum.accepted, sum.failed),
        refused: Figures::new(sum.refused, 0),
    }
}

/// When one of `count` connections is to ask.
struct Schedule {
    begin: Instant,
    period: Duration,
    count: usize,
    number: usize,
}

impl Schedule {
    /// Waits until the next question is due; one that is late is asked at once.
    fn wait(&mut self) {
        let due = self.begin + self.period * u32::try_from(self.number).unwrap_or(u32::MAX);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        self.number += self.count;
    }
}

fn ask(address: SocketAddr, end: Instant, mut schedule: Option<Schedule>) -> Counts {
    let mut counts = Counts::default();
    let mut caller = None;
    while Instant::now() < end {
        if let Some(schedule) = &mut schedule {
            schedule.wait();
        }
        let connected = caller.take().map_or_else(|| Caller::connect(address), Ok);
        let begun = Instant::now();
        match connected.and_then(|mut caller| Ok((caller.ask()?, caller))) {
            Ok((answer, asked)) if answer.status == 200 => {
                counts.accepted.push(begun.elapsed());
                caller = Some(asked);
            }
            Ok((answer, asked)) if answer.is_overloaded() => {
                counts.refused.push(begun.elapsed());
                caller = Some(asked);
            }
            _ => counts.failed += 1,
        }
    }
    counts
}
