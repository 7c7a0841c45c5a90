//! To which tenants the resource of a request belongs.

use pdp_cel::{Failure, Truth};

use super::condition::{Evaluation, Subject, failure_of_host};
use super::lists::Runs;
use super::walk::Walk;
use crate::compile::bits;
use crate::compiled::{Candidate, Cell, Phase};

/// The one goal of this walk, on every resource: to be there.
const REACHED: u64 = 1;

impl<'e> Evaluation<'e> {
    /// Whether the resource of the request belongs to a tenant that a tenant file names.
    pub(super) fn belongs_to(&mut self, tenant: u32) -> Truth {
        self.know_tenants();
        match self.memory.tenants_fault {
            _ if self.memory.tenants.contains(&tenant) => Truth::Yes,
            Some(fault) => Truth::Fault(failure_of_host(fault)),
            None => Truth::No,
        }
    }

    /// The first deny rule that decides, of those of no tenant, which are among `rules`, and of
    /// the resource's own; of all where it is not known which are its own.
    pub(super) fn first_denying_with_tenants(
        &mut self,
        rules: &Runs,
        cell: &Cell,
        errors: &mut Vec<(u32, Failure)>,
    ) -> Option<&'e Candidate> {
        self.know_tenants();
        let denying = if self.memory.tenants_fault.is_some() {
            self.gathered(cell.deny_of_all)
        } else {
            let own = |index: usize, this: &Self| {
                let tenant = this.memory.tenants.get(index)?;
                Some(cell.deny_of_tenants.get(tenant).copied().unwrap_or_default())
            };
            self.gathered_with(rules, own)
        };
        let found = self.first_match(&denying, Phase::Deny.alone(), errors);
        self.give_back(denying);
        found
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
