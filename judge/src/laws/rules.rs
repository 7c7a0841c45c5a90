//! Laws about rules.

use pdp_core::{Decision, Effect};

use super::Checked;
use super::subject::{Subject, same, same_effect, shown};
use crate::policy_set::tenant_file;
use crate::rule::{Wanted, rule};
use crate::{Dice, PolicyFile, Tree};

/// Without permit rules nothing is permitted.
pub(super) fn default_deny(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let mut files = subject.set.files.clone();
    for rules in files.iter_mut().filter_map(|file| file.tree.value_mut("rules")) {
        if let Tree::List(rules) = rules {
            rules.retain(|rule| rule.value("effect") == Some(&"deny".into()));
        }
    }
    let Some(answers) = subject.answers(&files) else { return Checked::Skipped };
    let denied = |answer: &Decision<'_>| answer.effect == Effect::Deny && !answer.bypass;
    subject.hold_each(&answers, denied, &shown("without permit rules", &files))
}

/// What is permitted is permitted by a permit rule of the set, and says of it what it says; what
/// is denied by a rule, by a deny rule.
pub(super) fn permit_needs_permit_rule(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let Some(answers) = subject.answers(&subject.set.files) else { return Checked::Skipped };
    let from_rule = |answer: &Decision<'_>| {
        let Some(decided) = &answer.rule else {
            return answer.effect == Effect::Deny
                && !answer.bypass
                && answer.obligations.is_empty();
        };
        let mut rules = subject.set.rules();
        let rule = rules.find(|(file, rule)| {
            rule.value("id").and_then(Tree::as_text) == Some(&decided.id)
                && subject.set.files[*file].path == decided.file
        });
        let Some((_, rule)) = rule else { return false };
        let effect = rule.value("effect").and_then(Tree::as_text).and_then(Effect::from_word);
        let reason = rule.value("reason").or(rule.value("id")).and_then(Tree::as_text);
        let obligations = rule.value("obligations").map_or(0, |list| list.items().len());
        effect == Some(answer.effect)
            && reason == Some(&answer.reason)
            && answer.bypass == (rule.value("bypass") == Some(&true.into()))
            && obligations == answer.obligations.len()
    };
    subject.hold_each(&answers, from_rule, "")
}

/// Where a deny rule matches everything, only bypass rules permit.
pub(super) fn deny_wins(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let everything = Tree::map([("id", "everything".into()), ("effect", "deny".into())]);
    let files = with_rule(dice, &subject.set.files, everything);
    let (Some(before), Some(after)) =
        (subject.answers(&subject.set.files), subject.answers(&files))
    else {
        return Checked::Skipped;
    };
    let fits = |before: &Decision<'_>, after: &Decision<'_>| {
        after.bypass == before.bypass && (after.effect == Effect::Deny || after.bypass)
    };
    subject.hold(&before, &after, fits, &shown("everything is denied", &files))
}

/// One more permit rule never turns a permit into a deny.
pub(super) fn permit_rule_takes_nothing_away(dice: &mut Dice<'_>) -> Checked {
    let wanted = if dice.chance(30) { Wanted::Bypass } else { Wanted::Permit };
    one_more(dice, wanted, |before, after| {
        before.effect == Effect::Deny || after.effect == Effect::Permit
    })
}

/// One more deny rule never turns a deny into a permit, nor a permit into one by bypass.
pub(super) fn deny_rule_adds_nothing(dice: &mut Dice<'_>) -> Checked {
    one_more(dice, Wanted::Deny, |before, after| {
        before.bypass == after.bypass
            && (before.effect == Effect::Permit || after.effect == Effect::Deny)
    })
}

fn one_more(
    dice: &mut Dice<'_>,
    wanted: Wanted,
    fits: impl Fn(&Decision<'_>, &Decision<'_>) -> bool,
) -> Checked {
    let subject = Subject::draw(dice);
    let types = subject.set.all_types();
    let added = rule(dice, &subject.set.vocabulary, "added", wanted, &types);
    let files = with_rule(dice, &subject.set.files, added);
    match (subject.answers(&subject.set.files), subject.answers(&files)) {
        (Some(before), Some(after)) => {
            subject.hold(&before, &after, fits, &shown("with one rule more", &files))
        }
        _ => Checked::Skipped,
    }
}

/// One more file of a tenant never turns a deny into a permit, nor does it touch bypass.
pub(super) fn tenant_file_adds_nothing(dice: &mut Dice<'_>) -> Checked {
    let mut subject = Subject::draw(dice);
    let Some(tree) = tenant_file(dice, &mut subject.set.vocabulary, "added") else {
        return Checked::Skipped;
    };
    let mut files = subject.set.files.clone();
    files.push(PolicyFile { path: "added.yaml".to_owned(), tree });
    let (Some(before), Some(after)) =
        (subject.answers(&subject.set.files), subject.answers(&files))
    else {
        return Checked::Skipped;
    };
    let fits = |before: &Decision<'_>, after: &Decision<'_>| {
        before.bypass == after.bypass
            && (before.effect == Effect::Permit || after.effect == Effect::Deny)
    };
    subject.hold(&before, &after, fits, &shown("with a tenant's file", &files))
}

/// The order of files, sections, rules and facts changes neither effect nor bypass.
pub(super) fn order_matters_to_reasons_alone(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let mut files = subject.set.files.clone();
    let mut paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    dice.shuffle(&mut paths);
    for (file, path) in files.iter_mut().zip(paths) {
        file.path = path;
        if let Tree::Map(sections) = &mut file.tree {
            dice.shuffle(sections);
            sections.iter_mut().for_each(|(_, section)| shuffle(dice, section));
        }
    }
    dice.shuffle(&mut files);
    match (subject.answers(&subject.set.files), subject.answers(&files)) {
        (Some(before), Some(after)) => {
            subject.hold(&before, &after, same_effect, &shown("in another order", &files))
        }
        _ => Checked::Skipped,
    }
}

fn shuffle(dice: &mut Dice<'_>, tree: &mut Tree) {
    match tree {
        Tree::List(items) => {
            dice.shuffle(items);
            items.iter_mut().for_each(|item| shuffle(dice, item));
        }
        Tree::Map(entries) => {
            dice.shuffle(entries);
            entries.iter_mut().for_each(|(_, value)| shuffle(dice, value));
        }
        _ => {}
    }
}

/// Another type, with rules and facts of its own, changes nothing for the types there are.
pub(super) fn other_types_change_nothing(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let relations = Tree::map([("owner", Tree::texts(["direct", "up.owner"]))]);
    let mut declaration =
        Tree::map([("actions", Tree::texts(["other"])), ("relations", relations)]);
    if let Some(Tree::Map(relations)) = declaration.value_mut("relations") {
        relations.push(("up".to_owned(), Tree::map([("to", "other".into())])));
    }
    let rule = |id: &str, effect: &str| {
        Tree::map([("id", id.into()), ("effect", effect.into()), ("resource", "other".into())])
    };
    let (permit, mut deny) = (rule("other-permit", "permit"), rule("other-deny", "deny"));
    deny.push("actors", Tree::map([("relation", "up.owner".into())]));
    let facts = Tree::map([
        ("other:1", Tree::map([("owner", "*".into()), ("up", "other:2".into())])),
        ("other:2", Tree::map([("owner", "other:1#owner".into()), ("up", "other:1".into())])),
    ]);
    let tree = Tree::map([
        ("version", Tree::Int(1)),
        ("types", Tree::map([("other", declaration)])),
        ("rules", Tree::List(vec![permit, deny])),
        ("facts", facts),
    ]);
    let mut files = subject.set.files.clone();
    let path = dice.pick(&["00.yaml", "zz.yaml"]);
    files.push(PolicyFile { path: (*path).to_owned(), tree });
    match (subject.answers(&subject.set.files), subject.answers(&files)) {
        (Some(before), Some(after)) => {
            subject.hold(&before, &after, same, &shown("with another type", &files))
        }
        _ => Checked::Skipped,
    }
}

/// The files with one rule more, somewhere.
fn with_rule(dice: &mut Dice<'_>, files: &[PolicyFile], rule: Tree) -> Vec<PolicyFile> {
    let mut files = files.to_vec();
    let open: Vec<usize> =
        (0..files.len()).filter(|index| files[*index].tree.value("tenant").is_none()).collect();
    let index = *dice.pick(&open);
    if let Tree::List(rules) = files[index].tree.section("rules", Tree::List(Vec::new())) {
        rules.insert(dice.below(rules.len() + 1), rule);
    }
    files
}
