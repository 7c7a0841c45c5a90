use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::thread;

use pdp_audit::{JsonLines, Ledger, Mode, Settings};

use crate::support::{Place, child, given, put, settings};

#[test]
fn many_at_once_are_all_in_the_file_when_they_are_told_so() {
    let place = Place::new(Mode::Strict);
    let sink = place.open().unwrap();
    thread::scope(|scope| {
        for writer in 0..8 {
            let (sink, place) = (&sink, &place);
            scope.spawn(move || {
                for number in 0..25 {
                    let message = format!("{writer}.{number}");
                    put(sink, &message).unwrap();
                    let text = std::fs::read_to_string(place.path()).unwrap();
                    assert!(text.contains(&format!("\"{message}\"")));
                }
            });
        }
    });
    let stored: HashSet<_> = place.stored().into_iter().collect();
    assert_eq!(stored.len(), 200);
    assert_eq!(place.counts(), (200, 200, 0, 0));
}

/// How often a process is killed.
const CYCLES: usize = 40;

#[test]
fn a_killed_process_has_recorded_what_it_acknowledged() {
    if let Some(path) = given() {
        return acknowledge_for_ever(&settings(&path, Mode::Strict));
    }
    let mut place = Place::new(Mode::Strict);
    place.settings.rotate_bytes = 20_000;
    let mut acknowledged = HashSet::new();
    for cycle in 0..CYCLES {
        let test = "strict::a_killed_process_has_recorded_what_it_acknowledged";
        let mut child = child(test, place.path())
            .env("PDP_AUDIT_TEST_CYCLE", cycle.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        // What was in the pipe when the process died was acknowledged, too.
        let mut take = |lines: &mut dyn Iterator<Item = String>| {
            let acks = lines.filter_map(|line| Some(line.strip_prefix("ack ")?.to_owned()));
            acknowledged.extend(acks);
        };
        take(&mut lines.by_ref().take(10 + cycle % 17));
        child.kill().unwrap();
        take(&mut lines);
        child.wait().unwrap();
        // Opened once more, so that a torn line is cut.
        place.open().unwrap().close().unwrap();
    }
    let stored = place.stored();
    let distinct: HashSet<_> = stored.iter().cloned().collect();
    assert_eq!(stored.len(), distinct.len(), "a record stands twice");
    let lost: Vec<_> = acknowledged.difference(&distinct).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(acknowledged.len() > CYCLES * 5, "{} acknowledged", acknowledged.len());
}

/// Writes until it is killed, and says which records are safe.
fn acknowledge_for_ever(settings: &Settings) {
    let cycle = std::env::var("PDP_AUDIT_TEST_CYCLE").unwrap();
    let settings = Settings { rotate_bytes: 20_000, ..settings.clone() };
    let sink = JsonLines::open(settings, Ledger::new()).unwrap();
    thread::scope(|scope| {
        for writer in 0..8 {
            let (sink, cycle) = (&sink, &cycle);
            scope.spawn(move || {
                for number in 0.. {
                    let message = format!("{cycle}.{writer}.{number}");
                    put(sink, &message).unwrap();
                    // One write a line, straight to the pipe: what is killed has said it or not.
                    let line = format!("ack {message}\n");
                    std::io::stdout().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}
