//! The floor: engines written by hand for one workload each. Each knows one shape of policy, gives
//! no reason and no obligation, and is as fast as we could make it: how far the real engine is
//! from it says how good the real engine is.

mod hierarchies;
mod seed;
mod table;

pub use hierarchies::{HierarchyFloor, HierarchyRequest};
pub use seed::{Handles, SeedFloor, SeedRequest};
