//! `pdp lock`

use std::io::{self, Write};

use anyhow::{Context, Result};
use pdp_source::LockUpdate;

use crate::arguments::Lock;
use crate::diagnostics::{shown, shown_path};
use crate::{check, diagnostics};

/// Whether the folder has a lock that says what it holds: written now or, with `--check`, before.
pub(crate) fn run(arguments: &Lock) -> Result<bool> {
    let update = match LockUpdate::read(&arguments.folder) {
        Ok(update) => update,
        Err(error) => {
            writeln!(io::stderr(), "{}", diagnostics::text(&error, None))?;
            return Ok(false);
        }
    };
    check::warn(update.policies())?;
    print(&update)?;
    let path = shown_path(update.path());
    let files = update.policies().summary().files;
    let is_current = update.is_current();
    if arguments.check && !is_current {
        writeln!(io::stderr(), "error: `{path}` is out of date; `pdp lock` writes it")?;
        return Ok(false);
    }
    if !is_current {
        update.write().with_context(|| format!("cannot write {path}"))?;
    }
    writeln!(io::stdout(), "ok: {files} files in {path}")?;
    Ok(true)
}

/// Prints in what the folder differs from its lock, a line each.
fn print(update: &LockUpdate) -> Result<()> {
    if let Some(malformed) = update.malformed() {
        writeln!(io::stderr(), "warning: {malformed}")?;
    }
    let mut output = io::stdout().lock();
    for path in update.added() {
        writeln!(output, "added: {}", shown(path))?;
    }
    for path in update.changed() {
        writeln!(output, "changed: {}", shown(path))?;
    }
    for path in update.gone() {
        writeln!(output, "gone: {}", shown(path))?;
    }
    Ok(())
}
