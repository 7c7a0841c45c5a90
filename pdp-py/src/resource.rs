//! What a request would act on: `type:id`, a pair, a `Resource` made before, or a dict.

use pdp_core::wire::ResourceParts;
use pdp_core::{Map, Text};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::error::Fault;
use crate::form::{form, word};
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
        self.parts.resource() == other.parts.resource()
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
            Ok(Resource { parts: Held::Stated(stated).kept()? })
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
    /// `type:id`, with the position of the colon.
    Named(Bound<'py, PyString>, usize),
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
            return named(word(object.clone(), path)?, path);
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
                let wanted = "`type:id`, a pair of type and id, a `Resource` or a dict";
                Err(Fault::mistyped(wanted, object, path))
            }
        }
    }

    /// What is lent to requests.
    pub(crate) fn resource(&self) -> Result<pdp_core::Resource<'_>, Fault> {
        let path = Path::Root("resource");
        match self {
            Held::Prepared(resource) => Ok(resource.get().parts.resource()),
            Held::Stated(Stated { resource_type, id, attributes }) => Ok(pdp_core::Resource {
                resource_type: text_of(resource_type, path)?,
                id: text_of(id, path)?,
                attributes,
            }),
            Held::Named(text, colon) => {
                let (resource_type, id) = text_of(text, path)?.split_at(*colon);
                Ok(pdp_core::Resource::new(resource_type, &id[1..]))
            }
        }
    }

    /// The same, to be kept.
    pub(crate) fn kept(&self) -> Result<ResourceParts<'static>, Fault> {
        let pdp_core::Resource { resource_type, id, attributes } = self.resource()?;
        Ok(ResourceParts {
            resource_type: Text::Owned(resource_type.to_owned()),
            id: Text::Owned(id.to_owned()),
            attributes: attributes.clone().into_owned(),
        })
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
        let mut form = form!(dict, path, "type", "id", "attributes")?;
        Ok(Stated {
            resource_type: word(form.required::<0>(path)?, path.name("type"))?,
            id: word(form.required::<1>(path)?, path.name("id"))?,
            attributes: reader.map(form.optional::<2>().as_ref(), path.name("attributes"))?,
        })
    }
}

/// What stands before the first colon is the type, what follows the id.
fn named<'py>(text: Bound<'py, PyString>, path: Path<'_>) -> Result<Held<'py>, Fault> {
    let divided = text_of(&text, path)?.split_once(':');
    match divided.filter(|(resource_type, id)| !resource_type.is_empty() && !id.is_empty()) {
        Some((resource_type, _)) => {
            let colon = resource_type.len();
            Ok(Held::Named(text, colon))
        }
        None => Err(Fault::shape(path, "expected `type:id`")),
    }
}
