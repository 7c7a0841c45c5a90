//! What a request would act on: a reference, a pair, a `Resource` made before, or a dict.

use pdp_core::wire::ResourceParts;
use pdp_core::{Map, Policies, Text};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::error::Fault;
use crate::form::{Form, word};
use crate::path::Path;
use crate::value::{Reader, map_to_python, text_of};

/// What would be acted on, read once and asked about as often as one likes.
///
/// Raises `pdp.RequestError`.
///
/// >>> board = pdp.Resource("board", "news")
/// >>> bool(engine.evaluate("user:7", "post", board))
/// True
#[pyclass(frozen, eq, module = "pdp")]
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) parts: ResourceParts<'static>,
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        lent(&self.parts) == lent(&other.parts)
    }
}

#[pymethods]
impl Resource {
    #[new]
    #[pyo3(signature = (r#type, id, *, attributes = None))]
    fn new<'py>(
        r#type: Bound<'py, PyAny>,
        id: Bound<'py, PyAny>,
        attributes: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let (py, root) = (id.py(), &Path::Root(""));
        let read = || {
            let stated = Stated {
                resource_type: word(r#type, root.name("type"))?,
                id: word(id, root.name("id"))?,
                attributes: Reader::new().map(attributes, root.name("attributes"))?,
            };
            Ok(Resource { parts: owned(stated.parts()?) })
        };
        read().map_err(|fault: Fault| fault.of_request(py))
    }

    /// The type, one of those that the policies declare or any other.
    #[getter]
    fn r#type(&self) -> &str {
        &self.parts.resource_type
    }

    /// Identifies the resource among those of its type.
    #[getter]
    fn id(&self) -> &str {
        &self.parts.id
    }

    /// What policies take from requests; a dict of its own each time.
    #[getter]
    fn attributes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        map_to_python(py, &self.parts.attributes)
    }

    /// Equal resources have equal ids.
    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        PyString::new(py, &self.parts.id).hash()
    }

    fn __repr__(&self) -> String {
        format!("Resource({:?}, {:?})", self.parts.resource_type, self.parts.id)
    }
}

/// A resource as Python handed it over, held as long as a request borrows from it.
pub(crate) enum Held<'py> {
    /// A reference as in policy files.
    Reference(Bound<'py, PyString>),
    /// One that was read before.
    Prepared(Bound<'py, Resource>),
    /// A pair of type and id, or the resource of a request as it travels.
    Stated(Stated<'py>),
}

impl<'py> Held<'py> {
    pub(crate) fn of(
        object: &Bound<'py, PyAny>,
        reader: &mut Reader,
        path: Path<'_>,
    ) -> Result<Self, Fault> {
        if object.is_instance_of::<PyString>() {
            return reference(word(object.clone(), path)?, path).map(Held::Reference);
        }
        if let Ok(pair) = object.cast::<PyTuple>() {
            return Stated::of_pair(pair, path).map(Held::Stated);
        }
        if let Ok(resource) = object.cast::<Resource>() {
            return Ok(Held::Prepared(resource.clone()));
        }
        match object.cast::<PyDict>() {
            Ok(dict) => Stated::of(dict, reader, path).map(Held::Stated),
            Err(_) => {
                let wanted = "a reference, a pair of type and id, a `Resource` or a dict";
                Err(Fault::mistyped(wanted, object, path))
            }
        }
    }

    /// What is lent to requests. What a reference means, the policies say.
    pub(crate) fn resource<'h>(
        &'h self,
        policies: &Policies,
    ) -> Result<pdp_core::Resource<'h>, Fault> {
        let path = Path::Root("resource");
        match self {
            Held::Prepared(resource) => Ok(lent(&resource.get().parts)),
            Held::Stated(Stated { resource_type, id, attributes }) => Ok(pdp_core::Resource {
                resource_type: text_of(resource_type, path)?,
                id: text_of(id, path)?,
                attributes,
            }),
            Held::Reference(reference) => Ok(referred(policies, text_of(reference, path)?)),
        }
    }

    /// The same, to be kept.
    pub(crate) fn kept(&self) -> Result<Kept, Fault> {
        let path = Path::Root("resource");
        Ok(match self {
            Held::Prepared(resource) => Kept::Stated(resource.get().parts.clone()),
            Held::Stated(stated) => Kept::Stated(owned(stated.parts()?)),
            Held::Reference(reference) => Kept::Reference(text_of(reference, path)?.into()),
        })
    }
}

/// A resource of a request that is kept.
#[derive(Debug)]
pub(crate) enum Kept {
    Reference(Box<str>),
    Stated(ResourceParts<'static>),
}

impl Kept {
    pub(crate) fn resource(&self, policies: &Policies) -> pdp_core::Resource<'_> {
        match self {
            Kept::Reference(reference) => referred(policies, reference),
            Kept::Stated(parts) => lent(parts),
        }
    }
}

/// A resource that states its type and its id.
pub(crate) struct Stated<'py> {
    resource_type: Bound<'py, PyString>,
    id: Bound<'py, PyString>,
    attributes: Map<'static>,
}

impl<'py> Stated<'py> {
    fn of_pair(pair: &Bound<'py, PyTuple>, path: Path<'_>) -> Result<Self, Fault> {
        if pair.len() != 2 {
            return Err(Fault::shape(path, "expected a pair of type and id"));
        }
        Ok(Stated {
            resource_type: word(pair.get_item(0)?, path.item(0))?,
            id: word(pair.get_item(1)?, path.item(1))?,
            attributes: Map::new(),
        })
    }

    fn of(dict: &Bound<'py, PyDict>, reader: &mut Reader, path: Path<'_>) -> Result<Self, Fault> {
        let (py, mut form) = (dict.py(), Form::new(dict, path));
        let stated = Stated {
            resource_type: word(form.required(intern!(py, "type"))?, path.name("type"))?,
            id: word(form.required(intern!(py, "id"))?, path.name("id"))?,
            attributes: {
                let attributes = form.optional(intern!(py, "attributes"))?;
                reader.map(attributes.as_ref(), path.name("attributes"))?
            },
        };
        form.end(&["type", "id", "attributes"])?;
        Ok(stated)
    }

    fn parts(&self) -> Result<ResourceParts<'_>, Fault> {
        let path = Path::Root("resource");
        Ok(ResourceParts {
            resource_type: Text::Borrowed(text_of(&self.resource_type, path)?),
            id: Text::Borrowed(text_of(&self.id, path)?),
            attributes: self.attributes.clone(),
        })
    }
}

/// A reference has a type and an id.
fn reference<'py>(
    text: Bound<'py, PyString>,
    path: Path<'_>,
) -> Result<Bound<'py, PyString>, Fault> {
    match text_of(&text, path)?.split_once(':') {
        Some((resource_type, id)) if !resource_type.is_empty() && !id.is_empty() => Ok(text),
        _ => Err(Fault::shape(path, "no reference: `type:id`")),
    }
}

fn referred<'r>(policies: &Policies, reference: &'r str) -> pdp_core::Resource<'r> {
    let (resource_type, id) = policies.referred(reference).expect("it was read as a reference");
    pdp_core::Resource::new(resource_type, id)
}

fn lent<'a>(parts: &'a ResourceParts<'a>) -> pdp_core::Resource<'a> {
    pdp_core::Resource {
        resource_type: &parts.resource_type,
        id: &parts.id,
        attributes: &parts.attributes,
    }
}

fn owned(parts: ResourceParts<'_>) -> ResourceParts<'static> {
    ResourceParts {
        resource_type: Text::Owned(parts.resource_type.into_owned()),
        id: Text::Owned(parts.id.into_owned()),
        attributes: parts.attributes.into_owned(),
    }
}
