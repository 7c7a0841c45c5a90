//! Makes expressions, asks all evaluators, and compares.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use judge::Dice;
use judge::grammar::{Case, Grammar, Setting, shrunk};
use pdp_cel::Stored;

use crate::Arguments;
use crate::answer::Answer;
use crate::classes::{Difference, class};
use crate::compare::{Comparison, compare};
use crate::crate_cel::CrateCel;
use crate::go::Go;
use crate::ours;
use crate::report::{Peer, Report};

/// The crate `cel` reads by recursion.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Evaluators of others, one set for each thread.
struct Peers {
    crate_cel: CrateCel,
    go: Option<Go>,
}

impl Peers {
    fn answer(&mut self, peer: Peer, case: &Case) -> Option<Answer> {
        let (text, bindings) = (case.text(), case.bindings());
        match peer {
            Peer::CrateCel => Some(self.crate_cel.answer(&text, &bindings)),
            Peer::CelGo => self.go.as_mut().map(|go| go.answer(&text, &bindings)),
        }
    }
}

/// Runs all expressions, on as many threads as the machine has.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Report> {
    let started = Instant::now();
    let next = AtomicU64::new(0);
    let mut report = Report::default();
    thread::scope(|scope| {
        let count = thread::available_parallelism().map_or(1, usize::from);
        let threads: io::Result<Vec<_>> = (0..count)
            .map(|_| {
                let builder = thread::Builder::new().stack_size(STACK_BYTES);
                builder.spawn_scoped(scope, || work(arguments, &next))
            })
            .collect();
        for thread in threads? {
            report.add(thread.join().expect("a panic of our evaluator was printed")?);
        }
        io::Result::Ok(())
    })?;
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

fn work(arguments: &Arguments, next: &AtomicU64) -> io::Result<Report> {
    let go = arguments.go.as_deref().map(Go::start).transpose()?;
    let mut peers = Peers { crate_cel: CrateCel::new(), go };
    let grammar = Grammar::new();
    let mut report = Report::default();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= arguments.expressions {
            return Ok(report);
        }
        // Far apart, so that runs of neighbouring seeds have no expression in common.
        let mut dice = Dice::from_seed((arguments.seed << 40).wrapping_add(index));
        let case = grammar.case(&mut dice, Setting::STANDARD);
        for peer in [Peer::CrateCel, Peer::CelGo] {
            one(&case, peer, &mut peers, &mut report);
        }
    }
}

/// Compares one expression with one peer.
fn one(case: &Case, peer: Peer, peers: &mut Peers, report: &mut Report) {
    let Some((comparison, ..)) = compared(case, peer, peers) else { return };
    report.count(peer, comparison);
    if comparison != Comparison::Differ {
        return;
    }
    let smallest = shrunk(case, |candidate| {
        compared(candidate, peer, peers).is_some_and(|found| found.0 == Comparison::Differ)
    });
    let Some((_, ours, theirs)) = compared(&smallest, peer, peers) else { return };
    let (text, bindings) = (smallest.text(), smallest.bindings());
    let difference =
        Difference { peer, text: &text, bindings: &bindings, ours: &ours, theirs: &theirs };
    match class(&difference) {
        Some(class) => report.explained(peer, class),
        None => report.unexplained(peer, shown(&text, &bindings, &ours, &theirs)),
    }
}

fn compared(case: &Case, peer: Peer, peers: &mut Peers) -> Option<(Comparison, Answer, Answer)> {
    let ours = ours::answer(&case.text(), &case.bindings());
    let theirs = peers.answer(peer, case)?;
    Some((compare(&ours, &theirs), ours, theirs))
}

fn shown(
    text: &str,
    bindings: &BTreeMap<String, Stored>,
    ours: &Answer,
    theirs: &Answer,
) -> String {
    let mut shown = format!("{text}\n");
    for (name, value) in bindings {
        shown.push_str(&format!("    {name} = {value:?}\n"));
    }
    shown.push_str(&format!("    ours:   {}\n    theirs: {}", ours.shown(), theirs.shown()));
    shown
}
