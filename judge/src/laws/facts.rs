//! Laws about facts, in files and at run time.

use pdp_core::{Change, ChangeSet, Engine, Layer, Operation, Scratch, Statement};

use super::Checked;
use super::subject::{Answers, Subject, apply, compiled, engine, same, shown};
use crate::change::{change, change_of, change_set, refused_change};
use crate::compare::{of_decision, with_request};
use crate::fact::state;
use crate::{Dice, Fact, Listing, PolicyFile, Tree};

/// Facts that are stated once more, in another file, change nothing.
pub(super) fn repeated_facts_are_harmless(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let mut tree = Tree::map([("version", Tree::Int(1))]);
    let mut facts = subject.set.facts.clone();
    dice.shuffle(&mut facts);
    state(&facts, &mut tree, dice);
    with_file(&subject, tree)
}

/// Facts about resources that nothing else names change nothing.
pub(super) fn facts_about_others_change_nothing(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let mut facts = subject.set.facts.clone();
    facts.extend(subject.set.facts.iter().cloned());
    for (number, fact) in facts.iter_mut().enumerate() {
        match fact {
            Fact::Relation { resource, .. }
            | Fact::Link { resource, .. }
            | Fact::ResourceAttribute { resource, .. }
            | Fact::Existence { resource } => {
                resource.push_str(&format!("~other~{}", number % 3));
            }
            Fact::ActorAttribute { actor, .. } => actor.push_str("~other~"),
        }
    }
    // Values that contradict each other are left out by `state`.
    let mut tree = Tree::map([("version", Tree::Int(1))]);
    state(&facts, &mut tree, dice);
    with_file(&subject, tree)
}

fn with_file(subject: &Subject, tree: Tree) -> Checked {
    let mut files = subject.set.files.clone();
    files.push(PolicyFile { path: "more.yaml".to_owned(), tree });
    let before = subject.answers(&subject.set.files);
    let (Some(before), Some(after)) = (before, subject.answers(&files)) else {
        return Checked::Skipped;
    };
    subject.hold(&before, &after, same, &shown("with more facts", &files))
}

/// An engine that has been changed and asked many times, with one scratch, answers like one that
/// was built from the same files and changed in the same way, each time with a new scratch.
pub(super) fn warm_like_fresh(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let Some(warm) = engine(&subject.set.files) else { return Checked::Skipped };
    let mut facts = subject.set.facts.clone();
    let mut scratch = Scratch::new();
    let mut changes = Vec::new();
    for number in 0..dice.between(1, 4) {
        ask(&subject, &warm, &mut scratch);
        let id = format!("c{number}");
        let tree = change_set(dice, &subject.set.vocabulary, &id, &mut facts);
        apply(&warm, &tree);
        changes.push(tree);
    }
    let answers = ask(&subject, &warm, &mut scratch);
    let Some(fresh) = engine(&subject.set.files) else { return Checked::Skipped };
    changes.iter().for_each(|tree| {
        apply(&fresh, tree);
    });
    let present = fresh.present();
    let alone = |tree| {
        with_request(tree, |request| present.evaluate(request, &mut Scratch::new()).into_owned())
    };
    let afresh: Answers = subject.questions.iter().map(alone).collect();
    subject.hold(&answers, &afresh, same, &story(&changes))
}

fn ask(subject: &Subject, engine: &Engine, scratch: &mut Scratch) -> Answers {
    let present = engine.present();
    let mut one =
        |tree| with_request(tree, |request| present.evaluate(request, scratch).into_owned());
    subject.questions.iter().map(&mut one).collect()
}

/// After all words of run time are forgotten, the files' answers are back.
pub(super) fn forgotten_is_gone(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let Some(engine) = engine(&subject.set.files) else { return Checked::Skipped };
    let (before, listed_before) = (subject.ask(&engine.present()), listed(&engine));
    let changes = changes(dice, &subject, 3);
    changes.iter().for_each(|tree| {
        apply(&engine, tree);
    });
    // What was spoken of, and what a `replace` may have removed: the facts of the files. Refused
    // are only those that were refused before.
    let spoken_of =
        changes.iter().flat_map(|tree| tree.value("changes").map_or(&[][..], Tree::items));
    let mut forgets: Vec<Tree> = spoken_of.filter_map(forget).collect();
    let plain =
        |fact| change_of(&mut Dice::from_bytes(&[]), &subject.set.vocabulary, "forget", fact);
    forgets.extend(subject.set.facts.iter().map(plain));
    for (number, forget) in forgets.into_iter().enumerate() {
        let id = format!("forget-{number}");
        apply(&engine, &Tree::map([("id", Tree::text(id)), ("changes", Tree::List(vec![forget]))]));
    }
    let listed_after = listed(&engine);
    if listed_after != listed_before {
        let files = shown("files", &subject.set.files);
        let story = story(&changes);
        return Checked::Broken(format!("{files}{story}\n{listed_before:?}\n{listed_after:?}"));
    }
    subject.hold(&before, &subject.ask(&engine.present()), same, &story(&changes))
}

/// The facts that hold, in an order.
fn listed(engine: &Engine) -> Vec<String> {
    let present = engine.present();
    let written = |fact: Statement| format!("{fact:?}");
    let mut facts: Vec<String> = present.facts(Layer::Present).map(written).collect();
    facts.sort_unstable();
    facts
}

/// The change that takes a change's words back; none where it has nothing to take back.
fn forget(change: &Tree) -> Option<Tree> {
    let mut forget = change.clone();
    *forget.value_mut("op")? = "forget".into();
    for name in ["actor", "actors"] {
        if let Some(actors) = forget.value_mut(name) {
            without(actors, "until");
        }
    }
    without(&mut forget, "value");
    let empty = |name: &str| forget.value(name) == Some(&Tree::List(Vec::new()));
    (!empty("actors") && !empty("targets")).then_some(forget)
}

fn without(tree: &mut Tree, key: &str) {
    match tree {
        Tree::Map(entries) => entries.retain(|(name, _)| name != key),
        Tree::List(items) => items.iter_mut().for_each(|item| without(item, key)),
        _ => {}
    }
}

/// Reading the same files once more changes nothing; above all, it does not bring back what run
/// time removed.
pub(super) fn reload_keeps_words(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let (Some(engine), Some(again)) = (engine(&subject.set.files), compiled(&subject.set.files))
    else {
        return Checked::Skipped;
    };
    let changes = changes(dice, &subject, 3);
    changes.iter().for_each(|tree| {
        apply(&engine, tree);
    });
    let before = subject.ask(&engine.present());
    if let Err(error) = engine.reload(again) {
        let files = shown("files", &subject.set.files);
        return Checked::Broken(format!("{files}{}\nreload: {error}", story(&changes)));
    }
    let after = subject.ask(&engine.present());
    subject.hold(&before, &after, same, &story(&changes))
}

/// A reload of other files gives what a new engine with these files and the same words gives.
pub(super) fn reload_is_a_new_start(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let mut files = subject.set.files.clone();
    let mut facts = subject.set.facts.clone();
    facts.retain(|_| dice.chance(60));
    for file in &mut files {
        if let Tree::Map(sections) = &mut file.tree {
            sections.retain(|(name, _)| !["facts", "resources", "attributes"].contains(&&**name));
        }
    }
    let open = files.iter().position(|file| file.tree.value("tenant").is_none());
    state(&facts, &mut files[open.unwrap_or_default()].tree, dice);
    let (Some(old), Some(new), Some(other)) =
        (engine(&subject.set.files), engine(&files), compiled(&files))
    else {
        return Checked::Skipped;
    };
    // What `replace` says depends on what holds.
    let mut changes = changes(dice, &subject, 3);
    changes.retain(|tree| !tree.to_json().contains("\"replace\""));
    for tree in &changes {
        apply(&old, tree);
        apply(&new, tree);
    }
    let story = format!("{}{}", story(&changes), shown("reload", &files));
    if let Err(error) = old.reload(other) {
        let files = shown("files", &subject.set.files);
        return Checked::Broken(format!("{files}{story}\nreload: {error}"));
    }
    subject.hold(&subject.ask(&old.present()), &subject.ask(&new.present()), same, &story)
}

/// Where new files make two roles one, two words become words on one fact: the last of them holds,
/// as if both had been said of the new files.
pub(super) fn last_word_holds_after_reload(dice: &mut Dice<'_>) -> Checked {
    let old = vec![PolicyFile { path: "a.yaml".to_owned(), tree: of_roles() }];
    let mut new = old.clone();
    new[0].tree.push("role_aliases", Tree::map([("ops", "admin".into())]));
    let changes: Vec<Tree> = (0..dice.between(2, 5)).map(|number| said(dice, number)).collect();
    let (Some(engine), Some(fresh), Some(reloaded)) = (engine(&old), engine(&new), compiled(&new))
    else {
        return Checked::Broken(shown("refused", &new));
    };
    for tree in &changes {
        apply(&engine, tree);
        apply(&fresh, tree);
    }
    let story = format!("{}{}", story(&changes), shown("reload", &new));
    if let Err(error) = engine.reload(reloaded) {
        return Checked::Broken(format!("{story}\nreload: {error}"));
    }
    let actor = Tree::map([
        ("actor_id", "u".into()),
        ("actor_type", "human".into()),
        ("roles", Tree::texts(["admin"])),
    ]);
    let resource = Tree::map([("type", "doc".into()), ("id", "1".into())]);
    let request = Tree::map([("actor", actor), ("action", "read".into()), ("resource", resource)]);
    let answer = |engine: &Engine| {
        with_request(&request, |request| {
            of_decision(&engine.present().evaluate(request, &mut Scratch::new()))
        })
    };
    let (expected, answer) = (answer(&fresh), answer(&engine));
    if answer != expected {
        let files = shown("files", &old);
        return Checked::Broken(format!("{files}{story}\n{expected:?}\nafter reload: {answer:?}"));
    }
    Checked::Held(1)
}

/// Files in which a role decides.
fn of_roles() -> Tree {
    let relations = Tree::map([("viewer", "direct".into())]);
    let declaration = Tree::map([("actions", "read".into()), ("relations", relations)]);
    let rule = Tree::map([
        ("id", "viewers".into()),
        ("effect", "permit".into()),
        ("actors", Tree::map([("relation", "viewer".into())])),
    ]);
    Tree::map([
        ("version", Tree::Int(1)),
        ("types", Tree::map([("doc", declaration)])),
        ("rules", Tree::List(vec![rule])),
    ])
}

/// A change set with one word on what a role may view.
fn said(dice: &mut Dice<'_>, number: usize) -> Tree {
    let change = Tree::map([
        ("op", (*dice.pick(&["add", "remove"])).into()),
        ("resource", "doc:1".into()),
        ("relation", "viewer".into()),
        ("actor", (*dice.pick(&["role:ops", "role:admin"])).into()),
    ]);
    let id = Tree::text(format!("c{number}"));
    Tree::map([("id", id), ("changes", Tree::List(vec![change]))])
}

/// A change set with one change that is refused changes nothing.
pub(super) fn whole_or_not_at_all(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let Some(engine) = engine(&subject.set.files) else { return Checked::Skipped };
    let mut facts = subject.set.facts.clone();
    let vocabulary = &subject.set.vocabulary;
    let count = dice.between(1, 5);
    let mut changes: Vec<Tree> =
        (0..count).filter_map(|_| change(dice, vocabulary, &mut facts)).collect();
    let refused = refused_change(dice, vocabulary);
    changes.insert(dice.below(changes.len() + 1), refused);
    let tree = Tree::map([("id", "c".into()), ("changes", Tree::List(changes))]);
    let seen =
        |engine: &Engine| (engine.present().version().revision, Listing::of(&engine.present()));
    let (before, seen_before) = (subject.ask(&engine.present()), seen(&engine));
    let accepted = apply(&engine, &tree);
    let after = subject.ask(&engine.present());
    let story = story(&[tree]);
    if accepted || seen(&engine) != seen_before {
        let files = shown("files", &subject.set.files);
        return Checked::Broken(format!("{files}{story}\naccepted: {accepted}"));
    }
    subject.hold(&before, &after, same, &story)
}

/// Applying a change set again changes nothing; under its id, no other is applied.
pub(super) fn applied_once(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let Some(engine) = engine(&subject.set.files) else { return Checked::Skipped };
    let changes = changes(dice, &subject, 2);
    let accepted: Vec<bool> = changes.iter().map(|tree| apply(&engine, tree)).collect();
    let before = subject.ask(&engine.present());
    let revision = engine.present().version().revision;
    let mut other = changes[0].clone();
    if let Some(Tree::List(list)) = other.value_mut("changes") {
        list.push(Tree::map([
            ("op", "add".into()),
            ("resource", Tree::text(subject.any_reference())),
        ]));
    }
    let again = apply(&engine, &changes[0]);
    let with_other_text = accepted[0] && apply(&engine, &other);
    let after = subject.ask(&engine.present());
    let story = story(&changes);
    if again != accepted[0] || with_other_text || engine.present().version().revision != revision {
        let files = shown("files", &subject.set.files);
        return Checked::Broken(format!("{files}{story}\n{accepted:?} {again} {with_other_text}"));
    }
    subject.hold(&before, &after, same, &story)
}

/// An engine without facts to which all listed facts are added answers like the one that lists
/// them.
pub(super) fn list_is_complete(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let mut files = subject.set.files.clone();
    for file in &mut files {
        if let Tree::Map(sections) = &mut file.tree {
            sections.retain(|(name, _)| !["facts", "resources", "attributes"].contains(&&**name));
        }
    }
    let (Some(engine), Some(bare)) = (engine(&subject.set.files), engine(&files)) else {
        return Checked::Skipped;
    };
    let changes = changes(dice, &subject, 3);
    changes.iter().for_each(|tree| {
        apply(&engine, tree);
    });
    let add = |statement| Change { operation: Operation::Add, statement };
    let facts: Vec<Change> = engine.present().facts(Layer::Present).map(add).collect();
    if !facts.is_empty() {
        let all = ChangeSet { id: "all".to_owned(), changes: facts };
        if let Err(error) = bare.apply(&all) {
            let files = shown("files", &subject.set.files);
            let story = story(&changes);
            return Checked::Broken(format!("{files}{story}\n{all:?}\n{error}"));
        }
    }
    subject.hold(
        &subject.ask(&engine.present()),
        &subject.ask(&bare.present()),
        same,
        &story(&changes),
    )
}

impl Subject {
    fn any_reference(&self) -> String {
        let vocabulary = &self.set.vocabulary;
        vocabulary.types[0].reference(&vocabulary.pool.locals[0])
    }
}

/// One to `most` change sets.
/// Change sets, one after the other, that speak of what the subject does.
pub(super) fn changes(dice: &mut Dice<'_>, subject: &Subject, most: usize) -> Vec<Tree> {
    let mut facts = subject.set.facts.clone();
    let count = dice.between(1, most);
    (0..count)
        .map(|number| change_set(dice, &subject.set.vocabulary, &format!("c{number}"), &mut facts))
        .collect()
}

pub(super) fn story(changes: &[Tree]) -> String {
    changes.iter().map(|tree| format!("=== change set\n{}\n", tree.to_json())).collect()
}
