use pdp_cel::Program;

use super::{Dispatch, FaultId, Leaves, Map, ResourceIndex, Rule, Vocabulary};
use crate::PolicyWarning;
use crate::audit::Masks;

/// All that policy files say, facts apart: it stays the same while facts change.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) files: Vec<Box<str>>,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) rules: Vec<Rule>,
    pub(crate) dispatch: Dispatch,
    pub(crate) program: Program,
    pub(crate) leaves: Leaves,
    pub(crate) walk_limit: u32,
    pub(crate) walk_limit_fault: FaultId,
    pub(crate) now_missing_fault: FaultId,
    /// Numbers of the tenants that tenant files name.
    pub(crate) tenants: Map<ResourceIndex, u32>,
    pub(crate) non_ascii_ids: bool,
    pub(crate) warnings: Vec<PolicyWarning>,
    pub(crate) masks: Masks,
}
