//! Files after somebody edited them, to be read anew.

use crate::fact::{fact, state};
use crate::policy_set::contradicts;
use crate::value::Place;
use crate::{Dice, Fact, PolicyFile, PolicySet, Tree};

/// The files of a set after some edits. They may be unsound; an engine in use refuses them then.
pub fn edited(dice: &mut Dice<'_>, set: &PolicySet) -> Vec<PolicyFile> {
    let mut files = set.files.clone();
    for _ in 0..dice.weighted(&[2, 4, 3, 1]) {
        let index = dice.below(files.len());
        let tree = &mut files[index].tree;
        match dice.weighted(&[6, 3, 1, 3, 1, 1]) {
            0 => take_out(dice, tree),
            1 => declare_otherwise(dice, tree),
            2 => add_alias(dice, tree, &set.vocabulary.pool.roles),
            3 => add_facts(dice, &mut files, set),
            4 => set_bypass(dice, &mut files, set),
            _ => set_walk_limit(dice, &mut files),
        }
    }
    files
}

/// One to three facts more, none of which contradicts one of the set.
fn add_facts(dice: &mut Dice<'_>, files: &mut [PolicyFile], set: &PolicySet) {
    let count = dice.between(1, 3);
    let mut facts: Vec<Fact> = Vec::new();
    for _ in 0..count {
        let added = fact(dice, &set.vocabulary, Place::File);
        let stated =
            |fact: &Fact| set.facts.iter().chain(&facts).any(|stated| contradicts(stated, fact));
        let added = added.filter(|fact| !stated(fact));
        facts.extend(added);
    }
    let file = open_file(dice, files);
    state(&facts, file, dice);
}

fn set_bypass(dice: &mut Dice<'_>, files: &mut [PolicyFile], set: &PolicySet) {
    let actions = set.vocabulary.actions();
    let bypass = match dice.below(3) {
        0 => "all".into(),
        1 => "off".into(),
        _ => Tree::map([("actions", Tree::texts([*dice.pick(&actions)]))]),
    };
    set_in_one(dice, files, "bypass", bypass);
}

fn set_walk_limit(dice: &mut Dice<'_>, files: &mut [PolicyFile]) {
    let limit = Tree::Int(*dice.pick(&[1, 2, 3, 131_072]));
    set_in_one(dice, files, "walk_limit", limit);
}

/// A setting stands once in a set.
fn set_in_one(dice: &mut Dice<'_>, files: &mut [PolicyFile], setting: &str, value: Tree) {
    for file in files.iter_mut() {
        if let Tree::Map(sections) = &mut file.tree {
            sections.retain(|(name, _)| name != setting);
        }
    }
    open_file(dice, files).push(setting, value);
}

/// A file that speaks for no tenant, since only such files hold facts and settings.
fn open_file<'f>(dice: &mut Dice<'_>, files: &'f mut [PolicyFile]) -> &'f mut Tree {
    let mut open: Vec<&mut Tree> = files.iter_mut().map(|file| &mut file.tree).collect();
    open.retain(|tree| tree.value("tenant").is_none());
    open.swap_remove(dice.below(open.len()))
}

/// A rule, a resource with its facts, or a declaration is gone.
fn take_out(dice: &mut Dice<'_>, tree: &mut Tree) {
    let sections = ["facts", "facts", "facts", "rules", "attributes", "resources", "types"];
    let section = *dice.pick(&sections);
    if let Some(section) = tree.value_mut(section) {
        take_one_out(dice, section);
    }
}

fn take_one_out(dice: &mut Dice<'_>, tree: &mut Tree) {
    match tree {
        Tree::List(items) if items.len() > 1 => {
            items.remove(dice.below(items.len()));
        }
        Tree::Map(entries) if entries.len() > 1 => {
            entries.remove(dice.below(entries.len()));
        }
        _ => {}
    }
}

/// A type has a relation less, one that is not direct or one that now is, or an attribute of another
/// type. Whether
/// its ids carry the type stays: the language does not say what words of run time mean after that.
fn declare_otherwise(dice: &mut Dice<'_>, tree: &mut Tree) {
    let Some(Tree::Map(types)) = tree.value_mut("types") else { return };
    let index = dice.below(types.len());
    let declaration = &mut types[index].1;
    match dice.below(4) {
        3 => make_direct(dice, declaration),
        0 => {
            if let Some(relations) = declaration.value_mut("relations") {
                take_one_out(dice, relations);
            }
        }
        1 => {
            if let Some(Tree::Map(relations)) = declaration.value_mut("relations") {
                let index = dice.below(relations.len());
                take_one_out(dice, &mut relations[index].1);
            }
        }
        _ => {
            if let Some(Tree::Map(attributes)) = declaration.value_mut("attributes") {
                let index = dice.below(attributes.len());
                attributes[index].1 =
                    (*dice.pick(&["double?", "string?", "int?", "timestamp?", "list(string)?"]))
                        .into();
            }
        }
    }
}

/// A relation that was computed alone takes facts, too.
fn make_direct(dice: &mut Dice<'_>, declaration: &mut Tree) {
    let Some(Tree::Map(relations)) = declaration.value_mut("relations") else { return };
    let mut computed: Vec<&mut Tree> = relations.iter_mut().map(|(_, parts)| parts).collect();
    computed.retain(|parts| {
        let is_link = parts.value("to").is_some();
        !is_link && **parts != "direct".into() && !parts.items().contains(&"direct".into())
    });
    if computed.is_empty() {
        return;
    }
    match computed.swap_remove(dice.below(computed.len())) {
        Tree::List(parts) => parts.push("direct".into()),
        part => *part = Tree::List(vec![part.clone(), "direct".into()]),
    }
}

/// One role becomes another spelling of another.
fn add_alias(dice: &mut Dice<'_>, tree: &mut Tree, roles: &[String]) {
    if let [alias, role] = &dice.some(roles, 2)[..] {
        let aliases = tree.section("role_aliases", Tree::Map(Vec::new()));
        if aliases.value(alias).is_none() {
            aliases.push(alias.as_str(), Tree::text(role.as_str()));
        }
    }
}
