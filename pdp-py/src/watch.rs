//! A policy set that is watched.

use std::process;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;

/// Watches a policy set until it is stopped, or for as long as it is held; also as `with`.
#[pyclass(frozen, module = "pdp")]
#[derive(Debug)]
pub(crate) struct Watch {
    watch: Mutex<Option<pdp_source::Watch>>,
    /// The process in which the thread runs: a fork has no part of it.
    process: u32,
}

impl Watch {
    pub(crate) fn new(watch: pdp_source::Watch) -> Self {
        Watch { watch: Mutex::new(Some(watch)), process: process::id() }
    }

    fn end(&self) {
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner).take();
        if process::id() == self.process {
            drop(watch);
        } else {
            // There is no thread here to be waited for.
            std::mem::forget(watch);
        }
    }
}

#[pymethods]
impl Watch {
    /// Ends it; waits for a reload that is under way.
    fn stop(&self, py: Python<'_>) {
        py.detach(|| self.end());
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, pyo3::types::PyTuple>) {
        self.stop(py);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A reload that is under way tells Python of it, and so must not be waited for here while
        // this thread keeps Python to itself.
        Python::attach(|py| py.detach(|| self.end()));
    }
}
