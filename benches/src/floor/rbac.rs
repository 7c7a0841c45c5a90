//! The floor of the workload *rbac*: a row of bits for each role, one for each type and action.

use std::borrow::Cow;

use super::table::{TextTable, hash};
use crate::asked::Asked;
use crate::rbac::{ACTIONS, Rbac, TYPES};

/// The engine.
#[derive(Debug)]
pub struct RbacFloor {
    roles: TextTable,
    /// For each role what it is granted; a bit for each pair of type and action.
    granted: Vec<u128>,
}

/// A request in the form that the floor takes: type and action are one number.
#[derive(Clone, Copy, Debug)]
pub struct RbacRequest<'a> {
    roles: &'a [Cow<'static, str>],
    target: u8,
}

impl<'a> RbacRequest<'a> {
    /// The request of a draw.
    ///
    /// # Panics
    ///
    /// Where the draw is none of the workload.
    pub fn new(asked: &'a Asked) -> Self {
        RbacRequest { roles: &asked.roles, target: target(asked.resource_type, asked.action) }
    }
}

impl RbacFloor {
    /// Puts the grants into a table.
    pub fn new(rbac: &Rbac) -> Self {
        let mut floor = RbacFloor { roles: TextTable::new([]), granted: Vec::new() };
        for grant in rbac.grants() {
            let role = floor.roles.intern(&grant.role) as usize;
            floor.granted.resize(floor.roles.len(), 0);
            for action in &grant.actions {
                floor.granted[role] |= 1 << target(grant.resource_type, action);
            }
        }
        floor
    }

    /// Whether the request is permitted.
    #[inline]
    pub fn permits(&self, request: &RbacRequest<'_>) -> bool {
        request.roles.iter().any(|role| {
            let number = self.roles.find(hash(role), role);
            number.is_some_and(|number| self.granted[number as usize] >> request.target & 1 != 0)
        })
    }
}

fn target(resource_type: &str, action: &str) -> u8 {
    let index = |names: &[&str], name| {
        names.iter().position(|other| *other == name).expect("a name of the workload")
    };
    let target = index(&TYPES, resource_type) * ACTIONS.len() + index(&ACTIONS, action);
    u8::try_from(target).expect("a hundred pairs")
}
