//! What came of a run.

use std::collections::BTreeMap;

use crate::Arguments;
use crate::compare::Comparison;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    CrateCel,
    CelGo,
}

#[derive(Default)]
pub(crate) struct Report {
    peers: BTreeMap<Peer, Counts>,
    pub(crate) seconds: f64,
}

#[derive(Default)]
struct Counts {
    agree: u64,
    both_errors: u64,
    not_offered: u64,
    differ: u64,
    classes: BTreeMap<&'static str, u64>,
    unexplained: Vec<String>,
}

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Peer::CrateCel => "crate cel",
            Peer::CelGo => "cel-go",
        }
    }
}

impl Report {
    pub(crate) fn count(&mut self, peer: Peer, comparison: Comparison) {
        let counts = self.peers.entry(peer).or_default();
        match comparison {
            Comparison::Agree => counts.agree += 1,
            Comparison::BothErrors => counts.both_errors += 1,
            Comparison::NotOffered => counts.not_offered += 1,
            Comparison::Differ => counts.differ += 1,
        }
    }

    pub(crate) fn explained(&mut self, peer: Peer, class: &'static str) {
        *self.peers.entry(peer).or_default().classes.entry(class).or_default() += 1;
    }

    pub(crate) fn unexplained(&mut self, peer: Peer, shown: String) {
        self.peers.entry(peer).or_default().unexplained.push(shown);
    }

    pub(crate) fn has_unexplained(&self) -> bool {
        self.peers.values().any(|counts| !counts.unexplained.is_empty())
    }

    /// Adds what another thread found.
    pub(crate) fn add(&mut self, other: Report) {
        for (peer, counts) in other.peers {
            let own = self.peers.entry(peer).or_default();
            own.agree += counts.agree;
            own.both_errors += counts.both_errors;
            own.not_offered += counts.not_offered;
            own.differ += counts.differ;
            for (class, count) in counts.classes {
                *own.classes.entry(class).or_default() += count;
            }
            own.unexplained.extend(counts.unexplained);
        }
    }

    pub(crate) fn print(&self, arguments: &Arguments) {
        for (peer, counts) in &self.peers {
            counts.print(*peer, arguments.shown);
        }
        let rate = arguments.expressions as f64 / self.seconds;
        println!(
            "{} expressions of seed {}, {rate:.0} a second",
            arguments.expressions, arguments.seed
        );
    }
}

impl Counts {
    fn print(&self, peer: Peer, shown: usize) {
        let compared = self.agree + self.both_errors + self.differ;
        println!("{}: {compared} compared", peer.name());
        println!("{:>9} agree", self.agree);
        println!("{:>9} both errors", self.both_errors);
        println!("{:>9} differ", self.differ);
        let mut classes: Vec<_> = self.classes.iter().collect();
        classes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (class, count) in classes {
            println!("{count:>17} {class}");
        }
        println!("{:>17} unexplained", self.unexplained.len());
        println!("{:>9} not offered, and not compared", self.not_offered);
        let mut cases: Vec<&String> = self.unexplained.iter().collect();
        cases.sort_by_key(|case| case.len());
        for case in cases.into_iter().take(shown) {
            println!("  {case}");
        }
    }
}
