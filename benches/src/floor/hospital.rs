//! The floor of the workload *hospital*: roles as bits, for each kind and action which of them
//! permit it in their department, and which everywhere.

use std::borrow::Cow;

use pdp_core::ActorType;

use super::table::{TextTable, hash};
use crate::asked::Asked;
use crate::hospital::{GRANTS, KINDS};

const SYSTEM_ADMIN: u16 = 1;
const SUSPENDED: u16 = 2;

/// The roles with general rules; the first two have the bits above.
const GENERAL: [&str; 4] = ["system_admin", "suspended", "auditor", "emergency"];

/// How many pairs of kind and action there are at most.
const TARGETS: usize = KINDS.len() * ACTIONS_MAX;
const ACTIONS_MAX: usize = 4;

/// The engine.
#[derive(Debug)]
pub struct HospitalFloor {
    roles: TextTable,
    targets: [Target; TARGETS],
}

/// A kind of papers with one of its actions.
#[derive(Clone, Copy, Debug, Default)]
struct Target {
    /// Roles that permit it in their department.
    in_department: u16,
    /// Roles that permit it everywhere.
    everywhere: u16,
    denied_to_agents: bool,
}

/// A request in the form that the floor takes: kind and action are one number.
#[derive(Clone, Copy, Debug)]
pub struct HospitalRequest<'a> {
    is_agent: bool,
    roles: &'a [Cow<'static, str>],
    tenants: &'a [Cow<'static, str>],
    target: u8,
    /// How long the kind is that the id begins with.
    kind_len: u8,
    id: &'a str,
}

impl<'a> HospitalRequest<'a> {
    /// The request of a draw.
    ///
    /// # Panics
    ///
    /// Where the draw is none of the workload.
    pub fn new(asked: &'a Asked) -> Self {
        let target = target(asked.resource_type, asked.action);
        HospitalRequest {
            is_agent: asked.actor_type == ActorType::Agent,
            roles: &asked.roles,
            tenants: &asked.tenants,
            target: u8::try_from(target).expect("few pairs"),
            kind_len: u8::try_from(asked.resource_type.len()).expect("a short word"),
            id: &asked.resource_id,
        }
    }
}

impl HospitalFloor {
    /// Puts the rules into tables.
    pub fn new() -> Self {
        let mut roles = TextTable::new(GENERAL);
        let mut targets = [Target::default(); TARGETS];
        let [_, _, auditor, emergency] = GENERAL.map(|role| 1 << roles.intern(role));
        for (kind, actions) in KINDS {
            for action in actions {
                let target = &mut targets[target(kind, action)];
                target.denied_to_agents = matches!(*action, "sign" | "approve");
                if *action == "read" {
                    let urgent = matches!(kind, "record" | "prescription" | "result");
                    target.everywhere = auditor | if urgent { emergency } else { 0 };
                }
            }
        }
        for (role, kind, actions) in GRANTS {
            for action in actions {
                targets[target(kind, action)].in_department |= 1 << roles.intern(role);
            }
        }
        HospitalFloor { roles, targets }
    }

    /// Whether the request is permitted.
    #[inline]
    pub fn permits(&self, request: &HospitalRequest<'_>) -> bool {
        let held = request.roles.iter().fold(0_u16, |held, role| {
            held | self.roles.find(hash(role), role).map_or(0, |number| 1 << number)
        });
        let target = &self.targets[usize::from(request.target)];
        if held & SYSTEM_ADMIN != 0 {
            return true;
        }
        if held & SUSPENDED != 0 || request.is_agent && target.denied_to_agents {
            return false;
        }
        held & target.everywhere != 0 || held & target.in_department != 0 && request.is_of_own()
    }
}

impl Default for HospitalFloor {
    fn default() -> Self {
        Self::new()
    }
}

impl HospitalRequest<'_> {
    /// Whether the papers are of a department of the actor: `record:d17/5`.
    #[inline]
    fn is_of_own(&self) -> bool {
        let rest = &self.id.as_bytes()[usize::from(self.kind_len) + 1..];
        self.tenants.iter().any(|tenant| {
            rest.strip_prefix(tenant.as_bytes()).is_some_and(|left| left.first() == Some(&b'/'))
        })
    }
}

fn target(kind: &str, action: &str) -> usize {
    let kinds = KINDS.iter().enumerate();
    let place = kinds.filter(|(_, (name, _))| *name == kind).find_map(|(index, (_, actions))| {
        Some(index * ACTIONS_MAX + actions.iter().position(|name| *name == action)?)
    });
    place.expect("a kind and an action of the workload")
}
