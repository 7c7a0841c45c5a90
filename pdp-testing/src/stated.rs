//! What the requests of a test file state by name.

use pdp_core::document::{Content, Node, Span};

/// A value of the context or an attribute that requests of a test file state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// What it is stated of.
    pub of: StatedOf,
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Whether every case that states it states the reason of its decision too; cells of a matrix
    /// never do.
    pub reasoned: bool,
}

/// What a request states something of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatedOf {
    /// The context.
    Context,
    /// The actor.
    Actor,
    /// The resource, which has this type.
    Resource(String),
}

/// Everything that the fixtures, cases and matrices of a sound file state, section by section.
pub(crate) fn stated(root: &Node<'_>) -> Vec<Stated> {
    let mut stated = Vec::new();
    for (section, key) in [("actors", "actor"), ("resources", "resource")] {
        for (name, fixture) in entries(root.value(section)) {
            attributes(key, fixture, is_reasoned(root, section, key, name), &mut stated);
        }
    }
    for case in items(root.value("cases")) {
        let reasoned = has_reason(case);
        for key in ["actor", "resource"] {
            if let Some(fixture) = case.value(key) {
                attributes(key, fixture, reasoned, &mut stated);
            }
        }
        add(&StatedOf::Context, case.value("context"), reasoned, &mut stated);
    }
    for matrix in items(root.value("matrix")) {
        add(&StatedOf::Context, matrix.value("context"), false, &mut stated);
    }
    stated
}

/// The attributes of an actor or resource; none where `fixture` is the name of one.
fn attributes(key: &str, fixture: &Node<'_>, reasoned: bool, stated: &mut Vec<Stated>) {
    let resource_type = || fixture.value("type").and_then(Node::string).unwrap_or_default();
    let of = match key {
        "actor" => StatedOf::Actor,
        _ => StatedOf::Resource(resource_type().to_owned()),
    };
    add(&of, fixture.value("attributes"), reasoned, stated);
}

fn add(of: &StatedOf, values: Option<&Node<'_>>, reasoned: bool, stated: &mut Vec<Stated>) {
    stated.extend(entries(values).iter().map(|(name, _)| Stated {
        of: of.clone(),
        name: name.string().unwrap_or_default().to_owned(),
        span: name.span,
        reasoned,
    }));
}

/// Whether no matrix has the fixture, and every case that has it states the reason.
fn is_reasoned(root: &Node<'_>, section: &str, key: &str, fixture: &Node<'_>) -> bool {
    let is_it = |node: &Node<'_>| node.string() == fixture.string();
    let mut matrices = items(root.value("matrix")).iter();
    let mut cases = items(root.value("cases")).iter();
    !matrices.any(|matrix| items(matrix.value(section)).iter().any(is_it))
        && cases.all(|case| has_reason(case) || !case.value(key).is_some_and(is_it))
}

fn has_reason(case: &Node<'_>) -> bool {
    case.value("expect").is_some_and(|expect| expect.value("reason").is_some())
}

fn entries<'n, 't>(node: Option<&'n Node<'t>>) -> &'n [(Node<'t>, Node<'t>)] {
    match node.map(|node| &node.content) {
        Some(Content::Mapping(entries)) => entries,
        _ => &[],
    }
}

fn items<'n, 't>(node: Option<&'n Node<'t>>) -> &'n [Node<'t>] {
    match node.map(|node| &node.content) {
        Some(Content::Sequence(items)) => items,
        _ => &[],
    }
}
