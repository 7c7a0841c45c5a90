use std::fs::{self, OpenOptions};
use std::io::Write;

use pdp_audit::Mode;

use crate::support::{Place, messages, put};

#[test]
fn a_torn_last_line_is_cut_off_and_reported() {
    let long = vec![b'x'; 200_000];
    for torn in [&b"{"[..], b"{\"kind\":\"refused\",\"ti", &long, &[0; 4096]] {
        let place = Place::new(Mode::Strict);
        put(&place.open().unwrap(), "before").unwrap();
        OpenOptions::new().append(true).open(place.path()).unwrap().write_all(torn).unwrap();
        let sink = place.open().unwrap();
        assert_eq!(sink.status().cut_bytes, torn.len() as u64);
        put(&sink, "after").unwrap();
        assert_eq!(messages(place.path()), ["before", "after"]);
    }
}

#[test]
fn a_file_without_a_whole_line_is_emptied() {
    for torn in [&b"{\"kind\""[..], &vec![0; 70_000]] {
        let place = Place::new(Mode::Strict);
        fs::write(place.path(), torn).unwrap();
        let sink = place.open().unwrap();
        assert_eq!(sink.status().cut_bytes, torn.len() as u64);
        put(&sink, "after").unwrap();
        assert_eq!(messages(place.path()), ["after"]);
    }
}

#[test]
fn whole_lines_stay_as_they_are() {
    let place = Place::new(Mode::Strict);
    let sink = place.open().unwrap();
    // A line of the length of what is read at once, and a line break at each side of its ends.
    for length in (65_536 - 100)..(65_536 - 75) {
        put(&sink, &"x".repeat(length)).unwrap();
    }
    sink.close().unwrap();
    let before = fs::read(place.path()).unwrap();
    let sink = place.open().unwrap();
    assert_eq!(sink.status().cut_bytes, 0);
    assert_eq!(fs::read(place.path()).unwrap(), before);
}
