//! Change sets.

use crate::fact::{fact, fact_actor};
use crate::value::{Place, wrong_value};
use crate::{Dice, Fact, FactActor, Kind, Tree, Vocabulary};

const OPERATIONS: [&str; 4] = ["add", "remove", "replace", "forget"];

/// A change set of one to five changes, in the shape that travels.
///
/// Most of it speaks of `facts`, to which it adds those that it states. Some of it is refused.
pub fn change_set(
    dice: &mut Dice<'_>,
    vocabulary: &Vocabulary,
    id: &str,
    facts: &mut Vec<Fact>,
) -> Tree {
    let count = dice.between(1, 5);
    let mut changes: Vec<Tree> =
        (0..count).filter_map(|_| change(dice, vocabulary, facts)).collect();
    if dice.chance(2) {
        changes.extend(crowd(dice, vocabulary));
    }
    if changes.is_empty() || dice.chance(8) {
        let position = dice.below(changes.len() + 1);
        changes.insert(position, refused_change(dice, vocabulary));
    }
    Tree::map([("id", id.into()), ("changes", Tree::List(changes))])
}

/// So many actors that tables grow get a relation.
fn crowd(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> Option<Tree> {
    let sketch = dice.pick(&vocabulary.types);
    let relation = sketch.relations.iter().find(|relation| relation.direct)?;
    let resource = sketch.reference(dice.pick(&vocabulary.pool.locals).as_str());
    let count = dice.between(100, 400);
    Some(Tree::map([
        ("op", (*dice.pick(&["add", "replace", "remove"])).into()),
        ("resource", Tree::text(resource)),
        ("relation", relation.name.as_str().into()),
        ("actors", Tree::texts((0..count).map(|number| format!("{CROWD}{number}")))),
    ]))
}

/// What ids of actors of a crowd begin with.
pub(crate) const CROWD: &str = "crowd:";

/// A change that is allowed.
pub fn change(dice: &mut Dice<'_>, vocabulary: &Vocabulary, facts: &mut Vec<Fact>) -> Option<Tree> {
    let operation = OPERATIONS[dice.weighted(&[5, 4, 2, 2])];
    let known = dice.pick_any(facts).cloned().filter(|_| operation != "add" && dice.chance(80));
    let fact = match known {
        Some(fact) => fact,
        None => fact(dice, vocabulary, Place::Wire)?,
    };
    // Only relations and links are replaced.
    let operation = match fact {
        Fact::Relation { .. } | Fact::Link { .. } => operation,
        _ if operation == "replace" => "remove",
        _ => operation,
    };
    if operation == "add" || operation == "replace" {
        facts.push(fact.clone());
    }
    Some(change_of(dice, vocabulary, operation, &fact))
}

/// The change that does something with a fact, perhaps together with others of the same relation.
pub fn change_of(
    dice: &mut Dice<'_>,
    vocabulary: &Vocabulary,
    operation: &str,
    fact: &Fact,
) -> Tree {
    let mut change = Tree::map([("op", operation.into())]);
    match fact {
        Fact::Relation { resource, relation, actor, until } => {
            change.push("resource", resource.as_str().into());
            change.push("relation", relation.as_str().into());
            let timed = operation == "add" || operation == "replace";
            let until = until.as_deref().filter(|_| timed);
            let mut actors = vec![actor.tree(until, dice)];
            while dice.chance(25) {
                let other = fact_actor(dice, vocabulary);
                actors.push(other.tree(until.filter(|_| dice.chance(50)), dice));
            }
            push_list(dice, &mut change, ["actor", "actors"], actors);
        }
        Fact::Link { resource, link, target } => {
            change.push("resource", resource.as_str().into());
            change.push("relation", link.as_str().into());
            let mut targets = vec![Tree::text(target.as_str())];
            let name = target.split(':').next().unwrap_or_default();
            while dice.chance(20) {
                let local = dice.pick(&vocabulary.pool.locals);
                targets.push(Tree::text(format!("{name}:{local}")));
            }
            push_list(dice, &mut change, ["target", "targets"], targets);
        }
        Fact::ResourceAttribute { resource, attribute, value } => {
            change.push("resource", resource.as_str().into());
            push_value(&mut change, operation, attribute, value);
        }
        Fact::ActorAttribute { actor, attribute, value } => {
            change.push("actor", actor.as_str().into());
            push_value(&mut change, operation, attribute, value);
        }
        Fact::Existence { resource } => change.push("resource", resource.as_str().into()),
    }
    change
}

/// One stands under the first name, several under the second. What is replaced by nothing is an
/// empty list.
fn push_list(dice: &mut Dice<'_>, change: &mut Tree, names: [&str; 2], mut items: Vec<Tree>) {
    let replace = change.value("op") == Some(&"replace".into());
    if replace && dice.chance(20) {
        items.clear();
    }
    if replace || items.len() != 1 || dice.chance(20) {
        change.push(names[1], Tree::List(items));
    } else {
        change.push(names[0], items.remove(0));
    }
}

fn push_value(change: &mut Tree, operation: &str, attribute: &str, value: &Tree) {
    change.push("attribute", attribute.into());
    if operation == "add" {
        change.push("value", value.clone());
    }
}

/// A change that can be read and must be refused.
pub fn refused_change(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> Tree {
    let sketch = dice.pick(&vocabulary.types);
    let resource = Tree::text(sketch.reference(dice.pick(&vocabulary.pool.locals).as_str()));
    let operation = Tree::from(*dice.pick(&["add", "remove", "forget"]));
    let of = |resource: Tree, relation: &str, actor: FactActor, dice: &mut Dice<'_>| {
        Tree::map([
            ("op", operation.clone()),
            ("resource", resource),
            ("relation", relation.into()),
            ("actor", actor.tree(None, dice)),
        ])
    };
    let nobody = FactActor::Exact("a".to_owned());
    let computed = sketch.relations.iter().find(|relation| !relation.direct);
    let direct = sketch.relations.iter().find(|relation| relation.direct);
    let link = sketch.links.first();
    let attribute = sketch.attributes.first();
    match (dice.below(8), computed, direct, link, attribute) {
        (0, Some(computed), ..) => of(resource, &computed.name, nobody, dice),
        (1, _, Some(direct), ..) => {
            let set = FactActor::Set(format!("{}#no-such-relation", sketch.reference("a")));
            of(resource, &direct.name, set, dice)
        }
        (2, _, Some(direct), ..) => of("no.such-type:a".into(), &direct.name, nobody, dice),
        (3, _, Some(direct), ..) => of("no reference".into(), &direct.name, nobody, dice),
        (4, _, _, Some(link), _) => of(resource, &link.name, nobody, dice),
        (5, _, _, Some(link), _) => Tree::map([
            ("op", operation),
            ("resource", resource),
            ("relation", link.name.as_str().into()),
            ("target", "no.such-type:a".into()),
        ]),
        (6, _, _, _, Some(attribute)) => {
            let kind = if attribute.from_request { Kind::BOOL } else { attribute.kind };
            Tree::map([
                ("op", "add".into()),
                ("resource", resource),
                ("attribute", attribute.name.as_str().into()),
                ("value", wrong_value(dice, kind)),
            ])
        }
        _ => of(resource, "no-such-relation", nobody, dice),
    }
}
