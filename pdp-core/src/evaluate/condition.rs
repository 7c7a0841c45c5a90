//! One evaluator for selectors and conditions, with three-valued logic.

use super::Scratch;
use super::operand::{List, Operand, compare, equal};
use super::relation::Walk;
use super::scratch::Memory;
use super::truth::Truth;
use crate::compile::mask;
use crate::compiled::{
    Builtin, FaultId, Groups, Node, NodeId, RelationInfo, ResourceIndex, Slot, SlotSource, Stored,
    TypeIndex,
};
use crate::{Policies, Request};

/// One request being decided.
pub(super) struct Evaluation<'e> {
    pub(super) policies: &'e Policies,
    pub(super) request: &'e Request<'e>,
    pub(super) memory: &'e mut Memory,
    /// `None` while a walk is under way: the conditions that it asks ask no relation.
    pub(super) walk: Option<&'e mut Walk>,
    /// The actor's number, if facts name it.
    pub(super) actor: Option<u32>,
    /// The resource of the request.
    pub(super) subject: Subject,
    /// The direct relations of the actor on the resource of the request, once they are wanted.
    pub(super) held: Option<u64>,
}

/// The resource that a condition or relation is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) resource_type: TypeIndex,
    /// Its number, if facts name it.
    pub(super) index: Option<ResourceIndex>,
    /// If facts do not name it, the resource whose id it has; `None` for that of the request.
    pub(super) namesake: Option<ResourceIndex>,
}

impl Subject {
    /// A resource of a type that is not declared. No relation or attribute is asked of it.
    pub(super) const UNDECLARED: Subject = Subject::new(TypeIndex::MAX, None);

    /// A resource that facts name, or that of the request.
    pub(super) const fn new(resource_type: TypeIndex, index: Option<ResourceIndex>) -> Self {
        Subject { resource_type, index, namesake: None }
    }
}

impl<'e> Evaluation<'e> {
    pub(super) fn new(
        policies: &'e Policies,
        request: &'e Request<'e>,
        subject: Subject,
        scratch: &'e mut Scratch,
    ) -> Self {
        let actor = policies.facts.actors.index(request.actor.id);
        let Scratch { memory, walk } = scratch;
        Evaluation { policies, request, memory, walk: Some(walk), actor, subject, held: None }
    }

    pub(super) fn action(&self) -> &'e str {
        self.request.action
    }

    pub(super) fn bypass_actions(&self) -> Option<&'e [Box<str>]> {
        self.policies.dispatch.bypass_actions.as_deref()
    }

    /// Whether a condition on the resource of the request holds.
    pub(super) fn holds(&mut self, node: NodeId) -> Truth {
        self.truth(node, self.subject)
    }

    pub(super) fn truth(&mut self, node: NodeId, subject: Subject) -> Truth {
        let policies = self.policies;
        let remember = policies.program.shared[node as usize] && subject == self.subject;
        if remember && let Some(truth) = self.memory.recall(node) {
            return truth;
        }
        let truth = self.evaluate(node, subject);
        if remember {
            self.memory.remember(node, truth);
        }
        truth
    }

    fn evaluate(&mut self, node: NodeId, subject: Subject) -> Truth {
        let policies = self.policies;
        match &policies.program.nodes[node as usize] {
            Node::All(parts) => {
                Truth::combine(parts.iter().map(|part| self.truth(*part, subject)), Truth::No)
            }
            Node::Any(parts) => {
                Truth::combine(parts.iter().map(|part| self.truth(*part, subject)), Truth::Yes)
            }
            Node::Not(part) => self.truth(*part, subject).not(),
            Node::Related(relation) => self.related(subject, *relation),
            Node::RelatedThrough { link, relation } => {
                self.related_through(subject, *link, *relation)
            }
            Node::Role(role) => self.has_role(*role).into(),
            Node::ActorTypes(types) => (*types & mask(self.request.actor.actor_type) != 0).into(),
            Node::Known => subject
                .index
                .is_some_and(|index| policies.facts.resources.record(index).known)
                .into(),
            Node::Linked(link) => self.is_linked(subject, *link).into(),
            Node::Present(slot) => match self.slot(*slot, subject) {
                Ok(value) => value.is_some().into(),
                Err(fault) => self.presence(*slot, fault),
            },
            Node::Equal { left, right } => self.compared(*left, *right, subject, equal),
            Node::Compare { order, left, right } => {
                self.compared(*left, *right, subject, |left, right| compare(*order, left, right))
            }
            Node::StartsWith { text, prefix } => {
                self.compared(*text, *prefix, subject, |text, prefix| match (text, prefix) {
                    (Operand::Text(text), Operand::Text(prefix)) => text.starts_with(prefix),
                    _ => false,
                })
            }
            Node::In { element, list } => self.is_in(*element, *list, subject),
            Node::Constant(_)
            | Node::Builtin(_)
            | Node::Slot(_)
            | Node::List(_)
            | Node::Default { .. } => match self.value(node, subject) {
                Ok(value) => matches!(value, Operand::Bool(true)).into(),
                Err(fault) => Truth::Fault(fault),
            },
        }
    }

    /// A value that is there and of the wrong type cannot be asked after; one that is missing
    /// where it should be there is simply not present.
    fn presence(&self, slot: u32, fault: FaultId) -> Truth {
        let slot = &self.policies.program.slots[slot as usize];
        if fault == slot.missing { Truth::No } else { Truth::Fault(fault) }
    }

    fn compared(
        &mut self,
        left: NodeId,
        right: NodeId,
        subject: Subject,
        holds: impl Fn(&Operand<'e>, &Operand<'e>) -> bool,
    ) -> Truth {
        let left = self.value(left, subject);
        match (left, self.value(right, subject)) {
            (Ok(left), Ok(right)) => holds(&left, &right).into(),
            (Err(fault), _) | (_, Err(fault)) => Truth::Fault(fault),
        }
    }

    fn is_in(&mut self, element: NodeId, list: NodeId, subject: Subject) -> Truth {
        let element = match self.value(element, subject) {
            Ok(element) => element,
            Err(fault) => return Truth::Fault(fault),
        };
        // A list written out is gone through item by item; an item that fails fails the list.
        if let Node::List(items) = &self.policies.program.nodes[list as usize] {
            let mut found = false;
            for item in items {
                match self.value(*item, subject) {
                    Ok(item) => found |= equal(&item, &element),
                    Err(fault) => return Truth::Fault(fault),
                }
            }
            return found.into();
        }
        match self.value(list, subject) {
            Ok(Operand::List(list)) => list.contains(&element).into(),
            Ok(_) => Truth::No,
            Err(fault) => Truth::Fault(fault),
        }
    }

    /// A value that must be there.
    fn value(&mut self, node: NodeId, subject: Subject) -> Result<Operand<'e>, FaultId> {
        let policies = self.policies;
        match self.optional(node, subject)? {
            Some(value) => Ok(value),
            None => match &policies.program.nodes[node as usize] {
                Node::Slot(slot) => Err(policies.program.slots[*slot as usize].missing),
                // The checker lets nothing else be absent.
                _ => Ok(Operand::Bool(false)),
            },
        }
    }

    fn optional(&mut self, node: NodeId, subject: Subject) -> Result<Option<Operand<'e>>, FaultId> {
        let policies = self.policies;
        match &policies.program.nodes[node as usize] {
            Node::Constant(index) => {
                Ok(Some(Operand::stored(&policies.program.constants[*index as usize])))
            }
            Node::Builtin(builtin) => self.builtin(*builtin, subject).map(Some),
            Node::Slot(slot) => self.slot(*slot, subject),
            Node::Default { value, otherwise } => match self.optional(*value, subject)? {
                Some(value) => Ok(Some(value)),
                None => self.optional(*otherwise, subject),
            },
            Node::List(items) => {
                let items: Result<Vec<_>, _> =
                    items.iter().map(|item| self.value(*item, subject)).collect();
                Ok(Some(Operand::List(List::Items(items?))))
            }
            _ => match self.truth(node, subject) {
                Truth::No => Ok(Some(Operand::Bool(false))),
                Truth::Yes => Ok(Some(Operand::Bool(true))),
                Truth::Fault(fault) => Err(fault),
            },
        }
    }

    fn builtin(&self, builtin: Builtin, subject: Subject) -> Result<Operand<'e>, FaultId> {
        let actor = &self.request.actor;
        Ok(match builtin {
            Builtin::ActorId => Operand::Text(actor.id),
            Builtin::ActorType => Operand::Text(actor.actor_type.as_str()),
            Builtin::ActorRoles => {
                Operand::List(List::Roles(actor.roles, &self.policies.vocabulary))
            }
            Builtin::ActorTenants => Operand::List(List::Tenants(*actor)),
            Builtin::Action => Operand::Text(self.request.action),
            Builtin::ResourceId => Operand::Text(self.id(subject)),
            Builtin::ResourceType => Operand::Text(self.request.resource.resource_type),
            Builtin::Now(missing) => Operand::Timestamp(self.request.now.ok_or(missing)?),
        })
    }

    fn slot(&self, slot: u32, subject: Subject) -> Result<Option<Operand<'e>>, FaultId> {
        let policies = self.policies;
        let slot = &policies.program.slots[slot as usize];
        let stated = match &slot.source {
            SlotSource::Context(name) => self.request.context.value(name),
            SlotSource::ActorRequest(name) => self.request.actor.attributes.value(name),
            SlotSource::ResourceRequest(name) => self.request.resource.attributes.value(name),
            SlotSource::ActorFact(attribute) => {
                let stored = fact(&policies.facts.actor_attributes, self.actor, *attribute);
                return stated_or_absent(stored.map(Operand::stored), slot);
            }
            SlotSource::ResourceFact(attribute) => {
                let stored = fact(&policies.facts.resource_attributes, subject.index, *attribute);
                return stated_or_absent(stored.map(Operand::stored), slot);
            }
        };
        match stated {
            None => stated_or_absent(None, slot),
            Some(value) => match Operand::bound(value, slot.value_type) {
                Some(value) => Ok(Some(value)),
                None => Err(slot.wrong_type),
            },
        }
    }

    /// The id of a resource.
    pub(super) fn id(&self, subject: Subject) -> &'e str {
        match subject.index.or(subject.namesake) {
            Some(index) => self.policies.facts.resources.id(index),
            None => self.request.resource.id,
        }
    }

    /// Whether the actor claims a role, by its number.
    pub(super) fn has_role(&mut self, role: u32) -> bool {
        if !self.memory.roles_known {
            let known = &self.policies.vocabulary.roles;
            let roles = self.request.actor.roles.iter();
            self.memory.roles.clear();
            self.memory.roles.extend(roles.filter_map(|role| known.get(role.as_ref()).copied()));
            self.memory.roles.sort_unstable();
            self.memory.roles_known = true;
        }
        self.memory.roles.binary_search(&role).is_ok()
    }

    fn is_linked(&self, subject: Subject, link: u8) -> bool {
        let policies = self.policies;
        let info = policies.vocabulary.types.get(usize::from(subject.resource_type));
        match info.and_then(|info| info.relations.get(usize::from(link))) {
            Some(RelationInfo::Link { target, same_id: true }) => {
                let resources = &policies.facts.resources;
                let index = resources.index(*target, self.id(subject));
                index.is_some_and(|index| resources.record(index).known)
            }
            _ => {
                let links = subject.index.map_or(&[][..], |index| policies.facts.links.of(index));
                links.iter().any(|(position, _)| *position == link)
            }
        }
    }
}

fn fact(attributes: &Groups<(u16, Stored)>, of: Option<u32>, attribute: u16) -> Option<&Stored> {
    let stated = attributes.of(of?).iter().find(|(position, _)| *position == attribute)?;
    Some(&stated.1)
}

fn stated_or_absent<'e>(
    value: Option<Operand<'e>>,
    slot: &Slot,
) -> Result<Option<Operand<'e>>, FaultId> {
    match value {
        None if !slot.optional => Err(slot.missing),
        value => Ok(value),
    }
}
