//! `pdp compile`

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use pdp_core::Policies;
use pdp_source::{LoadError, SourceSet};

use crate::arguments::{Compile, Format};
use crate::diagnostics::shown_path;
use crate::{changes, check, diagnostics, output};

/// Whether the image was written.
pub(crate) fn run(arguments: &Compile) -> Result<bool> {
    if arguments.output.is_none() && io::stdout().is_terminal() {
        bail!("an image is not for a terminal: say `--output FILE`, or send it somewhere");
    }
    let (sources, policies) = match load(&arguments.policies) {
        Ok(loaded) => loaded,
        Err(error) => {
            writeln!(io::stderr(), "{}", diagnostics::text(&error, None))?;
            return Ok(false);
        }
    };
    let Some(engine) = changes::changed(policies, arguments.changes.as_deref(), Format::Text)?
    else {
        return Ok(false);
    };
    let present = engine.present();
    check::warn(&present)?;
    let image = present.to_image(&sources.texts())?;
    match &arguments.output {
        Some(path) => {
            output::write(path, &image)
                .with_context(|| format!("cannot write the image {}", shown_path(path)))?;
            writeln!(io::stdout(), "{}", check::text(&present))?;
        }
        None => io::stdout().write_all(&image)?,
    }
    Ok(true)
}

fn load(paths: &[PathBuf]) -> Result<(SourceSet, Policies), LoadError> {
    let sources = SourceSet::read(paths)?;
    match sources.compile() {
        Ok(policies) => Ok((sources, policies)),
        Err(errors) => Err(LoadError::Policy { errors, sources }),
    }
}
