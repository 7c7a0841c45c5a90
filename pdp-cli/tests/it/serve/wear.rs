//! The long trials, short: whether something holds, not how fast.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use pdp_trials::{Chance, CutSet, Replacement, Server, Versions, ends, kills, storm};

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_pdp"))
}

/// F10: reloads that are asked for at once share a few, and the last version is what runs.
#[test]
fn a_storm_of_reloads_ends_with_the_newest() {
    let versions = Versions::new(50).expect("policies");
    let reasons = versions.reasons(100).expect("policies");
    let server = Server::start(program(), &versions.arguments()).expect("a server");
    let outcome = storm(&server, &versions, 100, Duration::from_millis(200), 100);
    let outcome = outcome.expect("a server that lives");
    assert!(outcome.settled.is_some(), "{outcome:?}");
    assert!(outcome.reloads + outcome.failures <= 100, "{outcome:?}");
    assert_eq!((outcome.failures, outcome.refused), (0, 0), "{outcome:?}");
    assert_eq!(outcome.loaded.wrong(&reasons), 0, "{outcome:?}");
    assert_eq!(outcome.loaded.figures.failed, 0, "{outcome:?}");
}

/// Whatever is left of a file, what decides is a state that `pdp check` accepts; under a lock, the
/// locked one.
#[test]
fn a_file_that_is_cut_off_decides_nothing_that_does_not_load() {
    let set = CutSet::new().expect("policies");
    let (whole, mut chance) = (BTreeSet::from([set.digest().expect("a set")]), Chance::new(1));
    let accepted: BTreeSet<String> = set.accepted().map(str::to_owned).collect();
    assert!(accepted.len() > 3, "{accepted:?}");
    let time = Duration::from_millis(1_500);
    let start = || Server::start(program(), &set.arguments()).expect("a server");
    let mut cut = |server: &Server, replacement, wanted: &BTreeSet<String>| {
        let cuts = set.cut(server, replacement, time, &mut chance).expect("a server that lives");
        assert!(cuts.digests.is_subset(wanted), "{replacement:?}: {cuts:?}");
        assert!(cuts.mended.is_some() && cuts.loaded.figures.failed == 0, "{cuts:?}");
        cuts.digests
    };
    let server = start();
    cut(&server, Replacement::Zeros, &whole);
    for digest in cut(&server, Replacement::Beginning, &accepted) {
        assert!(set.check(program(), &digest).expect("a state"), "{digest}");
    }
    drop(server);
    set.lock().expect("a lock");
    cut(&start(), Replacement::Beginning, &whole);
}

/// In strict mode what was answered has its record, and what is torn is cut off and told.
#[test]
fn kills_lose_no_record() {
    let kills = kills(program(), 5, &mut Chance::new(1)).expect("a server that starts");
    assert!(kills.acknowledged > 0, "{kills:?}");
    assert_eq!((kills.missing, kills.broken), (0, 0), "{kills:?}");
    assert!(kills.torn > 0 && kills.told == kills.torn, "{kills:?}");
}

/// F12: told to reload and to end at once, it ends with 0 and leaves nothing torn.
#[test]
fn a_reload_at_the_end_tears_nothing() {
    let ends = ends(program(), 10, &mut Chance::new(1)).expect("a server that starts");
    assert_eq!((ends.failed, ends.missing, ends.broken), (0, 0, 0), "{ends:?}");
    assert_eq!((ends.from_copy, ends.other_copy), (1, 0), "{ends:?}");
}
