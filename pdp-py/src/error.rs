//! Faults as exceptions of the package; the classes stand in `pdp/errors.py`.

use pdp_core::wire::{RequestError, RequestErrorKind};
use pdp_core::{ChangeError, PolicyErrors};
use pdp_source::{LoadError, OpenError, ReloadError};
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::path::Path;

/// Why what Python handed over cannot be read.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is not as it must be.
    Refused(RequestError),
    /// Reading it raised an exception.
    Raised(PyErr),
}

impl Fault {
    /// A value is not of the kind that belongs there.
    pub(crate) fn mistyped(wanted: &str, found: &Bound<'_, PyAny>, path: Path<'_>) -> Self {
        let name = found.get_type().qualname().and_then(|name| name.extract::<String>());
        let found = name.unwrap_or_else(|_| "something".to_owned());
        Fault::shape(path, format!("expected {wanted}, found `{found}`"))
    }

    /// Something is not made as it must be.
    pub(crate) fn shape(path: Path<'_>, message: impl Into<String>) -> Self {
        Fault::refused(RequestErrorKind::Shape, path, message)
    }

    /// Something is over a limit.
    pub(crate) fn size(path: Path<'_>, message: impl Into<String>) -> Self {
        Fault::refused(RequestErrorKind::Size, path, message)
    }

    fn refused(kind: RequestErrorKind, path: Path<'_>, message: impl Into<String>) -> Self {
        let field = Some(path.to_string());
        Fault::Refused(RequestError { kind, field, message: message.into() })
    }

    /// The exception, where a request was read.
    pub(crate) fn of_request(self, py: Python<'_>) -> PyErr {
        match self {
            Fault::Refused(error) => request(py, &error),
            Fault::Raised(error) => error,
        }
    }

    /// The exception, where a change of facts was read.
    pub(crate) fn of_change(self, py: Python<'_>) -> PyErr {
        match self {
            Fault::Refused(error) => change(py, &error.into()),
            Fault::Raised(error) => error,
        }
    }
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        Fault::Refused(error)
    }
}

impl From<PyErr> for Fault {
    fn from(error: PyErr) -> Self {
        Fault::Raised(error)
    }
}

/// What is no request.
pub(crate) fn request(py: Python<'_>, error: &RequestError) -> PyErr {
    let field = error.field.as_deref();
    exception(py, &REQUEST, (error.message.as_str(), error.kind.as_str(), field))
}

/// A decision point elsewhere did not decide.
pub(crate) fn unavailable(py: Python<'_>, message: &str) -> PyErr {
    exception(py, &UNAVAILABLE, (message,))
}

/// A decision point elsewhere refused to decide.
pub(crate) fn refused(
    py: Python<'_>,
    message: &str,
    kind: Option<&str>,
    field: Option<&str>,
) -> PyErr {
    exception(py, &REFUSED, (message, kind, field))
}

/// A change of facts that cannot be made.
pub(crate) fn change(py: Python<'_>, error: &ChangeError) -> PyErr {
    let field = error.field.as_deref();
    exception(py, &CHANGE, (error.message.as_str(), error.kind.as_str(), field))
}

/// Mistakes in policies.
pub(crate) fn policies(py: Python<'_>, errors: &PolicyErrors) -> PyErr {
    let mistakes = errors.iter().map(|error| {
        let (line, column) = (error.span.line, error.span.column);
        (&error.file, line, column, &error.message, error.hint.as_deref(), error.kind.as_str())
    });
    let mistakes: Vec<_> = mistakes.collect();
    exception(py, &POLICY, (mistakes, errors.omitted()))
}

/// A policy set that cannot be loaded.
pub(crate) fn load(py: Python<'_>, error: &LoadError) -> PyErr {
    match error {
        LoadError::Policy { errors, .. } => policies(py, errors),
        other => exception(py, &SOURCE, (other.to_string(),)),
    }
}

/// A policy set with which an engine cannot begin.
pub(crate) fn open(py: Python<'_>, error: &OpenError) -> PyErr {
    match error {
        OpenError::Load(error) => load(py, error),
        other => exception(py, &SOURCE, (other.to_string(),)),
    }
}

/// A reload that failed.
pub(crate) fn reload(py: Python<'_>, error: &ReloadError) -> PyErr {
    match error {
        ReloadError::Load(error) => load(py, error),
        ReloadError::Facts(error) => change(py, error),
        other => exception(py, &SOURCE, (other.to_string(),)),
    }
}

/// A class in `pdp.errors`.
struct Class {
    name: &'static str,
    found: PyOnceLock<Py<PyType>>,
}

impl Class {
    const fn new(name: &'static str) -> Self {
        Class { name, found: PyOnceLock::new() }
    }
}

static REQUEST: Class = Class::new("RequestError");
static CHANGE: Class = Class::new("ChangeError");
static POLICY: Class = Class::new("PolicyError");
static UNAVAILABLE: Class = Class::new("UnavailableError");
static REFUSED: Class = Class::new("RefusedError");
static SOURCE: Class = Class::new("SourceError");

fn exception<'py, A: PyCallArgs<'py>>(py: Python<'py>, class: &Class, arguments: A) -> PyErr {
    let class = class.found.import(py, "pdp.errors", class.name);
    class.and_then(|class| class.call1(arguments)).map_or_else(|error| error, PyErr::from_value)
}
