//! A decision point elsewhere, asked through the client that Rust services have, too.

mod runtime;

use std::fs;
use std::path::PathBuf;
use std::process;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pdp_client::{Answer, Builder, ClientError, Tls};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use tokio::task::AbortHandle;

use crate::decision::Decision;
use crate::error;
use crate::path::Path;
use crate::request::Request;

/// What every client needs: where to ask, as whom, and for how long at most.
///
/// A fork has no part of the connections of its parent, and makes its own.
#[pyclass(frozen, module = "pdp._pdp")]
pub(crate) struct Connection {
    builder: Builder,
    made: Mutex<Option<(u32, pdp_client::Client)>>,
}

#[pymethods]
impl Connection {
    #[new]
    fn new(
        py: Python<'_>,
        url: &str,
        key: Option<&str>,
        deadline: f64,
        connections: Option<usize>,
        tls: Option<TlsFiles>,
    ) -> PyResult<Self> {
        let deadline = Duration::try_from_secs_f64(deadline)
            .map_err(|error| PyValueError::new_err(format!("deadline: {error}")))?;
        let mut builder = builder(url).deadline(deadline);
        if let Some(key) = key {
            builder = builder.key(key);
        }
        if let Some(connections) = connections {
            builder = builder.connections(connections);
        }
        if let Some(files) = tls {
            builder = builder.tls(read(files)?);
        }
        let connection = Connection { builder, made: Mutex::new(None) };
        // A setting that no client can have is told now.
        py.detach(|| connection.client()).map(|_| connection)
    }

    /// Asks for one decision, and waits for it.
    fn ask(
        &self,
        py: Python<'_>,
        question: &Bound<'_, PyAny>,
        request_id: Option<&str>,
    ) -> PyResult<Decision> {
        let question = kept(question, Path::Root(""))?;
        let client = self.under(request_id)?;
        let question = question.get();
        let answer = py.detach(|| runtime::present().block_on(client.ask(&question.request())));
        answer.map(|answer| Decision::of_answer(py, answer)).map_err(|error| failure(py, &error))
    }

    /// Asks for several decisions by one revision, and waits for them.
    fn ask_many(
        &self,
        py: Python<'_>,
        questions: &Bound<'_, PyList>,
        request_id: Option<&str>,
    ) -> PyResult<Vec<Decision>> {
        let questions = kept_all(questions)?;
        let client = self.under(request_id)?;
        let answers = py.detach(|| {
            let requests: Vec<_> = questions.iter().map(|one| one.get().request()).collect();
            runtime::present().block_on(client.ask_batch(&requests))
        });
        decisions(py, answers)
    }

    /// Begins to ask. When there is an answer, `settle(decision, error)` is called in the event loop.
    fn begin(
        &self,
        question: &Bound<'_, PyAny>,
        request_id: Option<&str>,
        event_loop: Py<PyAny>,
        settle: Py<PyAny>,
    ) -> PyResult<Call> {
        let question = kept(question, Path::Root(""))?.unbind();
        let client = self.under(request_id)?;
        let task = runtime::present().spawn(async move {
            let answer = client.ask(&question.get().request()).await;
            tell(&event_loop, &settle, |py| {
                let answer = answer.map_err(|error| failure(py, &error))?;
                Bound::new(py, Decision::of_answer(py, answer)).map(Bound::into_any)
            });
        });
        Ok(Call { task: task.abort_handle() })
    }

    /// Begins to ask for several decisions by one revision; see `begin`.
    fn begin_many(
        &self,
        questions: &Bound<'_, PyList>,
        request_id: Option<&str>,
        event_loop: Py<PyAny>,
        settle: Py<PyAny>,
    ) -> PyResult<Call> {
        let questions = kept_all(questions)?;
        let client = self.under(request_id)?;
        let task = runtime::present().spawn(async move {
            let requests: Vec<_> = questions.iter().map(|one| one.get().request()).collect();
            let answers = client.ask_batch(&requests).await;
            tell(&event_loop, &settle, |py| decisions(py, answers)?.into_bound_py_any(py));
        });
        Ok(Call { task: task.abort_handle() })
    }
}

impl Connection {
    /// The client of this process.
    fn client(&self) -> PyResult<pdp_client::Client> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let process = process::id();
        if let Some((of, client)) = &*made
            && *of == process
        {
            return Ok(client.clone());
        }
        let _runtime = runtime::present().enter();
        let client = self.builder.clone().build();
        let client = client.map_err(|error| PyValueError::new_err(error.to_string()))?;
        // What a parent made is left alone: its connections are the parent's.
        std::mem::forget(made.replace((process, client.clone())));
        Ok(client)
    }

    fn under(&self, request_id: Option<&str>) -> PyResult<pdp_client::Client> {
        let client = self.client()?;
        match request_id {
            None => Ok(client),
            Some(id) => client.under(id).map_err(|error| PyValueError::new_err(error.to_string())),
        }
    }
}

/// A call that is under way.
#[pyclass(frozen, module = "pdp._pdp")]
pub(crate) struct Call {
    task: AbortHandle,
}

#[pymethods]
impl Call {
    /// Ends it, if it is still under way; nobody is told then.
    fn cancel(&self) {
        self.task.abort();
    }
}

/// Which door a URL names: `grpc://` and `grpcs://`, otherwise HTTP.
fn builder(url: &str) -> Builder {
    if let Some(rest) = url.strip_prefix("grpc+unix:") {
        return pdp_client::Client::grpc(&format!("unix:{rest}"));
    }
    for (scheme, plain) in [("grpc://", "http://"), ("grpcs://", "https://")] {
        if let Some(rest) = url.strip_prefix(scheme) {
            return pdp_client::Client::grpc(&format!("{plain}{rest}"));
        }
    }
    pdp_client::Client::http(url)
}

/// The file of the authorities, and those of a certificate and its private key.
type TlsFiles = (PathBuf, Option<(PathBuf, PathBuf)>);

/// Whom to trust, and who to be.
fn read((authority, identity): TlsFiles) -> PyResult<Tls> {
    let tls = Tls::of(fs::read(authority)?);
    match identity {
        None => Ok(tls),
        Some((certificate, key)) => Ok(tls.showing(fs::read(certificate)?, fs::read(key)?)),
    }
}

/// The question as a request that is kept, and lives as long as the call.
fn kept<'py>(question: &Bound<'py, PyAny>, path: Path<'_>) -> PyResult<Bound<'py, Request>> {
    let py = question.py();
    if let Ok(request) = question.cast::<Request>() {
        return Ok(request.clone());
    }
    let kept = Request::of(question, path);
    Bound::new(py, kept.map_err(|fault| fault.of_request(py))?)
}

fn kept_all(questions: &Bound<'_, PyList>) -> PyResult<Vec<Py<Request>>> {
    let path = Path::Root("requests");
    let questions = questions.iter().enumerate();
    questions
        .map(|(index, question)| kept(&question, path.item(index)).map(Bound::unbind))
        .collect()
}

fn decisions(py: Python<'_>, answers: Result<Vec<Answer>, ClientError>) -> PyResult<Vec<Decision>> {
    let answers = answers.map_err(|error| failure(py, &error))?.into_iter();
    Ok(answers.map(|answer| Decision::of_answer(py, answer)).collect())
}

/// Tells the event loop what came, unless it has ended meanwhile.
fn tell(
    event_loop: &Py<PyAny>,
    settle: &Py<PyAny>,
    made: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>>,
) {
    let _ = Python::try_attach(|py| {
        let (made, fault) = match made(py) {
            Ok(made) => (Some(made), None),
            Err(error) => (None, Some(error)),
        };
        let told = event_loop.call_method1(py, "call_soon_threadsafe", (settle, made, fault));
        told.map(drop)
    });
}

/// There is no decision.
fn failure(py: Python<'_>, error: &ClientError) -> PyErr {
    match error {
        ClientError::Request(request) => error::request(py, request),
        ClientError::Refused(refused) => {
            let (kind, field) = (refused.kind.as_deref(), refused.field.as_deref());
            error::refused(py, &error.to_string(), kind, field)
        }
        other => error::unavailable(py, &other.to_string()),
    }
}
