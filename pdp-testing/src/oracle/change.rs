use pdp_core::model::{Model, RelationPart};
use pdp_core::{ActorForm, Change, ChangedActor, Operation, Statement};

use super::fact::{Beside, Facts, Key, To, Word};
use super::value::{fit, is_too_large, stated};
use super::vocabulary::{
    Name, link, parts, read_reference, resource_type, role, stated_attribute, write_reference,
};

/// The words that a change says of facts, `None` where it takes run time's word back; an error
/// where it is refused (section 11 and the change sets of `docs/wire.md`). `holding` are the facts
/// that hold before it.
pub(super) fn words(
    model: &Model<'_>,
    holding: &Facts,
    change: &Change,
) -> Result<Vec<(Key, Option<Word>)>, String> {
    let listed = listed(model, &change.statement)?;
    let mut words = Vec::new();
    if change.operation == Operation::Replace {
        let (resource, relation) = match &change.statement {
            Statement::Relation { resource, relation, .. } => (resource, relation),
            Statement::Link { resource, link, .. } => (resource, link),
            _ => return Err("only a relation or a link is replaced".to_owned()),
        };
        let resource = read_reference(model, resource)?;
        let holding = holding.keys().filter(|key| key.related(&resource, relation).is_some());
        let others = holding.filter(|key| listed.iter().all(|(other, _)| other != *key));
        words.extend(others.map(|key| (key.clone(), Some(Word::HoldsNot))));
    } else if listed.is_empty() {
        return Err("only `replace` may list nothing".to_owned());
    }
    for (key, beside) in listed {
        let word = match change.operation {
            Operation::Add | Operation::Replace => Word::Holds(beside),
            _ if beside == Beside::Nothing => Word::HoldsNot,
            _ => return Err("`until` and `value` go with facts that are added".to_owned()),
        };
        let word = sayable(model, &key, &word)?;
        words.push((key, Some(word).filter(|_| change.operation != Operation::Forget)));
    }
    Ok(words)
}

/// The facts that a statement lists.
fn listed(model: &Model<'_>, statement: &Statement) -> Result<Vec<(Key, Beside)>, String> {
    let value_beside = |value: &Option<pdp_core::Value<'static>>| {
        value.as_ref().map_or(Beside::Nothing, |value| Beside::Value(stated(value)))
    };
    match statement {
        Statement::Relation { resource, relation, actors } => {
            let resource = read_reference(model, resource)?;
            if !is_direct(model, &resource, relation) {
                return Err(format!("no direct relation `{relation}`"));
            }
            let key = |ChangedActor { form, until }: &ChangedActor| {
                let (resource, relation) = (resource.clone(), relation.clone());
                let key = Key::Relation { resource, relation, to: read_actor(model, form)? };
                Ok((key, until.map_or(Beside::Nothing, Beside::Until)))
            };
            actors.iter().map(key).collect()
        }
        Statement::Link { resource, link: name, targets } => {
            let resource = read_reference(model, resource)?;
            if link(model, &resource.resource_type, name).is_none_or(|(_, same_id)| same_id) {
                return Err(format!("no link `{name}` that facts state"));
            }
            let key = |target: &String| {
                let (resource, to) = (resource.clone(), To::Target(read_reference(model, target)?));
                Ok((Key::Relation { resource, relation: name.clone(), to }, Beside::Nothing))
            };
            targets.iter().map(key).collect()
        }
        Statement::ResourceAttribute { resource, attribute, value } => {
            let (resource, attribute) = (read_reference(model, resource)?, attribute.clone());
            Ok(vec![(Key::ResourceAttribute { resource, attribute }, value_beside(value))])
        }
        Statement::ActorAttribute { actor, attribute, value } => {
            let (actor, attribute) = (actor.clone(), attribute.clone());
            Ok(vec![(Key::ActorAttribute { actor, attribute }, value_beside(value))])
        }
        Statement::Existence { resource } => {
            let resource = read_reference(model, resource)?;
            Ok(vec![(Key::Existence { resource }, Beside::Nothing)])
        }
    }
}

fn read_actor(model: &Model<'_>, form: &ActorForm) -> Result<To, String> {
    Ok(match form {
        ActorForm::Exact(id) => To::Exact(id.clone()),
        ActorForm::Prefix(prefix) => To::Prefix(prefix.clone()),
        ActorForm::Set(set) => {
            let (resource, relation) = set.rsplit_once('#').ok_or("an actor set without `#`")?;
            let resource = read_reference(model, resource)?;
            To::Set { resource, relation: relation.to_owned() }
        }
        ActorForm::Role { role: word, actor_type } => {
            To::Role { role: role(model, word).to_owned(), actor_type: *actor_type }
        }
    })
}

/// A word as it is said of a fact, which is subject to all that is said of facts in files: a value
/// is one of the declared type. A reload says every word again.
pub(super) fn sayable(model: &Model<'_>, key: &Key, word: &Word) -> Result<Word, String> {
    if !may_be_said(model, key) {
        return Err(format!("{word:?} cannot be said of {key:?}"));
    }
    let Some(declared) = stated_attribute(model, key) else { return Ok(word.clone()) };
    match word {
        Word::Holds(Beside::Value(value))
            if is_too_large(value, &declared.value_type, declared.max) =>
        {
            Err(format!("{value:?} is too large"))
        }
        Word::Holds(Beside::Value(value)) => fit(value, &declared.value_type)
            .map(|value| Word::Holds(Beside::Value(value)))
            .ok_or_else(|| format!("{value:?} is no {}", declared.value_type)),
        Word::Holds(_) => Err(format!("no value is said of {key:?}")),
        Word::HoldsNot => Ok(Word::HoldsNot),
    }
}

fn may_be_said(model: &Model<'_>, key: &Key) -> bool {
    let of_resource = key.resource().is_none_or(|resource| is_resource(model, resource));
    of_resource
        && match key {
            Key::Existence { .. } => true,
            Key::Relation { resource, relation, to: To::Target(target) } => {
                let found = link(model, &resource.resource_type, relation);
                is_resource(model, target) && found == Some((&*target.resource_type, false))
            }
            Key::Relation { resource, relation, to } => {
                is_direct(model, resource, relation) && is_actor(model, to)
            }
            Key::ActorAttribute { actor, .. } if !is_id(model, actor) => false,
            Key::ActorAttribute { .. } | Key::ResourceAttribute { .. } => {
                stated_attribute(model, key).is_some()
            }
        }
}

fn is_actor(model: &Model<'_>, actor: &To) -> bool {
    match actor {
        To::Exact(id) => is_id(model, id),
        // With nothing, everyone.
        To::Prefix(prefix) => prefix.is_empty() || is_id(model, prefix),
        To::Set { resource, relation } => {
            is_resource(model, resource)
                && parts(model, &resource.resource_type, relation).is_some()
        }
        To::Role { role, .. } => {
            let odd = |letter: char| letter.is_whitespace() || letter.is_control();
            !role.is_empty() && !role.contains(odd)
        }
        To::Target(_) => false,
    }
}

/// Whether facts may state the relation for actors.
fn is_direct(model: &Model<'_>, resource: &Name, relation: &str) -> bool {
    parts(model, &resource.resource_type, relation)
        .is_some_and(|parts| parts.contains(&RelationPart::Direct))
}

/// Whether the type is declared and its ids are so formed.
fn is_resource(model: &Model<'_>, resource: &Name) -> bool {
    resource_type(model, &resource.resource_type).is_some_and(|declared| {
        let carried = format!("{}:", declared.name.text);
        let formed = !declared.prefixed || resource.id.starts_with(&carried);
        formed && is_id(model, &write_reference(model, resource))
    })
}

/// Whether the id holds only letters that ids in policy files may hold (section 1).
fn is_id(model: &Model<'_>, id: &str) -> bool {
    let letters_fit = id.is_ascii() || model.settings.non_ascii_ids;
    !id.is_empty() && letters_fit && !id.contains(char::is_control)
}
