//! `pdp compile`

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use pdp_core::Policies;
use pdp_source::{LoadError, SourceSet};

use crate::arguments::{Compile, Format};
use crate::diagnostics::shown_path;
use crate::{changes, check, diagnostics};

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
            write(path, &image)
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

/// Whether a name says that a file holds policies as text: with an image in its place, neither
/// would be read.
fn is_name_of_text(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// Writes a file beside the one that is wanted and gives it the name when it is complete, so that
/// whoever reads finds the old one or the new one. A link stays, and what it leads to is replaced.
fn write(path: &Path, image: &[u8]) -> Result<()> {
    if is_name_of_text(path) {
        bail!("its name says that it holds policies as text");
    }
    let path = match fs::metadata(path) {
        // Giving its name to a file would take a device or a pipe away.
        Ok(there) if !there.is_file() => bail!("it is there already, and no file"),
        Ok(_) => fs::canonicalize(path)?,
        Err(_) => path.to_owned(),
    };
    let name = path.file_name().context("it has no name")?.to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = write_new(&beside, image).and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // What is left of it is of no use; that it cannot be taken away is the lesser fault.
        let _ = fs::remove_file(&beside);
    }
    Ok(written?)
}

fn write_new(path: &Path, image: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(image)?;
    // The name must not be there before the bytes, even if the machine stops.
    file.sync_all()
}
