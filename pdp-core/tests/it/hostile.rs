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
fn bombs_are_refused_before_they_grow() {
    let nested_flow = format!("version: 1\nlet: {}", "[".repeat(100_000));
    let nested_block: String =
        (0..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let aliases = "version: 1\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    let itself = "version: 1\na: &a [*a]\n";
    let many = format!("version: 1\nlet: [{}]", "a,".repeat(pdp_core::document::NODES_MAX));
    for (text, message) in [
        (&*nested_flow, "nested more than 64 deep"),
        (&nested_block, "nested more than 64 deep"),
        (aliases, "anchors (`&name`) are not allowed"),
        (itself, "anchors (`&name`) are not allowed"),
        (&many, "more than 4000000 values in one file"),
    ] {
        let errors = load(text).expect_err(message).to_string();
        assert!(errors.contains(message), "{errors}");
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
