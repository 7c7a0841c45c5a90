//! Whether facts are such as the texts declare.

use super::ImageError;
use super::cursor::Cursor;
use super::facts::{Facts, UNKNOWN_ACTOR};
use crate::ActorType;
use crate::compile::{mask, types_mask};
use crate::compiled::{
    AttributeInfo, Detail, DetailKey, RelationIndex, RelationInfo, ResourceIndex, TypeInfo, Until,
};
use crate::run_time::State;

impl<'c> Facts<'c> {
    /// What the texts say of the type of a resource.
    pub(super) fn type_of(
        &self,
        cursor: &Cursor<'_>,
        resource: ResourceIndex,
    ) -> Result<&'c TypeInfo, ImageError> {
        let index = self.types.get(resource as usize);
        let index = index.ok_or_else(|| cursor.malformed("a resource without an id"))?;
        Ok(&self.code.vocabulary.types[usize::from(*index)])
    }

    pub(super) fn check_actor(&self, cursor: &Cursor<'_>, actor: u32) -> Result<(), ImageError> {
        cursor.check((actor as usize) < self.tables.actors.len(), UNKNOWN_ACTOR)
    }

    /// Facts may state the relation of actors.
    pub(super) fn check_direct(
        &self,
        cursor: &Cursor<'_>,
        resource: ResourceIndex,
        relation: impl Into<u32>,
    ) -> Result<(), ImageError> {
        let info = self.type_of(cursor, resource)?;
        let bit = 1_u64.checked_shl(relation.into()).unwrap_or_default();
        cursor.check(info.direct & bit != 0, "a relation that facts do not state")
    }

    /// A fact about a resource that names no exact actor may be stated, whatever is said of it.
    pub(super) fn check_detail(
        &self,
        cursor: &Cursor<'_>,
        resource: ResourceIndex,
        (kind, first, second, third): &DetailKey,
    ) -> Result<(), ImageError> {
        match *kind {
            Detail::ATTRIBUTE => {
                self.attribute(cursor, resource, *first)?;
                cursor.check((*second, *third) == (0, 0), SUPERFLUOUS)
            }
            Detail::PREFIX => {
                self.check_direct(cursor, resource, *second)?;
                cursor
                    .check((*first as usize) < self.tables.prefixes.len(), "an unknown prefix")?;
                cursor.check(*third == 0, SUPERFLUOUS)
            }
            Detail::ROLE => {
                self.check_direct(cursor, resource, *third)?;
                cursor.check((*first as usize) < self.role_count, "an unknown role")?;
                let mut masks = ActorType::ALL.map(mask).into_iter().chain([types_mask(None)]);
                let is_mask = masks.any(|types| u32::from(types) == *second);
                cursor.check(is_mask, "actor types that no fact names")
            }
            Detail::LINK => {
                self.check_link(cursor, resource, *first, *second)?;
                cursor.check(*third == 0, SUPERFLUOUS)
            }
            Detail::SET => {
                self.check_direct(cursor, resource, *first)?;
                let info = self.type_of(cursor, *second)?;
                let is_union = relation(info, *third)
                    .is_some_and(|goal| matches!(goal, RelationInfo::Union(_)));
                cursor.check(is_union, "a set of a relation that actors do not have")
            }
            _ => Err(cursor.malformed("a fact of an unknown kind")),
        }
    }

    fn check_link(
        &self,
        cursor: &Cursor<'_>,
        resource: ResourceIndex,
        link: u32,
        target: ResourceIndex,
    ) -> Result<(), ImageError> {
        let info = self.type_of(cursor, resource)?;
        let found = self.types.get(target as usize);
        match relation(info, link) {
            Some(RelationInfo::Link { target, same_id: false }) => {
                cursor.check(Some(target) == found, "a link to a resource of another type")
            }
            _ => Err(cursor.malformed("a link that facts do not state")),
        }
    }

    pub(super) fn attribute(
        &self,
        cursor: &Cursor<'_>,
        resource: ResourceIndex,
        attribute: u32,
    ) -> Result<&'c AttributeInfo, ImageError> {
        let declared = self.type_of(cursor, resource)?.attributes.get(attribute as usize);
        declared.ok_or_else(|| cursor.malformed(UNDECLARED))
    }

    pub(super) fn attribute_of_actors(
        &self,
        cursor: &Cursor<'_>,
        attribute: u16,
    ) -> Result<&'c AttributeInfo, ImageError> {
        let declared = self.code.vocabulary.actor_attributes.get(usize::from(attribute));
        declared.ok_or_else(|| cursor.malformed(UNDECLARED))
    }
}

/// What is said of a fact that names no exact actor can be said of it.
pub(super) fn check_state(
    cursor: &Cursor<'_>,
    (kind, ..): &DetailKey,
    state: &State,
) -> Result<(), ImageError> {
    let fits = match state {
        State::Absent => true,
        State::Value(_) => *kind == Detail::ATTRIBUTE,
        State::Holds(Until::FOREVER) => *kind != Detail::ATTRIBUTE,
        State::Holds(_) => matches!(*kind, Detail::PREFIX | Detail::ROLE | Detail::SET),
    };
    cursor.check(fits, IMPOSSIBLE)
}

/// The relation or link with a number.
fn relation(info: &TypeInfo, number: u32) -> Option<&RelationInfo> {
    RelationIndex::try_from(number).ok().and_then(|number| info.relations.get(usize::from(number)))
}

pub(super) const IMPOSSIBLE: &str = "what cannot be said of such a fact";
const UNDECLARED: &str = "an attribute that is not declared";
const SUPERFLUOUS: &str = "a number that means nothing";
