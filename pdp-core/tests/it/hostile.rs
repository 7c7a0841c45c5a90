use std::time::{Duration, Instant};

use pdp_core::{Policies, SourceText};
use proptest::prelude::*;

/// Every construct of the language in one text.
const WHOLE: &str = include_str!("whole.yaml");

fn load(text: &str) -> Result<Policies, pdp_core::PolicyErrors> {
    Policies::from_sources(&[SourceText { path: "p.yaml", text }])
}

#[test]
fn the_whole_text_loads() {
    if let Err(errors) = load(WHOLE) {
        panic!("{errors}");
    }
}

#[test]
fn no_prefix_of_a_text_panics() {
    for end in (0..WHOLE.len()).filter(|end| WHOLE.is_char_boundary(*end)) {
        let _ = load(&WHOLE[..end]);
    }
}

#[test]
fn bombs_are_refused_at_once() {
    let nested_flow = format!("version: 1\nlet: {}", "[".repeat(100_000));
    let nested_block: String =
        (0..10_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let aliases = "version: 1\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    let itself = "version: 1\na: &a [*a]\n";
    let many = format!("version: 1\nlet: [{}]", "a,".repeat(5_000_000));
    for text in [&nested_flow, &nested_block, aliases, itself, &many] {
        let start = Instant::now();
        assert!(load(text).is_err());
        // A debug build on a busy machine; what is excluded is growth without bound.
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

proptest! {
    #[test]
    fn any_text_is_a_policy_or_an_error(text in "\\PC{0,200}") {
        let _ = load(&text);
        let _ = load(&format!("version: 1\n{text}"));
        let _ = load(&format!("version: 1\nlet: {{a: {text:?}}}"));
    }

    #[test]
    fn any_damage_is_a_policy_or_an_error(at in 0..WHOLE.len(), with in "\\PC{0,3}", length in 0..4_usize) {
        let start = (0..=at).rev().find(|at| WHOLE.is_char_boundary(*at)).expect("a start");
        let end = (at + length..=WHOLE.len()).find(|end| WHOLE.is_char_boundary(*end)).unwrap_or(WHOLE.len());
        let _ = load(&format!("{}{with}{}", &WHOLE[..start], &WHOLE[end..]));
    }
}
