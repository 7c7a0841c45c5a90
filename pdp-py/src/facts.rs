//! Changes of facts: the fields of a change as it travels, and whole change sets. And lists of facts.

use pdp_core::wire::{self, CHANGE_SET_BYTES_MAX};
use pdp_core::{Change, ChangeSet, Layer, Operation, Policies, Statement, Value};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::error::{self, Fault};
use crate::path::Path;
use crate::value::{Reader, text_of};

/// What applying a change set came to: the `revision` in which it holds, and in `repeated` whether
/// it had been applied before, so that nothing changed now.
#[pyclass(frozen, get_all, module = "pdp")]
#[derive(Debug)]
pub(crate) struct Applied {
    revision: u64,
    repeated: bool,
}

#[pymethods]
impl Applied {
    fn __repr__(&self) -> String {
        let repeated = if self.repeated { "True" } else { "False" };
        format!("Applied(revision={}, repeated={repeated})", self.revision)
    }
}

impl From<pdp_core::Applied> for Applied {
    fn from(applied: pdp_core::Applied) -> Self {
        Applied { revision: applied.revision, repeated: applied.repeated }
    }
}

/// The change that keyword arguments are, which are the fields of one in a change set.
pub(crate) fn change(
    py: Python<'_>,
    operation: Operation,
    fields: Option<&Bound<'_, PyDict>>,
) -> PyResult<Change> {
    let fields = fields.map(Bound::as_any);
    let read = Reader::within(CHANGE_SET_BYTES_MAX).map(fields, Path::Root(""));
    let mut fields = read.map_err(|fault| fault.of_change(py))?;
    fields.insert("op", operation.as_str());
    wire::change(Value::Map(fields)).map_err(|error| error::change(py, &error))
}

/// A change set: a dict, or its JSON.
pub(crate) fn change_set(object: &Bound<'_, PyAny>) -> PyResult<ChangeSet> {
    let py = object.py();
    let parsed = if let Ok(json) = object.cast::<PyBytes>() {
        wire::parse_change_set(json.as_bytes())
    } else if let Ok(json) = object.cast::<PyString>() {
        let json = text_of(json, Path::Root("")).map_err(|fault| fault.of_change(py))?;
        wire::parse_change_set(json.as_bytes())
    } else if object.is_instance_of::<PyDict>() {
        let read = Reader::within(CHANGE_SET_BYTES_MAX).map(Some(object), Path::Root(""));
        let fields = read.map_err(|fault| fault.of_change(py))?;
        wire::change_set(Value::Map(fields))
    } else {
        let fault = Fault::mistyped("a dict, a str or bytes", object, Path::Root("change_set"));
        return Err(fault.of_change(py));
    };
    parsed.map_err(|error| error::change(py, &error))
}

/// The facts of a layer, or the words of run time, as they travel: a list of dicts, sorted.
pub(crate) fn listed<'py>(
    py: Python<'py>,
    policies: &Policies,
    layer: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let json = |fact: Statement| serde_json::to_string(&fact);
    let word = |change: Change| serde_json::to_string(&change);
    let written = py.detach(|| match layer {
        "present" => Some(sorted(policies.facts(Layer::Present).map(json))),
        "files" => Some(sorted(policies.facts(Layer::Files).map(json))),
        "run-time" => Some(sorted(policies.words().map(word))),
        "difference" => Some(sorted(policies.difference().map(word))),
        _ => None,
    });
    let Some(written) = written else {
        let message = "`layer` is one of `present`, `files`, `run-time` and `difference`";
        return Err(PyValueError::new_err(message));
    };
    py.import("json")?.call_method1("loads", (written,))
}

/// A list in JSON, in the order of its texts.
fn sorted(items: impl Iterator<Item = serde_json::Result<String>>) -> String {
    let items = items.map(|item| item.expect("facts have names that are texts"));
    let mut lines: Vec<String> = items.collect();
    lines.sort_unstable();
    format!("[{}]", lines.join(","))
}
