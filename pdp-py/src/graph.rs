//! Pictures of policies and facts.

use pdp_core::Policies;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::error::Fault;
use crate::path::Path;
use crate::value::text_of;

/// A picture of policies or facts, as `Engine.graph` draws it.
///
/// A notebook shows it; elsewhere `svg` and `mermaid` are its texts.
///
/// >>> graph = engine.graph("board:news", "user:666")
/// >>> graph
/// <Graph how user:666 reaches board:news: 3 blocks, 2 arrows>
/// >>> print(graph.mermaid.splitlines()[0])
/// flowchart LR
#[pyclass(frozen, module = "pdp")]
#[derive(Debug)]
pub(crate) struct Graph {
    graph: pdp_graph::Graph,
}

impl Graph {
    /// The picture of what policies declare, or of what leads to a resource.
    pub(crate) fn draw(
        py: Python<'_>,
        policies: &Policies,
        resource: Option<&Bound<'_, PyAny>>,
        actor: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let draw = || {
            let resource = word(resource, Path::Root("resource"))?;
            let actor = word(actor, Path::Root("actor"))?;
            match (resource, actor) {
                (None, Some(_)) => {
                    Err(Fault::shape(Path::Root("actor"), "it goes with `resource`"))
                }
                (None, None) => Ok(py.detach(|| pdp_graph::Graph::of_types(policies))),
                (Some(resource), actor) => {
                    let drawn = py.detach(|| {
                        pdp_graph::Graph::of_resource(policies, &resource, actor.as_deref())
                    });
                    drawn.map_err(|error| Fault::shape(Path::Root("resource"), error.to_string()))
                }
            }
        };
        let graph = draw().map_err(|fault: Fault| fault.of_request(py))?;
        Ok(Graph { graph })
    }
}

#[pymethods]
impl Graph {
    /// What it shows, in one line.
    #[getter]
    fn title(&self) -> &str {
        self.graph.title()
    }

    /// The picture as a flowchart of Mermaid.
    #[getter]
    fn mermaid(&self) -> String {
        self.graph.mermaid()
    }

    /// The picture as SVG, which needs nothing beside it.
    #[getter]
    fn svg(&self) -> String {
        self.graph.svg()
    }

    /// What notebooks show.
    fn _repr_svg_(&self) -> String {
        self.graph.svg()
    }

    fn __str__(&self) -> String {
        self.graph.mermaid()
    }

    fn __repr__(&self) -> String {
        let (title, edges) = (self.graph.title(), self.graph.edges().len());
        format!("<Graph {title}: {} blocks, {edges} arrows>", self.graph.blocks().len())
    }
}

fn word(object: Option<&Bound<'_, PyAny>>, path: Path<'_>) -> Result<Option<String>, Fault> {
    let Some(object) = object else { return Ok(None) };
    let text = object.cast::<PyString>().map_err(|_| Fault::mistyped("a str", object, path))?;
    Ok(Some(text_of(text, path)?.to_string()))
}
