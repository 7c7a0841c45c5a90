//! Files after somebody edited them, to be read anew.

use crate::{Dice, PolicyFile, PolicySet, Tree};

/// The files of a set after some edits. They may be unsound; an engine in use refuses them then.
pub fn edited(dice: &mut Dice<'_>, set: &PolicySet) -> Vec<PolicyFile> {
    let mut files = set.files.clone();
    for _ in 0..dice.weighted(&[2, 4, 3, 1]) {
        let index = dice.below(files.len());
        let tree = &mut files[index].tree;
        match dice.weighted(&[6, 3, 1]) {
            0 => take_out(dice, tree),
            1 => declare_otherwise(dice, tree),
            _ => add_alias(dice, tree, &set.vocabulary.pool.roles),
        }
    }
    files
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

/// A type has a relation less or one that is not direct, or an attribute of another type. Whether
/// its ids carry the type stays: the language does not say what words of run time mean after that.
fn declare_otherwise(dice: &mut Dice<'_>, tree: &mut Tree) {
    let Some(Tree::Map(types)) = tree.value_mut("types") else { return };
    let index = dice.below(types.len());
    let declaration = &mut types[index].1;
    match dice.below(3) {
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

/// One role becomes another spelling of another.
fn add_alias(dice: &mut Dice<'_>, tree: &mut Tree, roles: &[String]) {
    if let [alias, role] = &dice.some(roles, 2)[..] {
        let aliases = tree.section("role_aliases", Tree::Map(Vec::new()));
        if aliases.value(alias).is_none() {
            aliases.push(alias.as_str(), Tree::text(role.as_str()));
        }
    }
}
