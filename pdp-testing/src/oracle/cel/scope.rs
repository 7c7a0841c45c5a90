use super::fault::Faults;
use super::value::Value;

/// A name that a macro makes known, and those around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'s> {
    /// The name.
    pub(super) name: &'s str,
    /// What it stands for; an error is one where the name is used.
    pub(super) value: &'s Result<Value, Faults>,
    /// The names around it, which it hides.
    pub(super) outer: Option<&'s Scope<'s>>,
}

/// What the innermost `name` stands for.
pub(super) fn find<'s>(scope: Option<&Scope<'s>>, name: &str) -> Option<&'s Result<Value, Faults>> {
    let scope = scope?;
    if scope.name == name { Some(scope.value) } else { find(scope.outer, name) }
}
