//! What expressions ask of the request and of facts.

use pdp_cel::{Failure, Host, List, Memory as Remembered, Meter, Operand, Texts, Truth};

use super::Scratch;
use super::scratch::{FEW_ROLES, Memory};
use super::walk::Walk;
use crate::compile::{BUILTIN_ITEMS_MAX, mask};
use crate::compiled::{
    ClosedPair, FaultId, Leaf, NodeId, Record, RelationInfo, ResourceIndex, TypeIndex, Until,
};
use crate::{Actor, Policies, Request};

/// One request being decided.
pub(super) struct Evaluation<'e> {
    pub(super) policies: &'e Policies,
    pub(super) request: &'e Request<'e>,
    pub(super) memory: &'e mut Memory,
    /// `None` while a walk is under way: the conditions that it asks ask no relation.
    pub(super) walk: Option<&'e mut Walk>,
    /// The actor's number, if facts name it.
    pub(super) actor: Option<u32>,
    /// The numbers of its roles, where the host had them looked up.
    pub(super) role_numbers: Option<&'e [u32]>,
    /// The resource of the request.
    pub(super) subject: Subject,
    /// The same, if facts name it.
    pub(super) named: Option<Named<'e>>,
    /// What the request has of what rules need; see [`crate::compiled::Marks`].
    pub(super) marks: u32,
    /// The direct relations of the actor on the resource of the request, once they are wanted.
    pub(super) held: Option<u64>,
    /// What was found beforehand of the actor and the resource, once it was wanted, where facts of
    /// the resource say nothing of patterns and times.
    pub(super) closed: Option<ClosedPair>,
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

/// A resource that facts name, and what they say of it in short.
#[derive(Clone, Copy)]
pub(super) struct Named<'e> {
    pub(super) index: ResourceIndex,
    pub(super) record: &'e Record,
}

impl<'e> Named<'e> {
    #[inline]
    pub(super) fn of(policies: &'e Policies, index: ResourceIndex) -> Self {
        Named { index, record: policies.facts.resources.record(index) }
    }
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
    /// An evaluation of a request, whose actor has this number and which is about this resource.
    #[inline]
    pub(super) fn new(
        policies: &'e Policies,
        request: &'e Request<'e>,
        actor: Option<u32>,
        subject: Subject,
        scratch: &'e mut Scratch,
    ) -> Self {
        let Scratch { memory, walk } = scratch;
        Evaluation {
            policies,
            request,
            memory,
            walk: Some(walk),
            actor,
            role_numbers: None,
            subject,
            named: subject.index.map(|index| Named::of(policies, index)),
            marks: 0,
            held: None,
            closed: None,
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

    /// Whether a condition holds of a resource.
    pub(super) fn truth(&mut self, node: NodeId, subject: Subject) -> Truth {
        let program = &self.policies.code.program;
        pdp_cel::holds(program, node, &mut Asked { evaluation: self, subject })
    }

    /// The actor's roles as conditions see them: the other spelling of one is the role.
    fn roles(&self) -> List<'e> {
        let (policies, roles) = (self.policies, &self.request.actor.roles);
        if policies.code.vocabulary.aliases.is_empty() {
            return List::Lent(roles);
        }
        List::Made(roles.iter().map(|role| Operand::text(policies.role_name(role))).collect())
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
        let roles = self.roles_by_number();
        if roles.len() > FEW_ROLES {
            roles.binary_search(&role).is_ok()
        } else {
            roles.contains(&role)
        }
    }

    /// The roles that the actor claims, of those that policies or facts name; sorted where they
    /// are many.
    #[inline]
    pub(super) fn roles_by_number(&mut self) -> &[u32] {
        if !self.memory.roles_known {
            self.know_roles();
        }
        &self.memory.roles
    }

    /// Whether the tenant is one of the actor's.
    pub(super) fn is_of_tenant(&self, tenant: &str) -> bool {
        self.request.actor.all_tenants().any(|own| *own == *tenant)
    }

    /// Whether the actor's type is one of a mask.
    pub(super) fn is_of_types(&self, types: u8) -> bool {
        types & mask(self.request.actor.actor_type) != 0
    }

    /// Whether facts declare a resource, or say something of it.
    pub(super) fn is_known(&self, subject: Subject) -> bool {
        let resources = &self.policies.facts.resources;
        subject.index.is_some_and(|index| resources.record(index).is_known())
    }

    fn know_roles(&mut self) {
        let policies = self.policies;
        match self.role_numbers {
            Some(numbers) => self.memory.set_roles(numbers.iter().copied()),
            None => {
                let roles = self.request.actor.roles.iter();
                self.memory.set_roles(roles.filter_map(|role| policies.role(role)));
            }
        }
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

/// An evaluation, and the resource that a condition is asked of.
struct Asked<'a, 'e> {
    evaluation: &'a mut Evaluation<'e>,
    subject: Subject,
}

impl<'e> Host<'e> for Asked<'_, 'e> {
    fn value(&mut self, leaf: pdp_cel::Leaf) -> Result<Option<Operand<'e>>, pdp_cel::Fault> {
        let (evaluation, subject) = (&mut *self.evaluation, self.subject);
        let (policies, request) = (evaluation.policies, evaluation.request);
        let actor = &request.actor;
        Ok(Some(match &policies.code.leaves.leaves[leaf as usize] {
            Leaf::ActorId => Operand::text(actor.id),
            Leaf::ActorType => Operand::text(actor.actor_type.as_str()),
            Leaf::ActorRoles(too_many) => {
                few(actor.roles.len(), *too_many)?;
                Operand::List(evaluation.roles())
            }
            Leaf::ActorTenants(too_many) => {
                few(actor.count(), *too_many)?;
                Operand::List(List::Lent(actor))
            }
            Leaf::Action => Operand::text(request.action),
            Leaf::ResourceId => Operand::text(evaluation.id(subject)),
            Leaf::ResourceType => Operand::text(request.resource.resource_type),
            Leaf::Now(missing) => {
                Operand::Timestamp(request.now.ok_or(pdp_cel::Fault::Host(*missing))?)
            }
            Leaf::Slot(slot) => {
                return evaluation.slot(leaf, slot, subject).map_err(pdp_cel::Fault::Host);
            }
            _ => return truth_value(self.truth(leaf)?),
        }))
    }

    fn missing(&self, leaf: pdp_cel::Leaf) -> pdp_cel::Fault {
        match &self.evaluation.policies.code.leaves.leaves[leaf as usize] {
            Leaf::Slot(slot) => pdp_cel::Fault::Host(slot.missing),
            _ => pdp_cel::Fault::NoSuchOverload,
        }
    }

    fn present(&mut self, leaf: pdp_cel::Leaf) -> Result<bool, pdp_cel::Fault> {
        let leaves = &self.evaluation.policies.code.leaves.leaves;
        match &leaves[leaf as usize] {
            Leaf::Linked(link) => Ok(self.evaluation.is_linked(self.subject, *link)),
            _ => self.value(leaf).map(|value| value.is_some()),
        }
    }

    fn truth(&mut self, leaf: pdp_cel::Leaf) -> Result<Truth, pdp_cel::Fault> {
        let (evaluation, subject) = (&mut *self.evaluation, self.subject);
        let policies = evaluation.policies;
        Ok(match &policies.code.leaves.leaves[leaf as usize] {
            Leaf::Related(relation) => evaluation.related(subject, *relation),
            Leaf::RelatedThrough { link, relation } => {
                evaluation.related_through(subject, *link, *relation)
            }
            Leaf::Role(role) => evaluation.has_role(*role).into(),
            Leaf::Tenant(tenant) => evaluation.is_of_tenant(tenant).into(),
            Leaf::ActorTypes(types) => evaluation.is_of_types(*types).into(),
            Leaf::Known => evaluation.is_known(subject).into(),
            Leaf::Linked(link) => evaluation.is_linked(subject, *link).into(),
            Leaf::BelongsTo(tenant) => evaluation.belongs_to(*tenant),
            _ => match self.value(leaf)? {
                Some(Operand::Bool(value)) => value.into(),
                Some(_) => return Err(pdp_cel::Fault::NoSuchOverload),
                None => return Err(self.missing(leaf)),
            },
        })
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.evaluation.memory.meter
    }

    /// What was found out about the resource of the request does not hold of others.
    fn memory(&mut self) -> Option<&mut Remembered> {
        let of_request = self.subject == self.evaluation.subject;
        of_request.then_some(&mut self.evaluation.memory.expressions)
    }
}

/// A fault that no part of a condition has.
pub(super) fn failure_of_host(fault: FaultId) -> Failure {
    Failure { node: NodeId::MAX, fault: pdp_cel::Fault::Host(fault) }
}

fn truth_value<'e>(truth: Truth) -> Result<Option<Operand<'e>>, pdp_cel::Fault> {
    match truth {
        Truth::Yes => Ok(Some(Operand::Bool(true))),
        Truth::No => Ok(Some(Operand::Bool(false))),
        Truth::Fault(failure) => Err(failure.fault),
    }
}

fn few(count: usize, too_many: FaultId) -> Result<(), pdp_cel::Fault> {
    if count > BUILTIN_ITEMS_MAX { Err(pdp_cel::Fault::Host(too_many)) } else { Ok(()) }
}

/// The actor's tenants, those of memberships among them.
impl Texts for Actor<'_> {
    fn count(&self) -> usize {
        self.tenants.len() + self.memberships.len()
    }

    fn text(&self, index: usize) -> Option<&str> {
        let tenant = self.tenants.get(index).or_else(|| {
            let membership = self.memberships.get(index.checked_sub(self.tenants.len())?);
            membership.map(|membership| &membership.tenant)
        });
        tenant.map(AsRef::as_ref)
    }
}

impl Policies {
    /// The number of a role, aliases resolved, if policies or facts name it.
    pub(crate) fn role(&self, role: &str) -> Option<u32> {
        let alias = self.code.vocabulary.aliases.get(role).copied();
        alias.or_else(|| self.facts.roles.index(role))
    }

    /// A claimed role as conditions see it: the other spelling of one is the role.
    pub(super) fn role_name<'e>(&'e self, role: &'e str) -> &'e str {
        let alias = self.code.vocabulary.aliases.get(role);
        alias.map_or(role, |index| self.facts.roles.text(*index))
    }
}
