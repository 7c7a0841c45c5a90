use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use pdp_audit::{Counts, Ledger, Mode};
use proptest::prelude::*;

use crate::support::{Place, put};

/// Looks at `ledger` until `done`, and counts the looks.
fn watch(ledger: &Ledger, done: &AtomicBool) -> u64 {
    let mut looks = 0;
    let mut last = ledger.counts();
    while !done.load(Ordering::Relaxed) {
        let now = ledger.counts();
        let Counts { decided, recorded, in_flight, lost, .. } = now;
        assert_eq!(decided, recorded + in_flight + lost);
        // Nothing is taken back, and no more is in flight than can be.
        assert!(decided >= last.decided && recorded >= last.recorded && lost >= last.lost);
        (last, looks) = (now, looks + 1);
    }
    looks
}

/// Writes with `threads` while others look; gives what was counted in the end.
fn load(place: &Place, threads: u64, each: u64) -> (u64, u64, u64, u64) {
    let done = AtomicBool::new(false);
    let sink = place.open().unwrap();
    thread::scope(|scope| {
        let watchers = [(); 2].map(|()| scope.spawn(|| watch(&place.ledger, &done)));
        let writers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    // Those that fail, or are lost, are what is counted.
                    (0..each).for_each(|number| drop(put(&sink, &number.to_string())));
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        sink.close().unwrap();
        done.store(true, Ordering::Relaxed);
        watchers.into_iter().for_each(|watcher| assert!(watcher.join().unwrap() > 0));
    });
    place.counts()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn it_adds_up_at_every_look(
        strict: bool,
        threads in 1..6_u64,
        queue_bytes_max in 200..20_000_usize,
        rotate_bytes in 100..100_000_u64,
    ) {
        let mode = if strict { Mode::Strict } else { Mode::BestEffort };
        let mut place = Place::new(mode);
        place.settings.queue_bytes_max = queue_bytes_max;
        place.settings.rotate_bytes = rotate_bytes;
        place.settings.keep_files = 0;
        let each = if strict { 10 } else { 500 };
        let (decided, recorded, in_flight, lost) = load(&place, threads, each);
        prop_assert_eq!((decided, in_flight), (threads * each, 0));
        prop_assert_eq!(decided, recorded + lost);
        prop_assert_eq!(place.stored().len() as u64, recorded);
    }
}
