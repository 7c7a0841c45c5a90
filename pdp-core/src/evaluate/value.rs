//! Declared values: where a request or facts have them, and what is asked of one alone.

use pdp_cel::{Operand, Question, Type, parse_ip};

use super::condition::{Evaluation, Subject};
use crate::compiled::{
    Detail, FactTables, FaultId, Leaf, ResourceIndex, Slot, SlotSource, Stored, ValueTest, is_same,
};
use crate::{Map, Value};

/// What a request states, and the name of a value there.
type Stated<'e> = (&'e Map<'e>, &'e str);

impl<'e> Evaluation<'e> {
    /// What the value of a slot is.
    pub(super) fn slot(
        &mut self,
        leaf: pdp_cel::Leaf,
        slot: &'e Slot,
        subject: Subject,
    ) -> Result<Option<Operand<'e>>, FaultId> {
        let Some(stated) = self.statements(&slot.source) else {
            return Ok(self.stored(&slot.source, subject).map(Operand::stored));
        };
        let Some(value) = self.stated(leaf, slot, stated)? else { return Ok(None) };
        Ok(match self.memory.address(leaf) {
            Some(address) => Some(Operand::Ip(address)),
            None => Operand::checked(value, &slot.value_type),
        })
    }

    /// Whether a test of one value is passed; `None` where an expression must say it: where the
    /// value is not there, or not as it was declared.
    #[inline]
    pub(super) fn answered(&mut self, number: u32) -> Option<bool> {
        let policies = self.policies;
        let test = &policies.code.dispatch.value_tests[number as usize];
        let known = if test.is_shared { self.memory.answer(number) } else { None };
        let answer = match known {
            Some(answer) => answer,
            None => self.answer(number, test)?,
        };
        Some(answer == test.wanted)
    }

    fn answer(&mut self, number: u32, test: &'e ValueTest) -> Option<bool> {
        let code = &self.policies.code;
        let (program, question) = (&code.program, &test.question);
        let answer = match &code.leaves.leaves[test.leaf as usize] {
            Leaf::ActorId => program.answer_for_text(question, self.request.actor.id),
            Leaf::ResourceId => program.answer_for_text(question, self.request.resource.id),
            Leaf::Slot(slot) => match self.statements(&slot.source) {
                Some(stated) => match (question, self.stated(test.leaf, slot, stated).ok()?) {
                    (Question::Present, value) => Some(value.is_some()),
                    (Question::Within(range), Some(_)) => {
                        let address = self.memory.address(test.leaf);
                        address.map(|address| range.contains_ip(address))
                    }
                    (question, Some(value)) => program.answer(question, value),
                    (_, None) => test.absent,
                },
                None => match (question, self.stored(&slot.source, self.subject)) {
                    (Question::Present, value) => Some(value.is_some()),
                    (question, Some(value)) => program.answer_for_stored(question, value),
                    (_, None) => test.absent,
                },
            },
            _ => None,
        }?;
        if test.is_shared {
            self.memory.set_answer(number, answer);
        }
        Some(answer)
    }

    /// Where in the request a value stands, and under which name, if it stands there.
    #[inline]
    fn statements(&self, source: &'e SlotSource) -> Option<Stated<'e>> {
        match source {
            SlotSource::Context(name) => Some((self.request.context, name)),
            SlotSource::ActorRequest(name) => Some((self.request.actor.attributes, name)),
            SlotSource::ResourceRequest(name) => Some((self.request.resource.attributes, name)),
            SlotSource::ActorFact(_) | SlotSource::ResourceFact(_) => None,
        }
    }

    /// A value of facts.
    fn stored(&self, source: &SlotSource, subject: Subject) -> Option<&'e Stored> {
        let facts = &self.policies.facts;
        match source {
            SlotSource::ActorFact(attribute) => {
                facts.actor_attributes.value(self.actor?, *attribute)
            }
            SlotSource::ResourceFact(attribute) => attribute_fact(facts, subject.index, *attribute),
            SlotSource::Context(_)
            | SlotSource::ActorRequest(_)
            | SlotSource::ResourceRequest(_) => None,
        }
    }

    /// A value that the request states, if it is of its declared type and not too large. It is
    /// looked for and looked at once in a request, however often rules ask it.
    #[inline]
    fn stated(
        &mut self,
        leaf: pdp_cel::Leaf,
        slot: &Slot,
        (map, name): Stated<'e>,
    ) -> Result<Option<&'e Value<'e>>, FaultId> {
        match self.memory.checked(leaf).and_then(|position| map.entry(position)) {
            Some((_, value)) => Ok(Some(value)),
            None => self.looked_for(leaf, slot, (map, name)),
        }
    }

    fn looked_for(
        &mut self,
        leaf: pdp_cel::Leaf,
        slot: &Slot,
        (map, name): Stated<'e>,
    ) -> Result<Option<&'e Value<'e>>, FaultId> {
        // Requests of one kind have it in the same place.
        let before = self.memory.position_before(leaf);
        let there = map.entry(before).filter(|(other, _)| is_same(other.as_bytes(), name));
        let found = there.map(|(_, value)| (before, value)).or_else(|| map.find(name));
        let Some((position, value)) = found else { return Ok(None) };
        if slot.cap.is_exceeded_by(value, &slot.value_type) {
            return Err(slot.too_large);
        }
        match (&slot.value_type, value) {
            (Type::Ip, Value::String(text)) => {
                self.memory.set_address(leaf, parse_ip(text).ok_or(slot.wrong_type)?);
            }
            (Type::Ip, Value::Ip(address)) => self.memory.set_address(leaf, *address),
            (value_type, value) if value_type.admits(value) => {}
            _ => return Err(slot.wrong_type),
        }
        self.memory.set_checked(leaf, position);
        Ok(Some(value))
    }
}

fn attribute_fact(
    facts: &FactTables,
    resource: Option<ResourceIndex>,
    attribute: u16,
) -> Option<&Stored> {
    // They are few, and come first.
    let details = facts.resources.details(resource?).iter();
    let mut attributes = details.map_while(|detail| match detail {
        Detail::Attribute { attribute, value } => Some((*attribute, value)),
        _ => None,
    });
    attributes.find(|(of, _)| *of == attribute).map(|(_, value)| value)
}
