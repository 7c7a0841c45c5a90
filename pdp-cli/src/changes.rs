//! The engine that a command asks: policies from files, changed by change sets from a file.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pdp_core::wire::{CHANGE_SET_BYTES_MAX, parse_change_set};
use pdp_core::{ChangeError, Engine};

use crate::diagnostics::{self, shown, shown_path};

/// The engine of these policies with these changes; `None`, once the reason is printed, where
/// either cannot be taken.
pub(crate) fn engine(policies: &[PathBuf], changes: Option<&Path>) -> Result<Option<Engine>> {
    let policies = match pdp_source::load(policies) {
        Ok(policies) => policies,
        Err(error) => {
            writeln!(std::io::stderr(), "{}", diagnostics::text(&error))?;
            return Ok(None);
        }
    };
    let engine = Engine::new(policies);
    let changed = changes.map_or(Ok(true), |path| apply(&engine, path))?;
    Ok(changed.then_some(engine))
}

/// Applies the change sets of a file, one JSON object a line, in order; whether all could be.
fn apply(engine: &Engine, path: &Path) -> Result<bool> {
    let text = read(path)?;
    for (line, number) in text.split(|byte| *byte == b'\n').zip(1..) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        if let Err(error) = apply_one(engine, line) {
            let place = format!("{}:{number}", shown_path(path));
            let message = shown(&error.to_string());
            writeln!(std::io::stderr(), "error: {place}: {message}")?;
            return Ok(false);
        }
    }
    Ok(true)
}

fn apply_one(engine: &Engine, json: &[u8]) -> Result<(), ChangeError> {
    engine.apply(&parse_change_set(json)?).map(drop)
}

/// The whole file; every change set of it is within the limit of one.
fn read(path: &Path) -> Result<Vec<u8>> {
    let cannot_read = || format!("cannot read the change sets {}", shown_path(path));
    let file = File::open(path).with_context(cannot_read)?;
    let limit = 16 * CHANGE_SET_BYTES_MAX as u64;
    let mut text = Vec::new();
    file.take(limit + 1).read_to_end(&mut text).with_context(cannot_read)?;
    anyhow::ensure!(text.len() as u64 <= limit, "{}: more than {limit} bytes", shown_path(path));
    Ok(text)
}
