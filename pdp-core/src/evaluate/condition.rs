//! One evaluator for selectors and conditions, with three-valued logic.

use super::Scratch;
use super::operand::{List, Operand, compare, equal};
use super::relation::Walk;
use super::scratch::Memory;
use super::truth::Truth;
use crate::compile::mask;
use crate::compiled::{
    Builtin, Detail, FactTables, FaultId, Node, NodeId, RelationInfo, ResourceIndex, Slot,
    SlotSource, Stored, TypeIndex, Until,
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
    /// Where the request has no time: whether facts that end some time count as holding.
    pub(super) assume_unended: bool,
    /// Whether such a fact was met.
    pub(super) met_ending: bool,
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
        Evaluation {
            policies,
            request,
            memory,
            walk: Some(walk),
            actor,
            subject,
            held: None,
            assume_unended: false,
            met_ending: false,
        }
    }

    /// Whether a fact holds that holds until some time.
    #[inline]
    pub(super) fn holds_until(&mut self, until: Until) -> bool {
        let Some(time) = until.time() else { return true };
        if let Some(now) = self.request.now {
            return now < time;
        }
        self.met_ending = true;
        self.assume_unended
    }

    pub(super) fn action(&self) -> &'e str {
        self.request.action
    }

    pub(super) fn bypass_actions(&self) -> Option<&'e [Box<str>]> {
        self.policies.code.dispatch.bypass_actions.as_deref()
    }

    /// Whether a condition on the resource of the request holds.
    pub(super) fn holds(&mut self, node: NodeId) -> Truth {
        self.truth(node, self.subject)
    }

    pub(super) fn truth(&mut self, node: NodeId, subject: Subject) -> Truth {
        let policies = self.policies;
        let remember = policies.code.program.shared[node as usize] && subject == self.subject;
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
        match &policies.code.program.nodes[node as usize] {
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
                .is_some_and(|index| policies.facts.resources.record(index).is_known())
                .into(),
            Node::Linked(link) => self.is_linked(subject, *link).into(),
            Node::BelongsTo(tenant) => self.belongs_to(*tenant),
            Node::Present(slot) => match self.slot(*slot, subject) {
                Ok(value) => value.is_some().into(),
                Err(fault) => self.presence(*slot, fault),
            },
            Node::Equal { left, right } => self.compared(*left, *right, subject, equal),
            Node::Compare { order, left, right } => {
                self.compared(*left, *right, subject, |left, right| compare(*order, left, right))
            }
            Node::StartsWith { text, prefix } => {
                self.texts(*text, *prefix, subject, |text, prefix| text.starts_with(prefix))
            }
            Node::EndsWith { text, suffix } => {
                self.texts(*text, *suffix, subject, |text, suffix| text.ends_with(suffix))
            }
            Node::Contains { text, part } => {
                self.texts(*text, *part, subject, |text, part| text.contains(part))
            }
            Node::Fits { text, pattern } => match self.value(*text, subject) {
                Ok(Operand::Text(text)) => {
                    policies.code.program.patterns[*pattern as usize].fits(text).into()
                }
                Ok(_) => Truth::No,
                Err(fault) => Truth::Fault(fault),
            },
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
        let slot = &self.policies.code.program.slots[slot as usize];
        if fault == slot.missing { Truth::No } else { Truth::Fault(fault) }
    }

    fn texts(
        &mut self,
        left: NodeId,
        right: NodeId,
        subject: Subject,
        holds: impl Fn(&str, &str) -> bool,
    ) -> Truth {
        self.compared(left, right, subject, |left, right| match (left, right) {
            (Operand::Text(left), Operand::Text(right)) => holds(left, right),
            _ => false,
        })
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
        if let Node::List(items) = &self.policies.code.program.nodes[list as usize] {
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
            None => match &policies.code.program.nodes[node as usize] {
                Node::Slot(slot) => Err(policies.code.program.slots[*slot as usize].missing),
                // The checker lets nothing else be absent.
                _ => Ok(Operand::Bool(false)),
            },
        }
    }

    fn optional(&mut self, node: NodeId, subject: Subject) -> Result<Option<Operand<'e>>, FaultId> {
        let policies = self.policies;
        match &policies.code.program.nodes[node as usize] {
            Node::Constant(index) => {
                Ok(Some(Operand::stored(&policies.code.program.constants[*index as usize])))
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
            Builtin::ActorRoles => Operand::List(List::Roles(actor.roles, self.policies)),
            Builtin::ActorTenants => Operand::List(List::Tenants(*actor)),
            Builtin::Action => Operand::Text(self.request.action),
            Builtin::ResourceId => Operand::Text(self.id(subject)),
            Builtin::ResourceType => Operand::Text(self.request.resource.resource_type),
            Builtin::Now(missing) => Operand::Timestamp(self.request.now.ok_or(missing)?),
        })
    }

    fn slot(&self, slot: u32, subject: Subject) -> Result<Option<Operand<'e>>, FaultId> {
        let policies = self.policies;
        let slot = &policies.code.program.slots[slot as usize];
        let stated = match &slot.source {
            SlotSource::Context(name) => self.request.context.value(name),
            SlotSource::ActorRequest(name) => self.request.actor.attributes.value(name),
            SlotSource::ResourceRequest(name) => self.request.resource.attributes.value(name),
            SlotSource::ActorFact(attribute) => {
                let attributes = &policies.facts.actor_attributes;
                let stored = self.actor.and_then(|actor| attributes.value(actor, *attribute));
                return stated_or_absent(stored.map(Operand::stored), slot);
            }
            SlotSource::ResourceFact(attribute) => {
                let stored = attribute_fact(&policies.facts, subject.index, *attribute);
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
            let policies = self.policies;
            let roles = self.request.actor.roles.iter();
            self.memory.roles.clear();
            self.memory.roles.extend(roles.filter_map(|role| policies.role(role)));
            self.memory.roles.sort_unstable();
            self.memory.roles_known = true;
        }
        self.memory.roles.binary_search(&role).is_ok()
    }

    fn is_linked(&self, subject: Subject, link: u8) -> bool {
        let policies = self.policies;
        let info = policies.code.vocabulary.types.get(usize::from(subject.resource_type));
        match info.and_then(|info| info.relations.get(usize::from(link))) {
            Some(RelationInfo::Link { target, same_id: true }) => {
                let resources = &policies.facts.resources;
                let index = resources.index(*target, self.id(subject));
                index.is_some_and(|index| resources.record(index).is_known())
            }
            _ => {
                let Some(index) = subject.index else { return false };
                policies.facts.resources.targets(index, link).next().is_some()
            }
        }
    }
}

impl Policies {
    /// The number of a role, aliases resolved, if policies or facts name it.
    fn role(&self, role: &str) -> Option<u32> {
        let alias = self.code.vocabulary.aliases.get(role).copied();
        alias.or_else(|| self.facts.roles.index(role))
    }

    /// A claimed role as conditions see it: the other spelling of one is the role.
    pub(super) fn role_name<'e>(&'e self, role: &'e str) -> &'e str {
        let alias = self.code.vocabulary.aliases.get(role);
        alias.map_or(role, |index| self.facts.roles.text(*index))
    }
}

fn attribute_fact(
    facts: &FactTables,
    resource: Option<ResourceIndex>,
    attribute: u16,
) -> Option<&Stored> {
    let record = facts.resources.record(resource?);
    let attributes = record.details_of(Detail::ATTRIBUTE..=Detail::ATTRIBUTE).iter();
    let mut values = attributes.filter_map(|detail| match detail {
        Detail::Attribute { attribute: of, value } if *of == attribute => Some(value),
        _ => None,
    });
    values.next()
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
