#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]
#![expect(
    clippy::doc_link_with_quotes,
    clippy::doc_markdown,
    reason = "documentation is that of Python"
)]

mod actor;
mod client;
mod clock;
mod decision;
mod engine;
mod error;
mod facts;
mod form;
mod graph;
mod outcomes;
mod path;
mod request;
mod resource;
mod value;
mod watch;

/// What the package `pdp` is made of; its Python side names and documents it.
#[pyo3::pymodule]
mod _pdp {
    #[pymodule_export]
    use crate::actor::Actor;
    #[pymodule_export]
    use crate::client::{Call, Connection};
    #[pymodule_export]
    use crate::decision::{Decision, Rule};
    #[pymodule_export]
    use crate::engine::Engine;
    #[pymodule_export]
    use crate::facts::Applied;
    #[pymodule_export]
    use crate::graph::Graph;
    #[pymodule_export]
    use crate::request::Request;
    #[pymodule_export]
    use crate::resource::Resource;
    #[pymodule_export]
    use crate::watch::Watch;

    use std::sync::OnceLock;

    use pyo3::exceptions::PyImportError;
    use pyo3::prelude::*;

    /// Sub-interpreters are refused: what is kept once for the process, such as the classes of
    /// exceptions, belongs to the interpreter that made it.
    #[pymodule_init]
    fn refuse_sub_interpreters(module: &Bound<'_, PyModule>) -> PyResult<()> {
        static FIRST: OnceLock<usize> = OnceLock::new();
        // Each interpreter has builtins of its own.
        let interpreter = module.py().import("builtins")?.as_ptr().addr();
        if *FIRST.get_or_init(|| interpreter) == interpreter {
            return Ok(());
        }
        Err(PyImportError::new_err("`pdp` works in one interpreter of a process only"))
    }
}
