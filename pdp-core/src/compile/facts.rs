//! Facts become tables.

use super::Compiler;
use super::selectors::mask;
use crate::ActorType;
use crate::compiled::{
    FactTables, Groups, PrefixFact, RelationIndex, RelationInfo, ResourceIndex, RoleFact, SetFact,
    Stored, TypeIndex, TypeInfo, pair,
};
use crate::error::PolicyErrorKind;
use crate::model::{AttributeFact, FactActor, LinkFacts, Place, RelationFacts, ResourceName};

/// Facts by resource or actor, on their way into tables.
#[derive(Default)]
struct Gathered {
    prefixes: Vec<(ResourceIndex, PrefixFact)>,
    roles: Vec<(ResourceIndex, RoleFact)>,
    sets: Vec<(ResourceIndex, SetFact)>,
    links: Vec<(ResourceIndex, (RelationIndex, ResourceIndex))>,
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
                tables.resources.record_mut(index).known = true;
            }
        }
        for facts in &model.facts.relations {
            self.relation_facts(facts, &mut tables, &mut gathered);
        }
        for facts in &model.facts.links {
            self.link_facts(facts, types, &mut tables, &mut gathered);
        }
        self.attributes(&mut tables, &mut gathered);
        self.finish_facts(tables, gathered)
    }

    /// The number of a resource; its type was looked up when the fact was read.
    fn resource(&self, name: &ResourceName<'_>, tables: &mut FactTables) -> Option<ResourceIndex> {
        let index = self.types.get(name.resource_type.as_ref())?;
        Some(tables.resources.intern(*index, &name.id))
    }

    fn position(&self, resource_type: &str, relation: &str) -> Option<RelationIndex> {
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
        let bit = 1 << relation;
        for (actor, _) in &facts.actors {
            match actor {
                FactActor::Exact(id) => {
                    let actor = tables.actors.intern(id);
                    *tables.pairs.entry(pair(actor, resource)).or_default() |= bit;
                }
                FactActor::Prefix(prefix) => {
                    let prefix = tables.prefix_texts.intern(prefix);
                    gathered.prefixes.push((resource, PrefixFact { prefix, relations: bit }));
                }
                FactActor::Role { role, actor_type } => {
                    let role = self.builder.role(role);
                    let all = ActorType::ALL.into_iter().fold(0, |all, one| all | mask(one));
                    let actor_types = actor_type.map_or(all, mask);
                    gathered.roles.push((resource, RoleFact { role, actor_types, relations: bit }));
                }
                FactActor::Set { resource: of, relation: goal } => {
                    let goal = self.position(&of.resource_type, goal);
                    if let (Some(target), Some(goal)) = (self.resource(of, tables), goal) {
                        gathered
                            .sets
                            .push((resource, SetFact { relation, target, goals: 1 << goal }));
                    }
                }
            }
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
            gathered.links.push((resource, (link, target)));
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

    fn finish_facts(&mut self, mut tables: FactTables, gathered: Gathered) -> FactTables {
        let count = tables.resources.len();
        let Gathered { mut prefixes, mut roles, mut sets, mut links, .. } = gathered;
        merge(
            &mut prefixes,
            |(resource, fact)| (*resource, fact.prefix),
            |kept, fact| kept.relations |= fact.relations,
        );
        merge(
            &mut roles,
            |(resource, fact)| (*resource, fact.role, fact.actor_types),
            |kept, fact| kept.relations |= fact.relations,
        );
        merge(
            &mut sets,
            |(resource, fact)| (*resource, fact.relation, fact.target),
            |kept, fact| kept.goals |= fact.goals,
        );
        links.sort_unstable();
        links.dedup();
        for (resource, _) in &prefixes {
            tables.resources.record_mut(*resource).has_patterns = true;
        }
        for (resource, _) in &roles {
            tables.resources.record_mut(*resource).has_patterns = true;
        }
        for (resource, _) in &sets {
            tables.resources.record_mut(*resource).has_sets = true;
        }
        let resource_attributes = self.stated_once(gathered.resource_attributes);
        let actor_attributes = self.stated_once(gathered.actor_attributes);
        let bits = |mask: u64| mask.count_ones() as usize;
        tables.count = tables.pairs.values().map(|mask| bits(*mask)).sum::<usize>()
            + prefixes.iter().map(|(_, fact)| bits(fact.relations)).sum::<usize>()
            + roles.iter().map(|(_, fact)| bits(fact.relations)).sum::<usize>()
            + sets.iter().map(|(_, fact)| bits(fact.goals)).sum::<usize>()
            + links.len()
            + resource_attributes.len()
            + actor_attributes.len();
        tables.pairs.shrink_to_fit();
        tables.prefixes = Groups::new(count, prefixes);
        tables.roles = Groups::new(count, roles);
        tables.sets = Groups::new(count, sets);
        tables.links = Groups::new(count, links);
        tables.resource_attributes = Groups::new(count, resource_attributes);
        tables.actor_attributes = Groups::new(tables.actors.len(), actor_attributes);
        tables
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

/// The position and value of an attribute.
fn stored<S>(
    fact: &AttributeFact<'_, S>,
    declared: &[crate::model::Attribute],
) -> Option<(u16, Stored)> {
    let position = declared.iter().position(|attribute| attribute.name.text == fact.name)?;
    Some((u16::try_from(position).ok()?, Stored::new(&fact.value)?))
}

/// Sorts by `key` and makes one of those with the same key.
fn merge<T, K: Ord>(
    facts: &mut Vec<(ResourceIndex, T)>,
    key: impl Fn(&(ResourceIndex, T)) -> K,
    add: impl Fn(&mut T, &T),
) {
    facts.sort_by_key(&key);
    facts.dedup_by(|fact, kept| {
        let same = key(fact) == key(kept);
        if same {
            add(&mut kept.1, &fact.1);
        }
        same
    });
}
