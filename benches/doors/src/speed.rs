//! Requests a second, beside bare echoes, in rounds: in each all are loaded in turn, so that what a
//! noisy machine does to one it does to its echo, too.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::contender::{Contender, contenders};

/// What came of one contender in one round.
#[derive(Clone, Copy, Debug)]
struct Figures {
    rate: f64,
    /// To the echo of the round.
    ratio: f64,
    /// Microseconds of the core for one request.
    cost: f64,
    /// Which part of the time its core was busy with it.
    busy: f64,
    /// Microseconds until an answer, in the mean.
    mean: f64,
}

/// Loads everybody and prints a table.
pub fn run(pdp: &Path, cerbos: Option<&Path>, rounds: usize, time: Duration) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let all = contenders(pdp, cerbos, folder.path())?;
    let mut figures: Vec<Vec<Figures>> = vec![Vec::new(); all.len()];
    for round in 0..rounds {
        for (index, contender) in all.iter().enumerate() {
            let mut one = loaded(contender, time).with_context(|| contender.name)?;
            let echo = all.iter().position(|other| other.name == contender.echo);
            let echo = echo.context("no echo")?;
            // The echoes come first.
            one.ratio = figures[echo].get(round).map_or(1.0, |echo| one.rate / echo.rate);
            figures[index].push(one);
        }
        eprintln!("round {} of {rounds}", round + 1);
    }
    print(&all, &figures);
    Ok(())
}

fn loaded(contender: &Contender, time: Duration) -> Result<Figures> {
    let before = contender.server.busy()?;
    let loaded = contender.load.run(time)?;
    let busy = contender.server.busy()?.saturating_sub(before);
    // The second of warming up is loaded as much as the others.
    let all = time.as_secs_f64() + 1.0;
    let busy_part = busy.as_secs_f64() / all;
    Ok(Figures {
        rate: loaded.rate,
        ratio: 1.0,
        cost: busy_part / loaded.rate * 1e6,
        busy: busy_part,
        mean: loaded.mean.as_secs_f64() * 1e6,
    })
}

fn print(all: &[Contender], figures: &[Vec<Figures>]) {
    println!(
        "| | requests/s | to the echo | decisions/s | core per request | core busy | mean time |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for (contender, figures) in all.iter().zip(figures) {
        let spread = |of: fn(&Figures) -> f64| Spread::new(figures.iter().map(of));
        let (rate, ratio) = (spread(|one| one.rate), spread(|one| one.ratio));
        #[expect(clippy::cast_precision_loss, reason = "it is 1 or 64")]
        let decisions = rate.middle * contender.decisions as f64;
        println!(
            "| {} | {:.0} ({:.0}–{:.0}) | {:.2} ({:.2}–{:.2}) | {decisions:.0} | {:.1} µs | {:.0} % | {:.0} µs |",
            contender.name,
            rate.middle,
            rate.least,
            rate.most,
            ratio.middle,
            ratio.least,
            ratio.most,
            spread(|one| one.cost).middle,
            spread(|one| one.busy).middle * 100.0,
            spread(|one| one.mean).middle,
        );
    }
}

/// The median of some figures, and the ends.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub middle: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    /// Of at least one figure.
    pub fn new(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        let last = figures.len() - 1;
        Spread { middle: figures[figures.len() / 2], least: figures[0], most: figures[last] }
    }
}
