//! Rules.

use crate::selector::{admits_undeclared, admitted, glob, resource};
use crate::{Dice, Pool, Scope, Tree, Vocabulary, condition, selector};

/// What kind of rule is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A permit rule.
    Permit,
    /// A deny rule.
    Deny,
    /// A permit rule that bypasses.
    Bypass,
}

impl Wanted {
    /// Any kind.
    pub fn draw(dice: &mut Dice<'_>) -> Self {
        match dice.weighted(&[7, 7, 3]) {
            0 => Wanted::Permit,
            1 => Wanted::Deny,
            _ => Wanted::Bypass,
        }
    }
}

const REASONS: &[&str] = &["because", "r1", "it's", "a:b", "no_matching_policy", "é"];

/// A rule with this id over some of `types`; in a tenant's file these are all that it can mean.
pub fn rule(
    dice: &mut Dice<'_>,
    vocabulary: &Vocabulary,
    id: &str,
    wanted: Wanted,
    types: &[usize],
) -> Tree {
    let everywhere = types.len() == vocabulary.types.len();
    let effect = if wanted == Wanted::Deny { "deny" } else { "permit" };
    let mut rule = Tree::map([("id", id.into()), ("effect", effect.into())]);
    if wanted == Wanted::Bypass {
        rule.push("bypass", true.into());
    } else if dice.chance(5) {
        rule.push("bypass", false.into());
    }
    let (resource, admitted) = covered(dice, vocabulary, types);
    let actions = actions(dice, vocabulary, &admitted);
    let of_all = wanted == Wanted::Bypass && actions.as_ref().is_none_or(reaches_undeclared);
    let undeclared = of_all && everywhere && admits_undeclared(resource.as_ref());
    let types =
        if of_all { admitted } else { with_actions(vocabulary, &admitted, actions.as_ref()) };
    let scope = Scope::of_request(vocabulary, &types, undeclared);
    let clauses = dice.weighted(&[1, 3, 5, 2]);
    rule.push_some("resource", resource);
    rule.push_some("actions", actions);
    if clauses & 1 != 0 {
        rule.push("actors", selector::actors(dice, &scope, 2));
    }
    if clauses & 2 != 0 {
        rule.push("when", Tree::text(condition(dice, &scope)));
    }
    if dice.chance(40) {
        rule.push("reason", Tree::text(*dice.pick(REASONS)));
    }
    if dice.chance(30) {
        rule.push("obligations", obligations(dice));
    }
    rule
}

/// What a rule says of resources, and which of `types` that admits: at least one with actions.
pub(crate) fn covered(
    dice: &mut Dice<'_>,
    vocabulary: &Vocabulary,
    types: &[usize],
) -> (Option<Tree>, Vec<usize>) {
    for _ in 0..5 {
        let resource = dice.chance(65).then(|| resource(dice, vocabulary, types));
        let mut admitted = admitted(resource.as_ref(), vocabulary);
        admitted.retain(|index| types.contains(index));
        if vocabulary.any_acts(&admitted) {
            return (resource, admitted);
        }
    }
    (None, types.to_vec())
}

impl Tree {
    fn push_some(&mut self, name: &str, value: Option<Tree>) {
        if let Some(value) = value {
            self.push(name, value);
        }
    }
}

/// The actions of a rule over `types`; none where it means all.
fn actions(dice: &mut Dice<'_>, vocabulary: &Vocabulary, types: &[usize]) -> Option<Tree> {
    let declared = vocabulary.actions_of(types);
    let one = |dice: &mut Dice<'_>| {
        let action = dice.pick_any(&declared).copied().unwrap_or("*").to_owned();
        let group = dice
            .pick_any(&vocabulary.groups)
            .filter(|group| group.actions.iter().any(|action| declared.contains(&action.as_str())));
        match (dice.weighted(&[6, 2, 2]), group) {
            (1, Some(group)) => group.name.clone(),
            (2, _) => pattern(dice, &action, &vocabulary.pool),
            _ => action,
        }
    };
    match dice.weighted(&[4, 1, 6, 3]) {
        0 => None,
        1 => Some("*".into()),
        2 => Some(Tree::text(one(dice))),
        _ => {
            let count = dice.between(1, 3);
            let mut actions: Vec<String> = Vec::new();
            for _ in 0..count {
                let action = one(dice);
                if !actions.contains(&action) {
                    actions.push(action);
                }
            }
            Some(Tree::texts(actions))
        }
    }
}

/// A pattern that fits `action`, or the action itself.
pub(crate) fn pattern(dice: &mut Dice<'_>, action: &str, pool: &Pool) -> String {
    let pattern = glob(dice, action, pool);
    if pattern != "*" && !pattern.contains(' ') && fits(&pattern, action) {
        pattern
    } else {
        action.to_owned()
    }
}

/// Whether the whole of `text` fits a pattern in which `*` stands for any text.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(after) = text.strip_prefix(before) else { return false };
    let mut starts = after.char_indices().map(|(index, _)| index).chain([after.len()]);
    starts.any(|start| fits(rest, &after[start..]))
}

fn reaches_undeclared(actions: &Tree) -> bool {
    let every = |tree: &Tree| tree.as_text() == Some("*");
    every(actions) || actions.items().iter().any(every)
}

/// Those of `types` that declare one of the actions; those with actions where none are named.
fn with_actions(vocabulary: &Vocabulary, types: &[usize], actions: Option<&Tree>) -> Vec<usize> {
    let Some(actions) = actions else {
        let acting = types.iter().copied();
        return acting.filter(|index| !vocabulary.types[*index].actions.is_empty()).collect();
    };
    let patterns: Vec<&str> = match actions {
        Tree::List(items) => items.iter().filter_map(Tree::as_text).collect(),
        one => one.as_text().into_iter().collect(),
    };
    let named = |action: &String| {
        patterns.iter().any(|pattern| {
            let group = vocabulary.groups.iter().find(|group| group.name == **pattern);
            match group {
                Some(group) => group.actions.contains(action),
                None => fits(pattern, action),
            }
        })
    };
    let declares = |index: &usize| vocabulary.types[*index].actions.iter().any(named);
    types.iter().copied().filter(declares).collect()
}

fn obligations(dice: &mut Dice<'_>) -> Tree {
    let count = dice.between(1, 2);
    Tree::List((0..count).map(|_| obligation(dice)).collect())
}

fn obligation(dice: &mut Dice<'_>) -> Tree {
    let mut obligation = Tree::map([("type", (*dice.pick(&["log", "mask", "a:b"])).into())]);
    if dice.chance(60) {
        let values = [
            Tree::text("info"),
            Tree::Int(3),
            Tree::Double(0.5),
            Tree::Null,
            Tree::Bool(true),
            Tree::List(vec![Tree::Int(1), Tree::text("x: y")]),
            Tree::map([("deep", Tree::map([("er", Tree::List(Vec::new()))]))]),
        ];
        let names = ["level", "it's", "z", "a b"];
        let count = dice.below(3);
        let names = dice.some(&names, count);
        let entries = names.iter().map(|name| ((*name).to_owned(), dice.pick(&values).clone()));
        obligation.push("properties", Tree::Map(entries.collect()));
    }
    obligation
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_pattern_fits_whole_words() {
        for (pattern, text) in [("*", ""), ("a*", "a"), ("*a", "ba"), ("a*b*c", "axbbc")] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a", "ab"), ("a*b", "a"), ("*a", "ab"), ("a*a", "a")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
