use core::net::IpAddr;

use pdp_cel::{Leaf, Meter};
use smallvec::SmallVec;

use super::lists::Part;
use super::walk::Walk;
use crate::compiled::{FaultId, Key, Run};

/// Working memory of an evaluation. Hold on to one per thread: then deciding allocates nothing.
///
/// It carries nothing from one decision to the next but its capacity, and where values stood in
/// their maps, which is where they are looked for first.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) memory: Memory,
    pub(super) walk: Walk,
}

impl Scratch {
    /// Working memory that has not been used.
    pub fn new() -> Self {
        Scratch::default()
    }
}

/// Up to so many roles, one is looked for among them one by one.
pub(super) const FEW_ROLES: usize = 8;

/// What an evaluation found out and may want again.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// What parts of conditions came to.
    pub(super) expressions: pdp_cel::Memory,
    /// What the rule that is tried may still take.
    pub(super) meter: Meter,
    /// Counts evaluations.
    generation: u64,
    /// For each value of the request, the last evaluation that found it to be as it was declared,
    /// and where it stood in its map.
    checked: Vec<(u64, usize)>,
    /// Those that are addresses.
    addresses: SmallVec<[(Leaf, IpAddr); 2]>,
    /// For each test of a value the last evaluation that answered it, doubled, plus one for "yes".
    answers: Vec<u64>,
    /// Numbers of the actor's roles, once they are wanted.
    pub(super) roles: SmallVec<[u32; 8]>,
    pub(super) roles_known: bool,
    /// The tenants, of those that tenant files name, to which the resource belongs, once they are
    /// wanted; and why there may be more.
    pub(super) tenants: SmallVec<[u32; 4]>,
    pub(super) tenants_known: bool,
    pub(super) tenants_fault: Option<FaultId>,
    /// What of the request may lead to rules, of the kinds that were wanted, as bits.
    pub(super) keys: Vec<Key>,
    pub(super) keys_known: u8,
    /// Memory for rules to be tried.
    pub(super) runs: Vec<Vec<Run>>,
    /// Of those the ones of one phase.
    pub(super) parts: Vec<Part>,
    /// Where those are very many, all in their order.
    pub(super) order: Vec<u32>,
}

impl Memory {
    /// Forgets the evaluation before.
    pub(super) fn begin(&mut self) {
        self.expressions.begin();
        self.generation += 1;
        self.roles_known = false;
        self.tenants_known = false;
        self.keys_known = 0;
        self.addresses.clear();
    }

    /// Notes the numbers of the actor's roles.
    pub(super) fn set_roles(&mut self, roles: impl IntoIterator<Item = u32>) {
        self.roles.clear();
        roles.into_iter().for_each(|role| self.roles.push(role));
        if self.roles.len() > FEW_ROLES {
            self.roles.sort_unstable();
        }
        self.roles_known = true;
    }

    /// Forgets the evaluation before, but for the roles, if they are the same.
    pub(super) fn begin_next(&mut self, same_roles: bool) {
        let roles_known = self.roles_known;
        self.begin();
        self.roles_known = roles_known && same_roles;
    }

    /// Where a value stands in its map, if it was found to be as it was declared.
    #[inline]
    pub(super) fn checked(&self, leaf: Leaf) -> Option<usize> {
        let (generation, position) = *self.checked.get(leaf as usize)?;
        (generation == self.generation).then_some(position)
    }

    /// Where a value stood in its map when it was last found.
    pub(super) fn position_before(&self, leaf: Leaf) -> usize {
        self.checked.get(leaf as usize).map_or(0, |(_, position)| *position)
    }

    pub(super) fn set_checked(&mut self, leaf: Leaf, position: usize) {
        let index = leaf as usize;
        if index >= self.checked.len() {
            self.checked.resize(index + 1, (0, 0));
        }
        self.checked[index] = (self.generation, position);
    }

    /// A value that was found to be an address.
    #[inline]
    pub(super) fn address(&self, leaf: Leaf) -> Option<IpAddr> {
        let found = self.addresses.iter().find(|(other, _)| *other == leaf)?;
        Some(found.1)
    }

    pub(super) fn set_address(&mut self, leaf: Leaf, address: IpAddr) {
        self.addresses.push((leaf, address));
    }

    /// What a test of a value came to, if it was asked.
    #[inline]
    pub(super) fn answer(&self, number: u32) -> Option<bool> {
        let answer = *self.answers.get(number as usize)?;
        (answer >> 1 == self.generation).then_some(answer & 1 == 1)
    }

    pub(super) fn set_answer(&mut self, number: u32, answer: bool) {
        let index = number as usize;
        if index >= self.answers.len() {
            self.answers.resize(index + 1, 0);
        }
        self.answers[index] = self.generation << 1 | u64::from(answer);
    }
}
