use super::cursor::{Cursor, Fields};
use super::fits::check_state;
use super::{ImageError, part, value};
use crate::compiled::{
    Code, Detail, DetailKey, FactTables, Pairs, Record, RelationIndex, ResourceIndex, Resources,
    Stored, TextTable, TypeIndex, Until, number, pair,
};
use crate::error::id_fault;
use crate::run_time::State;
use crate::wire::ID_BYTES_MAX;

/// Facts as they are read, and what they are held against.
#[derive(Debug)]
pub(super) struct Facts<'c> {
    pub(super) code: &'c Code,
    pub(super) tables: FactTables,
    /// The types of resources, side by side: most checks are about them.
    pub(super) types: Vec<TypeIndex>,
    /// How many roles facts name; the others are of the code.
    pub(super) role_count: usize,
}

/// Reads the roles that facts name, before the code is compiled that says which these may be.
pub(super) fn roles(cursor: &mut Cursor<'_>) -> Result<TextTable, ImageError> {
    cursor.begin(part::ROLES);
    table(cursor, |_| true)
}

impl<'c> Facts<'c> {
    /// Reads what follows the roles, up to the words of run time. `roles` are those of the image, so
    /// many, and behind them those of the code.
    pub(super) fn read(
        cursor: &mut Cursor<'_>,
        code: &'c Code,
        roles: TextTable,
        role_count: usize,
    ) -> Result<Self, ImageError> {
        for role in (0..).take(role_count).map(|role| roles.text(role)) {
            let is_alias = code.vocabulary.aliases.contains_key(role);
            let is_role = is_id(role, code) && !role.contains(' ') && !is_alias;
            cursor.check(is_role, "a role that facts cannot name")?;
        }
        let tables = FactTables { roles, ..FactTables::default() };
        let mut facts = Facts { code, tables, types: Vec::new(), role_count };
        let is_id = |id: &str| is_id(id, code);
        cursor.begin(part::ACTORS);
        facts.tables.actors = table(cursor, is_id)?;
        cursor.begin(part::PREFIXES);
        facts.tables.prefixes = table(cursor, |prefix| prefix.is_empty() || is_id(prefix))?;
        facts.resources(cursor)?;
        facts.exact(cursor)?;
        let times = times(cursor)?;
        facts.ending(cursor, &times)?;
        facts.others(cursor, &times)?;
        let of_resources = facts.tables.resources.iter().map(|record| record.facts as usize);
        facts.tables.count += of_resources.sum::<usize>();
        Ok(facts)
    }

    fn resources(&mut self, cursor: &mut Cursor<'_>) -> Result<(), ImageError> {
        cursor.begin(part::RESOURCES);
        let entries = cursor.entries::<4>()?.iter().map(|entry| {
            let mut fields = Fields(entry);
            (fields.u16(), fields.u16())
        });
        let length = entries.clone().map(|(length, _)| usize::from(length)).sum();
        let ids = cursor.text_of(length)?;
        let resources = Resources::of(ids, entries.clone());
        let resources = resources.ok_or_else(|| cursor.malformed(NOT_ONCE))?;
        let is_plain = is_plain(ids);
        for ((length, of), resource) in entries.clone().zip(0..) {
            let info = self.code.vocabulary.types.get(usize::from(of));
            let info = info.ok_or_else(|| cursor.malformed("a type that is not declared"))?;
            let id = resources.id(resource);
            let is_sound = if is_plain { has_length(length) } else { is_id(id, self.code) };
            cursor.check(is_sound, "an id that is not made as it must be")?;
            let has_type =
                || id.strip_prefix(&*info.name).is_some_and(|rest| rest.starts_with(':'));
            cursor.check(!info.prefixed || has_type(), "an id without its type")?;
        }
        self.tables.resources = resources;
        self.types = entries.map(|(_, of)| of).collect();
        cursor.begin(part::DECLARED);
        let declared = cursor.entries::<4>()?.iter().map(|entry| u32::from_le_bytes(*entry));
        let mut last = None;
        for resource in declared.clone() {
            cursor.check(last < Some(resource), NOT_IN_ORDER)?;
            last = Some(resource);
            self.type_of(cursor, resource)?;
        }
        let declared = declared.map(|resource| (resource, true));
        self.tables.resources.change(declared, |record, is| record.set(Record::DECLARED, is));
        Ok(())
    }

    fn exact(&mut self, cursor: &mut Cursor<'_>) -> Result<(), ImageError> {
        cursor.begin(part::EXACT);
        let groups = cursor.entries::<9>()?;
        let counts = groups.iter().map(|group| exact_group(group).2);
        let count = counts.fold(0_usize, |sum, count| sum.saturating_add(count as usize));
        let mut actors = cursor.entries_of::<4>(count)?;
        let mut pairs: Vec<(u64, u64)> = Vec::with_capacity(count);
        let mut counted = Vec::new();
        let mut last = None;
        for of_resource in groups.chunk_by(|one, other| one[..4] == other[..4]) {
            let begin = pairs.len();
            for (resource, relation, count) in of_resource.iter().map(exact_group) {
                cursor.check(last < Some((resource, relation)), NOT_IN_ORDER)?;
                last = Some((resource, relation));
                self.check_direct(cursor, resource, relation)?;
                cursor.check(count > 0, "a relation of nobody")?;
                let (of_group, rest) = actors.split_at(count as usize);
                actors = rest;
                self.exact_actors(cursor, resource, relation, of_group, &mut pairs)?;
            }
            let (resource, ..) = exact_group(&of_resource[0]);
            counted.push((resource, (number(pairs.len() - begin), of_resource)));
        }
        self.tables.resources.change(counted, |record, (count, groups)| {
            record.facts += count;
            groups.iter().for_each(|group| record.note_exact(exact_group(group).1));
        });
        self.tables.pairs = Pairs::of(pairs.into_iter());
        Ok(())
    }

    fn exact_actors(
        &self,
        cursor: &Cursor<'_>,
        resource: ResourceIndex,
        relation: RelationIndex,
        actors: &[[u8; 4]],
        pairs: &mut Vec<(u64, u64)>,
    ) -> Result<(), ImageError> {
        let (mut next, mut in_order) = (0, true);
        pairs.extend(actors.iter().map(|actor| {
            let actor = u32::from_le_bytes(*actor);
            in_order &= actor >= next;
            next = actor.saturating_add(1);
            (pair(actor, resource), 1 << relation)
        }));
        cursor.check(in_order, NOT_IN_ORDER)?;
        // They are in order: if the last one is an actor, so are all.
        cursor.check(next as usize <= self.tables.actors.len(), UNKNOWN_ACTOR)
    }

    fn ending(&mut self, cursor: &mut Cursor<'_>, times: &[Until]) -> Result<(), ImageError> {
        cursor.begin(part::ENDING);
        let mut last = None;
        for entry in cursor.entries::<13>()? {
            let mut fields = Fields(entry);
            let (resource, relation, actor) = (fields.u32(), fields.u8(), fields.u32());
            let time = fields.u32();
            cursor.check(last < Some((resource, relation, actor)), NOT_IN_ORDER)?;
            last = Some((resource, relation, actor));
            self.check_direct(cursor, resource, relation)?;
            self.check_actor(cursor, actor)?;
            let until = until(cursor, time, times)?;
            cursor.check(until != Until::FOREVER, "a fact without an end")?;
            let pair = pair(actor, resource);
            let is_forever = self.tables.pairs.relations(pair) & (1 << relation) != 0;
            cursor.check(!is_forever, "a fact that holds for ever, too")?;
            self.tables.state_ending(pair, relation, until);
        }
        Ok(())
    }

    /// Reads all other facts, and the values of attributes.
    fn others(&mut self, cursor: &mut Cursor<'_>, times: &[Until]) -> Result<(), ImageError> {
        cursor.begin(part::DETAILS);
        let of_resources = cursor.entries::<21>()?;
        cursor.begin(part::ACTOR_ATTRIBUTES);
        let of_actors = cursor.entries::<6>()?;
        self.details(cursor, of_resources, times)?;
        self.of_actors(cursor, of_actors)
    }

    fn of_actors(
        &mut self,
        cursor: &mut Cursor<'_>,
        entries: &[[u8; 6]],
    ) -> Result<(), ImageError> {
        cursor.begin(part::ACTOR_ATTRIBUTES);
        let (mut last, mut of_actor) = (None, Vec::new());
        let mut entries = (entries.iter())
            .map(|entry| {
                let mut fields = Fields(entry);
                (fields.u32(), fields.u16())
            })
            .peekable();
        while let Some((actor, attribute)) = entries.next() {
            cursor.check(last < Some((actor, attribute)), NOT_IN_ORDER)?;
            last = Some((actor, attribute));
            self.check_actor(cursor, actor)?;
            let declared = self.attribute_of_actors(cursor, attribute)?;
            of_actor.push((attribute, value::read(cursor, declared)?));
            if entries.peek().is_none_or(|(next, _)| *next != actor) {
                let values: Vec<(u16, Stored)> = std::mem::take(&mut of_actor);
                self.tables.count += values.len();
                self.tables.actor_attributes.set_all(actor, values);
            }
        }
        Ok(())
    }

    fn details(
        &mut self,
        cursor: &mut Cursor<'_>,
        entries: &[[u8; 21]],
        times: &[Until],
    ) -> Result<(), ImageError> {
        cursor.begin(part::DETAILS);
        let (mut last, mut of_resource) = (None, Vec::new());
        let mut entries = entries.iter().map(|entry| detail_key(entry)).peekable();
        while let Some((resource, key, time)) = entries.next() {
            cursor.check(last < Some((resource, key)), NOT_IN_ORDER)?;
            last = Some((resource, key));
            self.check_detail(cursor, resource, &key)?;
            let state = if key.0 == Detail::ATTRIBUTE {
                cursor.check(time == 0, "an attribute that ends")?;
                State::Value(value::read(cursor, self.attribute(cursor, resource, key.1)?)?)
            } else {
                State::Holds(until(cursor, time, times)?)
            };
            check_state(cursor, &key, &state)?;
            of_resource.extend(state.detail(key));
            if entries.peek().is_none_or(|(next, ..)| *next != resource) {
                let details: Vec<Detail> = std::mem::take(&mut of_resource);
                self.tables.resources.record_mut(resource).facts += number(details.len());
                self.tables.resources.set_details(resource, details);
            }
        }
        Ok(())
    }
}

pub(super) const NOT_IN_ORDER: &str = "entries that are not in order, each once";
pub(super) const UNKNOWN_ACTOR: &str = "an actor without an id";
const NOT_ONCE: &str = "texts that are not each there once";

/// A resource, a relation and how many actors have it.
fn exact_group(entry: &[u8; 9]) -> (ResourceIndex, RelationIndex, u32) {
    let mut fields = Fields(entry);
    (fields.u32(), fields.u8(), fields.u32())
}

fn detail_key(entry: &[u8]) -> (ResourceIndex, DetailKey, u32) {
    let mut fields = Fields(entry);
    let resource = fields.u32();
    let key = (fields.u8(), fields.u32(), fields.u32(), fields.u32());
    (resource, key, fields.u32())
}

fn until(cursor: &Cursor<'_>, time: u32, times: &[Until]) -> Result<Until, ImageError> {
    match (time as usize).checked_sub(1) {
        None => Ok(Until::FOREVER),
        Some(index) => times.get(index).copied().ok_or_else(|| cursor.malformed("an unknown time")),
    }
}

fn times(cursor: &mut Cursor<'_>) -> Result<Vec<Until>, ImageError> {
    cursor.begin(part::TIMES);
    let mut times: Vec<Until> = Vec::new();
    for _ in 0..cursor.count()? {
        let time = Until::from(Some(value::time(cursor)?));
        cursor.check(times.last().is_none_or(|before| *before < time), NOT_IN_ORDER)?;
        times.push(time);
    }
    Ok(times)
}

/// Reads texts of which `is_sound` holds.
fn table(
    cursor: &mut Cursor<'_>,
    is_sound: impl Fn(&str) -> bool,
) -> Result<TextTable, ImageError> {
    let lengths = cursor.entries::<2>()?.iter().map(|length| u16::from_le_bytes(*length));
    let arena = cursor.text_of(lengths.clone().map(usize::from).sum())?;
    let table = TextTable::of(arena, lengths.clone());
    let table = table.ok_or_else(|| cursor.malformed(NOT_ONCE))?;
    // Most sets hold nothing but what is plain, so that lengths are all there is to look at.
    let is_plain = is_plain(arena);
    for (length, index) in lengths.zip(0..) {
        let is_sound = is_plain && has_length(length) || is_sound(table.text(index));
        cursor.check(is_sound, "a text that is not made as it must be")?;
    }
    Ok(table)
}

/// Whether texts are made of what every id may have.
fn is_plain(texts: &str) -> bool {
    texts.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Whether an id may be so long, in bytes.
fn has_length(length: u16) -> bool {
    length > 0 && usize::from(length) <= ID_BYTES_MAX
}

pub(super) fn is_id(id: &str, code: &Code) -> bool {
    id_fault(id, "the id", code.non_ascii_ids).is_none()
}
