//! Very many reasons to reload, at once.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use rustix::process::Signal;

use crate::{Caller, Load, Loaded, Server, Versions};

/// How long the last version may take to run.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of a storm.
#[derive(Debug)]
pub struct Storm {
    /// How many reloads made other policies run, since the server began.
    pub reloads: u64,
    /// How many failed.
    pub failures: u64,
    /// How many of those who asked for one were told of something else than success.
    pub refused: usize,
    /// How long after the last trigger the last version ran; `None` where it did not.
    pub settled: Option<Duration>,
    /// How many threads the server had at most.
    pub threads: usize,
    /// What was answered meanwhile.
    pub loaded: Loaded,
}

/// Reloads a server `count` times, evenly over `time`: by another version in the folder, by
/// `POST /admin/reload`, by SIGHUP in turn. Meanwhile `rate` questions a second are asked.
///
/// # Errors
///
/// Where the server cannot be reached, or a version not be written.
pub fn storm(
    server: &Server,
    versions: &Versions,
    count: usize,
    time: Duration,
    rate: u32,
) -> Result<Storm> {
    let load = Load::begin(server.address, 8, rate);
    let begun = Instant::now();
    let (mut posts, mut threads) = (Vec::new(), 0);
    for number in 0..count {
        let due = time * u32::try_from(number)? / u32::try_from(count)?;
        thread::sleep(due.saturating_sub(begun.elapsed()));
        match number % 3 {
            0 => {
                let address = server.address;
                posts.push(thread::spawn(move || {
                    Caller::connect(address)?.post("/admin/reload", "").map(|answer| answer.status)
                }));
            }
            1 => server.signal(Signal::HUP)?,
            _ => versions.put(number)?,
        }
        if number % 50 == 0 {
            threads = threads.max(threads_of(server)?);
        }
    }
    versions.put(count)?;
    let (ended, newest) = (Instant::now(), versions.digest()?);
    let runs = || Ok::<_, anyhow::Error>(server.digest()? == newest);
    let mut settled = None;
    while settled.is_none() && ended.elapsed() < PATIENCE {
        threads = threads.max(threads_of(server)?);
        settled = runs()?.then(|| ended.elapsed());
        thread::sleep(Duration::from_millis(5));
    }
    let mut refused = 0;
    for post in posts {
        let status = post.join().map_err(|_| anyhow!("a thread ended by a panic"))?;
        refused += usize::from(!status.is_ok_and(|status| status == 200));
    }
    Ok(Storm {
        reloads: server.metric("pdp_reloads_total")?,
        failures: server.metric("pdp_reload_failures_total")?,
        refused,
        // What was asked for before the end must not put an older version back.
        settled: settled.filter(|_| runs().unwrap_or(false)),
        threads,
        loaded: load.end(),
    })
}

fn threads_of(server: &Server) -> Result<usize> {
    Ok(fs::read_dir(format!("/proc/{}/task", server.id())).context("no threads")?.count())
}
