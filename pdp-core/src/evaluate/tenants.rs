//! To which tenants the resource of a request belongs.

use super::condition::{Evaluation, Subject};
use super::relation::Walk;
use super::truth::Truth;
use crate::compile::bits;

/// The one goal of this walk, on every resource: to be there.
const REACHED: u64 = 1;

impl Evaluation<'_> {
    /// Whether the resource of the request belongs to a tenant that a tenant file names.
    pub(super) fn belongs_to(&mut self, tenant: u32) -> Truth {
        if !self.memory.tenants_known {
            self.find_tenants();
        }
        match self.memory.tenants_fault {
            _ if self.memory.tenants.contains(&tenant) => Truth::Yes,
            Some(fault) => Truth::Fault(fault),
            None => Truth::No,
        }
    }

    /// Follows marked links level by level, each resource once, and notes the tenants among them.
    fn find_tenants(&mut self) {
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
