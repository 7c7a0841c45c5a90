//! Files that a command writes, whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Writes a file beside the one that is wanted and gives it the name when it is complete, so that
/// whoever reads finds the old one or the new one. A link stays, and what it leads to is replaced.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
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
    let written = write_new(&beside, content).and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // What is left of it is of no use; that it cannot be taken away is the lesser fault.
        let _ = fs::remove_file(&beside);
    }
    Ok(written?)
}

/// Whether a name says that a file holds policies as text: with something else in its place, neither
/// would be read.
fn is_name_of_text(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(content)?;
    // The name must not be there before the bytes, even if the machine stops.
    file.sync_all()
}
