use smallvec::SmallVec;

use super::relation::Walk;
use super::truth::Truth;
use crate::compiled::{FaultId, NodeId};

/// How many sub-conditions are remembered at once; a power of two.
const REMEMBERED: usize = 64;

/// Working memory of an evaluation. Hold on to one per thread: then deciding allocates nothing.
///
/// It carries nothing from one decision to the next but its capacity.
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

/// What an evaluation found out and may want again.
#[derive(Debug)]
pub(super) struct Memory {
    /// Counts evaluations; what was remembered under another number is forgotten.
    generation: u64,
    remembered: [Remembered; REMEMBERED],
    /// Numbers of the actor's roles, once they are wanted.
    pub(super) roles: SmallVec<[u32; 8]>,
    pub(super) roles_known: bool,
    /// The tenants, of those that tenant files name, to which the resource belongs, once they are
    /// wanted; and why there may be more.
    pub(super) tenants: SmallVec<[u32; 4]>,
    pub(super) tenants_known: bool,
    pub(super) tenants_fault: Option<FaultId>,
}

/// What a sub-condition came to in an evaluation.
#[derive(Clone, Copy, Debug)]
struct Remembered {
    generation: u64,
    node: NodeId,
    truth: Truth,
}

impl Default for Memory {
    fn default() -> Self {
        let nothing = Remembered { generation: 0, node: 0, truth: Truth::No };
        Memory {
            generation: 0,
            remembered: [nothing; REMEMBERED],
            roles: SmallVec::new(),
            roles_known: false,
            tenants: SmallVec::new(),
            tenants_known: false,
            tenants_fault: None,
        }
    }
}

impl Memory {
    /// Forgets the evaluation before.
    pub(super) fn begin(&mut self) {
        self.generation += 1;
        self.roles_known = false;
        self.tenants_known = false;
    }

    pub(super) fn recall(&self, node: NodeId) -> Option<Truth> {
        let remembered = &self.remembered[node as usize % REMEMBERED];
        let same = remembered.generation == self.generation && remembered.node == node;
        same.then_some(remembered.truth)
    }

    pub(super) fn remember(&mut self, node: NodeId, truth: Truth) {
        let generation = self.generation;
        self.remembered[node as usize % REMEMBERED] = Remembered { generation, node, truth };
    }
}
