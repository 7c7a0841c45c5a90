use std::fs;

use pdp_audit::Mode;

use crate::support::{Place, messages, put};

/// The length of the line of a record whose message has two letters.
const LINE_BYTES: u64 = 90;

fn small(mode: Mode) -> Place {
    let mut place = Place::new(mode);
    place.settings.rotate_bytes = 3 * LINE_BYTES;
    place
}

#[test]
fn a_file_is_as_long_as_it_may_be_and_no_line_is_lost() {
    for mode in [Mode::Strict, Mode::BestEffort] {
        let place = small(mode);
        let numbers: Vec<_> = (10..60).map(|number| number.to_string()).collect();
        let sink = place.open().unwrap();
        numbers.iter().for_each(|number| put(&sink, number).unwrap());
        sink.close().unwrap();
        assert_eq!(place.stored(), numbers);
        let full = place.full();
        assert!(full.len() >= 50 / 3 - 1, "{} full files", full.len());
        for name in full {
            let bytes = fs::metadata(place.folder.path().join(name)).unwrap().len();
            assert!(bytes <= place.settings.rotate_bytes && bytes > LINE_BYTES, "{bytes} bytes");
        }
        assert_eq!(sink.status().faults, 0);
    }
}

#[test]
fn a_line_that_is_longer_than_a_file_gets_one_to_itself() {
    let place = small(Mode::Strict);
    let sink = place.open().unwrap();
    let long = "x".repeat(1_000);
    let messages = [&long, "before", &long, "after"];
    messages.iter().for_each(|message| put(&sink, message).unwrap());
    assert_eq!(place.full().len(), 3);
    assert_eq!(place.stored(), messages);
}

#[test]
fn names_go_on_where_the_clock_went_back() {
    let place = small(Mode::Strict);
    let future = ["audit.jsonl.20990101T000000Z-000041", "audit.jsonl.20270101T000000Z-000007"];
    future.iter().for_each(|name| fs::write(place.beside(name), "").unwrap());
    // Each restart looks for itself.
    for number in 10..20 {
        put(&place.open().unwrap(), &number.to_string()).unwrap();
    }
    let full = place.full();
    assert_eq!(full.len(), 5);
    assert_eq!(full[2], "audit.jsonl.20990101T000000Z-000042");
    assert_eq!(full[4], "audit.jsonl.20990101T000000Z-000044");
    assert_eq!(place.stored(), (10..20).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[test]
fn only_the_newest_full_files_are_kept() {
    let mut place = small(Mode::Strict);
    place.settings.keep_files = 2;
    let others =
        ["audit.jsonl.old", "audit.jsonl.20200101T000000Z-1", "other.20200101T000000Z-000001"];
    others.iter().for_each(|name| fs::write(place.beside(name), "").unwrap());
    let sink = place.open().unwrap();
    (10..40).for_each(|number| put(&sink, &number.to_string()).unwrap());
    sink.close().unwrap();
    let kept: Vec<_> = place.full().into_iter().filter(|name| name.len() > 30).collect();
    assert_eq!(kept.len(), 2);
    let newest: Vec<_> = (31..40).map(|number| number.to_string()).collect();
    assert_eq!(place.stored(), newest);
    // What only looks like a full file is somebody's.
    assert!(others.iter().all(|name| place.beside(name).exists()));
}

#[test]
fn zero_keeps_one_file() {
    let mut place = small(Mode::Strict);
    place.settings.rotate_bytes = 0;
    let sink = place.open().unwrap();
    (10..40).for_each(|number| put(&sink, &number.to_string()).unwrap());
    assert!(place.full().is_empty());
    assert_eq!(messages(place.path()).len(), 30);
}
