//! Disagreements made smaller.

use crate::scenario::{Disagreement, Outcome, Step};
use crate::{PolicyFile, Tree};

/// Takes away and simplifies whatever is not needed for engine and oracle to disagree.
///
/// Knows nothing of the language: a part of some tree is taken out, or replaced by one of its
/// parts; what is no policy set any more, or no disagreement, is put back. Stops after `tries`
/// attempts at the latest.
pub fn smaller(disagreement: Disagreement, tries: usize) -> Disagreement {
    let mut smallest = disagreement;
    let mut left = tries;
    let mut next = 0;
    while left > 0 {
        let candidates = candidates(&smallest);
        // Begins where the last success was, since what stands before it did not help.
        let count = candidates.len();
        let found = (0..count).map(|offset| (next + offset) % count.max(1)).find_map(|index| {
            left = left.checked_sub(1)?;
            let found = disagrees(&candidates[index])?;
            Some((index, found))
        });
        match found {
            Some((index, found)) => (smallest, next) = (found, index),
            None => break,
        }
    }
    smallest
}

/// The disagreement, if there is one.
fn disagrees(candidate: &Disagreement) -> Option<Disagreement> {
    match candidate.scenario().run() {
        Outcome::Disagreed(found) => Some(*found),
        Outcome::Agreed(_) | Outcome::Rejected(_) => None,
    }
}

/// The same with one thing less, largest things first.
fn candidates(of: &Disagreement) -> Vec<Disagreement> {
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut Disagreement)| {
        let mut candidate = of.clone();
        change(&mut candidate);
        all.push(candidate);
    };
    let mut size = of.steps.len() / 2;
    while size > 1 {
        for start in (0..of.steps.len()).step_by(size) {
            let end = of.steps.len().min(start + size);
            add(&|candidate| {
                candidate.steps.drain(start..end);
            });
        }
        size /= 2;
    }
    for index in 0..of.steps.len() {
        add(&|candidate| {
            candidate.steps.remove(index);
        });
    }
    for index in 0..of.files.len() {
        for tree in trees(&of.files[index].tree) {
            add(&|candidate| candidate.files[index].tree = tree.clone());
        }
        if of.files.len() > 1 {
            add(&|candidate| {
                candidate.files.remove(index);
            });
            add(&|candidate| join(&mut candidate.files, index));
        }
    }
    for (index, step) in of.steps.iter().enumerate() {
        match step {
            Step::Change(tree) => {
                for tree in trees(tree) {
                    add(&|candidate| candidate.steps[index] = Step::Change(tree.clone()));
                }
            }
            Step::Reload(files) => {
                add(&|candidate| candidate.steps[index] = Step::Reload(candidate.files.clone()));
                for (file, tree) in files.iter().enumerate().flat_map(|(file, policy)| {
                    trees(&policy.tree).into_iter().map(move |tree| (file, tree))
                }) {
                    let mut files = files.clone();
                    files[file].tree = tree;
                    add(&|candidate| candidate.steps[index] = Step::Reload(files.clone()));
                }
            }
        }
    }
    if let Some(question) = &of.question {
        for tree in trees(question) {
            add(&|candidate| candidate.question = Some(tree.clone()));
        }
    }
    all
}

/// Puts all of a file into the first one.
fn join(files: &mut Vec<PolicyFile>, index: usize) {
    if index == 0 {
        return;
    }
    let moved = files.remove(index);
    let first = &mut files[0].tree;
    for (name, value) in moved.tree.entries() {
        match (first.value_mut(name), value) {
            (Some(Tree::Map(into)), Tree::Map(entries)) => into.extend(entries.iter().cloned()),
            (Some(Tree::List(into)), Tree::List(items)) => into.extend(items.iter().cloned()),
            (Some(_), _) => {}
            (None, value) => first.push(name.as_str(), value.clone()),
        }
    }
}

/// The same tree with one thing less, from the outside in.
fn trees(tree: &Tree) -> Vec<Tree> {
    let mut all = Vec::new();
    match tree {
        Tree::List(items) => {
            for index in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(index);
                all.push(Tree::List(fewer));
            }
            if let [one] = &items[..] {
                all.push(one.clone());
            }
            for (index, item) in items.iter().enumerate() {
                for smaller in trees(item) {
                    let mut changed = items.clone();
                    changed[index] = smaller;
                    all.push(Tree::List(changed));
                }
            }
        }
        Tree::Map(entries) => {
            for index in 0..entries.len() {
                let mut fewer = entries.clone();
                fewer.remove(index);
                all.push(Tree::Map(fewer));
            }
            for (index, (_, value)) in entries.iter().enumerate() {
                for smaller in trees(value) {
                    let mut changed = entries.clone();
                    changed[index].1 = smaller;
                    all.push(Tree::Map(changed));
                }
            }
        }
        Tree::Text(text) => all.extend(conditions(text).into_iter().map(Tree::Text)),
        _ => {}
    }
    all
}

/// The parts of a condition that might be conditions.
fn conditions(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    if !text.contains([' ', '(']) {
        return parts;
    }
    parts.extend(["true".to_owned(), "false".to_owned()]);
    for sign in [" && ", " || ", "!", " ?? "] {
        parts.extend(text.match_indices(sign).flat_map(|(index, sign)| {
            [text[..index].to_owned(), text[index + sign.len()..].to_owned()]
        }));
    }
    for (open, _) in text.match_indices('(') {
        let mut depth = 0;
        let close = text[open..].find(|letter| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            depth == 0
        });
        if let Some(length) = close {
            let inner = &text[open + 1..open + length];
            let (before, after) = (&text[..open], &text[open + length + 1..]);
            parts.push(inner.to_owned());
            parts.extend(["true", "false"].map(|word| format!("{before}{word}{after}")));
        }
    }
    parts.retain(|part| part.len() < text.len() && !part.is_empty());
    parts.dedup();
    parts
}
