//! The callers' file, read when it changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Error, Result};
use pdp_service::{Callers, Right, Service};
use tokio::time::sleep;

use super::PERIOD;

/// The rights of whoever is on this machine, where there is no callers' file.
const LOCAL_RIGHTS: [Right; 2] = [Right::Evaluate, Right::AssertIdentity];

/// A callers' file, and what it held when it was last looked at.
pub(crate) struct CallersFile {
    path: PathBuf,
    /// The text, or why there is none.
    known: Result<String, String>,
}

/// Who may ask, and the file that says so, if there is one.
pub(crate) fn load(path: &Path) -> Result<(Callers, Option<CallersFile>)> {
    if path.as_os_str().is_empty() {
        return Ok((Callers::only_local(&LOCAL_RIGHTS), None));
    }
    let file = CallersFile { path: path.to_owned(), known: read(path) };
    let callers = file.callers().map_err(Error::msg)?;
    Ok((callers, Some(file)))
}

fn read(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path);
    text.map_err(|error| format!("cannot read the callers' file {}: {error}", path.display()))
}

impl CallersFile {
    /// The callers that the text names.
    fn callers(&self) -> Result<Callers, String> {
        let callers = Callers::parse(self.known.as_ref()?);
        callers.map_err(|error| format!("{}: {error}", self.path.display()))
    }

    /// Keeps the callers of a service those of the file. While the file cannot be read, or has
    /// mistakes, those that it held before may ask.
    pub(crate) async fn keep(mut self, service: Arc<Service>) {
        loop {
            sleep(PERIOD).await;
            let read = read(&self.path);
            if read == self.known {
                continue;
            }
            self.known = read;
            match self.callers() {
                Ok(callers) => {
                    service.set_callers(callers);
                    tracing::info!(file = %self.path.display(), "the callers were read anew");
                }
                Err(error) => tracing::error!(error, "the callers stay as they were"),
            }
        }
    }
}
