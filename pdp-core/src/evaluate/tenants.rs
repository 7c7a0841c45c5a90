//! To which tenants the resource of a request belongs.

use pdp_cel::Truth;
use smallvec::SmallVec;

use super::condition::{Evaluation, Subject, failure_of_host};
use super::relation::Walk;
use crate::compile::bits;
use crate::compiled::{Candidate, Cell};

/// The one goal of this walk, on every resource: to be there.
const REACHED: u64 = 1;

/// Up to so many tenants, their rules are merged.
const MERGED_MAX: usize = 4;

/// Rules from several lists, each in order, in the order of all.
pub(super) struct OwnDenies<'c> {
    lists: SmallVec<[&'c [Candidate]; MERGED_MAX + 1]>,
}

impl<'c> Iterator for OwnDenies<'c> {
    type Item = &'c Candidate;

    fn next(&mut self) -> Option<&'c Candidate> {
        let nonempty = self.lists.iter_mut().filter(|list| !list.is_empty());
        let list = nonempty.min_by_key(|list| list[0].rule)?;
        let (first, rest) = list.split_first()?;
        *list = rest;
        Some(first)
    }
}

impl Evaluation<'_> {
    /// Whether the resource of the request belongs to a tenant that a tenant file names.
    pub(super) fn belongs_to(&mut self, tenant: u32) -> Truth {
        self.know_tenants();
        match self.memory.tenants_fault {
            _ if self.memory.tenants.contains(&tenant) => Truth::Yes,
            Some(fault) => Truth::Fault(failure_of_host(fault)),
            None => Truth::No,
        }
    }

    /// The deny rules of no tenant and those of the resource's own, in order; `None` where all are
    /// to be tried: there are none of tenants, it is not known which are the resource's own, or
    /// they are too many to be merged.
    #[inline]
    pub(super) fn own_denies<'c>(&mut self, cell: &'c Cell) -> Option<OwnDenies<'c>> {
        if cell.deny_of_tenants.is_empty() {
            return None;
        }
        self.know_tenants();
        let tenants = &self.memory.tenants;
        if self.memory.tenants_fault.is_some() || tenants.len() > MERGED_MAX {
            return None;
        }
        let of_tenants = tenants.iter().filter_map(|tenant| cell.deny_of_tenants.get(tenant));
        let lists = std::iter::once(&cell.deny_of_none).chain(of_tenants);
        Some(OwnDenies { lists: lists.map(Vec::as_slice).collect() })
    }

    /// Follows marked links level by level, each resource once, and notes the tenants among them;
    /// once a request.
    fn know_tenants(&mut self) {
        if self.memory.tenants_known {
            return;
        }
        let walk = self.walk.take().expect("the conditions of relations ask for no tenant");
        walk.begin();
        self.memory.tenants.clear();
        self.memory.tenants_known = true;
        self.arrive(self.subject, walk);
        let over = self.by_levels(walk, |this, subject, _, walk| {
            this.follow(subject, walk);
            false
        });
        self.memory.tenants_fault = over.then_some(self.policies.code.walk_limit_fault);
        self.walk = Some(walk);
    }

    fn arrive(&mut self, subject: Subject, walk: &mut Walk) {
        let over = self.is_over(walk);
        let tenant = subject.index.and_then(|index| self.policies.code.tenants.get(&index));
        if let Some(tenant) = tenant
            && !self.memory.tenants.contains(tenant)
        {
            self.memory.tenants.push(*tenant);
        }
        if !over && walk.visit(self.key(subject), REACHED) != 0 {
            walk.next.push((subject, REACHED));
        }
    }

    /// Arrives at what the marked links of a resource point to.
    fn follow(&mut self, subject: Subject, walk: &mut Walk) {
        let info = &self.policies.code.vocabulary.types[usize::from(subject.resource_type)];
        for link in bits(info.tenant_links) {
            self.targets(subject, link, |this, target| {
                this.arrive(target, walk);
                false
            });
        }
    }
}
