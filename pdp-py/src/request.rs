//! A whole question: made before, a dict as it travels, or a tuple.

use pdp_core::wire::{ActorParts, ResourceParts};
use pdp_core::{Map, Timestamp};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::actor::{self, Actor};
use crate::error::Fault;
use crate::form::{form, word};
use crate::path::Path;
use crate::resource::{self, Resource};
use crate::value::{Reader, map_to_python, text_of, time};

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
    fn new<'py>(
        actor: Bound<'py, PyAny>,
        action: Bound<'py, PyAny>,
        resource: Bound<'py, PyAny>,
        context: Option<Bound<'py, PyAny>>,
        now: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let py = actor.py();
        let asked = Asked { actor, action, resource, context, now };
        let read = asked.held(Path::Root("")).and_then(|held| held.kept());
        read.map_err(|fault| fault.of_request(py))
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

/// The parts of a question, as Python hands them over.
pub(crate) struct Asked<'py> {
    pub(crate) actor: Bound<'py, PyAny>,
    pub(crate) action: Bound<'py, PyAny>,
    pub(crate) resource: Bound<'py, PyAny>,
    pub(crate) context: Option<Bound<'py, PyAny>>,
    pub(crate) now: Option<Bound<'py, PyAny>>,
}

impl<'py> Asked<'py> {
    /// The question that a dict as it travels is, or a tuple of the arguments of `evaluate`.
    pub(crate) fn of(object: &Bound<'py, PyAny>, path: Path<'_>) -> Result<Self, Fault> {
        if let Ok(dict) = object.cast::<PyDict>() {
            return Asked::of_dict(dict, path);
        }
        let Ok(tuple) = object.cast::<PyTuple>() else {
            return Err(Fault::mistyped("a `Request`, a dict or a tuple", object, path));
        };
        if !(3..=5).contains(&tuple.len()) {
            let message = "expected (actor, action, resource), and then context and now";
            return Err(Fault::shape(path, message));
        }
        let item = |index: usize| tuple.get_item(index);
        Ok(Asked {
            actor: item(0)?,
            action: item(1)?,
            resource: item(2)?,
            context: item(3).ok(),
            now: item(4).ok(),
        })
    }

    fn of_dict(dict: &Bound<'py, PyDict>, path: Path<'_>) -> Result<Self, Fault> {
        let mut form = form!(dict, path, "actor", "action", "resource", "context", "now")?;
        Ok(Asked {
            actor: form.required::<0>(path)?,
            action: form.required::<1>(path)?,
            resource: form.required::<2>(path)?,
            context: form.optional::<3>(),
            now: form.optional::<4>(),
        })
    }

    pub(crate) fn held(&self, path: Path<'_>) -> Result<Held<'py>, Fault> {
        let Asked { actor, action, resource, context, now } = self;
        let (reader, action) = (&mut Reader::new(), action.clone());
        let rest = (context.as_ref(), now.as_ref());
        let question = Question::of(actor, action, rest.0, rest.1, (reader, path))?;
        let resource = resource::Held::of(resource, reader, path.name("resource"))?;
        Ok(Held { question, resource })
    }
}

/// What is asked about one resource or many.
pub(crate) struct Question<'py> {
    actor: actor::Held<'py>,
    action: Bound<'py, PyString>,
    context: Map<'static>,
    now: Option<Timestamp>,
}

impl<'py> Question<'py> {
    pub(crate) fn of(
        actor: &Bound<'py, PyAny>,
        action: Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
        (reader, path): (&mut Reader, Path<'_>),
    ) -> Result<Self, Fault> {
        let now = now.filter(|now| !now.is_none());
        Ok(Question {
            actor: actor::Held::of(actor, reader, path.name("actor"))?,
            action: word(action, path.name("action"))?,
            context: reader.map(context, path.name("context"))?,
            now: now.map(|now| time(now, path.name("now"))).transpose()?,
        })
    }

    /// Asks about a resource; without a time where it states none.
    pub(crate) fn ask<T>(
        &self,
        resource: &resource::Held<'_>,
        decide: impl FnOnce(&pdp_core::Request<'_>) -> T,
    ) -> Result<T, Fault> {
        let actor = self.actor.parts()?;
        Ok(decide(&pdp_core::Request {
            actor: actor.actor(),
            action: text_of(&self.action, Path::Root("action"))?,
            resource: resource.resource()?,
            context: &self.context,
            now: self.now,
        }))
    }
}

/// A whole question that was read, with the objects whose words it borrows.
pub(crate) struct Held<'py> {
    question: Question<'py>,
    resource: resource::Held<'py>,
}

impl Held<'_> {
    /// Asks it.
    pub(crate) fn ask<T>(
        &self,
        decide: impl FnOnce(&pdp_core::Request<'_>) -> T,
    ) -> Result<T, Fault> {
        self.question.ask(&self.resource, decide)
    }

    pub(crate) fn kept(&self) -> Result<Request, Fault> {
        let Question { actor, action, context, now } = &self.question;
        Ok(Request {
            actor: actor.parts()?.into_owned(),
            action: text_of(action, Path::Root("action"))?.into(),
            resource: self.resource.kept()?,
            context: context.clone(),
            now: *now,
        })
    }
}
