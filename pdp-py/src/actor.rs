//! Who a request is about: an id, an `Actor` made before, or a dict.

use pdp_core::wire::{ActorParts, printable};
use pdp_core::{ActorType, Map, Membership, Text};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use smallvec::SmallVec;

use crate::error::Fault;
use crate::form::{Words, each, form, word, words};
use crate::path::Path;
use crate::value::{Reader, map_to_python, text_of};

/// Who a request is about, read once and asked about as often as one likes.
///
/// `type` is `human`, `agent` or `service`; without it an id that begins with `agent:` or
/// `service:` is one, and every other a human's. `tenants` and `roles` are lists, `memberships` a
/// list of pairs of tenant and role, `attributes` a dict of what policies take from requests.
///
/// Raises `pdp.RequestError`.
///
/// >>> actor = pdp.Actor("user:93", tenants=["microdao:7"], roles=["member"])
/// >>> actor.type, actor.roles
/// ('human', ('member',))
/// >>> pdp.Actor("agent:sofia").type
/// 'agent'
#[pyclass(frozen, eq, module = "pdp")]
#[derive(Debug)]
pub(crate) struct Actor {
    pub(crate) parts: ActorParts<'static>,
}

impl PartialEq for Actor {
    fn eq(&self, other: &Self) -> bool {
        self.parts.actor() == other.parts.actor()
    }
}

#[pymethods]
impl Actor {
    #[new]
    #[pyo3(signature = (id, r#type = None, *, tenants = None, roles = None, memberships = None, attributes = None))]
    fn new<'py>(
        id: Bound<'py, PyAny>,
        r#type: Option<Bound<'py, PyAny>>,
        tenants: Option<Bound<'py, PyAny>>,
        roles: Option<Bound<'py, PyAny>>,
        memberships: Option<Bound<'py, PyAny>>,
        attributes: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let (py, reader) = (id.py(), &mut Reader::new());
        let root = &Path::Root("");
        let read = || {
            let id = word(id, root.name("id"))?;
            let actor_type = match r#type {
                Some(word) => actor_type(word, root.name("type"))?,
                None => type_of(text_of(&id, *root)?),
            };
            let stated = Stated {
                actor_type,
                id,
                tenants: words(tenants, root.name("tenants"))?,
                roles: words(roles, root.name("roles"))?,
                memberships: each(memberships, root.name("memberships"), membership)?,
                attributes: reader.map(attributes, root.name("attributes"))?,
            };
            Ok(Actor { parts: owned(stated.parts()?) })
        };
        read().map_err(|fault: Fault| fault.of_request(py))
    }

    /// Identifies the actor among all actors of any type.
    #[getter]
    fn id(&self) -> &str {
        &self.parts.id
    }

    /// `human`, `agent` or `service`.
    #[getter]
    fn r#type(&self) -> &'static str {
        self.parts.actor_type.as_str()
    }

    /// Tenants the actor belongs to.
    #[getter]
    fn tenants<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.parts.tenants.iter().map(AsRef::as_ref))
    }

    /// Roles the actor claims.
    #[getter]
    fn roles<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.parts.roles.iter().map(AsRef::as_ref))
    }

    /// Further tenants, each with the role held there.
    #[getter]
    fn memberships<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let memberships = self.parts.memberships.iter();
        PyTuple::new(py, memberships.map(|one| (one.tenant.as_ref(), one.role.as_ref())))
    }

    /// What policies take from requests; a dict of its own each time.
    #[getter]
    fn attributes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        map_to_python(py, &self.parts.attributes)
    }

    /// Equal actors have equal ids.
    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        PyString::new(py, &self.parts.id).hash()
    }

    fn __repr__(&self) -> String {
        format!("Actor({:?}, {:?})", self.parts.id, self.parts.actor_type.as_str())
    }
}

/// An actor as Python handed it over, held as long as a request borrows from it.
pub(crate) enum Held<'py> {
    /// An id by itself.
    Named(Bound<'py, PyString>),
    /// One that was read before.
    Prepared(Bound<'py, Actor>),
    /// The actor of a request as it travels.
    Stated(Stated<'py>),
}

/// The parts of an actor, lent by one that was read before or made now.
pub(crate) enum Parts<'h> {
    Lent(&'h ActorParts<'h>),
    Made(ActorParts<'h>),
}

impl Parts<'_> {
    pub(crate) fn actor(&self) -> pdp_core::Actor<'_> {
        match self {
            Parts::Lent(parts) => parts.actor(),
            Parts::Made(parts) => parts.actor(),
        }
    }

    pub(crate) fn into_owned(self) -> ActorParts<'static> {
        match self {
            Parts::Lent(parts) => owned(parts.clone()),
            Parts::Made(parts) => owned(parts),
        }
    }
}

impl<'py> Held<'py> {
    pub(crate) fn of(
        object: &Bound<'py, PyAny>,
        reader: &mut Reader,
        path: Path<'_>,
    ) -> Result<Self, Fault> {
        if let Ok(actor) = object.cast::<Actor>() {
            return Ok(Held::Prepared(actor.clone()));
        }
        if object.is_instance_of::<PyString>() {
            return word(object.clone(), path).map(Held::Named);
        }
        match object.cast::<PyDict>() {
            Ok(dict) => Stated::of(dict, reader, path).map(Held::Stated),
            Err(_) => Err(Fault::mistyped("an id, an `Actor` or a dict", object, path)),
        }
    }

    pub(crate) fn parts(&self) -> Result<Parts<'_>, Fault> {
        match self {
            Held::Prepared(actor) => Ok(Parts::Lent(&actor.get().parts)),
            Held::Stated(stated) => stated.parts().map(Parts::Made),
            Held::Named(id) => {
                let id = text_of(id, Path::Root("actor"))?;
                Ok(Parts::Made(ActorParts {
                    id: Text::Borrowed(id),
                    actor_type: type_of(id),
                    tenants: Vec::new(),
                    roles: Vec::new(),
                    memberships: Vec::new(),
                    attributes: Map::new(),
                }))
            }
        }
    }
}

/// The actor of a request as it travels.
pub(crate) struct Stated<'py> {
    id: Bound<'py, PyString>,
    actor_type: ActorType,
    tenants: Words<'py>,
    roles: Words<'py>,
    memberships: SmallVec<[(Bound<'py, PyString>, Bound<'py, PyString>); 2]>,
    attributes: Map<'static>,
}

impl<'py> Stated<'py> {
    fn of(dict: &Bound<'py, PyDict>, reader: &mut Reader, path: Path<'_>) -> Result<Self, Fault> {
        let mut form = form!(
            dict,
            path,
            "actor_id",
            "actor_type",
            "microdao_ids",
            "roles",
            "memberships",
            "attributes"
        )?;
        Ok(Stated {
            id: word(form.required::<0>(path)?, path.name("actor_id"))?,
            actor_type: actor_type(form.required::<1>(path)?, path.name("actor_type"))?,
            tenants: words(form.optional::<2>(), path.name("microdao_ids"))?,
            roles: words(form.optional::<3>(), path.name("roles"))?,
            memberships: each(form.optional::<4>(), path.name("memberships"), membership)?,
            attributes: reader.map(form.optional::<5>().as_ref(), path.name("attributes"))?,
        })
    }

    fn parts(&self) -> Result<ActorParts<'_>, Fault> {
        let path = Path::Root("actor");
        let memberships = self.memberships.iter().map(|(tenant, role)| {
            let (tenant, role) = (text_of(tenant, path)?, text_of(role, path)?);
            Ok(Membership { tenant: Text::Borrowed(tenant), role: Text::Borrowed(role) })
        });
        Ok(ActorParts {
            id: Text::Borrowed(text_of(&self.id, path)?),
            actor_type: self.actor_type,
            tenants: texts(&self.tenants, path)?,
            roles: texts(&self.roles, path)?,
            memberships: memberships.collect::<Result<_, Fault>>()?,
            attributes: self.attributes.clone(),
        })
    }
}

fn texts<'w>(words: &'w Words<'_>, path: Path<'_>) -> Result<Vec<Text<'w>>, Fault> {
    words.iter().map(|word| text_of(word, path).map(Text::Borrowed)).collect()
}

/// What an id by itself says of its actor's type: `agent:` and `service:` at its beginning do.
fn type_of(id: &str) -> ActorType {
    match id.split_once(':') {
        Some(("agent", _)) => ActorType::Agent,
        Some(("service", _)) => ActorType::Service,
        _ => ActorType::Human,
    }
}

fn actor_type(object: Bound<'_, PyAny>, path: Path<'_>) -> Result<ActorType, Fault> {
    let text = word(object, path)?;
    let text = text_of(&text, path)?;
    ActorType::from_word(text).ok_or_else(|| {
        Fault::shape(path, format!("`{}` is none of human, agent and service", printable(text)))
    })
}

/// A tenant and the role there: a dict as it travels, or a tuple.
fn membership<'py>(
    object: &Bound<'py, PyAny>,
    path: Path<'_>,
) -> Result<(Bound<'py, PyString>, Bound<'py, PyString>), Fault> {
    if let Ok(dict) = object.cast::<PyDict>() {
        let mut form = form!(dict, path, "microdao_id", "role")?;
        let tenant = word(form.required::<0>(path)?, path.name("microdao_id"))?;
        let role = word(form.required::<1>(path)?, path.name("role"))?;
        return Ok((tenant, role));
    }
    match object.extract::<(Bound<'py, PyAny>, Bound<'py, PyAny>)>() {
        Ok((tenant, role)) => Ok((word(tenant, path.item(0))?, word(role, path.item(1))?)),
        Err(_) => Err(Fault::mistyped("a dict or a pair", object, path)),
    }
}

fn owned(parts: ActorParts<'_>) -> ActorParts<'static> {
    let own = |text: Text<'_>| Text::Owned(text.into_owned());
    let memberships = parts.memberships.into_iter();
    ActorParts {
        id: own(parts.id),
        actor_type: parts.actor_type,
        tenants: parts.tenants.into_iter().map(own).collect(),
        roles: parts.roles.into_iter().map(own).collect(),
        memberships: memberships
            .map(|one| Membership { tenant: own(one.tenant), role: own(one.role) })
            .collect(),
        attributes: parts.attributes.into_owned(),
    }
}
