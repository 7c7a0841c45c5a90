use pdp_core::{Policies, SourceText};

/// The YAML examples of a page.
fn examples(page: &str) -> Vec<&str> {
    let blocks = page.split("```yaml\n").skip(1);
    blocks.map(|block| block.split("```").next().expect("a closed block")).collect()
}

#[test]
fn every_policy_on_the_language_page_loads() {
    let examples = examples(include_str!("../../../docs/policy-language.md"));
    assert!(examples.len() >= 3);
    for text in examples {
        if let Err(errors) = Policies::from_sources(&[SourceText { path: "example.yaml", text }]) {
            panic!("{errors}\n{text}");
        }
    }
}
