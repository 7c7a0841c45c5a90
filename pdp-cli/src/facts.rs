//! `pdp facts`

use std::io::{self, BufWriter, Write};

use anyhow::Result;
use pdp_core::{Layer, Policies};
use serde::Serialize;

use crate::arguments::{Facts, FactsLayer, Format};
use crate::changes;

/// Whether the policies could be loaded and the changes applied.
pub(crate) fn run(arguments: &Facts) -> Result<bool> {
    let Some(engine) =
        changes::engine(&arguments.policies, arguments.changes.as_deref(), Format::Text)?
    else {
        return Ok(false);
    };
    let mut output = BufWriter::new(io::stdout().lock());
    for line in lines(&engine.present(), arguments.layer)? {
        writeln!(output, "{line}")?;
    }
    output.flush()?;
    Ok(true)
}

/// One line of JSON for each fact or word, sorted.
fn lines(present: &Policies, layer: FactsLayer) -> Result<Vec<String>> {
    let mut lines = match layer {
        FactsLayer::Present => json(present.facts(Layer::Present)),
        FactsLayer::Files => json(present.facts(Layer::Files)),
        FactsLayer::RunTime => json(present.words()),
        FactsLayer::Difference => json(present.difference()),
    }?;
    lines.sort_unstable();
    Ok(lines)
}

fn json(items: impl Iterator<Item = impl Serialize>) -> Result<Vec<String>> {
    items.map(|item| Ok(serde_json::to_string(&item)?)).collect()
}
