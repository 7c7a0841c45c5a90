//! The end of a server under load.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::Caller;

/// What became of the questions of one round.
#[derive(Debug)]
pub struct Round {
    /// How many were sent before the server was told to end, and answered after it.
    pub under_way: u64,
    /// How many were sent before, and never answered.
    pub lost: u64,
    /// How many were answered at all.
    pub answered: u64,
    /// How long the server took to end.
    pub duration: Duration,
}

/// Loads a server for `time` from `count` callers, half of which connect anew for each question,
/// and from others that are idle; then ends it by `terminate`, which returns when it has ended.
///
/// # Errors
///
/// What `terminate` fails with.
pub fn round<E>(
    address: SocketAddr,
    count: usize,
    time: Duration,
    terminate: impl FnOnce() -> Result<(), E>,
) -> Result<Round, E> {
    let told = Mutex::new(None);
    let counts = [const { AtomicU64::new(0) }; 3];
    let idle: Vec<_> = (0..count).map_while(|_| idle(address)).collect();
    let duration = thread::scope(|scope| {
        for number in 0..count {
            let (told, counts) = (&told, &counts);
            scope.spawn(move || ask(address, number % 2 == 0, told, counts));
        }
        thread::sleep(time);
        let now = Instant::now();
        if let Ok(mut told) = told.lock() {
            *told = Some(now);
        }
        terminate().map(|()| now.elapsed())
    });
    drop(idle);
    let [under_way, lost, answered] = counts.map(AtomicU64::into_inner);
    Ok(Round { under_way, lost, answered, duration: duration? })
}

/// A connection on which nothing more is asked.
fn idle(address: SocketAddr) -> Option<Caller> {
    let mut caller = Caller::connect(address).ok()?;
    caller.ask().ok()?;
    Some(caller)
}

/// Asks until the server is gone.
fn ask(address: SocketAddr, stays: bool, told: &Mutex<Option<Instant>>, counts: &[AtomicU64; 3]) {
    let [under_way, lost, answered] = counts;
    let mut kept: Option<Caller> = None;
    loop {
        let connected = kept.take().map_or_else(|| Caller::connect(address), Ok);
        let sent = connected.and_then(|mut caller| caller.send().map(|()| caller));
        let when = Instant::now();
        let received = sent.and_then(|mut caller| caller.receive().map(|_| caller));
        let told = told.lock().ok().and_then(|told| *told);
        let is_before = told.is_none_or(|told| when < told);
        match received {
            Ok(caller) => {
                answered.fetch_add(1, Ordering::Relaxed);
                if told.is_some() && is_before {
                    under_way.fetch_add(1, Ordering::Relaxed);
                }
                kept = Some(caller).filter(|_| stays);
            }
            // Before it was told to end, nothing may fail; after it, what was sent after it.
            Err(_) if is_before => {
                lost.fetch_add(1, Ordering::Relaxed);
                return;
            }
            Err(_) if stays => kept = None,
            Err(_) => return,
        }
        if told.is_some() && Caller::connect(address).is_err() {
            return;
        }
    }
}
