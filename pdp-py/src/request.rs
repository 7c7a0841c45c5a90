//! A whole question: made before, a dict as it travels, or a tuple.

use pdp_core::wire::{ActorParts, ResourceParts};
use pdp_core::{Map, Timestamp};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::actor::{self, Actor};
use crate::error::Fault;
use crate::form::{form, word};
use crate::path::Path;
use crate::resource::{self, Resource};
use crate::value::{Reader, map_to_python, time};

/// A whole question, read once and asked as often as one likes; the arguments are those of
/// `Engine.evaluate`.
///
/// Raises `pdp.RequestError`.
///
/// >>> question = pdp.Request("user:7", "post", "board:news")
/// >>> engine.decide(question).reason
/// 'members'
#[pyclass(frozen, module = "pdp")]
#[derive(Debug)]
pub(crate) struct Request {
    actor: ActorParts<'static>,
    action: Box<str>,
    resource: ResourceParts<'static>,
    context: Map<'static>,
    now: Option<Timestamp>,
}

#[pymethods]
impl Request {
    #[new]
    #[pyo3(signature = (actor, action, resource, context = None, now = None))]
    fn new(
        actor: &Bound<'_, PyAny>,
        action: &Bound<'_, PyAny>,
        resource: &Bound<'_, PyAny>,
        context: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let asked = Asked { question: Question { actor, action, context, now }, resource };
        let read = asked.read(Path::Root(""), |request| Ok(Request::kept(request)));
        read.map_err(|fault| fault.of_request(actor.py()))
    }

    /// Who would act.
    #[getter]
    fn actor(&self) -> Actor {
        Actor { parts: self.actor.clone() }
    }

    /// What the actor would do.
    #[getter]
    fn action(&self) -> &str {
        &self.action
    }

    /// What would be acted on.
    #[getter]
    fn resource(&self) -> Resource {
        Resource { parts: self.resource.clone() }
    }

    /// What conditions may read; a dict of its own each time.
    #[getter]
    fn context<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        map_to_python(py, &self.context)
    }

    /// The time of the request in RFC 3339, if it states one.
    #[getter]
    fn now(&self) -> Option<String> {
        self.now.map(|now| now.to_string())
    }

    fn __repr__(&self) -> String {
        let resource = (&self.resource.resource_type, &self.resource.id);
        format!("Request({:?}, {:?}, {resource:?})", self.actor.id, self.action)
    }
}

impl Request {
    /// Reads what `Engine.decide` takes, to be kept.
    pub(crate) fn of(object: &Bound<'_, PyAny>, path: Path<'_>) -> Result<Self, Fault> {
        read(object, path, |request| Ok(Request::kept(request)))
    }

    fn kept(request: &pdp_core::Request<'_>) -> Self {
        Request {
            actor: actor::kept(request.actor),
            action: request.action.into(),
            resource: resource::kept(request.resource),
            context: request.context.clone().into_owned(),
            now: request.now,
        }
    }

    /// What is asked; without a time where it states none.
    pub(crate) fn request(&self) -> pdp_core::Request<'_> {
        pdp_core::Request {
            actor: self.actor.actor(),
            action: &self.action,
            resource: self.resource.resource(),
            context: &self.context,
            now: self.now,
        }
    }
}

/// Reads the question that a dict as it travels is, or a tuple of the arguments of `evaluate`, and
/// lends it.
pub(crate) fn read<T>(
    object: &Bound<'_, PyAny>,
    path: Path<'_>,
    ask: impl FnOnce(&pdp_core::Request<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    if let Ok(dict) = object.cast::<PyDict>() {
        let form = form!(dict, path, "actor", "action", "resource", "context", "now")?;
        let question = Question {
            actor: form.required::<0>(path)?,
            action: form.required::<1>(path)?,
            context: form.optional::<3>(),
            now: form.optional::<4>(),
        };
        return Asked { question, resource: form.required::<2>(path)? }.read(path, ask);
    }
    let Ok(tuple) = object.cast::<PyTuple>() else {
        return Err(Fault::mistyped("a `Request`, a dict or a tuple", object, path));
    };
    if !(3..=5).contains(&tuple.len()) {
        let message = "expected (actor, action, resource), and then context and now";
        return Err(Fault::shape(path, message));
    }
    let item = |index: usize| tuple.get_item(index);
    let further = |index: usize| (index < tuple.len()).then(|| item(index)).transpose();
    let (context, now) = (further(3)?, further(4)?);
    let (actor, action, context, now) = (&item(0)?, &item(1)?, context.as_ref(), now.as_ref());
    let question = Question { actor, action, context, now };
    Asked { question, resource: &item(2)? }.read(path, ask)
}

/// What is asked about one resource or many, as Python hands it over.
#[derive(Clone, Copy)]
pub(crate) struct Question<'q, 'py> {
    pub(crate) actor: &'q Bound<'py, PyAny>,
    pub(crate) action: &'q Bound<'py, PyAny>,
    pub(crate) context: Option<&'q Bound<'py, PyAny>>,
    pub(crate) now: Option<&'q Bound<'py, PyAny>>,
}

impl Question<'_, '_> {
    /// Reads it, and lends what makes a request of a resource; without a time where it states none.
    pub(crate) fn read<T>(
        self,
        reader: &Reader,
        path: Path<'_>,
        ask: impl FnOnce(About<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let now = self.now.filter(|now| !now.is_none());
        actor::read(self.actor, reader, path.name("actor"), |actor| {
            ask(About {
                actor,
                action: word(self.action, path.name("action"))?,
                context: &reader.map(self.context, path.name("context"))?,
                now: now.map(|now| time(now, path.name("now"))).transpose()?,
            })
        })
    }
}

/// A request but for its resource.
#[derive(Clone, Copy)]
pub(crate) struct About<'q> {
    actor: pdp_core::Actor<'q>,
    action: &'q str,
    context: &'q Map<'q>,
    now: Option<Timestamp>,
}

impl<'q> About<'q> {
    pub(crate) fn resource(self, resource: pdp_core::Resource<'q>) -> pdp_core::Request<'q> {
        let About { actor, action, context, now } = self;
        pdp_core::Request { actor, action, resource, context, now }
    }
}

/// A whole question, as Python hands it over.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'q, 'py> {
    pub(crate) question: Question<'q, 'py>,
    pub(crate) resource: &'q Bound<'py, PyAny>,
}

impl Asked<'_, '_> {
    /// Reads it, and lends it.
    pub(crate) fn read<T>(
        self,
        path: Path<'_>,
        ask: impl FnOnce(&pdp_core::Request<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let reader = &Reader::new();
        self.question.read(reader, path, |about| {
            resource::read(self.resource, reader, path.name("resource"), |resource| {
                ask(&about.resource(resource))
            })
        })
    }
}
