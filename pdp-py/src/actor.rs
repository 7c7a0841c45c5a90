//! Who a request is about: an id, an `Actor` made before, or a dict.

use pdp_core::wire::{ActorParts, printable};
use pdp_core::{ActorType, Membership, Text};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use smallvec::SmallVec;

use crate::error::Fault;
use crate::form::{form, items, word, words};
use crate::path::Path;
use crate::value::{Reader, map_to_python};

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
    fn new(
        id: &Bound<'_, PyAny>,
        r#type: Option<&Bound<'_, PyAny>>,
        tenants: Option<&Bound<'_, PyAny>>,
        roles: Option<&Bound<'_, PyAny>>,
        memberships: Option<&Bound<'_, PyAny>>,
        attributes: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let names = ["id", "type", "tenants"];
        let stated =
            Stated { id, actor_type: r#type, tenants, roles, memberships, attributes, names };
        let read = stated.read(&Reader::new(), Path::Root(""), |actor| Ok(kept(actor)));
        let parts = read.map_err(|fault| fault.of_request(id.py()))?;
        Ok(Actor { parts })
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

/// Reads an actor as Python handed it over, and lends it.
pub(crate) fn read<T>(
    object: &Bound<'_, PyAny>,
    reader: &Reader,
    path: Path<'_>,
    ask: impl FnOnce(pdp_core::Actor<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    if let Ok(actor) = object.cast::<Actor>() {
        return ask(actor.get().parts.actor());
    }
    if let Ok(dict) = object.cast::<PyDict>() {
        return read_dict(dict, reader, path, ask);
    }
    if object.is_instance_of::<PyString>() {
        let id = word(object, path)?;
        return ask(pdp_core::Actor::new(type_of(id), id));
    }
    Err(Fault::mistyped("an id, an `Actor` or a dict", object, path))
}

/// Reads the actor of a request as it travels.
fn read_dict<T>(
    dict: &Bound<'_, PyDict>,
    reader: &Reader,
    path: Path<'_>,
    ask: impl FnOnce(pdp_core::Actor<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let form = form!(
        dict,
        path,
        "actor_id",
        "actor_type",
        "microdao_ids",
        "roles",
        "memberships",
        "attributes"
    )?;
    let stated = Stated {
        id: form.required::<0>(path)?,
        actor_type: Some(form.required::<1>(path)?),
        tenants: form.optional::<2>(),
        roles: form.optional::<3>(),
        memberships: form.optional::<4>(),
        attributes: form.optional::<5>(),
        names: ["actor_id", "actor_type", "microdao_ids"],
    };
    stated.read(reader, path, ask)
}

/// The parts of an actor as Python hands them over.
struct Stated<'s, 'py> {
    id: &'s Bound<'py, PyAny>,
    actor_type: Option<&'s Bound<'py, PyAny>>,
    tenants: Option<&'s Bound<'py, PyAny>>,
    roles: Option<&'s Bound<'py, PyAny>>,
    memberships: Option<&'s Bound<'py, PyAny>>,
    attributes: Option<&'s Bound<'py, PyAny>>,
    /// What errors call the first three; the others have one name everywhere.
    names: [&'static str; 3],
}

impl Stated<'_, '_> {
    fn read<T>(
        &self,
        reader: &Reader,
        path: Path<'_>,
        ask: impl FnOnce(pdp_core::Actor<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let [of_id, of_type, of_tenants] = self.names.map(|name| path.name(name));
        let (of_roles, of_memberships) = (path.name("roles"), path.name("memberships"));
        let id = word(self.id, of_id)?;
        let actor_type = self.actor_type.map(|word| actor_type(word, of_type)).transpose()?;
        let tenants = items(self.tenants, of_tenants)?;
        let roles = items(self.roles, of_roles)?;
        let memberships = pairs(&items(self.memberships, of_memberships)?, of_memberships)?;
        ask(pdp_core::Actor {
            id,
            actor_type: actor_type.unwrap_or_else(|| type_of(id)),
            tenants: &words(&tenants, of_tenants)?,
            roles: &words(&roles, of_roles)?,
            memberships: &self::memberships(&memberships, of_memberships)?,
            attributes: &reader.map(self.attributes, path.name("attributes"))?,
        })
    }
}

/// What an id by itself says of its actor's type: `agent:` and `service:` at its beginning do.
fn type_of(id: &str) -> ActorType {
    match id.split_once(':') {
        Some(("agent", _)) => ActorType::Agent,
        Some(("service", _)) => ActorType::Service,
        _ => ActorType::Human,
    }
}

fn actor_type(object: &Bound<'_, PyAny>, path: Path<'_>) -> Result<ActorType, Fault> {
    let text = word(object, path)?;
    ActorType::from_word(text).ok_or_else(|| {
        Fault::shape(path, format!("`{}` is none of human, agent and service", printable(text)))
    })
}

/// A tenant and the role there.
type Pair<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Tenants and roles there: each a dict as it travels, or a tuple.
fn pairs<'py>(
    items: &[Bound<'py, PyAny>],
    path: Path<'_>,
) -> Result<SmallVec<[Pair<'py>; 2]>, Fault> {
    let mut pairs = SmallVec::new();
    for (index, item) in items.iter().enumerate() {
        pairs.push(pair(item, path.item(index))?);
    }
    Ok(pairs)
}

fn pair<'py>(object: &Bound<'py, PyAny>, path: Path<'_>) -> Result<Pair<'py>, Fault> {
    if let Ok(dict) = object.cast::<PyDict>() {
        let form = form!(dict, path, "microdao_id", "role")?;
        return Ok((form.required::<0>(path)?.clone(), form.required::<1>(path)?.clone()));
    }
    match object.cast::<PyTuple>() {
        Ok(pair) if pair.len() == 2 => Ok((pair.get_item(0)?, pair.get_item(1)?)),
        _ => Err(Fault::mistyped("a dict or a pair", object, path)),
    }
}

fn memberships<'t>(
    pairs: &'t [Pair<'_>],
    path: Path<'_>,
) -> Result<SmallVec<[Membership<'t>; 2]>, Fault> {
    let mut memberships = SmallVec::new();
    for (index, (tenant, role)) in pairs.iter().enumerate() {
        let path = path.item(index);
        memberships.push(Membership {
            tenant: Text::Borrowed(word(tenant, path.name("microdao_id"))?),
            role: Text::Borrowed(word(role, path.name("role"))?),
        });
    }
    Ok(memberships)
}

/// An actor that is kept.
pub(crate) fn kept(actor: pdp_core::Actor<'_>) -> ActorParts<'static> {
    let own = |text: &str| Text::Owned(text.to_owned());
    let each = |texts: &[Text<'_>]| texts.iter().map(|text| own(text)).collect();
    let memberships = actor.memberships.iter();
    ActorParts {
        id: own(actor.id),
        actor_type: actor.actor_type,
        tenants: each(actor.tenants),
        roles: each(actor.roles),
        memberships: memberships
            .map(|one| Membership { tenant: own(&one.tenant), role: own(&one.role) })
            .collect(),
        attributes: actor.attributes.clone().into_owned(),
    }
}
