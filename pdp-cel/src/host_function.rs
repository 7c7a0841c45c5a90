use std::fmt;
use std::sync::Arc;

use crate::{Fault, Stored, Type, Value};

/// A function of the host that expressions may call, with the types of its arguments and of what it
/// makes.
///
/// It must be pure: the same arguments make the same value, and nothing else happens. It may be
/// called once for a constant argument, when the expression is compiled.
#[derive(Clone)]
pub struct HostFunction {
    name: Box<str>,
    parameters: Vec<Type>,
    result: Type,
    body: Arc<Body>,
}

type Body = dyn Fn(&[Value<'_>]) -> Option<Value<'static>> + Send + Sync;

impl HostFunction {
    /// A function `name(arguments)`. `body` is called with as many values as there are parameters,
    /// each of the parameter's type; `None` is a fault of the expression that called.
    pub fn new(
        name: &str,
        parameters: Vec<Type>,
        result: Type,
        body: impl Fn(&[Value<'_>]) -> Option<Value<'static>> + Send + Sync + 'static,
    ) -> Self {
        HostFunction { name: name.into(), parameters, result, body: Arc::new(body) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The types of its arguments.
    pub fn parameters(&self) -> &[Type] {
        &self.parameters
    }

    /// The type of what it makes.
    pub fn result(&self) -> &Type {
        &self.result
    }

    pub(crate) fn call(&self, arguments: &[Value<'_>]) -> Result<Stored, Fault> {
        let fits = self.parameters.iter().zip(arguments).all(|(parameter, argument)| {
            parameter.admit(argument.clone()).as_ref() == Some(argument)
        });
        if !fits {
            return Err(Fault::NoSuchOverload);
        }
        let made = (self.body)(arguments).ok_or(Fault::InvalidArgument)?;
        let made = self.result.admit(made).ok_or(Fault::NoSuchOverload)?;
        Ok(Stored::new(&made))
    }
}

impl fmt::Debug for HostFunction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{:?} -> {}", self.name, self.parameters, self.result)
    }
}
