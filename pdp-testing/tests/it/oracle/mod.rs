//! What the oracle says, held against expectations written by hand from the page on the language.

/// The conformance tests of CEL.
mod cel;
/// Section by section, files alone.
mod language;
/// Change sets, layers, reloads.
mod run_time;

use pdp_core::model::Model;
use pdp_core::{Actor, ActorType, Request, Resource, SourceText};
use pdp_testing::Oracle;

fn model(text: &str) -> Model<'_> {
    Model::parse(&[SourceText { path: "policy.yaml", text }])
        .unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn human(id: &str) -> Actor<'_> {
    Actor::new(ActorType::Human, id)
}

/// A request to read a resource.
fn read<'a>(actor: Actor<'a>, resource_type: &'a str, id: &'a str) -> Request<'a> {
    Request::new(actor, "read", Resource::new(resource_type, id))
}

/// Effect and reason, then each rule that could not be evaluated with the causes it may have.
fn decide(oracle: &Oracle<'_>, request: &Request<'_>) -> String {
    let verdict = oracle.decide(request);
    let errors = verdict.errors.iter().map(|error| {
        let causes: Vec<_> = error.causes.iter().copied().collect();
        format!(" !{}:{}", error.rule, causes.join(","))
    });
    format!("{} {}{}", verdict.effect.as_str(), verdict.reason, errors.collect::<String>())
}

/// What the oracle says of `text` for each request.
fn assert_decisions(text: &str, cases: &[(Request<'_>, &str)]) {
    let model = model(text);
    let oracle = Oracle::new(&model);
    for (request, expected) in cases {
        assert_eq!(decide(&oracle, request), *expected, "{request:?}");
    }
}
