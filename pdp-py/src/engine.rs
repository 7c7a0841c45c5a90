//! The engine.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use pdp_core::{Operation, Policies, Scratch, SourceText};
use pdp_source::{Event, Keeper, KeeperSettings, Reloaded, WatchSettings};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::decision::Decision;
use crate::error;
use crate::facts::{self, Applied};
use crate::graph::Graph;
use crate::outcomes::Outcomes;
use crate::path::Path;
use crate::request::{self, Asked, Question, Request};
use crate::value::Reader;
use crate::watch::Watch;
use crate::{clock, resource};

/// After so many decisions of a batch other threads have their turn.
const TURN: usize = 1_000;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::new());
}

/// Policies and facts that decide, in this process. All threads may share one.
///
/// Made by `Engine.load` or `Engine.from_yaml`. The examples below ask the one of the module's own
/// example.
#[pyclass(frozen, module = "pdp")]
#[derive(Debug)]
pub(crate) struct Engine {
    inner: Arc<pdp_core::Engine>,
    /// What keeps it true to its files, if it was loaded from some.
    keeper: Option<Arc<Keeper>>,
    outcomes: Outcomes,
}

impl Engine {
    fn new(inner: Arc<pdp_core::Engine>, keeper: Option<Arc<Keeper>>) -> Self {
        Engine { inner, keeper, outcomes: Outcomes::default() }
    }

    fn keeper(&self) -> PyResult<&Arc<Keeper>> {
        let message = "this engine was made of a text, and has no files to look at";
        self.keeper.as_ref().ok_or_else(|| PyRuntimeError::new_err(message))
    }

    /// The decision on a request, as Python has it.
    fn decided(
        &self,
        py: Python<'_>,
        policies: &Arc<Policies>,
        request: &pdp_core::Request<'_>,
    ) -> PyResult<Py<Decision>> {
        self.outcomes.shared(py, policies, decide(policies, request))
    }

    fn answer(
        &self,
        object: &Bound<'_, PyAny>,
        policies: &Arc<Policies>,
        path: Path<'_>,
    ) -> PyResult<Py<Decision>> {
        let py = object.py();
        if let Ok(request) = object.cast::<Request>() {
            return self.decided(py, policies, &request.get().request());
        }
        let answer =
            request::read(object, path, |request| Ok(self.decided(py, policies, request)?));
        answer.map_err(|fault| fault.of_request(py))
    }

    fn change(
        &self,
        py: Python<'_>,
        operation: Operation,
        fields: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<u64> {
        let statement = facts::change(py, operation, fields)?.statement;
        let changed = py.detach(|| match operation {
            Operation::Add => self.inner.add(statement),
            Operation::Remove => self.inner.remove(statement),
            Operation::Replace => self.inner.replace(statement),
            Operation::Forget => self.inner.forget(statement),
        });
        changed.map_err(|error| error::change(py, &error))
    }
}

#[pymethods]
impl Engine {
    /// Loads a policy set: a folder, a file or a compiled image, or a list of files and folders.
    ///
    /// Raises `pdp.PolicyError` with every mistake in it, or `pdp.SourceError` where it cannot be
    /// read.
    ///
    /// >>> pdp.Engine.load("policies/daarion").evaluate("user:1", "manage", ("microdao", "microdao:daarion")).reason
    /// 'microdao_owner'
    #[staticmethod]
    fn load(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Self> {
        let paths: Vec<PathBuf> = match path.cast::<PyList>() {
            Ok(paths) => paths.extract()?,
            Err(_) => vec![path.extract()?],
        };
        let mut settings = KeeperSettings::new(clock::now);
        settings.on_event = Box::new(tell);
        let opened = py.detach(|| Keeper::open(paths, settings));
        let keeper = Arc::new(opened.map_err(|error| error::open(py, &error))?);
        Ok(Engine::new(Arc::clone(keeper.engine()), Some(keeper)))
    }

    /// Compiles a policy set of one text, which errors and rules call `name`.
    ///
    /// Raises `pdp.PolicyError`.
    ///
    /// >>> pdp.Engine.from_yaml("version: 1\ntypes: {door: {actions: [open]}}", name="door.yaml")
    /// <Engine of 1 files: 1 types, 0 rules, 0 facts>
    #[staticmethod]
    #[pyo3(signature = (text, name = "policy.yaml"))]
    fn from_yaml(py: Python<'_>, text: &str, name: &str) -> PyResult<Self> {
        let source = SourceText { path: name, text };
        let policies = py.detach(|| Policies::from_sources(&[source]));
        let policies = policies.map_err(|errors| error::policies(py, &errors))?;
        Ok(Engine::new(Arc::new(pdp_core::Engine::new(policies)), None))
    }

    /// Decides one question.
    ///
    /// `actor` is an id, a `pdp.Actor`, or a dict as requests have it. `resource` is `type:id`
    /// (what follows the first colon is the id), a pair of type and id, a `pdp.Resource`, or a dict. `context`
    /// holds what conditions may read. `now` is a `datetime` with a zone, or RFC 3339; without it,
    /// the present time.
    ///
    /// Raises `pdp.RequestError` where this is no request. That is no decision, and never a permit.
    ///
    /// >>> engine.evaluate("user:666", "read", "board:news").reason
    /// 'banned'
    /// >>> actor = {"actor_id": "user:7", "actor_type": "human", "roles": ["guest"]}
    /// >>> engine.evaluate(actor, "read", ("board", "news"), {"ip": "192.0.2.7"}).permitted
    /// True
    #[pyo3(signature = (actor, action, resource, context = None, now = None))]
    fn evaluate(
        &self,
        py: Python<'_>,
        actor: &Bound<'_, PyAny>,
        action: &Bound<'_, PyAny>,
        resource: &Bound<'_, PyAny>,
        context: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<Decision>> {
        let policies = &self.inner.present();
        let asked = Asked { question: Question { actor, action, context, now }, resource };
        let answer = asked.read(Path::Root(""), |request| Ok(self.decided(py, policies, request)?));
        answer.map_err(|fault| fault.of_request(py))
    }

    /// Decides a `pdp.Request`, a request as it travels (a dict), or a tuple of the arguments of
    /// `evaluate`.
    ///
    /// Raises `pdp.RequestError`.
    ///
    /// >>> engine.decide(("user:7", "read", "board:news")).reason
    /// 'members'
    fn decide(&self, request: &Bound<'_, PyAny>) -> PyResult<Py<Decision>> {
        self.answer(request, &self.inner.present(), Path::Root(""))
    }

    /// Decides several questions by one revision of policies and facts; each is one of those that
    /// `decide` takes. Where all are `pdp.Request` and there are many, other threads go on meanwhile.
    ///
    /// Raises `pdp.RequestError`; then there is no decision on any of them.
    ///
    /// >>> questions = [("user:7", "read", "board:news"), ("user:7", "read", "board:none")]
    /// >>> [decision.reason for decision in engine.evaluate_many(questions)]
    /// ['members', 'no_matching_policy']
    fn evaluate_many(
        &self,
        py: Python<'_>,
        requests: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<Py<Decision>>> {
        let policies = self.inner.present();
        let requests: Vec<Bound<'_, PyAny>> = requests.try_iter()?.collect::<PyResult<_>>()?;
        let prepared = requests.iter().map(|request| request.cast::<Request>().ok());
        if let Some(prepared) = prepared.collect::<Option<Vec<_>>>() {
            let prepared: Vec<&Request> = prepared.into_iter().map(Bound::get).collect();
            return self.decide_prepared(py, &policies, &prepared);
        }
        let root = Path::Root("requests");
        let mut decisions = Vec::with_capacity(requests.len());
        for (index, request) in requests.iter().enumerate() {
            decisions.push(self.answer(request, &policies, root.item(index))?);
            give_way(py, index);
        }
        Ok(decisions)
    }

    /// Those of some resources on which the actor may do the action, in their order, by one revision
    /// of policies and facts. Each is given back as it was given.
    ///
    /// Raises `pdp.RequestError`.
    ///
    /// >>> engine.permitted("user:7", "read", ["board:none", "board:news"])
    /// ['board:news']
    #[pyo3(signature = (actor, action, resources, context = None, now = None))]
    fn permitted<'py>(
        &self,
        py: Python<'py>,
        actor: &Bound<'py, PyAny>,
        action: &Bound<'py, PyAny>,
        resources: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let policies = self.inner.present();
        let question = Question { actor, action, context, now };
        let (reader, path) = (&Reader::new(), Path::Root("resources"));
        let permitted = question.read(reader, Path::Root(""), |about| {
            let mut permitted = Vec::new();
            for (index, item) in resources.try_iter()?.enumerate() {
                let item = item?;
                let permits =
                    resource::read(&item, &Reader::new(), path.item(index), |resource| {
                        Ok(decide(&policies, &about.resource(resource)).effect)
                    })?;
                if permits == pdp_core::Effect::Permit {
                    permitted.push(item);
                }
                give_way(py, index);
            }
            Ok(permitted)
        });
        permitted.map_err(|fault| fault.of_request(py))
    }

    /// States facts: the fields are those of a change in a change set. Gives the new revision.
    ///
    /// Raises `pdp.ChangeError`.
    ///
    /// >>> revision = engine.add(resource="board:new", relation="member", actor="user:7")
    /// >>> engine.evaluate("user:7", "read", "board:new").permitted
    /// True
    #[pyo3(signature = (**fields))]
    fn add(&self, py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<u64> {
        self.change(py, Operation::Add, fields)
    }

    /// Takes facts away, also those that files state. Gives the new revision.
    ///
    /// Raises `pdp.ChangeError`.
    ///
    /// >>> revision = engine.remove(resource="board:new", relation="member", actor="user:7")
    /// >>> engine.evaluate("user:7", "read", "board:new").permitted
    /// False
    #[pyo3(signature = (**fields))]
    fn remove(&self, py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<u64> {
        self.change(py, Operation::Remove, fields)
    }

    /// Makes the facts of one relation or link of a resource exactly these. Gives the new revision.
    ///
    /// Raises `pdp.ChangeError`.
    ///
    /// >>> revision = engine.replace(resource="board:team", relation="member", actors=["user:8"])
    /// >>> engine.evaluate("user:8", "read", "board:team").permitted
    /// True
    #[pyo3(signature = (**fields))]
    fn replace(&self, py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<u64> {
        self.change(py, Operation::Replace, fields)
    }

    /// Takes back what was said of facts at run time, so that the files count again. Gives the new
    /// revision.
    ///
    /// Raises `pdp.ChangeError`.
    ///
    /// >>> revision = engine.forget(resource="board:new", relation="member", actor="user:7")
    #[pyo3(signature = (**fields))]
    fn forget(&self, py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<u64> {
        self.change(py, Operation::Forget, fields)
    }

    /// Applies a change set, whole or not at all: a dict as it travels, or its JSON. One whose `id`
    /// was applied already changes nothing.
    ///
    /// Raises `pdp.ChangeError`.
    ///
    /// >>> change = {"op": "add", "resource": "board:new", "relation": "member", "actor": "user:9"}
    /// >>> engine.apply({"id": "a-1", "changes": [change]}).repeated
    /// False
    /// >>> engine.apply({"id": "a-1", "changes": [change]}).repeated
    /// True
    fn apply(&self, change_set: &Bound<'_, PyAny>) -> PyResult<Applied> {
        let (py, change_set) = (change_set.py(), facts::change_set(change_set)?);
        let applied = py.detach(|| self.inner.apply(&change_set));
        applied.map(Applied::from).map_err(|error| error::change(py, &error))
    }

    /// Lists facts, each as it travels and without `op`: those that hold (`present`) or those that
    /// the files state (`files`). Or lists what was said of them at run time, as changes with their
    /// `op`: the last word on each fact (`run-time`), or those words that make a difference to the
    /// files (`difference`). Both can be applied again. Sorted; those whose `until` is over are there.
    ///
    /// Raises `ValueError` for any other layer.
    ///
    /// >>> revision = engine.add(resource="board:listed", relation="member", actor="user:7")
    /// >>> {"resource": "board:listed", "relation": "member", "actor": "user:7"} in engine.facts()
    /// True
    /// >>> [change["op"] for change in engine.facts("difference") if change["resource"] == "board:listed"]
    /// ['add']
    #[pyo3(signature = (layer = "present"))]
    fn facts<'py>(&self, py: Python<'py>, layer: &str) -> PyResult<Bound<'py, PyAny>> {
        facts::listed(py, &self.inner.present(), layer)
    }

    /// Finds anew beforehand what sets and links lead to, after changes of facts on which that
    /// depends; decisions are the same without it, and slower where relations lead far. Whether it
    /// was of use.
    ///
    /// >>> engine.settle() in (True, False)
    /// True
    fn settle(&self, py: Python<'_>) -> bool {
        py.detach(|| self.inner.settle())
    }

    /// Loads the files as they stand now. Whether they hold anything new. Where they cannot be loaded,
    /// what ran before still does.
    ///
    /// Raises what `Engine.load` raises, and `pdp.ChangeError` where facts of run time do not fit.
    ///
    /// >>> pdp.Engine.load("policies/daarion").reload()
    /// False
    fn reload(&self, py: Python<'_>) -> PyResult<bool> {
        let keeper = self.keeper()?;
        let reloaded = py.detach(|| keeper.reload());
        let reloaded = reloaded.map_err(|error| error::reload(py, &error))?;
        Ok(matches!(reloaded, Reloaded::Loaded(_)))
    }

    /// Watches the files in a thread of its own, and loads them when they have changed. What comes of
    /// it is told to the logger `pdp`.
    ///
    /// >>> with pdp.Engine.load("policies/daarion").watch():
    /// ...     pass
    fn watch(&self) -> PyResult<Watch> {
        Ok(Watch::new(self.keeper()?.watch(WatchSettings::default())?))
    }

    /// Draws what the policies declare: types, relations, and what rules permit or deny to who has
    /// them. With a `resource`, named as policies name it, the facts by which actors have relations
    /// on it; with the id of an `actor` those by which this one has. What depends on a request (roles,
    /// conditions, times) is dashed. A picture is bounded, and says what it leaves out.
    ///
    /// Raises `pdp.RequestError` where the resource is of no declared type.
    ///
    /// >>> engine.graph().title
    /// 'types and their relations'
    /// >>> "banned" in engine.graph("board:news", actor="user:666").svg
    /// True
    #[pyo3(signature = (resource = None, actor = None))]
    fn graph(
        &self,
        py: Python<'_>,
        resource: Option<&Bound<'_, PyAny>>,
        actor: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Graph> {
        Graph::draw(py, &self.inner.present(), resource, actor)
    }

    /// Why the files do not run as they are, if so.
    #[getter]
    fn last_error(&self) -> Option<String> {
        self.keeper.as_ref()?.status().last_error.map(|failure| failure.message)
    }

    /// The digest of the policy set.
    #[getter]
    fn policy(&self) -> String {
        self.inner.present().version().digest.to_string()
    }

    /// The revision of policies and facts, one more with each change.
    #[getter]
    fn revision(&self) -> u64 {
        self.inner.present().version().revision
    }

    /// What in the texts is allowed and may surprise, a line for each.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        let policies = self.inner.present();
        let warnings = policies.warnings().iter().map(|warning| {
            let (file, line, column) = (&warning.file, warning.span.line, warning.span.column);
            format!("{file}:{line}:{column}: {}", warning.message)
        });
        warnings.collect()
    }

    /// Whether the policies declare the type, and the type the action. Requests about anything else
    /// are ordinary requests, and denied.
    ///
    /// >>> engine.declares("board", "post"), engine.declares("bord")
    /// (True, False)
    #[pyo3(signature = (r#type, action = None))]
    fn declares(&self, r#type: &str, action: Option<&str>) -> bool {
        let policies = self.inner.present();
        action.map_or_else(
            || policies.declares_type(r#type),
            |action| policies.declares(r#type, action),
        )
    }

    fn __repr__(&self) -> String {
        let pdp_core::Summary { files, types, rules, facts, .. } = self.inner.present().summary();
        format!("<Engine of {files} files: {types} types, {rules} rules, {facts} facts>")
    }
}

impl Engine {
    /// Decides a batch that needs nothing of Python, while other threads go on.
    fn decide_prepared(
        &self,
        py: Python<'_>,
        policies: &Arc<Policies>,
        requests: &[&Request],
    ) -> PyResult<Vec<Py<Decision>>> {
        let each = requests.iter();
        let all = || -> Vec<pdp_core::Decision<'_>> {
            each.map(|request| decide(policies, &request.request())).collect()
        };
        let decisions = if requests.len() < TURN { all() } else { py.detach(all) };
        let decisions = decisions.into_iter().enumerate();
        let decisions = decisions.map(|(index, decision)| {
            give_way(py, index);
            self.outcomes.shared(py, policies, decision)
        });
        decisions.collect()
    }
}

/// Decides; at the present time where the request states none.
fn decide<'p>(policies: &'p Policies, request: &pdp_core::Request<'_>) -> pdp_core::Decision<'p> {
    let now = request.now.unwrap_or_else(clock::now);
    let request = &pdp_core::Request { now: Some(now), ..*request };
    SCRATCH.with_borrow_mut(|scratch| policies.evaluate(request, scratch))
}

/// Lets other threads of Python run, once in a while.
fn give_way(py: Python<'_>, index: usize) {
    if index % TURN == TURN - 1 {
        py.detach(|| ());
    }
}

/// Tells the logger `pdp` what became of the files.
fn tell(event: &Event<'_>) {
    let (level, message) = match event {
        Event::Reloaded(Reloaded::Loaded(version)) => (
            "info",
            format!("policies reloaded: {}, revision {}", version.digest, version.revision),
        ),
        Event::Reloaded(Reloaded::Unchanged(_)) => ("debug", "policies are unchanged".to_owned()),
        Event::Failed(error) => {
            ("error", format!("policies not reloaded, what ran still does: {error}"))
        }
        Event::NotKept(error) => ("warning", format!("no last good copy: {error}")),
        Event::NotNotified(error) => ("warning", format!("changes are found by polling: {error}")),
        _ => return,
    };
    // At the end of the process there may be no Python any more.
    let _ = Python::try_attach(|py| -> PyResult<()> {
        let logger =
            py.import("logging")?.call_method1("getLogger", (PyString::new(py, "pdp"),))?;
        logger.call_method1(level, ("%s", message)).map(drop)
    });
}
