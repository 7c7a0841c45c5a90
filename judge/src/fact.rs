//! Facts, as files and change sets state them.

use crate::pool::TIMES;
use crate::selector::{role, tenant};
use crate::value::{Place, value};
use crate::{Dice, Tree, TypeSketch, Vocabulary};

/// A fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// An actor has a relation on a resource.
    Relation {
        /// The reference of the resource.
        resource: String,
        /// The relation.
        relation: String,
        /// Whom it is about.
        actor: FactActor,
        /// From when on it does not hold.
        until: Option<String>,
    },
    /// A link points to a resource.
    Link {
        /// The reference of the resource.
        resource: String,
        /// The link.
        link: String,
        /// The reference of the target.
        target: String,
    },
    /// A resource has a value.
    ResourceAttribute {
        /// The reference of the resource.
        resource: String,
        /// The attribute.
        attribute: String,
        /// The value.
        value: Tree,
    },
    /// An actor has a value.
    ActorAttribute {
        /// The id of the actor.
        actor: String,
        /// The attribute.
        attribute: String,
        /// The value.
        value: Tree,
    },
    /// A resource exists.
    Existence {
        /// The reference of the resource.
        resource: String,
    },
}

/// Whom a fact is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactActor {
    /// The actor with this id.
    Exact(String),
    /// Every actor whose id begins with this.
    Prefix(String),
    /// Whoever has a relation on a resource: `reference#relation`.
    Set(String),
    /// Whoever claims the role, of any type or of one.
    Role(String, Option<&'static str>),
}

impl FactActor {
    /// The short form, if the actor has one that is read as what it is.
    pub fn short(&self) -> Option<String> {
        let text = match self {
            FactActor::Exact(id) => id.clone(),
            FactActor::Prefix(prefix) => format!("{prefix}*"),
            FactActor::Set(set) => set.clone(),
            FactActor::Role(role, None) => format!("role:{role}"),
            FactActor::Role(_, Some(_)) => return None,
        };
        (FactActor::read(&text).as_ref() == Some(self)).then_some(text)
    }

    /// What a short form says, in the words of the language's section 3.
    fn read(text: &str) -> Option<Self> {
        if text.contains(',') || text.contains(char::is_whitespace) {
            return None;
        }
        if let Some(role) = text.strip_prefix("role:") {
            return (!role.is_empty()).then(|| FactActor::Role(role.to_owned(), None));
        }
        if text.contains('#') {
            return Some(FactActor::Set(text.to_owned()));
        }
        match text.split_once('*') {
            None => Some(FactActor::Exact(text.to_owned())),
            Some((prefix, "")) => Some(FactActor::Prefix(prefix.to_owned())),
            Some(_) => None,
        }
    }

    /// The actor as it is written: in the short form where that says the same and `dice` likes it.
    pub fn tree(&self, until: Option<&str>, dice: &mut Dice<'_>) -> Tree {
        // Rolled in any case, so that names do not change the choices that follow.
        let long = dice.chance(25) || until.is_some();
        if let Some(short) = self.short().filter(|_| !long) {
            return Tree::text(short);
        }
        let (key, word) = match self {
            FactActor::Exact(id) => ("id", id),
            FactActor::Prefix(prefix) => ("prefix", prefix),
            FactActor::Set(set) => ("set", set),
            FactActor::Role(role, _) => ("role", role),
        };
        let mut long = Tree::map([(key, word.as_str().into())]);
        if let FactActor::Role(_, Some(actor_type)) = self {
            long.push("type", (*actor_type).into());
        }
        if let Some(until) = until {
            long.push("until", until.into());
        }
        long
    }
}

/// A fact that the vocabulary allows; none where there is nothing to state.
pub fn fact(dice: &mut Dice<'_>, vocabulary: &Vocabulary, place: Place) -> Option<Fact> {
    let sketch = dice.pick_any(&vocabulary.types)?;
    let local = dice.pick(&vocabulary.pool.locals).clone();
    let resource = sketch.reference(&local);
    let direct: Vec<&str> = sketch
        .relations
        .iter()
        .filter(|relation| relation.direct)
        .map(|relation| relation.name.as_str())
        .collect();
    match dice.weighted(&[12, 6, 3, 2, 1]) {
        0 if !direct.is_empty() => Some(Fact::Relation {
            resource,
            relation: (*dice.pick(&direct)).to_owned(),
            actor: fact_actor(dice, vocabulary),
            until: dice.chance(25).then(|| (*dice.pick(TIMES)).to_owned()),
        }),
        0 | 1 => link(dice, vocabulary, sketch, resource),
        2 => resource_attribute(dice, vocabulary, sketch, resource, place),
        3 => actor_attribute(dice, vocabulary, place),
        _ => Some(Fact::Existence { resource }),
    }
}

/// Whom a fact is about.
pub fn fact_actor(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> FactActor {
    let pool = &vocabulary.pool;
    match dice.weighted(&[8, 3, 2, 6, 3]) {
        0 => FactActor::Exact(dice.pick(&pool.actors).clone()),
        1 if pool.has_patterns() => {
            let id = dice.pick(&pool.actors);
            let length = dice.between(1, id.chars().count());
            FactActor::Prefix(id.chars().take(length).collect())
        }
        1 | 2 => FactActor::Prefix(String::new()),
        3 => match set(dice, vocabulary) {
            Some(set) => FactActor::Set(set),
            None => FactActor::Exact(dice.pick(&pool.actors).clone()),
        },
        _ => {
            let actor_type = dice.chance(30).then(|| *dice.pick(&["human", "agent", "service"]));
            FactActor::Role(role(dice, vocabulary), actor_type)
        }
    }
}

/// A set of actors, if some type has a relation.
fn set(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> Option<String> {
    let sketch = dice.pick(&vocabulary.types);
    let relation = dice.pick_any(&sketch.relations)?;
    let local = dice.pick(&vocabulary.pool.locals);
    Some(format!("{}#{}", sketch.reference(local), relation.name))
}

fn link(
    dice: &mut Dice<'_>,
    vocabulary: &Vocabulary,
    sketch: &TypeSketch,
    resource: String,
) -> Option<Fact> {
    let links: Vec<_> = sketch.links.iter().filter(|link| !link.same_id).collect();
    let link = dice.pick_any(&links)?;
    let local = dice.pick(&vocabulary.pool.locals).as_str();
    let target = vocabulary.types[link.to].reference(local);
    Some(Fact::Link { resource, link: link.name.clone(), target })
}

fn resource_attribute(
    dice: &mut Dice<'_>,
    vocabulary: &Vocabulary,
    sketch: &TypeSketch,
    resource: String,
    place: Place,
) -> Option<Fact> {
    let stated: Vec<_> = sketch.attributes.iter().filter(|value| !value.from_request).collect();
    let attribute = dice.pick_any(&stated)?;
    let value = value(dice, attribute.kind, place, &vocabulary.pool);
    Some(Fact::ResourceAttribute { resource, attribute: attribute.name.clone(), value })
}

fn actor_attribute(dice: &mut Dice<'_>, vocabulary: &Vocabulary, place: Place) -> Option<Fact> {
    let declared = vocabulary.actor_attributes.iter();
    let stated: Vec<_> = declared.filter(|value| !value.from_request).collect();
    let attribute = dice.pick_any(&stated)?;
    let actor = dice.pick(&vocabulary.pool.actors).clone();
    let value = value(dice, attribute.kind, place, &vocabulary.pool);
    Some(Fact::ActorAttribute { actor, attribute: attribute.name.clone(), value })
}

/// A reference of a resource that some `tenant` file may speak for, if there is one: the index of
/// its type and the reference.
pub fn tenant_reference(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> Option<(usize, String)> {
    let links = vocabulary.types.iter().flat_map(|sketch| &sketch.links);
    let mut targets: Vec<usize> = links.filter(|link| link.tenant).map(|link| link.to).collect();
    targets.sort_unstable();
    targets.dedup();
    let index = *dice.pick_any(&targets)?;
    let local = dice.pick(&vocabulary.pool.locals);
    Some((index, vocabulary.types[index].reference(local)))
}

/// Some tenant of an actor.
pub fn actor_tenant(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> String {
    tenant(dice, vocabulary)
}

/// Puts facts into the sections of a file.
///
/// A value of an attribute that the file states already is left out: stating two is an error.
pub fn state(facts: &[Fact], file: &mut Tree, dice: &mut Dice<'_>) {
    for fact in facts {
        match fact {
            Fact::Relation { resource, relation, actor, until } => {
                let actor = actor.tree(until.as_deref(), dice);
                add_to_list(of_resource(file, resource), relation, actor, dice);
            }
            Fact::Link { resource, link, target } => {
                add_to_list(of_resource(file, resource), link, target.as_str().into(), dice);
            }
            Fact::ResourceAttribute { resource, attribute, value } => {
                set_value(file, "resources", resource, attribute, value);
            }
            Fact::ActorAttribute { actor, attribute, value } => {
                set_value(file, "actors", actor, attribute, value);
            }
            Fact::Existence { resource } if dice.chance(30) => {
                of_resource(file, resource);
            }
            Fact::Existence { resource } => {
                file.section("resources", Tree::List(Vec::new()))
                    .push_item(resource.as_str().into());
            }
        }
    }
}

fn of_resource<'f>(file: &'f mut Tree, resource: &str) -> &'f mut Tree {
    file.section("facts", Tree::Map(Vec::new())).section(resource, Tree::Map(Vec::new()))
}

/// One value may stand without a list.
fn add_to_list(of: &mut Tree, name: &str, item: Tree, dice: &mut Dice<'_>) {
    match of.value_mut(name) {
        None if dice.chance(40) => of.push(name, item),
        None => of.push(name, Tree::List(vec![item])),
        Some(Tree::List(items)) => items.push(item),
        Some(one) => {
            let first = std::mem::replace(one, Tree::Null);
            *one = Tree::List(vec![first, item]);
        }
    }
}

fn set_value(file: &mut Tree, of: &str, subject: &str, attribute: &str, value: &Tree) {
    let empty = || Tree::Map(Vec::new());
    let subject =
        file.section("attributes", empty()).section(of, empty()).section(subject, empty());
    if subject.value(attribute).is_none() {
        subject.push(attribute, value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_misread_has_no_short_form() {
        for actor in [
            FactActor::Exact("a#b".to_owned()),
            FactActor::Exact("role:ops".to_owned()),
            FactActor::Exact("a*".to_owned()),
            FactActor::Prefix("role:".to_owned()),
            FactActor::Prefix("a#".to_owned()),
            FactActor::Set("role:1#member".to_owned()),
        ] {
            assert_eq!(actor.short(), None, "{actor:?}");
        }
        assert_eq!(FactActor::Prefix(String::new()).short().as_deref(), Some("*"));
        assert_eq!(FactActor::Role("*".to_owned(), None).short().as_deref(), Some("role:*"));
    }
}
