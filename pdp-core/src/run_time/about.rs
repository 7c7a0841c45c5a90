//! Facts about some resources alone.

use std::collections::BTreeMap;

use super::key::{FactKey, State};
use crate::compile::bits;
use crate::compiled::{ResourceIndex, Until, of_pair, pair};
use crate::model::ResourceName;
use crate::{Policies, Statement, Text, Timestamp};

/// An exact actor has a relation on one of some resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExactFact<'p> {
    /// The position of the resource among those of which facts were wanted.
    pub resource: usize,
    /// The relation.
    pub relation: &'p str,
    /// The id of the actor.
    pub actor: &'p str,
    /// The time from which on the fact does not hold; `None` for never.
    pub until: Option<Timestamp>,
}

impl Policies {
    /// The resource that a reference names: `type:id`, or the id itself where ids carry the type.
    /// Nothing where it is no reference, or its type is not declared.
    pub fn resource_of<'r>(&self, reference: &'r str) -> Option<ResourceName<'r>> {
        let (name, rest) = reference.split_once(':').filter(|(_, rest)| !rest.is_empty())?;
        let index = *self.code.vocabulary.type_indexes.get(name)?;
        let prefixed = self.code.vocabulary.types[usize::from(index)].prefixed;
        let id = if prefixed { reference } else { rest };
        Some(ResourceName { resource_type: Text::Borrowed(name), id: Text::Borrowed(id) })
    }

    /// The facts about a resource that hold at present, in no particular order; without those that
    /// name an exact actor, see [`Policies::exact_facts`]. It costs what there is of them.
    pub fn facts_about(&self, resource: &ResourceName<'_>) -> impl Iterator<Item = Statement> + '_ {
        let index = self.index_of(resource);
        let details = index.map(|index| (index, self.facts.resources.details(index)));
        details.into_iter().flat_map(move |(resource, details)| {
            details.iter().map(move |detail| {
                let key = FactKey::Detail { resource, key: detail.key() };
                self.statement(&key, &State::of_detail(detail))
            })
        })
    }

    /// The facts that exact actors, or one `actor`, have relations on some resources, in no
    /// particular order. Without an `actor` it looks once at every such fact that there is.
    pub fn exact_facts<'p>(
        &'p self,
        resources: &[ResourceName<'_>],
        actor: Option<&str>,
    ) -> impl Iterator<Item = ExactFact<'p>> + 'p {
        let named = resources.iter().enumerate();
        let wanted: BTreeMap<ResourceIndex, usize> = named
            .filter_map(|(position, resource)| Some((self.index_of(resource)?, position)))
            .filter(|(index, _)| self.facts.resources.record(*index).may_have_exact(u64::MAX))
            .collect();
        let all = actor.is_none() && !wanted.is_empty();
        let actor = actor.and_then(|actor| self.facts.actors.index(actor));
        let of_one: Vec<ExactFact<'p>> = match actor {
            Some(actor) => {
                let each = wanted.iter();
                each.flat_map(|(index, position)| self.of_pair(actor, *index, *position)).collect()
            }
            None => Vec::new(),
        };
        of_one.into_iter().chain(all.then(|| self.of_all(wanted)).into_iter().flatten())
    }

    fn index_of(&self, resource: &ResourceName<'_>) -> Option<ResourceIndex> {
        let types = &self.code.vocabulary.type_indexes;
        let index = *types.get(resource.resource_type.as_ref())?;
        self.facts.resources.index(index, &resource.id)
    }

    /// What one actor has on one resource.
    fn of_pair(
        &self,
        actor: u32,
        resource: ResourceIndex,
        position: usize,
    ) -> impl Iterator<Item = ExactFact<'_>> {
        let pair = pair(actor, resource);
        let relations = self.facts.pairs.relations(pair);
        let for_ever = bits(relations).map(|relation| (relation, Until::FOREVER));
        let ending = bits(!relations)
            .filter_map(move |relation| Some((relation, self.facts.ending.until(pair, relation)?)));
        for_ever
            .chain(ending)
            .map(move |(relation, until)| self.exact_fact(pair, relation, until, position))
    }

    fn of_all(
        &self,
        wanted: BTreeMap<ResourceIndex, usize>,
    ) -> impl Iterator<Item = ExactFact<'_>> {
        let for_ever = self.facts.pairs.iter().flat_map(|(pair, relations)| {
            bits(relations).map(move |relation| (pair, relation, Until::FOREVER))
        });
        for_ever.chain(self.facts.ending.iter()).filter_map(move |(pair, relation, until)| {
            let position = *wanted.get(&of_pair(pair).1)?;
            Some(self.exact_fact(pair, relation, until, position))
        })
    }

    fn exact_fact(&self, pair: u64, relation: u8, until: Until, resource: usize) -> ExactFact<'_> {
        let (actor, index) = of_pair(pair);
        let info = usize::from(self.facts.resources.record(index).resource_type);
        let names = &self.code.vocabulary.types[info].relation_names;
        ExactFact {
            resource,
            relation: &names[usize::from(relation)],
            actor: self.facts.actors.text(actor),
            until: until.time(),
        }
    }
}
