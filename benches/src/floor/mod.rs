//! The floor: engines written by hand for one workload each. Each knows one shape of policy, gives
//! no reason and no obligation, and is as fast as we could make it: how far the real engine is
//! from it says how good the real engine is.

mod hierarchies;
mod hospital;
mod rbac;
mod rules;
mod seed;
mod table;

pub use hierarchies::{HierarchyFloor, HierarchyRequest};
pub use hospital::{HospitalFloor, HospitalRequest};
pub use rbac::{RbacFloor, RbacRequest};
pub use rules::{RulesFloor, RulesRequest};
pub use seed::{Handles, SeedFloor, SeedRequest};
