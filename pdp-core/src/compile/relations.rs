//! What relations imply each other within a type is closed into masks.

use super::{Compiler, Scope};
use crate::compiled::{
    AttributeInfo, Closure, Part, RelationIndex, RelationInfo, Step, TypeIndex, TypeInfo,
};
use crate::error::PolicyErrorKind;
use crate::model::{Attribute, Relation, RelationDefinition, RelationPart, ResourceType};

/// How many relations and links a type may have: as many as a mask has bits.
pub(super) const RELATIONS_MAX: usize = 64;

impl Compiler<'_> {
    /// The types, with their relations closed.
    pub(super) fn types(&mut self) -> Vec<TypeInfo> {
        let model = self.model;
        let types = model.types.iter().zip(0..).map(|(resource_type, index)| {
            let relations = &resource_type.relations;
            if relations.len() > RELATIONS_MAX {
                let message = format!("more than {RELATIONS_MAX} relations and links");
                self.mistake(resource_type.name.place, PolicyErrorKind::Limit, message);
                return TypeInfo::default();
            }
            let parts: Vec<Closure> = relations
                .iter()
                .zip(0..)
                .map(|(relation, position)| self.own_parts(index, relation, position))
                .collect();
            let implied: Vec<u64> =
                relations.iter().map(|relation| self.implied(index, relation)).collect();
            let infos = relations.iter().zip(0..).map(|(relation, position)| {
                self.relation_info(relation, position, &parts, &implied)
            });
            let infos = infos.collect();
            let written = relations
                .iter()
                .map(|relation| self.written_parts(resource_type, relation))
                .collect();
            TypeInfo { parts: written, ..type_info(resource_type, infos) }
        });
        types.collect()
    }

    /// What a relation is a union of, without relations of the same resource.
    fn own_parts(
        &mut self,
        index: TypeIndex,
        relation: &Relation,
        position: RelationIndex,
    ) -> Closure {
        let mut closure = Closure::default();
        let RelationDefinition::Union(parts) = &relation.definition else { return closure };
        for part in parts {
            match part {
                RelationPart::Direct => closure.direct |= 1 << position,
                RelationPart::Relation(_) => {}
                RelationPart::Through { link, relation } => {
                    if let Some((link, target)) = self.link(index, &link.text, link.place)
                        && let Some(relation) = self.union(target, &relation.text, relation.place)
                    {
                        closure.steps.push(Step { link, relation });
                    }
                }
                RelationPart::When(condition) => {
                    closure.conditions.extend(self.condition(condition, Scope::Relation(index)));
                }
            }
        }
        closure
    }

    /// The parts of a relation, as they are written; those with a mistake were told already.
    fn written_parts(&self, of: &ResourceType, relation: &Relation) -> Box<[Part]> {
        let RelationDefinition::Union(parts) = &relation.definition else { return Box::default() };
        let name = of.name.text.as_str();
        let parts = parts.iter().filter_map(|part| {
            Some(match part {
                RelationPart::Direct => Part::Direct,
                RelationPart::Relation(word) => Part::Relation(self.position(name, &word.text)?),
                RelationPart::Through { link, relation } => {
                    let link = self.position(name, &link.text)?;
                    let definition = &of.relations[usize::from(link)].definition;
                    let RelationDefinition::Link { to, .. } = definition else { return None };
                    Part::Through(Step { link, relation: self.position(&to.text, &relation.text)? })
                }
                RelationPart::When(condition) => Part::When(condition.text.as_str().into()),
            })
        });
        parts.collect()
    }

    /// The relations of the same resource that a relation names, as bits.
    fn implied(&mut self, index: TypeIndex, relation: &Relation) -> u64 {
        let RelationDefinition::Union(parts) = &relation.definition else { return 0 };
        let named = parts.iter().filter_map(|part| match part {
            RelationPart::Relation(word) => self.union(index, &word.text, word.place),
            _ => None,
        });
        named.fold(0, |mask, position| mask | 1 << position)
    }

    fn relation_info(
        &mut self,
        relation: &Relation,
        position: RelationIndex,
        parts: &[Closure],
        implied: &[u64],
    ) -> RelationInfo {
        if let RelationDefinition::Link { to, same_id, .. } = &relation.definition {
            let target = self.type_index(&to.text, to.place).unwrap_or_default();
            return RelationInfo::Link { target, same_id: *same_id };
        }
        let mut closure = Closure::default();
        for index in bits(reached(position, implied)) {
            let own = &parts[usize::from(index)];
            closure.direct |= own.direct;
            closure.steps.extend_from_slice(&own.steps);
            closure.conditions.extend_from_slice(&own.conditions);
        }
        closure.steps.sort_unstable();
        closure.steps.dedup();
        closure.conditions.sort_unstable();
        closure.conditions.dedup();
        // A condition that never holds is needless.
        closure.conditions.retain(|condition| self.builder.as_bool(*condition) != Some(false));
        RelationInfo::Union(closure)
    }
}

fn type_info(resource_type: &ResourceType, relations: Vec<RelationInfo>) -> TypeInfo {
    let mask = |wanted: fn(&RelationDefinition) -> bool| {
        positions(resource_type.relations.iter().map(|relation| wanted(&relation.definition)))
    };
    let closed = |wanted: fn(&Closure) -> bool| {
        positions(relations.iter().map(|relation| match relation {
            RelationInfo::Union(closure) => wanted(closure),
            RelationInfo::Link { .. } => false,
        }))
    };
    let names = resource_type.relations.iter().map(|relation| relation.name.text.as_str().into());
    TypeInfo {
        leading: closed(|closure| !closure.steps.is_empty()),
        conditional: closed(|closure| !closure.conditions.is_empty()),
        name: resource_type.name.text.as_str().into(),
        prefixed: resource_type.prefixed,
        relation_names: names.collect(),
        parts: Vec::new(),
        through: Vec::new(),
        direct: mask(RelationDefinition::is_direct),
        tenant_links: mask(|definition| {
            matches!(definition, RelationDefinition::Link { tenant: true, .. })
        }),
        relations,
        attributes: attribute_infos(&resource_type.attributes),
    }
}

/// What evaluation and changes of facts need to know of attributes.
pub(super) fn attribute_infos(attributes: &[Attribute]) -> Vec<AttributeInfo> {
    let info = |attribute: &Attribute| AttributeInfo {
        name: attribute.name.text.as_str().into(),
        value_type: attribute.value_type.clone(),
        max: attribute.max,
        source: attribute.source,
    };
    attributes.iter().map(info).collect()
}

/// The relation itself and all that it names, directly or through others, as bits.
fn reached(position: RelationIndex, implied: &[u64]) -> u64 {
    let mut reached = 1 << position;
    loop {
        let more = bits(reached).fold(reached, |mask, index| mask | implied[usize::from(index)]);
        if more == reached {
            return reached;
        }
        reached = more;
    }
}

/// The mask with a bit for each position at which something is true.
fn positions(truths: impl Iterator<Item = bool>) -> u64 {
    truths.zip(0..).fold(0, |mask, (truth, position)| mask | u64::from(truth) << position)
}

/// The positions of the bits of a mask.
pub(crate) fn bits(mut mask: u64) -> impl Iterator<Item = RelationIndex> {
    std::iter::from_fn(move || {
        let position = RelationIndex::try_from(mask.trailing_zeros()).ok()?;
        (mask != 0).then(|| {
            mask &= mask - 1;
            position
        })
    })
}
