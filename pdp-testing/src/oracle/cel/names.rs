use pdp_cel::Expression;

use super::fault::{Fault, Faults};
use super::value::Value;

/// What a host knows of a name.
#[derive(Clone, Debug)]
pub enum Named {
    /// Nothing that begins like that.
    Unknown,
    /// The first so many names have this value.
    Present(Value, usize),
    /// The first so many names are declared and not there; reading them is this fault.
    Absent(Fault, usize),
    /// The first so many names are known and cannot be read.
    Failed(Faults, usize),
}

/// What an expression knows beside its own names.
pub trait Names {
    /// What `a.b.c` begins with; `absolute` with a dot before it.
    fn value(&self, path: &[&str], absolute: bool) -> Named;

    /// What a function of the host says; `None` if the host has none of that name.
    fn call(&self, function: &str, arguments: &[Expression]) -> Option<Result<Value, Faults>> {
        let _ = (function, arguments);
        None
    }
}
