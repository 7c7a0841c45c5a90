//! Policy texts, as the host read them.

/// One file of a policy set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceText<'t> {
    /// The path relative to the policy set, `/` between its parts. Where two rules could give the
    /// reason of a decision, the order of paths (as bytes) says which one does.
    pub path: &'t str,
    /// The text, at most 32 MiB.
    pub text: &'t str,
}
