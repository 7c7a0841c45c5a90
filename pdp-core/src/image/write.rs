//! Policies become an image.

use std::collections::BTreeSet;

use super::part;
use super::writer::Writer;
use super::{ImageError, value};
use crate::compile::bits;
use crate::compiled::{
    Detail, DetailKey, FactTables, Record, RelationIndex, ResourceIndex, Stored, Until, number,
    of_pair,
};
use crate::run_time::{FactKey, State, Words};

/// Facts about exact actors for ever, in order.
type Exact = Vec<(ResourceIndex, RelationIndex, u32)>;

/// Writes the texts from which facts were taken out, by path.
pub(super) fn texts(writer: &mut Writer, texts: &[(&str, String)]) -> Result<(), ImageError> {
    writer.begin(part::TEXTS);
    writer.count(texts.len())?;
    for (path, text) in texts {
        writer.text(path)?;
        writer.text(text)?;
    }
    Ok(())
}

/// Writes what holds at present, and what run time says.
pub(super) fn facts(
    writer: &mut Writer,
    tables: &FactTables,
    words: &Words,
) -> Result<(), ImageError> {
    let roles = roles(tables, words);
    table(writer, part::ROLES, roles.iter().map(|role| tables.roles.text(*role)))?;
    let actors = 0..number(tables.actors.len());
    table(writer, part::ACTORS, actors.map(|actor| tables.actors.text(actor)))?;
    let prefixes = 0..number(tables.prefixes.len());
    table(writer, part::PREFIXES, prefixes.map(|prefix| tables.prefixes.text(prefix)))?;
    resources(writer, tables)?;
    exact(writer, tables)?;
    let times = times(tables);
    writer.begin(part::TIMES);
    writer.count(times.len())?;
    times.iter().filter_map(|until| until.time()).for_each(|time| writer.time(time));
    ending(writer, tables, &times)?;
    details(writer, tables, &roles, &times)?;
    self::words(writer, words, &roles)
}

/// The roles that facts name, by their numbers: conditions name others, which need be no roles that
/// anybody could have.
fn roles(tables: &FactTables, words: &Words) -> Vec<u32> {
    let words = words.in_order().into_iter().filter_map(|word| match &word.key {
        FactKey::Detail { key, .. } => Some(*key),
        _ => None,
    });
    let details = all_details(tables).map(|(_, detail)| detail.key());
    let roles = details.chain(words).filter(|key| key.0 == Detail::ROLE).map(|key| key.1);
    roles.collect::<BTreeSet<u32>>().into_iter().collect()
}

fn all_details(tables: &FactTables) -> impl Iterator<Item = (ResourceIndex, &Detail)> {
    let resources = (0..).take(tables.resources.len());
    resources.flat_map(|resource| {
        tables.resources.details(resource).iter().map(move |detail| (resource, detail))
    })
}

/// Writes texts: how many there are, how long each is, then all of them.
fn table<'t>(
    writer: &mut Writer,
    part: &'static str,
    texts: impl ExactSizeIterator<Item = &'t str> + Clone,
) -> Result<(), ImageError> {
    writer.begin(part);
    writer.count(texts.len())?;
    for text in texts.clone() {
        length(writer, text)?;
    }
    texts.for_each(|text| writer.bytes(text.as_bytes()));
    Ok(())
}

fn length(writer: &mut Writer, text: &str) -> Result<(), ImageError> {
    let length = u16::try_from(text.len());
    writer.u16(length.map_err(|_| writer.unwritable("a text that is too long"))?);
    Ok(())
}

fn resources(writer: &mut Writer, tables: &FactTables) -> Result<(), ImageError> {
    let resources = &tables.resources;
    writer.begin(part::RESOURCES);
    writer.count(resources.len())?;
    for (record, index) in resources.iter().zip(0..) {
        length(writer, resources.id(index))?;
        writer.u16(record.resource_type);
    }
    let ids = (0..).take(resources.len()).map(|index| resources.id(index));
    ids.for_each(|id| writer.bytes(id.as_bytes()));
    writer.begin(part::DECLARED);
    let declared: Vec<ResourceIndex> = (resources.iter().zip(0..))
        .filter(|(record, _)| record.has(Record::DECLARED))
        .map(|(_, index)| index)
        .collect();
    writer.count(declared.len())?;
    declared.into_iter().for_each(|index| writer.u32(index));
    Ok(())
}

/// The actors of one relation of one resource stand side by side.
fn exact(writer: &mut Writer, tables: &FactTables) -> Result<(), ImageError> {
    writer.begin(part::EXACT);
    let mut facts: Exact = Vec::new();
    for (pair, relations) in tables.pairs.iter() {
        let (actor, resource) = of_pair(pair);
        facts.extend(bits(relations).map(|relation| (resource, relation, actor)));
    }
    facts.sort_unstable();
    let groups = || facts.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1));
    writer.count(groups().count())?;
    for group in groups() {
        let (resource, relation, _) = group[0];
        writer.u32(resource);
        writer.u8(relation);
        writer.count(group.len())?;
    }
    facts.iter().for_each(|(_, _, actor)| writer.u32(*actor));
    Ok(())
}

/// The times until which facts hold, each once, in order.
fn times(tables: &FactTables) -> Vec<Until> {
    let details = all_details(tables).map(|(_, detail)| detail.until());
    let times = tables.ending.iter().map(|(.., until)| until).chain(details);
    let times: BTreeSet<Until> = times.filter(|until| *until != Until::FOREVER).collect();
    times.into_iter().collect()
}

/// A time by its position, from 1 on; 0 is for ever.
fn time_number(times: &[Until], until: Until) -> u32 {
    times.binary_search(&until).map_or(0, |index| number(index + 1))
}

fn ending(writer: &mut Writer, tables: &FactTables, times: &[Until]) -> Result<(), ImageError> {
    writer.begin(part::ENDING);
    let mut facts: Vec<_> = (tables.ending.iter())
        .map(|(pair, relation, until)| {
            let (actor, resource) = of_pair(pair);
            (resource, relation, actor, time_number(times, until))
        })
        .collect();
    facts.sort_unstable();
    writer.count(facts.len())?;
    for (resource, relation, actor, time) in facts {
        writer.u32(resource);
        writer.u8(relation);
        writer.u32(actor);
        writer.u32(time);
    }
    Ok(())
}

/// All other facts, then the values of attributes in the same order.
fn details(
    writer: &mut Writer,
    tables: &FactTables,
    roles: &[u32],
    times: &[Until],
) -> Result<(), ImageError> {
    writer.begin(part::DETAILS);
    writer.count(all_details(tables).count())?;
    for (resource, detail) in all_details(tables) {
        detail_key(writer, resource, detail.key(), roles);
        writer.u32(time_number(times, detail.until()));
    }
    writer.begin(part::ACTOR_ATTRIBUTES);
    let mut of_actors: Vec<(u32, &(u16, Stored))> = tables.actor_attributes.iter().collect();
    of_actors.sort_unstable_by_key(|(actor, (attribute, _))| (*actor, *attribute));
    writer.count(of_actors.len())?;
    for (actor, (attribute, _)) in &of_actors {
        writer.u32(*actor);
        writer.u16(*attribute);
    }
    writer.begin(part::VALUES);
    for (_, detail) in all_details(tables) {
        if let Detail::Attribute { value, .. } = detail {
            value::write(writer, value)?;
        }
    }
    of_actors.into_iter().try_for_each(|(_, (_, value))| value::write(writer, value))
}

/// Roles are numbered anew, in the same order, so that keys stay in order.
fn detail_key(writer: &mut Writer, resource: ResourceIndex, key: DetailKey, roles: &[u32]) {
    let (kind, first, second, third) = key;
    let role = || roles.binary_search(&first).expect("all roles of facts were collected");
    let first = if kind == Detail::ROLE { number(role()) } else { first };
    writer.u32(resource);
    writer.u8(kind);
    [first, second, third].into_iter().for_each(|word| writer.u32(word));
}

/// Writes what run time says, in the order in which it was said.
fn words(writer: &mut Writer, words: &Words, roles: &[u32]) -> Result<(), ImageError> {
    writer.begin(part::WORDS);
    let words = words.in_order();
    writer.count(words.len())?;
    for word in words {
        key(writer, &word.key, roles);
        state(writer, &word.says)?;
        state(writer, &word.of_files)?;
    }
    Ok(())
}

fn key(writer: &mut Writer, key: &FactKey, roles: &[u32]) {
    match key {
        FactKey::Exact { pair, relation } => {
            let (actor, resource) = of_pair(*pair);
            writer.u8(part::KEY_EXACT);
            writer.u32(resource);
            writer.u8(*relation);
            writer.u32(actor);
        }
        FactKey::Detail { resource, key } => {
            writer.u8(part::KEY_DETAIL);
            detail_key(writer, *resource, *key, roles);
        }
        FactKey::ActorAttribute { actor, attribute } => {
            writer.u8(part::KEY_ACTOR_ATTRIBUTE);
            writer.u32(*actor);
            writer.u16(*attribute);
        }
        FactKey::Existence { resource } => {
            writer.u8(part::KEY_EXISTENCE);
            writer.u32(*resource);
        }
    }
}

fn state(writer: &mut Writer, state: &State) -> Result<(), ImageError> {
    match state {
        State::Absent => writer.u8(part::STATE_ABSENT),
        State::Holds(until) => match until.time() {
            None => writer.u8(part::STATE_FOREVER),
            Some(time) => {
                writer.u8(part::STATE_UNTIL);
                writer.time(time);
            }
        },
        State::Value(value) => {
            writer.u8(part::STATE_VALUE);
            value::write(writer, value)?;
        }
    }
    Ok(())
}
