//! What of rules becomes marks.

use super::builder::Builder;
use super::mask;
use crate::ActorType;
use crate::compiled::{Leaf, Map, Marks, NodeId};

/// So many roles and tenants, by all that they are called, are looked for one by one; where there
/// are more, finding their numbers costs less.
const FEW_WORDS: usize = 4;

/// The marks of one action on one type.
pub(super) struct Marker<'c> {
    builder: &'c Builder,
    known: Map<NodeId, Option<u32>>,
    marks: Marks,
    /// How many marks there are. Types of actors and what is known give few, words are few: a word
    /// has bits for all.
    count: u32,
}

impl<'c> Marker<'c> {
    pub(super) fn new(builder: &'c Builder) -> Self {
        Marker { builder, known: Map::default(), marks: Marks::default(), count: 0 }
    }

    pub(super) fn finish(self) -> Marks {
        self.marks
    }

    /// Takes what can be a mark out of the parts of a condition: the marks that it needs, and the
    /// parts that are left.
    pub(super) fn take(&mut self, parts: &[NodeId]) -> (u32, Vec<NodeId>) {
        let mut needed = 0;
        let mut left = Vec::new();
        for part in parts {
            match self.mark(*part) {
                Some(mark) => needed |= mark,
                None => left.push(*part),
            }
        }
        (needed, left)
    }

    fn mark(&mut self, part: NodeId) -> Option<u32> {
        if let Some(known) = self.known.get(&part) {
            return *known;
        }
        let mark = self.new_mark(part);
        self.known.insert(part, mark);
        mark
    }

    fn new_mark(&mut self, part: NodeId) -> Option<u32> {
        let builder = self.builder;
        let mark = 1_u32.checked_shl(self.count)?;
        let negated = builder.negated(part).and_then(|part| builder.as_leaf(part));
        match (builder.as_leaf(part), negated) {
            (Some(Leaf::ActorTypes(types)), _) => {
                for actor_type in ActorType::ALL {
                    if types & mask(actor_type) != 0 {
                        self.marks.actors[actor_type as usize] |= mark;
                    }
                }
            }
            (Some(Leaf::Known), _) => self.marks.resources[1] |= mark,
            (_, Some(Leaf::Known)) => self.marks.resources[0] |= mark,
            _ => self.of_words(part, mark)?,
        }
        self.count += 1;
        Some(mark)
    }

    /// Gives a mark to whoever has one of the roles, or one of the tenants, that a part asks for.
    fn of_words(&mut self, part: NodeId, mark: u32) -> Option<()> {
        let builder = self.builder;
        let alternatives = builder.alternatives(part);
        let leaves = alternatives.iter().map(|part| builder.as_leaf(*part));
        let (mut roles, mut tenants) = (Vec::new(), Vec::new());
        for leaf in leaves {
            match leaf? {
                Leaf::Role(role) => roles.extend(builder.spellings(*role)),
                Leaf::Tenant(tenant) => tenants.push(&**tenant),
                _ => return None,
            }
        }
        let marks = &mut self.marks;
        let are_few = |there: &[_], more: usize| there.len() + more <= FEW_WORDS;
        if !are_few(&marks.roles, roles.len()) || !are_few(&marks.tenants, tenants.len()) {
            return None;
        }
        marks.roles.extend(roles.into_iter().map(|role| (role.into(), mark)));
        marks.tenants.extend(tenants.into_iter().map(|tenant| (tenant.into(), mark)));
        Some(())
    }
}
