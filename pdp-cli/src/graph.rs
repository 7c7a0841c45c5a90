//! `pdp graph`

use std::io::{self, Write};

use anyhow::{Context, Result};
use pdp_core::Policies;
use pdp_graph::{Graph, GraphError};

use crate::arguments::{self, Format, GraphFormat};
use crate::diagnostics::{shown, shown_path};
use crate::{changes, output};

/// Whether the picture was drawn.
pub(crate) fn run(arguments: &arguments::Graph) -> Result<bool> {
    let Some(engine) =
        changes::engine(&arguments.policies, arguments.changes.as_deref(), Format::Text)?
    else {
        return Ok(false);
    };
    let picture = match draw(&engine.present(), arguments) {
        Ok(picture) => picture,
        Err(error) => {
            writeln!(io::stderr(), "error: {}", shown(&error.to_string()))?;
            return Ok(false);
        }
    };
    match &arguments.output {
        Some(path) => output::write(path, picture.as_bytes())
            .with_context(|| format!("cannot write the picture {}", shown_path(path)))?,
        None => io::stdout().write_all(picture.as_bytes())?,
    }
    Ok(true)
}

fn draw(policies: &Policies, arguments: &arguments::Graph) -> Result<String, GraphError> {
    let graph = match &arguments.resource {
        Some(resource) => Graph::of_resource(policies, resource, arguments.actor.as_deref())?,
        None => Graph::of_types(policies),
    };
    Ok(match arguments.format {
        GraphFormat::Mermaid => graph.mermaid(),
        GraphFormat::Svg => graph.svg(),
    })
}
