use std::fs;

use pdp_audit::Mode;
use pdp_core::AuditSink;
use pollster::block_on;
use proptest::prelude::*;

use crate::support::{Place, put, record};

#[test]
fn a_line_is_the_wire_form_of_its_record() {
    let place = Place::new(Mode::Strict);
    let sink = place.open().unwrap();
    let record = record("a request was refused");
    block_on(sink.record(&record)).unwrap();
    let line = serde_json::to_string(&record).unwrap() + "\n";
    assert_eq!(fs::read_to_string(place.path()).unwrap(), line);
}

#[test]
fn a_message_of_a_megabyte_is_one_line() {
    let place = Place::new(Mode::Strict);
    let sink = place.open().unwrap();
    let long = "\u{1b}[31m\r\n\u{2028}\u{202e}';--".repeat(64 << 10);
    put(&sink, &long).unwrap();
    assert_eq!(place.stored(), [long]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    #[test]
    fn what_goes_in_comes_out(messages in proptest::collection::vec(any::<String>(), 0..20)) {
        let place = Place::new(Mode::BestEffort);
        let sink = place.open().unwrap();
        for message in &messages {
            put(&sink, message).unwrap();
        }
        sink.close().unwrap();
        prop_assert_eq!(place.stored(), messages);
    }
}
