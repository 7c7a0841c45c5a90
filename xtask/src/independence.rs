//! What one who judges the engine may take from it.

use crate::purity::read_names;
use crate::token::{Kind, tokens};

/// Modules of the core whose types the oracle reads: what was parsed.
const MODULES: &[&str] = &["model"];

/// Types of the core that the oracle is asked with, and answers with.
const TYPES: &[&str] = &[
    "ActorForm",
    "ActorType",
    "Change",
    "ChangeSet",
    "ChangedActor",
    "Effect",
    "Fault",
    "Map",
    "Membership",
    "Obligation",
    "Operation",
    "Request",
    "Statement",
    "Text",
    "Timestamp",
    "Value",
];

/// Types of expressions that the oracle reads: the parsed tree.
const TREE: &[&str] = &[
    "BinaryOperator",
    "Entry",
    "Expression",
    "ExpressionKind",
    "Item",
    "Literal",
    "Loop",
    "LoopKind",
    "Span",
    "Type",
    "UnaryOperator",
];

/// Methods of those types that do a part of the engine's work.
const METHODS: &[&str] = &["admit"];

/// Finds what `source`, the text of the oracle's Rust file at `path`, takes from the core beyond
/// what was parsed and the types of requests, decisions, change sets and values.
pub fn faults(path: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let mut faults = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        if token.kind != Kind::Word {
            at += 1;
            continue;
        }
        let mut names = Vec::new();
        at = read_names(&tokens, at, &[], &mut names);
        let found = names.iter().filter(|name| is_forbidden(name));
        let line = token.line;
        faults.extend(found.map(|name| format!("{path}:{line}: `{}`", name.join("::"))));
    }
    faults
}

fn is_forbidden(name: &[&str]) -> bool {
    match name {
        ["pdp_core" | "pdp_cel", "as", ..] | ["pdp_core" | "pdp_cel"] => true,
        ["pdp_core", module, item, ..] if MODULES.contains(module) => *item == "*",
        ["pdp_core", name, ..] => !TYPES.contains(name),
        ["pdp_cel", name, ..] => !TREE.contains(name),
        [.., last] => METHODS.contains(last),
        [] => false,
    }
}
