//! Callers that often do not wait for the answer.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::Caller;

/// What became of calls of which every second one was taken back.
#[derive(Debug, Default)]
pub struct Cancels {
    /// How many were answered.
    pub answered: usize,
    /// How many were sent and taken back.
    pub cancelled: usize,
    /// How many broke although nobody took them back.
    pub failed: usize,
}

/// Calls for `time` from `count` threads. A call is taken back by closing its connection, at once
/// or a little later: before it is decided, while its record is written, or after that.
pub fn cancel(address: SocketAddr, count: usize, time: Duration) -> Cancels {
    let threads: Vec<_> = (0..count).map(|_| thread::spawn(move || call(address, time))).collect();
    let mut sum = Cancels::default();
    for thread in threads {
        let of_one = thread.join().unwrap_or(Cancels { failed: 1, ..Cancels::default() });
        sum.answered += of_one.answered;
        sum.cancelled += of_one.cancelled;
        sum.failed += of_one.failed;
    }
    sum
}

fn call(address: SocketAddr, time: Duration) -> Cancels {
    let mut counts = Cancels::default();
    let end = Instant::now() + time;
    let mut pauses = [0, 50, 200, 1_000, 3_000].map(Duration::from_micros).into_iter().cycle();
    while Instant::now() < end {
        let answer = Caller::connect(address).and_then(|mut caller| {
            let status = caller.ask()?.status;
            caller.send()?;
            thread::sleep(pauses.next().unwrap_or_default());
            Ok(status)
        });
        match answer {
            Ok(200) => {
                counts.answered += 1;
                counts.cancelled += 1;
            }
            _ => counts.failed += 1,
        }
    }
    counts
}
