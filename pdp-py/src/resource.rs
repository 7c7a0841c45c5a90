//! What a request would act on: `type:id`, a pair, a `Resource` made before, or a dict.

use pdp_core::Text;
use pdp_core::wire::ResourceParts;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::error::Fault;
use crate::form::{form, word};
use crate::path::Path;
use crate::value::{Reader, map_to_python};

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
    fn new(
        r#type: &Bound<'_, PyAny>,
        id: &Bound<'_, PyAny>,
        attributes: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let root = Path::Root("");
        let (of_type, of_id) = (root.name("type"), root.name("id"));
        let stated = Stated { resource_type: r#type, of_type, id, of_id, attributes };
        let read = stated.read(&Reader::new(), root, |resource| Ok(kept(resource)));
        let parts = read.map_err(|fault| fault.of_request(id.py()))?;
        Ok(Resource { parts })
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

/// Reads a resource as Python handed it over, and lends it.
pub(crate) fn read<T>(
    object: &Bound<'_, PyAny>,
    reader: &Reader,
    path: Path<'_>,
    ask: impl FnOnce(pdp_core::Resource<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    if object.is_instance_of::<PyString>() {
        let (resource_type, id) = divided(word(object, path)?, path)?;
        return ask(pdp_core::Resource::new(resource_type, id));
    }
    if let Ok(pair) = object.cast::<PyTuple>() {
        if pair.len() != 2 {
            return Err(Fault::shape(path, "expected a pair of type and id"));
        }
        let (resource_type, id) = (&pair.get_item(0)?, &pair.get_item(1)?);
        let (of_type, of_id) = (path.item(0), path.item(1));
        let stated = Stated { resource_type, of_type, id, of_id, attributes: None };
        return stated.read(reader, path, ask);
    }
    if let Ok(dict) = object.cast::<PyDict>() {
        let form = form!(dict, path, "type", "id", "attributes")?;
        let stated = Stated {
            resource_type: form.required::<0>(path)?,
            of_type: path.name("type"),
            id: form.required::<1>(path)?,
            of_id: path.name("id"),
            attributes: form.optional::<2>(),
        };
        return stated.read(reader, path, ask);
    }
    if let Ok(resource) = object.cast::<Resource>() {
        return ask(resource.get().parts.resource());
    }
    Err(Fault::mistyped("`type:id`, a pair of type and id, a `Resource` or a dict", object, path))
}

/// The parts of a resource as Python hands them over, and where they stand.
struct Stated<'s, 'py> {
    resource_type: &'s Bound<'py, PyAny>,
    of_type: Path<'s>,
    id: &'s Bound<'py, PyAny>,
    of_id: Path<'s>,
    attributes: Option<&'s Bound<'py, PyAny>>,
}

impl Stated<'_, '_> {
    fn read<T>(
        &self,
        reader: &Reader,
        path: Path<'_>,
        ask: impl FnOnce(pdp_core::Resource<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        ask(pdp_core::Resource {
            resource_type: word(self.resource_type, self.of_type)?,
            id: word(self.id, self.of_id)?,
            attributes: &reader.map(self.attributes, path.name("attributes"))?,
        })
    }
}

/// What stands before the first colon is the type, what follows the id.
fn divided<'t>(text: &'t str, path: Path<'_>) -> Result<(&'t str, &'t str), Fault> {
    let divided = text.split_once(':');
    divided
        .filter(|(resource_type, id)| !resource_type.is_empty() && !id.is_empty())
        .ok_or_else(|| Fault::shape(path, "expected `type:id`"))
}

/// A resource that is kept.
pub(crate) fn kept(resource: pdp_core::Resource<'_>) -> ResourceParts<'static> {
    ResourceParts {
        resource_type: Text::Owned(resource.resource_type.to_owned()),
        id: Text::Owned(resource.id.to_owned()),
        attributes: resource.attributes.clone().into_owned(),
    }
}
