//! Facts become tables.

use super::Compiler;
use super::selectors::mask;
use crate::ActorType;
use crate::compiled::{
    Detail, FactTables, Record, RelationIndex, RelationInfo, ResourceIndex, Stored, TypeIndex,
    TypeInfo, Until, pair,
};
use crate::error::PolicyErrorKind;
use crate::model::{AttributeFact, FactActor, LinkFacts, Place, RelationFacts, ResourceName};

/// Facts on their way into tables.
#[derive(Default)]
struct Gathered {
    details: Vec<(ResourceIndex, Detail)>,
    /// Facts about exact actors that end some time: pair, relation, time.
    ending: Vec<(u64, RelationIndex, Until)>,
    resource_attributes: Vec<(ResourceIndex, (u16, Stored), Place)>,
    actor_attributes: Vec<(u32, (u16, Stored), Place)>,
}

impl Compiler<'_> {
    pub(super) fn facts(&mut self, types: &[TypeInfo]) -> FactTables {
        let model = self.model;
        let mut tables = FactTables::default();
        let mut gathered = Gathered::default();
        for resource in &model.facts.known {
            if let Some(index) = self.resource(resource, &mut tables) {
                tables.resources.record_mut(index).set(Record::DECLARED, true);
            }
        }
        for facts in &model.facts.relations {
            self.relation_facts(facts, &mut tables, &mut gathered);
        }
        for facts in &model.facts.links {
            self.link_facts(facts, types, &mut tables, &mut gathered);
        }
        self.attributes(&mut tables, &mut gathered);
        self.finish_facts(&mut tables, gathered);
        tables
    }

    /// The number of a resource; its type was looked up when the fact was read.
    fn resource(&self, name: &ResourceName<'_>, tables: &mut FactTables) -> Option<ResourceIndex> {
        let index = self.types.get(name.resource_type.as_ref())?;
        Some(tables.resources.intern(*index, &name.id))
    }

    pub(super) fn position(&self, resource_type: &str, relation: &str) -> Option<RelationIndex> {
        let index = self.types.get(resource_type)?;
        let relations = &self.model.types[usize::from(*index)].relations;
        let position = relations.iter().position(|candidate| candidate.name.text == relation)?;
        RelationIndex::try_from(position).ok().filter(|position| *position < 64)
    }

    fn relation_facts(
        &mut self,
        facts: &RelationFacts<'_>,
        tables: &mut FactTables,
        gathered: &mut Gathered,
    ) {
        let Some(resource) = self.resource(&facts.resource, tables) else { return };
        let Some(relation) = self.position(&facts.resource.resource_type, &facts.relation) else {
            return;
        };
        for stated in &facts.actors {
            let until = Until::from(stated.until);
            let detail = match &stated.actor {
                FactActor::Exact(id) => {
                    let pair = pair(tables.actors.intern(id), resource);
                    if until == Until::FOREVER {
                        let new = tables.pairs.add(pair, 1 << relation);
                        let record = tables.resources.record_mut(resource);
                        record.facts += new.count_ones();
                        record.note_exact(relation);
                    } else {
                        gathered.ending.push((pair, relation, until));
                    }
                    continue;
                }
                FactActor::Prefix(prefix) => {
                    Detail::Prefix { relation, prefix: tables.prefixes.intern(prefix), until }
                }
                FactActor::Role { role, actor_type } => {
                    let role = self.builder.role(role);
                    Detail::Role { relation, role, actor_types: types_mask(*actor_type), until }
                }
                FactActor::Set { resource: of, relation: goal } => {
                    let goal = self.position(&of.resource_type, goal);
                    let Some((target, goal)) = self.resource(of, tables).zip(goal) else {
                        continue;
                    };
                    Detail::Set { relation, goal, target, until }
                }
            };
            gathered.details.push((resource, detail));
        }
    }

    fn link_facts(
        &mut self,
        facts: &LinkFacts<'_>,
        types: &[TypeInfo],
        tables: &mut FactTables,
        gathered: &mut Gathered,
    ) {
        let Some(resource) = self.resource(&facts.resource, tables) else { return };
        let Some(link) = self.position(&facts.resource.resource_type, &facts.link) else { return };
        let of = tables.resources.record(resource).resource_type;
        let info = types[usize::from(of)].relations.get(usize::from(link));
        let Some(RelationInfo::Link { target, .. }) = info else { return };
        for id in &facts.targets {
            let target = tables.resources.intern(*target, id);
            gathered.details.push((resource, Detail::Link { link, target }));
        }
    }

    fn attributes(&mut self, tables: &mut FactTables, gathered: &mut Gathered) {
        let model = self.model;
        for fact in &model.facts.resource_attributes {
            let Some(resource) = self.resource(&fact.subject, tables) else { continue };
            let of: TypeIndex = tables.resources.record(resource).resource_type;
            let declared = &model.types[usize::from(of)].attributes;
            if let Some(value) = stored(fact, declared) {
                gathered.resource_attributes.push((resource, value, fact.place));
            }
        }
        for fact in &model.facts.actor_attributes {
            let actor = tables.actors.intern(&fact.subject);
            if let Some(value) = stored(fact, &model.actor_attributes) {
                gathered.actor_attributes.push((actor, value, fact.place));
            }
        }
    }

    fn finish_facts(&mut self, tables: &mut FactTables, gathered: Gathered) {
        let Gathered { mut details, mut ending, resource_attributes, actor_attributes } = gathered;
        let attributes = self.stated_once(resource_attributes).into_iter();
        details.extend(attributes.map(|(resource, (attribute, value))| {
            (resource, Detail::Attribute { attribute, value })
        }));
        // Of the same fact the first is kept: the one that holds longest.
        details.sort_by(|(left, one), (right, other)| {
            (left, one.key(), other.until()).cmp(&(right, other.key(), one.until()))
        });
        details.dedup_by(|(left, one), (right, other)| left == right && one.key() == other.key());
        let mut details = details.into_iter().peekable();
        while let Some((resource, detail)) = details.next() {
            let mut of_resource = vec![detail];
            while let Some((_, detail)) = details.next_if(|(other, _)| *other == resource) {
                of_resource.push(detail);
            }
            let record = tables.resources.record_mut(resource);
            record.facts += u32::try_from(of_resource.len()).unwrap_or(u32::MAX);
            tables.resources.set_details(resource, of_resource);
        }
        ending.sort_unstable_by_key(|(pair, relation, until)| {
            (*pair, *relation, std::cmp::Reverse(*until))
        });
        ending.dedup_by_key(|(pair, relation, _)| (*pair, *relation));
        for (pair, relation, until) in ending {
            tables.state_ending(pair, relation, until);
        }
        let of_resources: usize = tables.resources.iter().map(|record| record.facts as usize).sum();
        let of_actors = self.stated_once(actor_attributes);
        tables.count = of_resources + of_actors.len();
        for (actor, (attribute, value)) in of_actors {
            tables.actor_attributes.set(actor, attribute, Some(value));
        }
    }

    /// Sorted attributes, each once; two values for one are a mistake.
    fn stated_once(
        &mut self,
        mut facts: Vec<(u32, (u16, Stored), Place)>,
    ) -> Vec<(u32, (u16, Stored))> {
        facts.sort_by_key(|(subject, (attribute, _), place)| (*subject, *attribute, *place));
        let mut kept: Vec<(u32, (u16, Stored))> = Vec::with_capacity(facts.len());
        for (subject, (attribute, value), place) in facts {
            match kept.last() {
                Some((last, (same, other))) if *last == subject && *same == attribute => {
                    if *other != value {
                        let message = "the attribute is stated with another value already";
                        self.mistake(place, PolicyErrorKind::Duplicate, message);
                    }
                }
                _ => kept.push((subject, (attribute, value))),
            }
        }
        kept
    }
}

/// The types of actors that a fact about a role means.
pub(crate) fn types_mask(actor_type: Option<ActorType>) -> u8 {
    let all = ActorType::ALL.into_iter().fold(0, |all, one| all | mask(one));
    actor_type.map_or(all, mask)
}

/// The position and value of an attribute.
fn stored<S>(
    fact: &AttributeFact<'_, S>,
    declared: &[crate::model::Attribute],
) -> Option<(u16, Stored)> {
    let position = declared.iter().position(|attribute| attribute.name.text == fact.name)?;
    Some((u16::try_from(position).ok()?, Stored::new(&fact.value)))
}
