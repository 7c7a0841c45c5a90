//! The callers' file, read when it changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use pdp_service::{Callers, Right, Service};
use tokio::time::sleep;

/// How often the file is looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// The rights of whoever is on this machine, where there is no callers' file.
const LOCAL_RIGHTS: [Right; 2] = [Right::Evaluate, Right::AssertIdentity];

/// Who may ask.
pub(crate) fn load(path: &Path) -> Result<Callers> {
    if path.as_os_str().is_empty() {
        return Ok(Callers::only_local(&LOCAL_RIGHTS));
    }
    parse(path, &read(path)?)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path)
        .with_context(|| format!("cannot read the callers' file {}", path.display()))
}

fn parse(path: &Path, text: &str) -> Result<Callers> {
    Callers::parse(text).with_context(|| path.display().to_string())
}

/// Keeps the callers of a service those of the file. While the file cannot be read, or has
/// mistakes, those that it held before may ask.
pub(crate) async fn keep(path: PathBuf, service: Arc<Service>) {
    let mut known = read(&path).map_err(|error| format!("{error:#}"));
    loop {
        sleep(PERIOD).await;
        let read = read(&path).map_err(|error| format!("{error:#}"));
        if read == known {
            continue;
        }
        known = read;
        let callers = match &known {
            Ok(text) => parse(&path, text).map_err(|error| format!("{error:#}")),
            Err(message) => Err(message.clone()),
        };
        match callers {
            Ok(callers) => {
                service.set_callers(callers);
                tracing::info!(file = %path.display(), "the callers were read anew");
            }
            Err(error) => tracing::error!(error, "the callers stay as they were"),
        }
    }
}
