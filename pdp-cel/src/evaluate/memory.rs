use core::net::IpAddr;

use super::truth::Failure;
use crate::operand::Operand;
use crate::program::NodeId;
use crate::{Cidr, Duration, Fault, Timestamp};

/// How many nodes are remembered at once; a power of two.
const REMEMBERED: usize = 64;

/// What nodes came to while one request is decided. Carries nothing to the next.
#[derive(Debug)]
pub struct Memory {
    /// Counts requests; what was remembered under another number is forgotten.
    generation: u64,
    remembered: [Remembered; REMEMBERED],
}

#[derive(Clone, Copy, Debug)]
struct Remembered {
    generation: u64,
    node: NodeId,
    value: Result<Small, Failure>,
}

/// A value that can be kept without being owned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Small {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Timestamp(Timestamp),
    Duration(Duration),
    Ip(IpAddr),
    Cidr(Cidr),
}

impl Small {
    pub(super) fn new(value: &Operand<'_>) -> Option<Self> {
        Some(match value {
            Operand::Bool(value) => Small::Bool(*value),
            Operand::Int(value) => Small::Int(*value),
            Operand::Uint(value) => Small::Uint(*value),
            Operand::Double(value) => Small::Double(*value),
            Operand::Timestamp(value) => Small::Timestamp(*value),
            Operand::Duration(value) => Small::Duration(*value),
            Operand::Ip(value) => Small::Ip(*value),
            Operand::Cidr(value) => Small::Cidr(*value),
            _ => return None,
        })
    }

    pub(super) fn operand<'e>(self) -> Operand<'e> {
        match self {
            Small::Bool(value) => Operand::Bool(value),
            Small::Int(value) => Operand::Int(value),
            Small::Uint(value) => Operand::Uint(value),
            Small::Double(value) => Operand::Double(value),
            Small::Timestamp(value) => Operand::Timestamp(value),
            Small::Duration(value) => Operand::Duration(value),
            Small::Ip(value) => Operand::Ip(value),
            Small::Cidr(value) => Operand::Cidr(value),
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        let nothing = Remembered { generation: 0, node: 0, value: Ok(Small::Bool(false)) };
        Memory { generation: 0, remembered: [nothing; REMEMBERED] }
    }
}

impl Memory {
    /// Forgets the request before.
    pub fn begin(&mut self) {
        self.generation += 1;
    }

    #[inline]
    pub(super) fn recall(&self, node: NodeId) -> Option<Result<Small, Failure>> {
        let remembered = &self.remembered[node as usize % REMEMBERED];
        let same = remembered.generation == self.generation && remembered.node == node;
        same.then_some(remembered.value)
    }

    /// What ran into a limit depends on what was evaluated before, and is not remembered.
    pub(super) fn remember(&mut self, node: NodeId, value: Result<Small, Failure>) {
        if value.is_err_and(|failure| failure.fault == Fault::Limit) {
            return;
        }
        let generation = self.generation;
        self.remembered[node as usize % REMEMBERED] = Remembered { generation, node, value };
    }
}
