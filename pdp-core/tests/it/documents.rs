use pdp_core::wire::{RequestDocument, parse_change_set};
use pdp_core::{Engine, Policies, Scratch, SourceText};

use crate::support::policies;

/// The YAML examples of a page.
fn examples(page: &str) -> Vec<&str> {
    let blocks = page.split("```yaml\n").skip(1);
    blocks.map(|block| block.split("```").next().expect("a closed block")).collect()
}

#[test]
fn every_policy_on_the_language_page_loads() {
    let examples = examples(include_str!("../../../docs/policy-language.md"));
    assert!(examples.len() >= 3);
    for text in &examples {
        // A tenant file needs a set; the page says which.
        let set = SourceText { path: "set.yaml", text: examples[0] };
        let example = SourceText { path: "example.yaml", text };
        let is_tenants = text.contains("\ntenant:");
        let sources = if is_tenants { vec![set, example] } else { vec![example] };
        if let Err(errors) = Policies::from_sources(&sources) {
            panic!("{errors}\n{text}");
        }
    }
}

/// The JSON examples of the page on what travels.
fn shapes() -> Vec<&'static str> {
    let page = include_str!("../../../docs/wire.md");
    let blocks = page.split("```json\n").skip(1);
    blocks.map(|block| block.split("```").next().expect("a closed block")).collect()
}

/// The names of an object's fields, and of those within.
fn names(value: &serde_json::Value) -> Vec<String> {
    let serde_json::Value::Object(fields) = value else { return Vec::new() };
    let within = fields.iter().flat_map(|(name, value)| {
        names(value).into_iter().map(move |inner| format!("{name}.{inner}"))
    });
    fields.keys().cloned().chain(within).collect()
}

#[test]
fn requests_decisions_and_records_have_the_documented_fields() {
    let policies = policies(
        "{version: 1, types: {channel: {actions: [send_message]}}, rules: [{id: r, effect: permit, obligations: [{type: log, properties: {level: info}}]}]}",
    );
    let document = RequestDocument::parse(shapes()[0].as_bytes()).expect("the documented request");
    let request = document.request();
    let decision = policies.evaluate(&request, &mut Scratch::new());
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    assert_eq!(names(&json(&request)), names(&parse(shapes()[0])));
    assert_eq!(names(&json(&decision)), names(&parse(shapes()[1])));
    let time = request.now.expect("a time");
    let record = json(&policies.audit_record(&request, &decision, time));
    let documented = parse(&shapes()[3].replace("{…}", "{}"));
    let top = |value: &serde_json::Value| {
        names(value).into_iter().filter(|name| !name.contains('.')).collect::<Vec<_>>()
    };
    assert_eq!(top(&record), top(&documented));
}

/// What facts the change set of the page speaks of.
const HANDBOOK: &str = "
version: 1
types:
  document:
    actions: [read]
    relations: {viewer: direct, parent: {to: document}}
    attributes: {archived: bool?}
  group: {actions: [read], relations: {member: direct}}
actor: {attributes: {department: string?}}
";

#[test]
fn the_change_set_of_the_page_is_applied_and_written_again() {
    let change_set = parse_change_set(shapes()[2].as_bytes()).expect("the documented change set");
    let engine = Engine::new(policies(HANDBOOK));
    assert_eq!(engine.apply(&change_set).map(|applied| applied.revision), Ok(2));
    let parsed: serde_json::Value = serde_json::from_str(shapes()[2]).expect("JSON");
    assert_eq!(json(&change_set), parsed);
}

fn json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).expect("JSON")
}
