//! Laws about how things are written.

use pdp_core::wire;

use super::Checked;
use super::subject::{Subject, apply, engine, same_but_causes, same_but_quotations, shown};
use crate::change::change_set;
use crate::question::question;
use crate::{Brackets, Dice, PolicySet, Spelling, Texts, Tree, Wish, compare};

/// The order of keys does not matter, nor whether one thing stands alone or in a list.
pub(super) fn spelling_does_not_matter(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let mut files = subject.set.files.clone();
    files.iter_mut().for_each(|file| respell(dice, &mut file.tree, "", SINGLE));
    match (subject.answers(&subject.set.files), subject.answers(&files)) {
        (Some(before), Some(after)) => {
            subject.hold(&before, &after, same_but_causes, &shown("spelt otherwise", &files))
        }
        _ => Checked::Skipped,
    }
}

/// Keys under which one thing may stand without a list.
const SINGLE: &[&str] = &["role", "relation", "tenant", "derived_role", "actions", "otherwise"];

/// Puts keys into another order, and what stands alone under one of `single` into a list.
fn respell(dice: &mut Dice<'_>, tree: &mut Tree, key: &str, single: &[&str]) {
    match tree {
        // What obligations say is kept as it is written.
        _ if key == "obligations" => {}
        Tree::Map(entries) => {
            dice.shuffle(entries);
            for (key, value) in entries {
                respell(dice, value, key, single);
                let alone = single.contains(&key.as_str()) && matches!(value, Tree::Text(_));
                if alone && dice.chance(30) {
                    *value = Tree::List(vec![value.clone()]);
                }
            }
        }
        Tree::List(items) => items.iter_mut().for_each(|item| respell(dice, item, "", single)),
        _ => {}
    }
}

/// Other ids and roles, the same for the same, give the same answers.
pub(super) fn names_do_not_matter(dice: &mut Dice<'_>) -> Checked {
    // Everything is drawn twice from the same choices, with two alphabets.
    let answers = |renamed: bool, dice: &mut Dice<'_>| {
        let wish = Wish { spelling: Spelling::Opaque { renamed }, ..Wish::default() };
        let subject = Subject::of(dice, wish);
        let engine = engine(&subject.set.files)?;
        let mut facts = subject.set.facts.clone();
        let change_set = change_set(dice, &subject.set.vocabulary, "c", &mut facts);
        let accepted = apply(&engine, &change_set);
        let answers = subject.ask(&engine.present());
        Some((subject, answers, accepted, change_set))
    };
    let one = answers(false, &mut dice.clone());
    let other = answers(true, dice);
    let ((one, before, accepted, change_set), (other, after, accepted_too, _)) = match (one, other)
    {
        (Some(one), Some(other)) => (one, other),
        (None, None) => return Checked::Skipped,
        (one, other) => {
            let (one, other) = (one.is_some(), other.is_some());
            return Checked::Broken(format!("accepted: {one}, with other names: {other}"));
        }
    };
    let story = format!(
        "=== change set\n{}\n{}",
        change_set.to_json(),
        shown("with other names", &other.set.files)
    );
    if accepted != accepted_too {
        return Checked::Broken(format!("{}{story}\none is refused", Texts::new(&one.set.files)));
    }
    one.hold(&before, &after, same_but_causes, &story)
}

/// A condition in which each part stands in brackets is the one in which only those stand that the
/// order of binding needs. Engine and oracle share the parser; this is what it is held against.
pub(super) fn brackets_change_nothing(dice: &mut Dice<'_>) -> Checked {
    // Everything is drawn twice from the same choices, with other brackets.
    let subject =
        |brackets, dice: &mut Dice<'_>| Subject::of(dice, Wish { brackets, ..Wish::default() });
    let bare = subject(Brackets::Needed, &mut dice.clone());
    let bracketed = subject(Brackets::Every, dice);
    let sources = (Texts::new(&bare.set.files), Texts::new(&bracketed.set.files));
    match (sources.0.policies(), sources.1.policies()) {
        (Ok(policies), Ok(with_brackets)) => {
            let story = shown("with brackets", &bracketed.set.files);
            let (before, after) = (bare.ask(&policies), bracketed.ask(&with_brackets));
            bare.hold(&before, &after, same_but_quotations, &story)
        }
        (Err(_), Err(_)) => Checked::Skipped,
        (Err(error), Ok(_)) => Checked::Broken(format!("{}\n{error}", sources.0)),
        (Ok(_), Err(error)) => Checked::Broken(format!("{}\n{error}", sources.1)),
    }
}

/// A change set that was read, written and read again is the same, however it was spelt.
pub(super) fn change_sets_travel_unchanged(dice: &mut Dice<'_>) -> Checked {
    let set = PolicySet::draw(dice, Wish::default());
    let mut facts = set.facts.clone();
    let tree = change_set(dice, &set.vocabulary, "c", &mut facts);
    let read = match compare::change_set(&tree) {
        Ok(read) => read,
        Err(error) => return Checked::Broken(format!("{}\n{error}", tree.to_json())),
    };
    let written = serde_json::to_string(&read).expect("a change set can be written");
    let again = wire::parse_change_set(written.as_bytes());
    let mut respelt = tree.clone();
    respell(dice, &mut respelt, "", &[]);
    let respelt = compare::change_set(&respelt);
    if again.as_ref() == Ok(&read) && respelt.as_ref() == Ok(&read) {
        // A question is read, too, whatever it holds.
        let question = question(dice, &set.vocabulary);
        let is_read = compare::with_request(&question, |_| ()).is_some();
        return if is_read { Checked::Held(1) } else { Checked::Broken(question.to_json()) };
    }
    Checked::Broken(format!("{}\nwritten {written}\nread {again:?}", tree.to_json()))
}
